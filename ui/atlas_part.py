"""Explore's part."""

import streamlit as st

from hqnn.config import RunConfig


def draw(config: RunConfig) -> None:
    """Draw it."""
    st.markdown(f"{config.digits}")
