"""Controls of the All 45 pairs tab. This module owns their session-state and link keys."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.result import Header
from ui.kit.option_labels import option_label
from ui.session import lab_controls

RECOMMENDED, BESIDE = "Recommended, all test images", "The settings beside"
MOST_SEEDS = 20
PAIRS = {f"{a} vs {b}": (a, b) for a, b in experiments.PAIRS}

LABELS = {"atlas_settings": "Settings", "atlas_seeds": "Seeds"}


def settings() -> str:
    """Draw the choice of the settings, and return its name."""
    return st.segmented_control(
        LABELS["atlas_settings"],
        (RECOMMENDED, BESIDE),
        default=RECOMMENDED,
        required=True,
        format_func=option_label("atlas_settings"),
        key="atlas_settings",
        bind="query-params",
        wrap=True,
        help="Recommended: loss −log p, batch size 8, 10 epochs, 100 images per digit, 100 shots, tested on all test "
        "images.",
    )


def seeds() -> int:
    """Draw the field for the number of seeds."""
    return st.number_input(
        LABELS["atlas_seeds"],
        1,
        MOST_SEEDS,
        1,
        key="atlas_seeds",
        bind="query-params",
        width=150,
        help="Each seed trains 45 networks, one for each pair.",
    )


def header(settings: str, seeds: int, beside: RunConfig) -> Header:
    """Return the experiment of `python -m hqnn pairs`, or the one with the viewer's settings."""
    config = beside.replace(digits=RunConfig().digits) if settings == BESIDE else RunConfig(n_test=None)
    return experiments.atlas(config, range(config.seed, config.seed + seeds))


def pair(otherwise: tuple[int, int]) -> tuple[int, int]:
    """Draw the choice of a pair.

    Args:
        otherwise: the pair until the viewer chooses one.
    """
    chosen = st.selectbox(
        "Pair",
        list(PAIRS),
        index=None,
        key="atlas_pair",
        bind="query-params",
        placeholder=f"{otherwise[0]} vs {otherwise[1]} (or press a cell)",
        help="You can also press a cell in the map.",
    )
    lab_controls.link_notes(
        "atlas_pair", labels={"atlas_pair": "Pair"}, in_link={"atlas_pair": lambda name: name or ""}
    )
    return PAIRS.get(chosen or "", otherwise)


def chosen(otherwise: tuple[int, int]) -> tuple[int, int]:
    """Return the chosen pair, before its control is drawn."""
    return PAIRS.get(st.session_state.get("atlas_pair") or "", otherwise)


def press(key: str, pressed: Callable[[int], tuple[int, int] | None]) -> None:
    """Choose the pair whose cell was pressed in a chart. A cell that is pressed again stays chosen.

    Args:
        key: of the chart.
        pressed: gives the pair of a place in its data.
    """
    before, now = st.session_state.get("atlas_pressed"), _selected(key)
    st.session_state["atlas_pressed"] = now
    place = before if now is None else now
    found = None if place is None else pressed(place)
    if found is not None:
        st.session_state["atlas_pair"] = f"{found[0]} vs {found[1]}"


def link_notes() -> None:
    """Show the link values that the controls do not offer. Call it after the controls are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)


def _selected(key: str) -> int | None:
    groups: list[dict[str, Any]] = st.session_state[key].selection.selected
    return groups[0]["data_indices"][-1] if groups else None
