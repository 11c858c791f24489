"""The theme. Charts use its colours, but Streamlit does not redraw a page when a viewer changes the theme."""

from pathlib import Path

import streamlit as st
from streamlit.components import v2

_follower = v2.component("hqnn_theme", js=Path(__file__).with_name("theme.js").read_text())


def follow() -> None:
    """Redraw the page as soon as its viewer sees another theme than the drawn one."""
    _follower(data={"drawn": st.context.theme.type}, key="theme", on_seen_change=lambda: None)
