"""Controls of the Runs that fail to learn tab. This module owns their session-state and link keys."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.experiments import MAX_ON_A_PAGE
from hqnn.sweeps.result import Header
from ui.kit.option_labels import option_label
from ui.session import lab_controls

PUBLISHED, RECOMMENDED, BESIDE = "As published, 3 vs 7", "Recommended, 3 vs 7", "The settings beside"
QUESTIONS = (PUBLISHED, RECOMMENDED, BESIDE)
SEEDS = 100

#: Settings of the two presets: `python -m hqnn stuck --digits 3 7 --preset published-37`, and the same command without
#: the preset.
CONFIGS = {PUBLISHED: RunConfig.preset("published-37"), RECOMMENDED: RunConfig(digits=(3, 7))}

LABELS = {"stuck_question": "Settings", "stuck_seeds": "Seeds"}
#: Labels of the choices of a seed.
CHOICES = {"stuck_seed": "Stuck run: seed", "stuck_healthy": "Healthy run: seed"}


def name() -> str:
    """Draw the choice of the settings, and return its name."""
    return st.segmented_control(
        LABELS["stuck_question"],
        QUESTIONS,
        default=PUBLISHED,
        required=True,
        format_func=option_label("stuck_question"),
        key="stuck_question",
        bind="query-params",
        wrap=True,
        help="As published: loss −p, batch size 1, 20 epochs. Recommended: loss −log p, batch size 8, 10 epochs.",
    )


def seeds() -> int:
    """Draw the field for the number of seeds."""
    return st.number_input(
        LABELS["stuck_seeds"],
        1,
        MAX_ON_A_PAGE,
        SEEDS,
        key="stuck_seeds",
        bind="query-params",
        width=150,
        help="One run per seed. Seeds count from 0, or from the seed of your settings.",
    )


def title(name: str, config: RunConfig) -> str:
    """Return the name of the settings, with the digits."""
    a, b = config.digits
    return f"{option_label('stuck_question')(name)}, {a} vs {b}" if name == BESIDE else name


def header(name: str, seeds: int, beside: RunConfig) -> Header:
    """Return the experiment with the settings of a name."""
    config = CONFIGS.get(name, beside)
    return experiments.stuck(config, range(config.seed, config.seed + seeds))


def link_notes() -> None:
    """Show the link values that the controls do not offer. Call it after the controls are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)


def choose(key: str, offered: Sequence[int]) -> None:
    """Draw the choice of a seed. It starts with the first one."""
    if not offered:
        st.html(f'<p class="no-seed">{CHOICES[key]}<br>none</p>', width="stretch")
        return
    if key in st.session_state and st.session_state[key] not in offered:
        st.session_state[key] = offered[0]
    st.selectbox(
        CHOICES[key],
        list(offered),
        key=key,
        bind="query-params",
        on_change=_note_choice,
        help="You can also press a mark in the chart above.",
    )


def seed_notes() -> None:
    """Show the seeds of the link that are not available. Call it after the controls are drawn."""
    for key, label in CHOICES.items():
        if chosen(key) is not None:
            lab_controls.link_notes(key, labels={key: label})


def chosen(key: str) -> int | None:
    """Return the chosen seed, if there is one."""
    return st.session_state.get(key)


def click(key: str, seeds: Sequence[int]) -> None:
    """Choose the seed that was pressed in a chart. Its series have the names of the choices and one point per seed.

    Args:
        key: of the chart.
        seeds: all seeds of the experiment.
    """
    pressed = {each["series_name"]: tuple(each["data_indices"]) for each in _selected(key)}
    before = st.session_state.get("stuck_pressed", {})
    for choice in CHOICES:
        places = pressed.get(choice, ())
        if places and places != before.get(choice) and places[-1] < len(seeds):
            st.session_state[choice] = seeds[places[-1]]
            _note_choice()
    st.session_state["stuck_pressed"] = pressed


def just_chosen() -> bool:
    """Return whether a seed has been chosen since the last call."""
    return st.session_state.pop("stuck_chosen", False)


def _note_choice() -> None:
    st.session_state["stuck_chosen"] = True


def _selected(key: str) -> list[dict[str, Any]]:
    return st.session_state[key].selection.selected
