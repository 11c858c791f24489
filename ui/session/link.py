"""The choices in the link, and notes on values that no control offers."""

import streamlit as st

from ui.session import earlier_links
from ui.session.setting_options import LABELS, NEVER, shown


def remember_link() -> None:
    """Keep the link's choices at a session's first run, before the widgets drop values that they do not offer."""
    if "link" not in st.session_state:
        earlier_links.rename()
        if st.query_params.get("t2_us") == NEVER:  # the default's name in links of before
            del st.query_params["t2_us"]
        st.session_state["link"] = {name: st.query_params.get_all(name) for name in st.query_params}


def linked(name: str) -> list[str]:
    """Return what the link had for a key when the session began."""
    return st.session_state["link"].get(name, [])


def link_notes() -> list[str]:
    """Return a plain sentence for each value in the link that no widget offers. Call it after the widgets."""
    if "link_notes" not in st.session_state:
        st.session_state["link_notes"] = [
            not_available(LABELS[name], ", ".join(asked), ", ".join(in_link(name)))
            for name, asked in st.session_state["link"].items()
            if name in LABELS and asked != in_link(name)
        ]
    return st.session_state["link_notes"]


def dismiss_link_notes() -> None:
    """Hide the notes on the link."""
    st.session_state["link_notes"] = []


def not_available(label: str, asked: str, used: str) -> str:
    """Return a sentence on a value in the link that its control does not offer."""
    return f"{label}: the link’s value “{_short(asked)}” is not available. Using {used or 'no value'} instead."


def in_link(name: str) -> list[str]:
    """Return a setting's value as the link has it."""
    value = st.session_state[name]
    return [str(digit) for digit in value] if name == "digits" else [shown(name)(value)]


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
