"""The labs' dials: the owner of their session-state keys, and of their parts of the link."""

from fractions import Fraction
from math import pi
from typing import Any

import streamlit as st

from hqnn.noise import Noise
from hqnn.study import Study
from ui import state
from ui.angles import in_pi

SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def theta() -> float:
    """Draw the dial of θ, in degrees; gives radians."""
    degrees = st.slider("Angle θ", -180, 180, 45, format="%d°", key="theta", bind="query-params")
    return degrees * pi / 180


def shots() -> int:
    """Draw the dial of the shots."""
    return st.select_slider("Shots", SHOTS, value=100, format_func="{:,}".format, key="lab_shots", bind="query-params")


def seed() -> int:
    """Draw the field of the seed of the shots."""
    return st.number_input("Seed of the shots", 0, 2**31 - 1, 0, key="lab_seed", bind="query-params")


def engine() -> dict[str, Any]:
    """What the labs measure on, as arguments of `hqnn.estimates.measure`: with noise where the settings have some."""
    noise = state.noise()
    return {"engine": "aer"} if noise == Noise() else {"engine": "noisy", "settings": noise.model_dump()}


#: Of s, in multiples of π.
SHIFTS = tuple(Fraction(sixteenths, 16) for sixteenths in range(1, 21))
REPEATS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def shift() -> Fraction:
    """Draw the dial of the shift s, in sixteenths of π up to 5π/4; gives the multiple of π."""
    return st.select_slider(
        "Shift s (radians)",
        SHIFTS,
        value=Fraction(3, 4),
        format_func=in_pi,
        key="lab_shift",
        bind="query-params",
        help="How far from θ, to either side, the circuit is measured.",
    )


def repeats() -> int:
    """Draw the dial of the repeats."""
    return st.select_slider(
        "Repeats",
        REPEATS,
        value=100,
        format_func="{:,}".format,
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
