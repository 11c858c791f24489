"""The dials of the runs that do not learn: the owner of their session-state keys, and of their parts of the link."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.experiments import MAX_ON_A_PAGE
from hqnn.sweeps.result import Header
from ui.session import lab_controls

PUBLISHED, RECOMMENDED, BESIDE = "As published, 3 vs 7", "Recommended, 3 vs 7", "The settings beside"
QUESTIONS = (PUBLISHED, RECOMMENDED, BESIDE)
SEEDS = 100

#: Settings of the questions that are asked of everybody, as `python -m hqnn stuck --digits 3 7 --preset published-37`
#: and `python -m hqnn stuck --digits 3 7` have them.
CONFIGS = {PUBLISHED: RunConfig.preset("published-37"), RECOMMENDED: RunConfig(digits=(3, 7))}

LABELS = {"stuck_question": "Settings", "stuck_seeds": "Seeds"}
#: Which of a question's seeds are looked at.
CHOICES = {"stuck_seed": "Run that is stuck: seed", "stuck_healthy": "Healthy run: seed"}


def name() -> str:
    """Draw the choice of the settings; gives its name."""
    return st.segmented_control(
        LABELS["stuck_question"],
        QUESTIONS,
        default=PUBLISHED,
        required=True,
        key="stuck_question",
        bind="query-params",
        wrap=True,
        help="As published: loss −p, batch size 1, 20 epochs. Recommended: loss −log p, batch size 8, 10 epochs.",
    )


def seeds() -> int:
    """Draw the field of how many seeds."""
    return st.number_input(
        LABELS["stuck_seeds"],
        1,
        MAX_ON_A_PAGE,
        SEEDS,
        key="stuck_seeds",
        bind="query-params",
        width=150,
        help="One training each, from seed 0 on, or from that of the settings beside on.",
    )


def title(name: str, config: RunConfig) -> str:
    """What the question is called, with its digits."""
    return f"{name}, {config.digits[0]} vs {config.digits[1]}" if name == BESIDE else name


def header(name: str, seeds: int, beside: RunConfig) -> Header:
    """The question by its name."""
    config = CONFIGS.get(name, beside)
    return experiments.stuck(config, range(config.seed, config.seed + seeds))


def link_notes() -> None:
    """Say what the link asks for that the dials do not offer; call it after they are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)


def choose(key: str, offered: Sequence[int]) -> None:
    """Draw the choice of a seed among those offered: the first one, until somebody chooses."""
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
        help="Or press its mark in the picture above.",
    )


def seed_notes() -> None:
    """Say which seed the link asks for that cannot be looked at; call it after they are drawn."""
    for key, label in CHOICES.items():
        if chosen(key) is not None:
            lab_controls.link_notes(key, labels={key: label})


def chosen(key: str) -> int | None:
    """The seed that is looked at; none if there is none."""
    return st.session_state.get(key)


def click(key: str, seeds: Sequence[int]) -> None:
    """Choose what has been pressed in a picture, whose series are named as the choices and have a point a seed.

    Args:
        key: the picture's.
        seeds: all of the question's.
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
    """Whether a seed has been chosen since this was last asked."""
    return st.session_state.pop("stuck_chosen", False)


def _note_choice() -> None:
    st.session_state["stuck_chosen"] = True


def _selected(key: str) -> list[dict[str, Any]]:
    return st.session_state[key].selection.selected
