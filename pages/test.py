"""Test: a network's predictions for test images, their accuracy and their confidence."""

import streamlit as st

from ui.frame import page
from ui.frame.run_bar import live_bar
from ui.kit.part_switch import part_switch
from ui.session import network_choice
from ui.testing import whole_test
from ui.testing.other_digits import part as other_digits
from ui.testing.predictions import part as bench_answers
from ui.testing.scores import part as bench_scores
from ui.testing.shots import part as shots_bench

PARTS = {
    "Answers": bench_answers.draw,
    "How good, how sure": bench_scores.draw,
    "Shots": shots_bench.draw,
    "Other digits": other_digits.draw,
}

page.head("Test", "How well does the network recognise images it was not trained on?")
live_bar()
with st.container(horizontal=True, vertical_alignment="bottom", key="test_row"):
    network = network_choice.choice()
    part = part_switch("test")
network_choice.no_network_yet(network)
whole_test.hint(network)
PARTS[part](network)
st.page_link("pages/draw.py", label="Next: draw a digit yourself", icon=":material/arrow_forward:")
