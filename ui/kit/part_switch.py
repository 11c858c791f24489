"""The row of a page's parts, of which one is drawn."""

from collections.abc import Sequence

import streamlit as st


def part_switch(key: str, names: Sequence[str]) -> str:
    """Draw it; gives the name of the chosen part, the first one at first.

    Args:
        key: the widget's, and its part of the link.
        names: of the parts.
    """
    return st.segmented_control(
        "Part",
        names,
        default=names[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
