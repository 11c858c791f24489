"""Explore: what many trainings say together."""

import streamlit as st

from ui import atlas_part, compare_part, frame, race_part, stuck_part, swap_part
from ui.run_bar import live_bar

PARTS = {
    "Shot race": race_part.draw,
    "Stuck runs": stuck_part.draw,
    "Swap test": swap_part.draw,
    "All pairs": atlas_part.draw,
}
#: Needs no settings.
COMPARE = "Compare"

frame.head("Explore", "What do many trainings say together?")
live_bar()
part = st.segmented_control(
    "Part",
    [*PARTS, COMPARE],
    default="Shot race",
    required=True,
    key="explore_part",
    bind="query-params",
    label_visibility="collapsed",
    wrap=True,
)
if part == COMPARE:
    compare_part.draw()
elif (config := frame.valid_config()) is not None:
    PARTS[part](config)
st.page_link("pages/home.py", label="Back to the start", icon=":material/arrow_back:")
