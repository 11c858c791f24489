"""Controls of the Circuit vs classical tab. This module owns their session-state and link keys."""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.result import Header
from ui.kit.option_labels import option_label
from ui.session import lab_controls

RECOMMENDED, BESIDE = "Recommended, all test images", "The settings beside"
SEEDS, MOST_SEEDS = 20, 100

LABELS = {"swap_settings": "Settings", "swap_seeds": "Seeds"}


def settings() -> str:
    """Draw the choice of the settings, and return its name."""
    return st.segmented_control(
        LABELS["swap_settings"],
        (RECOMMENDED, BESIDE),
        default=RECOMMENDED,
        required=True,
        format_func=option_label("swap_settings"),
        key="swap_settings",
        bind="query-params",
        wrap=True,
        help="Recommended: loss −log p, batch size 8, 10 epochs, 100 images per digit, 100 shots, tested on all test "
        "images. Only the two digits come from your settings.",
    )


def seeds() -> int:
    """Draw the field for the number of seeds."""
    return st.number_input(
        LABELS["swap_seeds"],
        2,
        MOST_SEEDS,
        SEEDS,
        key="swap_seeds",
        bind="query-params",
        width=150,
        help="Each seed trains four networks: one with the circuit and three with a classical replacement.",
    )


def header(settings: str, seeds: int, beside: RunConfig) -> Header:
    """Return the experiment of `python -m hqnn ablate --digits … --n-test all`, or the one with the viewer's settings.

    Raises:
        ConfigError: if the settings allow no exact probabilities.
    """
    config = beside if settings == BESIDE else RunConfig(digits=beside.digits, n_test=None)
    return experiments.swap(config, range(config.seed, config.seed + seeds))


def link_notes() -> None:
    """Show the link values that the controls do not offer. Call it after the controls are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)
