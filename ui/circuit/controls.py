"""Buttons and estimates of the Circuit page: the owner of their session-state keys."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.jobs import desk_questions
from ui.session.cached import jobs

#: Maximum number of estimates, and estimates per redraw while it repeats.
KEPT, AT_A_TIME = 200, 5


def measure_again() -> None:
    """Draw the button that measures once more."""
    st.button(
        "Measure again",
        key="again",
        type="primary",
        icon=":material/replay:",
        shortcut="M",
        on_click=_want,
        args=(1,),
        help="Measures again with the next shots of this seed. Key: M.",
    )


def measure_on() -> None:
    """Draw the button that repeats the measurement, or stops the repetition."""
    measuring = is_measuring()
    st.button(
        "Stop measuring" if measuring else f"Repeat up to {KEPT} times",
        key="measure_on",
        icon=":material/stop:" if measuring else ":material/fast_forward:",
        on_click=_measure_on_or_stop,
        help=f"Repeats the measurement until there are {KEPT} estimates.",
    )


def is_measuring() -> bool:
    """Whether the measurement repeats by itself."""
    return st.session_state.get("lab_measuring", False)


def estimates(theta: float, shots: int, seed: int, engines: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Return measured P(1), (engines, up to `KEPT`), the latest last.

    They restart when any of the arguments changes.
    """
    about, kept = (theta, shots, seed, engines), st.session_state
    if kept.get("lab_about") != about:
        kept["lab_about"], kept["lab_wanted"] = about, 1
        kept["lab_estimates"], kept["lab_measuring"] = np.empty((len(engines), 0)), False
        kept["lab_measured"] = 0
    elif is_measuring():
        _want(AT_A_TIME)
    numbers = range(kept["lab_measured"], kept["lab_wanted"])
    if numbers:
        new = jobs().desk.ask(desk_questions.measurements, theta, shots, seed, numbers, engines)
        kept["lab_estimates"] = np.concatenate((kept["lab_estimates"], new), axis=1)[:, -KEPT:]
        kept["lab_measured"] = kept["lab_wanted"]
    if kept["lab_estimates"].shape[1] == KEPT:
        kept["lab_measuring"] = False
    return kept["lab_estimates"]


def _measure_on_or_stop() -> None:
    st.session_state["lab_measuring"] = not is_measuring()


def _want(more: int) -> None:
    st.session_state["lab_wanted"] += more
