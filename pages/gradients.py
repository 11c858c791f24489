"""The Gradients page: how shot noise changes a measured gradient, and the gradients of a real run."""

import streamlit as st

from ui.frame import page
from ui.frame.run_bar import live_bar
from ui.gradients.follow_image import part as image_trip
from ui.gradients.shift import part as shift_lab
from ui.gradients.training import part as run_slopes
from ui.kit.part_switch import part_switch
from ui.session.page_parts import SLOPES_OF_A_TRAINING

PARTS = {
    "Shift lab": shift_lab.draw,
    SLOPES_OF_A_TRAINING: run_slopes.draw,
    "One image's trip": image_trip.draw,
}

page.head("Gradients", "How does shot noise change the gradient that the network learns from?")
live_bar()
page.valid_config()
part = part_switch("gradients")
PARTS[part]()
st.page_link("pages/test.py", label="Next: test the network on new images", icon=":material/arrow_forward:")
