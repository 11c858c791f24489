"""Ways from one page to a part of another."""

import streamlit as st

#: The part of the Gradients page with the slopes of a training.
SLOPES_OF_A_TRAINING = "A training's slopes"


def open_slopes_of_a_training() -> None:
    """Lead to the slopes of the training that is looked at."""
    st.session_state["gradients_part"] = SLOPES_OF_A_TRAINING
    st.switch_page("pages/gradients.py", query_params={})
