"""The title of the browser's tab."""

import streamlit as st


def browser_title(name: str) -> None:
    """Set it to the name of what the page shows."""
    st.set_page_config(page_title=f"{name} – hqnn")


def of_pair(name: str, digits: tuple[int, int]) -> None:
    """Set it to the name of what the page shows, and the pair that it shows it for."""
    browser_title("{} {} vs {}".format(name, *digits))
