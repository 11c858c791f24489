"""The theme: Streamlit lets a page be as it is when a viewer goes from light to dark, but pictures have its colours."""

from pathlib import Path

import streamlit as st
from streamlit.components import v2

_follower = v2.component("hqnn_theme", js=Path(__file__).with_name("theme.js").read_text())


def follow() -> None:
    """Have the page drawn anew as soon as its viewer sees another theme than it is drawn for."""
    _follower(data={"drawn": st.context.theme.type}, key="theme", on_seen_change=lambda: None)
