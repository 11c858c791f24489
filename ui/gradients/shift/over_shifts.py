"""Charts of the rules over all shifts, as ECharts options with fixed axes. Nothing here draws."""

from collections.abc import Mapping, Sequence
from math import log10, pi
from typing import Any

import numpy as np

from hqnn.circuit.slope_rules import Measured
from ui.gradients.shift.figures import MAX_SLOPE, SLOPES
from ui.gradients.shift.rules import STYLES, Question, refusal
from ui.kit.echarts import (
    FONT_SIZE,
    axis_numbers,
    bare_chart,
    error_bars,
    labels,
    line_series,
    marks,
    number_axis,
    pi_axis,
    pi_numbers,
    upright_line,
)
from ui.kit.ink import INKS, Ink

#: Height, and margins above and below, in pixels.
HEIGHT, _TOP, _BOTTOM = 400, 62, 58

#: Range of standard deviations: from 100,000 shots where noise is low, to one shot where a rule divides by almost 0.
LEAST_NOISE, MOST_NOISE = 1e-4, 10
_POWERS = (0.0001, 0.001, 0.01, 0.1, 1, 10)

#: Where the lines are computed, in multiples of π; π itself is among them.
_SHIFTS = np.linspace(1 / 48, 5 / 4, 119)


def slopes_chart(question: Question, study: Mapping[float, Mapping[str, Measured]], theme: str) -> dict[str, Any]:
    """The average of every rule over s, with the means of a study and their standard errors.

    Args:
        study: measurements by s (radians) and rule; empty without a study.
    """
    ink = INKS[theme]
    measured = {
        rule: [(s, each[rule].mean, each[rule].error) for s, each in study.items() if rule in each] for rule in STYLES
    }
    expected = {
        rule: [(x, _at(question, x).expected(rule) if _holds(rule, x) else "-") for x in _SHIFTS] for rule in STYLES
    }
    axis = number_axis("slope of P(1) per radian", -MAX_SLOPE, MAX_SLOPE, 0.25, ink)
    return _over_shifts(question, expected, measured, axis, theme)


def noise_chart(question: Question, study: Mapping[float, Mapping[str, Measured]], theme: str) -> dict[str, Any]:
    """The standard deviation of one estimate by every rule, over s, on a log axis; arguments as for `slopes_chart`."""
    ink = INKS[theme]
    measured = {
        rule: [
            (s, each[rule].deviation, each[rule].deviation_error)
            for s, each in study.items()
            if rule in each and each[rule].deviation > LEAST_NOISE
        ]
        for rule in STYLES
    }
    expected = {
        rule: [(x, _visible(_at(question, x).deviation(rule)) if _holds(rule, x) else "-") for x in _SHIFTS]
        for rule in STYLES
    }
    axis = number_axis("SD of one estimate", LEAST_NOISE, MOST_NOISE, None, ink) | {"type": "log"}
    return _over_shifts(question, expected, measured, axis, theme)


def _over_shifts(
    question: Question,
    expected: Mapping[str, list[tuple[float, Any]]],
    measured: Mapping[str, list[tuple[float, float, float]]],
    value_axis: dict[str, Any],
    theme: str,
) -> dict[str, Any]:
    """Expected values as lines, measured ones as marks with error bars, and a line at the present s."""
    ink = INKS[theme]
    series: list[dict[str, Any]] = []
    for rule, style in STYLES.items():
        color, points = style.colors[theme], measured[rule]
        spans = [(s / pi, value - error, value + error) for s, value, error in points if error > 0]
        series += [
            line_series(expected[rule], color, width=2, dash=style.dash),
            error_bars(spans, color, cap=0),
            marks([(s / pi, value) for s, value, _ in points], style, theme, 7),
        ]
    ends = [line[-1][1] for line in expected.values()]
    is_log = value_axis["type"] == "log"
    numbers = _POWERS if is_log else SLOPES
    return bare_chart(ink, left=64, right=82, top=_TOP, bottom=_BOTTOM) | {
        "xAxis": pi_axis("shift s (radians)", 0, 5 / 4, ink),
        "yAxis": value_axis | {"nameGap": 34},  # above the line where s is now
        "series": [
            *series,
            _here(question, ink),
            pi_numbers(0, 5 / 4, value_axis["min"], ink),
            axis_numbers(numbers, 0, "left", ink),
            _names(log_apart(ends) if is_log else apart(ends, -MAX_SLOPE, MAX_SLOPE), theme),
        ],
    }


def apart(values: Sequence[float], low: float, high: float) -> list[float]:
    """Return places for the labels of lines: near their values, without overlap, between two ends."""
    gap = (high - low) * (FONT_SIZE + 3) / (HEIGHT - _TOP - _BOTTOM)
    order = sorted(range(len(values)), key=values.__getitem__)
    placed: list[float] = []
    for index in order:
        placed.append(max(values[index], low, placed[-1] + gap if placed else low))
    for place in range(len(placed) - 1, -1, -1):
        above = placed[place + 1] - gap if place + 1 < len(placed) else high
        placed[place] = min(placed[place], above)
    return [placed[order.index(index)] for index in range(len(values))]


def log_apart(values: Sequence[Any]) -> list[float]:
    """`apart` on the log axis of the noise. The label of a line that is too small to be drawn is at the bottom."""
    low, high = log10(LEAST_NOISE), log10(MOST_NOISE)
    return [10**value for value in apart([low if v == "-" else log10(v) for v in values], low, high)]


def _names(places: Sequence[float], theme: str) -> dict[str, Any]:
    """Names of the lines, at their right ends."""
    named = zip(places, STYLES.values(), strict=True)
    written = (((5 / 4, place), {"formatter": style.name, "color": style.colors[theme]}) for place, style in named)
    return labels(written, {"position": "right", "distance": 6, "fontSize": FONT_SIZE, "fontWeight": 600})


def _here(question: Question, ink: Ink) -> dict[str, Any]:
    """A line at the present s."""
    return upright_line(question.shift / pi, f"s = {question.shift_name}", ink)


def _at(question: Question, turns: float) -> Question:
    return Question(question.theta, pi * turns, "", question.shots, question.response)


def _holds(rule: str, turns: float) -> bool:
    return rule != "parameter-shift" or refusal(pi * turns) is None


def _visible(deviation: float) -> Any:
    return deviation if deviation >= LEAST_NOISE else "-"
