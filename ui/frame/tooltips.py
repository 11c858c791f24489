"""Tooltips: a tooltip disappears when its button is pressed, so that it does not cover the result."""

from pathlib import Path

from streamlit.components import v2

_watcher = v2.component("hqnn_tooltips", js=Path(__file__).with_name("tooltips.js").read_text())


def hide_when_pressed() -> None:
    """Hide the tooltip of a button that was just pressed, until the pointer leaves the button."""
    _watcher(key="tooltips")
