"""The Shift lab's own dials and its study: the owner of their session-state keys, and of their parts of the link."""

from fractions import Fraction
from typing import Any

import streamlit as st

from hqnn.jobs.study import Study
from ui.kit.angles import in_pi
from ui.session.lab_controls import LABELS

#: Of s, in multiples of π.
SHIFTS = tuple(Fraction(sixteenths, 16) for sixteenths in range(1, 21))

REPEATS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def shift() -> Fraction:
    """Draw the dial of the shift s, in sixteenths of π up to 5π/4; gives the multiple of π."""
    return st.select_slider(
        LABELS["lab_shift"],
        SHIFTS,
        value=Fraction(3, 4),
        format_func=in_pi,
        key="lab_shift",
        bind="query-params",
        help="How far from θ, to either side, the circuit is measured. π/2 gives the least shot noise, on average over "
        "θ. Another s needs 1/sin² s times as many shots for the same noise.",
    )


def repeats() -> int:
    """Draw the dial of the repeats."""
    return st.select_slider(
        LABELS["repeats"],
        REPEATS,
        value=100,
        format_func=str,
        key="repeats",
        bind="query-params",
        help="How often the whole measurement is made, each time with shots of its own: so the scatter is seen.",
    )


def rounds_of_slopes() -> int:
    """Draw the button that measures slopes anew; gives how often that was wanted."""
    st.button(
        "Measure again",
        icon=":material/replay:",
        key="measure_slopes",
        on_click=_measure_slopes_again,
        help="The same measurement with other shots.",
    )
    return st.session_state.get("slope_rounds", 0)


def kept_study() -> tuple[Any, Study] | None:
    """The study that this page has begun last, and of what."""
    return st.session_state.get("shift_study")


def keep_study(of_what: Any, study: Study) -> None:
    """Keep a study, for as long as this page lives."""
    st.session_state["shift_study"] = of_what, study


def _measure_slopes_again() -> None:
    st.session_state["slope_rounds"] = st.session_state.get("slope_rounds", 0) + 1
