"""The labs' dials: the owner of their session-state keys, and of their parts of the link."""

from math import pi
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.noise import Noise
from ui import state
from ui.cached import jobs
from ui.circuit_words import angle_words

SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)

#: Degrees of θ, by the preset's name.
ANGLES = {"0": 0, "π/2": 90, "π": 180, "−π/2": -90}

LABELS = {"theta": "Angle θ", "lab_shots": "Shots", "lab_seed": "Seed of the shots"}

#: Estimates that are kept, and with which measuring on by itself ends; and how many it makes at a time.
KEPT, AT_A_TIME = 200, 5


def theta() -> float:
    """Draw the dial of θ, in degrees, with radians beneath; gives radians."""
    degrees = st.slider(
        LABELS["theta"],
        -180,
        180,
        45,
        format="%d°",
        key="theta",
        bind="query-params",
        help="The angle of RY(θ). Arrow keys turn it by one degree.",
    )
    st.html(f'<div class="angle">{angle_words(degrees)}</div>')
    return degrees * pi / 180


def angle_presets() -> None:
    """Draw the buttons that set θ, and the one that sets up the published post's test."""
    with st.container(horizontal=True, gap="xsmall", key="angle_presets"):
        for name, degrees in ANGLES.items():
            st.button(name, key=f"angle_{degrees}", on_click=_set, kwargs={"theta": degrees})
        st.button(
            "The post's test",
            key="posts_test",
            on_click=_set,
            kwargs={"theta": 180, "lab_shots": 100},
            help="θ = π with 100 shots, which gives about 0.5.",
        )


def shots() -> int:
    """Draw the dial of the shots."""
    return st.select_slider(
        LABELS["lab_shots"],
        SHOTS,
        value=100,
        format_func="{:,}".format,
        key="lab_shots",
        bind="query-params",
        help="How often the circuit is run and measured for one estimate.",
    )


def seed() -> int:
    """Draw the field of the seed of the shots."""
    return st.number_input(
        LABELS["lab_seed"],
        0,
        2**31 - 1,
        0,
        key="lab_seed",
        bind="query-params",
        help="The same seed gives the same measurements, in the same order.",
    )


def link_notes() -> list[str]:
    """One sentence for each value in the link that its dial does not offer, as plain text, until a dial is moved.

    Call it after the dials of θ, shots and seed are drawn.
    """
    kept = st.session_state
    here = {"theta": f"{kept['theta']}", "lab_shots": f"{kept['lab_shots']:,}", "lab_seed": f"{kept['lab_seed']}"}
    if "lab_linked" not in kept:
        kept["lab_linked"] = here
    if kept["lab_linked"] != here:
        return []
    return [
        f"{LABELS[name]}: the link asks for “{', '.join(asked)[:30]}”, which is not offered; it is {value}."
        for name, value in here.items()
        if (asked := state.linked(name)) and asked != [value]
    ]


def engine() -> dict[str, Any]:
    """What the labs measure on, as arguments of `hqnn.estimates.measure`: with noise where the settings have some."""
    noise = state.noise()
    return {"engine": "aer"} if noise == Noise() else {"engine": "noisy", "settings": noise.model_dump()}


def measure_again() -> None:
    """Draw the button of the next measurement."""
    st.button(
        "Measure again",
        key="again",
        type="primary",
        icon=":material/replay:",
        shortcut="M",
        on_click=_want,
        args=(1,),
        width="stretch",
        help="The next measurement of this seed. Key: M.",
    )


def measure_on() -> None:
    """Draw the button that goes on measuring until enough is measured, or stops that."""
    measuring = is_measuring()
    st.button(
        "Stop measuring" if measuring else f"Measure on, up to {KEPT}",
        key="measure_on",
        icon=":material/stop:" if measuring else ":material/fast_forward:",
        on_click=_set,
        kwargs={"lab_measuring": not measuring},
        help=f"Measures again and again by itself until there are {KEPT} estimates.",
    )


def is_measuring() -> bool:
    """Whether it measures on by itself."""
    return st.session_state.get("lab_measuring", False)


def estimates(theta: float, shots: int, seed: int, engines: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Measured P(1): (engines, the last `KEPT` at most), the latest last.

    They begin anew when anything about them is changed.
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
        new = jobs().ask("hqnn.estimates:measurements", theta, shots, seed, numbers, engines)
        kept["lab_estimates"] = np.concatenate((kept["lab_estimates"], new), axis=1)[:, -KEPT:]
        kept["lab_measured"] = kept["lab_wanted"]
    if kept["lab_estimates"].shape[1] == KEPT:
        kept["lab_measuring"] = False
    return kept["lab_estimates"]


def _want(more: int) -> None:
    st.session_state["lab_wanted"] += more


def _set(**values: Any) -> None:
    for key, value in values.items():
        st.session_state[key] = value
