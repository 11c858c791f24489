"""Links from one page to a tab of another."""

import streamlit as st

#: Key of the tab "Gradients during training" of the Gradients page.
SLOPES_OF_A_TRAINING = "A training's slopes"


def open_slopes_of_a_training() -> None:
    """Open the gradients of the run on the page."""
    st.session_state["gradients_part"] = SLOPES_OF_A_TRAINING
    st.switch_page("pages/gradients.py", query_params={})
