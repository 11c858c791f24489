"""The dials of the swap test: the owner of their session-state keys, and of their parts of the link."""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.result import Header
from ui.session import lab_controls

RECOMMENDED, BESIDE = "Recommended, all test images", "The settings beside"
SEEDS, MOST_SEEDS = 20, 100

LABELS = {"swap_settings": "Settings", "swap_seeds": "Seeds"}


def settings() -> str:
    """Draw the choice of the settings; gives its name."""
    return st.segmented_control(
        LABELS["swap_settings"],
        (RECOMMENDED, BESIDE),
        default=RECOMMENDED,
        required=True,
        key="swap_settings",
        bind="query-params",
        wrap=True,
        help="Recommended: loss −log p, batch size 8, 10 epochs, 100 images of each digit, 100 shots, tested on all "
        "images that there are. Only the two digits are then taken from the settings beside.",
    )


def seeds() -> int:
    """Draw the field of how many seeds."""
    return st.number_input(
        LABELS["swap_seeds"],
        2,
        MOST_SEEDS,
        SEEDS,
        key="swap_seeds",
        bind="query-params",
        width=150,
        help="Each seed trains four networks: one with the circuit, and one with each of its twins.",
    )


def header(settings: str, seeds: int, beside: RunConfig) -> Header:
    """The question: as `python -m hqnn swap --digits … --n-test all` asks it, or with the settings beside.

    Raises:
        ConfigError: if there are no exact probabilities with them.
    """
    config = beside if settings == BESIDE else RunConfig(digits=beside.digits, n_test=None)
    return experiments.swap(config, range(config.seed, config.seed + seeds))


def link_notes() -> None:
    """Say what the link asks for that the dials do not offer; call it after they are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)
