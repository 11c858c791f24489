"""Controls of the Shots vs convergence tab. This module owns their session-state and link keys."""

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
from ui.kit.option_labels import option_label
from ui.session import lab_controls, setting_options

ENGINE_NAMES = tuple(name for name, kind in ENGINES.items() if not kind.hardware)
RATES = (0.0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
MOST_SEEDS = 100

#: Measures of the curves, for tests with exact probabilities or with own shots.
MEASURES: dict[str, dict[bool, Measure]] = {
    "Test accuracy": {True: "exact_test_accuracy", False: "test_accuracy"},
    "Test loss": dict.fromkeys((True, False), "exact_test_loss"),
    "Training loss": dict.fromkeys((True, False), "exact_train_loss"),
}
#: Ways to test networks, and whether they are exact.
TESTS = {"Exact probabilities": True, "Their own shots": False}
AXES: dict[str, Against] = {"Epochs": "epochs", "Shots spent": "shots"}
#: Where the accuracy axis may start, and target accuracies; percent.
FLOORS, REACHES = (0, 40, 80, 90, 95), (90, 95, 97, 98, 99)
#: An accuracy axis that starts as high as all curves allow.
FITTING = "fitting"

SETTING_NAMES = {
    "shots": "shots",
    "shift": "shift s",
    "gradient_rule": "gradient rule",
    "engine": "engine",
    "depolarizing_1q": "noise level",
}

LABELS = {
    "race_shots": "Shots per measurement",
    "race_shifts": "Shifts s (radians)",
    "race_rules": "Gradient rules",
    "race_engines": "Engines (simulators)",
    "race_noise": "Noise levels (depolarizing rate)",
    "race_seeds": "Seeds",
    "race_tested": "Tested with",
    "race_measure": "Plot",
    "race_against": "over",
    "race_floor": "Accuracy axis",
    "race_reach": "Target accuracy",
    "race_shown": "Curves in the chart",
    "race_heat": "Heat map of",
}


@dataclass(frozen=True)
class View:
    """What the chart shows."""

    measure: Measure
    #: Whether accuracies use exact probabilities, and not each network's own shots.
    exact: bool
    against: Against
    #: Start of the accuracy axis, percent; None for as high as all curves allow.
    floor: int | None
    #: Target accuracy, a fraction.
    reach: float
    #: Names of the combinations in the chart.
    shown: tuple[str, ...]


def choice() -> Choice:
    """Draw the controls for the values to compare."""
    shots = _several(
        "race_shots",
        setting_options.OPTIONS["shots"],
        default=(10, 100, 1000, setting_options.EXACT),
        help=f"{ONE_SHOT} “exact” computes the probabilities instead.",
    )
    return Choice(
        shots=tuple(None if each == setting_options.EXACT else each for each in shots),
        shifts=_several(
            "race_shifts",
            setting_options.OPTIONS["shift"],
            format_func=shift_name,
            help="The gradient rule measures the circuit at θ + s and θ − s. s = π/2 needs the fewest shots. On "
            "average over θ, another s takes 1/sin² s times as many for the same noise.",
        ),
        rules=_several(
            "race_rules",
            GRADIENT_RULES,
            format_func=option_label("race_rules"),
            help="The parameter-shift rule divides the difference by 2 sin s. The original post does not divide.",
        ),
        engines=_several("race_engines", ENGINE_NAMES, help="The `noisy` engine uses the noise from the settings."),
        rates=_several(
            "race_noise",
            RATES,
            format_func="{:g}".format,
            help="Depolarizing rate of each gate on the `noisy` engine: the probability that the gate replaces the "
            "state by a completely random one. 0 means none. Other noise from the settings stays if they use the "
            "`noisy` engine.",
        ),
        seeds=st.number_input(
            LABELS["race_seeds"],
            1,
            MOST_SEEDS,
            5,
            key="race_seeds",
            bind="query-params",
            help="Runs per combination, starting with the settings' seed. All runs of one seed start with the same "
            "weights and see the images in the same order.",
        ),
    )


def view(header: Header) -> View:
    """Draw the controls for the chart."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="race_view"):
        measure = _one_of("race_measure", tuple(MEASURES), width=132)
        exactly = (
            "Exact probabilities show what a network has learned. Its own shots add the shot noise of its "
            "measurements. Losses are always exact: with few shots, the measured −log p is wrong on average (see "
            "Gradients, Parameter shift)."
        )
        against = _one_of("race_against", tuple(AXES), width=124)
        tested = TESTS[_one_of("race_tested", tuple(TESTS), width=160, help=exactly)]
        below = "Start of the accuracy axis. Automatic keeps all curves in the chart. A number may cut some off."
        floor = _one_of("race_floor", (FITTING, *FLOORS), format_func=_percent, width=112, help=below)
        price = "The table below shows the epochs, shots and seconds to reach this test accuracy."
        reach = _one_of("race_reach", REACHES, index=1, format_func=_percent, width=112, help=price)
    begin = None if floor == FITTING else floor
    return View(MEASURES[measure][tested], tested, AXES[against], begin, reach / 100, _shown(names(header)))


def heat(header: Header) -> tuple[str, str] | None:
    """Draw the choice of the two settings of the heat map, and return them: rows, then columns.

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
    """Show the link values that the controls do not offer. Call it after the controls are drawn."""
    drawn = [key for key in LABELS if key in st.session_state]
    in_link = {"race_shots": _joined(str), "race_shifts": _joined(shift_name), "race_noise": _joined("{:g}".format)}
    in_link |= {key: _joined(option_label(key)) for key in ("race_rules", "race_engines", "race_shown")}
    in_link |= dict.fromkeys(("race_floor", "race_reach"), _percent)
    lab_controls.link_notes(*drawn, labels=LABELS, in_link=in_link)


def _several(key: str, options: Sequence[Any], **more: Any) -> tuple[Any, ...]:
    """Draw a choice of several values, and return them in the order of the options."""
    more = {"default": (), "format_func": str} | more
    chosen = st.multiselect(
        LABELS[key], options, key=key, bind="query-params", placeholder="as in the settings", filter_mode=None, **more
    )
    return tuple(each for each in options if each in chosen)


def _one_of(key: str, options: Sequence[Any], **more: Any) -> Any:
    more = {"format_func": option_label(key)} | more
    return st.selectbox(LABELS[key], options, key=key, bind="query-params", filter_mode=None, **more)


def _shown(every: list[str]) -> tuple[str, ...]:
    """Return the combinations in the chart: all, or a selection if there are too many."""
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
        help="More curves are hard to distinguish. The tables and files below contain all combinations.",
    )
    return tuple(each for each in every if each in chosen)


def _joined(spoken: Any) -> Any:
    return lambda values: ", ".join(map(spoken, values))


def _percent(number: int | str) -> str:
    return f"{number}%" if isinstance(number, int) else option_label("race_floor")(number)
