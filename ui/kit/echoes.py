"""Sliders that move by themselves: a browser that lags sends back where one was, as if somebody had moved it there."""

from time import monotonic

import streamlit as st

#: Seconds for which it may do so where the slider has stopped, or where the browser seems to have followed.
ECHO_SECONDS = 1.5


def move(key: str, at: int) -> None:
    """Set a slider, before it is drawn."""
    values = st.session_state
    if not values.pop(f"{key}_lags", False):
        values[f"{key}_left"] = _just_left(key)[-1:]  # the browser has what it was set to last, or just before
    if values.get(key) != at:
        values[f"{key}_left"] = [*values[f"{key}_left"], (monotonic(), values.get(key))]
        values[key] = at


def undo(key: str, at: int, *, moving: bool) -> bool:
    """Put a slider back that has come to where it was before it moved by itself: nobody has moved it.

    Args:
        key: the slider's, which has just been changed.
        at: where it has moved by itself.
        moving: whether it still moves by itself; then a browser may lag for as long as it likes.

    Returns:
        Whether it was such an echo.
    """
    values = st.session_state
    left = values.get(f"{key}_left", []) if moving else _just_left(key)
    places = [place for place, (_, old) in enumerate(left) if old == values[key]]
    if not places:
        return False
    values[f"{key}_left"], values[f"{key}_lags"] = left[places[-1] :], True
    values[key] = at
    return True


def _just_left(key: str) -> list[tuple[float, int]]:
    left = st.session_state.get(f"{key}_left", [])
    return [(moment, old) for moment, old in left if monotonic() - moment < ECHO_SECONDS]
