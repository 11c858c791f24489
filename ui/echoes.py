"""Sliders that move by themselves: a browser that lags sends back where one was, as if somebody had moved it there."""

from time import monotonic

import streamlit as st

#: Seconds for which it may do so.
ECHO_SECONDS = 1.5


def move(key: str, at: int) -> None:
    """Set a slider, before it is drawn."""
    values = st.session_state
    if values.get(key) != at:
        values[f"{key}_left"] = [*_just_left(key), (monotonic(), values.get(key))]
        values[key] = at


def undo(key: str, at: int) -> bool:
    """Put a slider back that has come to where it was a moment ago, before it moved by itself: nobody has moved it.

    Args:
        key: the slider's, which has just been changed.
        at: where it has moved by itself.

    Returns:
        Whether it was such an echo.
    """
    if st.session_state[key] not in {left for _, left in _just_left(key)}:
        return False
    st.session_state[key] = at
    return True


def _just_left(key: str) -> list[tuple[float, int]]:
    left = st.session_state.get(f"{key}_left", [])
    return [(moment, at) for moment, at in left if monotonic() - moment < ECHO_SECONDS]
