"""Gradients: what a slope measured with shots is, and those of an actual training."""

import streamlit as st

from ui import frame, image_trip, run_slopes, shift_lab
from ui.run_bar import live_bar

PARTS = {
    "Shift lab": shift_lab.draw,
    run_slopes.PART: run_slopes.draw,
    "One image's trip": image_trip.draw,
}

frame.head("Gradients", "What do shots do to the slope that the network learns from?")
live_bar()
frame.valid_config()
part = st.segmented_control(
    "Part",
    list(PARTS),
    default="Shift lab",
    required=True,
    key="gradients_part",
    bind="query-params",
    label_visibility="collapsed",
    wrap=True,
)
PARTS[part]()
st.page_link("pages/test.py", label="Next: test it on digits it never saw", icon=":material/arrow_forward:")
