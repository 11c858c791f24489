"""Controls of the Parameter shift tab, and its study. This module owns their session-state and link keys."""

from fractions import Fraction
from typing import Any

import streamlit as st

from hqnn.jobs.study import Study
from ui.kit.angles import in_pi
from ui.session.lab_controls import LABELS

#: Values of s, in multiples of π.
SHIFTS = tuple(Fraction(sixteenths, 16) for sixteenths in range(1, 21))

REPEATS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def shift() -> Fraction:
    """Draw the slider for s, from π/16 to 5π/4, and return s in multiples of π."""
    return st.select_slider(
        LABELS["lab_shift"],
        SHIFTS,
        value=Fraction(3, 4),
        format_func=in_pi,
        key="lab_shift",
        bind="query-params",
        help="The circuit is measured at θ + s and θ − s. On average over θ, s = π/2 has the least shot noise. Another "
        "s needs 1/sin² s times as many shots for the same noise.",
    )


def repeats() -> int:
    """Draw the slider for the number of repeats."""
    return st.select_slider(
        LABELS["repeats"],
        REPEATS,
        value=100,
        format_func=str,
        key="repeats",
        bind="query-params",
        help="How often the whole measurement is repeated, each time with new shots. The repeats show its standard "
        "deviation.",
    )


def rounds_of_slopes() -> int:
    """Draw the button for a new measurement, and return how often it was pressed."""
    st.button(
        "Measure again",
        icon=":material/replay:",
        key="measure_slopes",
        on_click=_measure_slopes_again,
        help="Repeats the measurement with new shots.",
    )
    return st.session_state.get("slope_rounds", 0)


def kept_study() -> tuple[Any, Study] | None:
    """Return the study that this page started last, after what it measures."""
    return st.session_state.get("shift_study")


def keep_study(of_what: Any, study: Study) -> None:
    """Keep a study until the page is closed."""
    st.session_state["shift_study"] = of_what, study


def _measure_slopes_again() -> None:
    st.session_state["slope_rounds"] = st.session_state.get("slope_rounds", 0) + 1
