"""Test: what a network answers to images that it never saw, and how good and how sure it is."""

import streamlit as st

from ui import answering, bench, bench_answers, bench_scores, frame, other_digits, shots_bench
from ui.run_bar import live_bar

PARTS = {
    "Answers": bench_answers.draw,
    "How good, how sure": bench_scores.draw,
    "Shots": shots_bench.draw,
    "Other digits": other_digits.draw,
}

frame.head("Test", "Does it recognise digits that it never saw?")
live_bar()
with st.container(horizontal=True, vertical_alignment="bottom", key="test_row"):
    network = answering.choice()
    part = st.segmented_control(
        "Part",
        list(PARTS),
        default="Answers",
        required=True,
        key="test_part",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
answering.no_network_yet(network)
bench.hint(network)
PARTS[part](network)
st.page_link("pages/draw.py", label="Next: draw a digit yourself", icon=":material/arrow_forward:")
