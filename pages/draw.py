"""Draw: a digit by mouse, finger or pen, and what the network makes of it while it is drawn."""

import streamlit as st

from ui import draw_lab, frame
from ui.run_bar import live_bar

frame.head("Draw", "What does the network make of your own handwriting?")
live_bar()
frame.valid_config()
draw_lab.draw()
frame.explain(
    r"""
**What the network sees.** ...
"""
)
st.page_link("pages/home.py", label="Back to the start", icon=":material/arrow_back:")
