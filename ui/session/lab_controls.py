"""Controls that several pages share: the owner of their session-state keys and query keys."""

from collections.abc import Callable, Mapping
from html import escape
from math import pi
from typing import Any

import streamlit as st

from hqnn.config import Noise
from hqnn.errors import ConfigError
from ui.kit.angles import in_pi
from ui.kit.meanings import ONE_SHOT
from ui.kit.option_labels import option_label
from ui.session import link, settings

SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)

#: θ of each preset, degrees.
ANGLES = {"0": 0, "π/2": 90, "π": 180, "−π/2": -90}

LABELS = {
    "theta": "Angle θ",
    "lab_shots": "Shots per measurement",
    "lab_seed": "Random seed of the shots",
    "lab_shift": "Shift s (radians)",
    "repeats": "Repeats",
}

#: How the link writes a value, if not as Python does.
_IN_LINK: dict[str, Callable[[Any], str]] = {"lab_shift": in_pi}


def theta() -> float:
    """Draw the slider of θ in degrees. Return radians."""
    degrees = st.slider(
        LABELS["theta"],
        -180,
        180,
        45,
        format="%d°",
        key="theta",
        bind="query-params",
        help="The angle of the gate RY(θ). Arrow keys change it by one degree.",
    )
    return degrees * pi / 180


def angle_presets() -> None:
    """Draw the buttons that set θ, and the button of the original post's test."""
    with st.container(horizontal=True, gap="xsmall", key="angle_presets"):
        for name, degrees in ANGLES.items():
            st.button(name, key=f"angle_{degrees}", on_click=_set, kwargs={"theta": degrees})
        st.button(
            "Original post's test",
            key="posts_test",
            on_click=_set,
            kwargs={"theta": 180, "lab_shots": 100},
            help="Sets θ = π and 100 shots. The result is about 0.5.",
        )


def shots() -> int:
    """Draw the slider of the shots."""
    return st.select_slider(
        LABELS["lab_shots"],
        SHOTS,
        value=100,
        format_func=str,
        key="lab_shots",
        bind="query-params",
        help=f"{ONE_SHOT} The share of ones among these shots is one estimate of P(1).",
    )


def seed() -> int:
    """Draw the field of the random seed of the shots."""
    return st.number_input(
        LABELS["lab_seed"],
        0,
        2**31 - 1,
        0,
        key="lab_seed",
        bind="query-params",
        help="The same seed gives the same measurements in the same order, on the same processor and versions.",
    )


def link_notes(
    *names: str, labels: Mapping[str, str] = LABELS, in_link: Mapping[str, Callable[[Any], str]] = _IN_LINK
) -> None:
    """Note each value in the link that its control does not offer, until a viewer changes a control.

    Call it after the controls are drawn.

    Args:
        names: keys of the controls, which are also their query keys.
        labels: labels of the controls.
        in_link: how the link writes a value, if not as Python does. Several values have commas between them.
    """
    kept = st.session_state
    here = {name: in_link.get(name, option_label(name))(kept[name]) for name in names}
    if kept.setdefault("lab_linked", {}).setdefault(names, here) != here:
        return
    for name, value in here.items():
        asked = link.linked(name)
        if asked and ", ".join(asked) != value:
            said = link.not_available(labels[name], ", ".join(asked), value)
            st.html(f'<div class="note" role="status">{escape(said)}</div>')


def noise() -> Noise | None:
    """Return the noise of the measurements. None if its settings do not fit together; the page says why."""
    try:
        return settings.noise()
    except ConfigError:
        return None


def engine() -> dict[str, Any]:
    """Return the engine as arguments of `hqnn.circuit.estimates.measure`, with noise if the settings have some.

    Raises:
        ConfigError: if the noise settings do not fit together.
    """
    of_settings = settings.noise()
    if of_settings == Noise():
        return {"engine": "aer"}
    return {"engine": "noisy", "settings": of_settings.model_dump()}


def _set(**values: Any) -> None:
    for key, value in values.items():
        st.session_state[key] = value
