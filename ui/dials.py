"""The labs' dials: the owner of their session-state keys, and of their parts of the link."""

from math import pi
from typing import Any

import streamlit as st

from hqnn.noise import Noise
from ui import state

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
