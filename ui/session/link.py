"""What the link asks for, and what no control offers of it."""

import streamlit as st

from ui.session import earlier_links
from ui.session.setting_options import LABELS, NEVER, shown


def remember_link() -> None:
    """Keep what the link asked for, at a session's first run, before the widgets drop what they do not offer."""
    if "link" not in st.session_state:
        earlier_links.rename()
        if st.query_params.get("t2_us") == NEVER:  # the default's name in links of before
            del st.query_params["t2_us"]
        st.session_state["link"] = {name: st.query_params.get_all(name) for name in st.query_params}


def linked(name: str) -> list[str]:
    """What the link said of something when the session began."""
    return st.session_state["link"].get(name, [])


def link_notes() -> list[str]:
    """One sentence for each value in the link that no widget offers, as plain text; call it after they are drawn."""
    if "link_notes" not in st.session_state:
        st.session_state["link_notes"] = [
            f"{LABELS[name]}: the link asks for “{_short(', '.join(asked))}”, which is not offered; "
            f"it is {', '.join(in_link(name)) or 'empty'}."
            for name, asked in st.session_state["link"].items()
            if name in LABELS and asked != in_link(name)
        ]
    return st.session_state["link_notes"]


def dismiss_link_notes() -> None:
    """Show no more what the link asked for in vain."""
    st.session_state["link_notes"] = []


def in_link(name: str) -> list[str]:
    value = st.session_state[name]
    return [str(digit) for digit in value] if name == "digits" else [shown(name)(value)]


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:30]}…"
