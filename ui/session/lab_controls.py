"""The dials that the labs share: the owner of their session-state keys, and of their parts of the link."""

from collections.abc import Callable, Mapping
from html import escape
from math import pi
from typing import Any

import streamlit as st

from hqnn.config import Noise
from hqnn.errors import ConfigError
from ui.kit.angles import in_pi
from ui.kit.meanings import ONE_SHOT
from ui.session import link, settings

SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)

#: Degrees of θ, by the preset's name.
ANGLES = {"0": 0, "π/2": 90, "π": 180, "−π/2": -90}

LABELS = {
    "theta": "Angle θ",
    "lab_shots": "Shots",
    "lab_seed": "Shot seed",
    "lab_shift": "Shift s (radians)",
    "repeats": "Repeats",
}

#: How the link has a dial's value, where it is not as Python has it.
_IN_LINK: dict[str, Callable[[Any], str]] = {"lab_shift": in_pi}


def theta() -> float:
    """Draw the dial of θ, in degrees; gives radians."""
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
        format_func=str,
        key="lab_shots",
        bind="query-params",
        help=f"{ONE_SHOT} How many of them make one estimate of P(1), the share of ones.",
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
        help="With the same processor and versions, the same seed gives the same measurements, in the same order.",
    )


def link_notes(
    *names: str, labels: Mapping[str, str] = LABELS, in_link: Mapping[str, Callable[[Any], str]] = _IN_LINK
) -> None:
    """Say of each value in the link that its dial does not offer what it is instead, until a dial is moved.

    Call it after the dials are drawn.

    Args:
        names: the dials' keys, which are their parts of the link.
        labels: what they are called.
        in_link: how the link has a dial's value, where it is not as Python has it; several with commas between them.
    """
    kept = st.session_state
    here = {name: in_link.get(name, str)(kept[name]) for name in names}
    if kept.setdefault("lab_linked", {}).setdefault(names, here) != here:
        return
    for name, value in here.items():
        asked = link.linked(name)
        if asked and ", ".join(asked) != value:
            said = f"{labels[name]}: the link asks for “{', '.join(asked)[:30]}”, which is not offered; it is "
            said += f"{value or 'empty'}."
            st.html(f'<div class="note" role="status">{escape(said)}</div>')


def noise() -> Noise | None:
    """The noise that the labs measure with; none if its settings do not fit together, of which the page says why."""
    try:
        return settings.noise()
    except ConfigError:
        return None


def engine() -> dict[str, Any]:
    """What the labs measure on, as arguments of `hqnn.circuit.estimates.measure`: with noise where the settings have
    some.

    Raises:
        ConfigError: if the settings of the noise do not fit together.
    """
    of_settings = settings.noise()
    if of_settings == Noise():
        return {"engine": "aer"}
    return {"engine": "noisy", "settings": of_settings.model_dump()}


def _set(**values: Any) -> None:
    for key, value in values.items():
        st.session_state[key] = value
