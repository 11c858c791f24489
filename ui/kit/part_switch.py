"""The row of tabs of a page. Only the chosen tab is drawn."""

import streamlit as st

from ui.kit.browser_title import browser_title
from ui.kit.sitemap import PARTS


def part_switch(page: str) -> str:
    """Draw the tabs and set the browser's title to the chosen one.

    Args:
        page: its name in `PARTS`.

    Returns:
        The key of the chosen tab in `PARTS`, the first one at first.
    """
    names = PARTS[page]
    chosen = st.segmented_control(
        "Part of this page",
        list(names),
        default=next(iter(names)),
        required=True,
        format_func=names.__getitem__,
        key=f"{page}_part",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    browser_title(names[chosen])
    return chosen
