"""The dials of the shot race: the owner of their session-state keys, and of their parts of the link."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import streamlit as st

from hqnn.config import ENGINES, GRADIENT_RULES
from hqnn.sweeps.curves import LINE_STYLES, Against, names, shift_name
from hqnn.sweeps.groups import Measure
from hqnn.sweeps.result import Header
from hqnn.sweeps.varied import Choice
from ui.kit.meanings import ONE_SHOT
from ui.session import lab_controls, setting_options

ENGINE_NAMES = tuple(name for name, kind in ENGINES.items() if not kind.hardware)
RATES = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
MOST_SEEDS = 100

#: What curves are of, by whether the networks are tested exactly.
MEASURES: dict[str, dict[bool, Measure]] = {
    "Test accuracy": {True: "exact_test_accuracy", False: "test_accuracy"},
    "Test loss": dict.fromkeys((True, False), "exact_test_loss"),
    "Training loss": dict.fromkeys((True, False), "exact_train_loss"),
}
#: How networks are tested, by whether exactly.
TESTS = {"Exact probabilities": True, "Their own shots": False}
AXES: dict[str, Against] = {"Epochs": "epochs", "Shots spent": "shots"}
#: Where an axis of accuracies may begin, and accuracies whose price is counted; percent.
FLOORS, REACHES = (0, 40, 80, 90, 95), (90, 95, 97, 98, 99)
#: An axis of accuracies that begins as high as all curves allow.
FITTING = "fitting"

SETTING_NAMES = {
    "shots": "shots",
    "shift": "shift s",
    "gradient_rule": "gradient rule",
    "engine": "engine",
    "depolarizing_1q": "noise level",
}

LABELS = {
    "race_shots": "Shots",
    "race_shifts": "Shifts s (radians)",
    "race_rules": "Gradient rules",
    "race_engines": "Engines (simulators)",
    "race_noise": "Noise levels (depolarizing rate)",
    "race_seeds": "Seeds",
    "race_tested": "Tested with",
    "race_measure": "Curves of",
    "race_against": "against",
    "race_floor": "Accuracy from",
    "race_reach": "Time to reach",
    "race_shown": "Curves in the picture",
    "race_heat": "Heat map of",
}


@dataclass(frozen=True)
class View:
    """What of a race is drawn."""

    measure: Measure
    #: Whether accuracies are those of exact probabilities, or of each network's own shots.
    exact: bool
    against: Against
    #: Where the axis of accuracies begins, percent; as high as all curves allow if nobody says.
    floor: int | None
    #: The accuracy whose price is counted, a fraction.
    reach: float
    #: The groups in the picture.
    shown: tuple[str, ...]


def choice() -> Choice:
    """Draw the dials of what is raced."""
    shots = _several(
        "race_shots",
        setting_options.OPTIONS["shots"],
        default=(10, 100, 1000, setting_options.EXACT),
        help=f"{ONE_SHOT} How many of them measure each angle. Exact computes the probabilities.",
    )
    return Choice(
        shots=tuple(None if each == setting_options.EXACT else each for each in shots),
        shifts=_several(
            "race_shifts",
            setting_options.OPTIONS["shift"],
            format_func=shift_name,
            help="The gradient rule measures the circuit at θ + s and θ − s. π/2 needs the fewest shots; for the same "
            "noise another s takes 1/sin² s times as many, on average over θ.",
        ),
        rules=_several(
            "race_rules",
            GRADIENT_RULES,
            help="The parameter-shift rule divides the difference by 2 sin s; the published one leaves it raw.",
        ),
        engines=_several("race_engines", ENGINE_NAMES, help="The engine noisy has the noise of the settings."),
        rates=_several(
            "race_noise",
            RATES,
            format_func="{:g}".format,
            help="Share of the state that each gate replaces by pure chance, on the engine noisy; 0 is none. What "
            "other noise the settings have stays, if their engine is noisy.",
        ),
        seeds=st.number_input(
            LABELS["race_seeds"],
            1,
            MOST_SEEDS,
            5,
            key="race_seeds",
            bind="query-params",
            help="Trainings of each combination, from the settings' seed on. All trainings of one seed begin with the "
            "same weights and see the images in the same order.",
        ),
    )


def view(header: Header) -> View:
    """Draw the dials of what is shown."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="race_view"):
        measure = _one_of("race_measure", tuple(MEASURES), width=132)
        exactly = (
            "Exact probabilities show what a network has learned. Its own shots add what measuring costs it. Losses "
            "are always exact: with few shots, −log p is another quantity (see the Shift lab)."
        )
        tested = TESTS[_one_of("race_tested", tuple(TESTS), width=160, help=exactly)]
        against = _one_of("race_against", tuple(AXES), width=124)
        below = "Where the axis of accuracies begins: where all curves are on it, or what lies below is cut off."
        floor = _one_of("race_floor", (FITTING, *FLOORS), format_func=_percent, width=112, help=below)
        price = "The accuracy on the test images whose price is counted, in epochs, shots and seconds."
        reach = _one_of("race_reach", REACHES, index=1, format_func=_percent, width=112, help=price)
    begin = None if floor == FITTING else floor
    return View(MEASURES[measure][tested], tested, AXES[against], begin, reach / 100, _shown(names(header)))


def heat(header: Header) -> tuple[str, str] | None:
    """Draw the choice of the two settings of the heat map, if there is one: rows, then columns.

    Returns:
        None if fewer than two settings vary.
    """
    by_length = sorted(header.vary, key=lambda name: -len(header.vary[name]))
    pairs = {
        f"{SETTING_NAMES[row]} and {SETTING_NAMES[column]}": (row, column) for row, column in combinations(by_length, 2)
    }
    if len(pairs) < 2:
        return next(iter(pairs.values()), None)
    return pairs[_one_of("race_heat", list(pairs), width=320)]


def link_notes() -> None:
    """Say what the link asks for that the dials do not offer; call it after they are drawn."""
    drawn = [key for key in LABELS if key in st.session_state]
    in_link = {"race_shots": _joined(str), "race_shifts": _joined(shift_name), "race_noise": _joined("{:g}".format)}
    in_link |= {key: _joined(str) for key in ("race_rules", "race_engines", "race_shown")}
    in_link |= dict.fromkeys(("race_floor", "race_reach"), _percent)
    lab_controls.link_notes(*drawn, labels=LABELS, in_link=in_link)


def _several(key: str, options: Sequence[Any], **more: Any) -> tuple[Any, ...]:
    """Draw a choice of several values; gives them in the order of the options, whatever theirs."""
    more = {"default": (), "format_func": str} | more
    chosen = st.multiselect(
        LABELS[key], options, key=key, bind="query-params", placeholder="as in the settings", filter_mode=None, **more
    )
    return tuple(each for each in options if each in chosen)


def _one_of(key: str, options: Sequence[Any], **more: Any) -> Any:
    return st.selectbox(LABELS[key], options, key=key, bind="query-params", filter_mode=None, **more)


def _shown(every: list[str]) -> tuple[str, ...]:
    """The groups in the picture: all, or those that are chosen of too many."""
    most = len(LINE_STYLES)
    if len(every) <= most:
        return tuple(every)
    chosen = st.multiselect(
        f"{LABELS['race_shown']}, at most {most} of {len(every)}",
        every,
        default=every[:most],
        max_selections=most,
        key="race_shown",
        bind="query-params",
        help="More cannot be told apart. The tables and files below have all of them.",
    )
    return tuple(each for each in every if each in chosen)


def _joined(spoken: Any) -> Any:
    return lambda values: ", ".join(map(spoken, values))


def _percent(number: int | str) -> str:
    return FITTING if number == FITTING else f"{number}%"
