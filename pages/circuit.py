"""Circuit: one qubit, one dial, and everything that follows from it."""

import streamlit as st

from ui import circuit_lab, frame
from ui.run_bar import live_bar

frame.head("Circuit", "What does one qubit answer when it is turned by an angle and asked again and again?")
live_bar()
frame.valid_config()
circuit_lab.draw()
st.page_link("pages/train.py", label="Next: train the network", icon=":material/arrow_forward:")
