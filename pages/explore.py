"""The Explore page: experiments with many runs."""

import streamlit as st

from ui.explore.ablation import part as swap_part
from ui.explore.compare import part as compare_part
from ui.explore.pairs import part as atlas_part
from ui.explore.shots import part as race_part
from ui.explore.stuck import part as stuck_part
from ui.frame import page
from ui.frame.run_bar import live_bar
from ui.kit.part_switch import part_switch

PARTS = {
    "Shot race": race_part.draw,
    "Stuck runs": stuck_part.draw,
    "Swap test": swap_part.draw,
    "All pairs": atlas_part.draw,
}
#: Needs no settings.
COMPARE = "Compare"

page.head("Explore", "What do many runs show that one run cannot?")
live_bar()
part = part_switch("explore")
if part == COMPARE:
    compare_part.draw()
elif (config := page.valid_config()) is not None:
    PARTS[part](config)
st.page_link("pages/home.py", label="Back to Home", icon=":material/arrow_back:")
