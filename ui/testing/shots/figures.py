"""Chart of accuracy over shots: an ECharts option. Nothing here draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.inference.shot_accuracy import Expected
from hqnn.records import Evaluation
from hqnn.statistics.intervals import Z95
from ui.kit.digits import NAMES
from ui.kit.echarts import (
    bare_chart,
    error_bars,
    labels,
    legend_of,
    line_series,
    named_above,
    named_below,
    on_ground,
    rounded,
    straight_lines,
    text_style,
)
from ui.kit.ink import DIGIT_INKS, INKS, Ink

HEIGHT = 400
#: Position of exact probabilities on the axis of shots, and the end of the axis.
ENDLESS, END = 300_000, 700_000
_POWERS = (1, 10, 100, 1000, 10_000, 100_000)


@dataclass(frozen=True)
class Accuracy:
    """A network's expected and measured accuracy with few and many shots."""

    digits: tuple[int, int]
    expected: Expected
    #: The chosen number of shots (None for exact probabilities), and its expected and measured accuracy.
    shots: int | None
    here: Expected
    evaluation: Evaluation
    #: Correct predictions of each label in every test of a measurement, (tests, 2), by shots; and the expectation.
    study: Mapping[int, NDArray[np.int64]]
    of_study: Expected

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """(2,), images of each label."""
        return np.bincount(self.evaluation.labels, minlength=2)

    @property
    def accuracy_here(self) -> float:
        """Expected accuracy with the chosen number of shots."""
        return self.here.limit if self.shots is None else float(self.here.accuracy[0])

    @property
    def deviation_here(self) -> float:
        """Standard deviation of the accuracy from test to test."""
        return 0.0 if self.shots is None else float(self.here.deviation[0])

    def measured(self) -> list[tuple[int, float, float, int]]:
        """Return shots, mean accuracy, its expected standard error and the number of tests."""
        n, deviation = self.counts.sum(), dict(zip(self.of_study.shots, self.of_study.deviation, strict=True))
        return [
            (shots, right.sum(1).mean() / n, deviation[shots] / len(right) ** 0.5, len(right))
            for shots, right in self.study.items()
        ]


def accuracy_chart(tested: Accuracy, *, each_digit: bool, theme: str) -> dict[str, Any]:
    """Return accuracy over shots: expectation (lines and band), measurements (points) and the chosen number.

    Args:
        tested: the accuracies.
        each_digit: whether each digit has its own line.
        theme: "light" or "dark".
    """
    ink, (low, step) = INKS[theme], axis_of(tested.expected)
    lines = _of_digits(tested, theme) if each_digit else _of_all(tested, ink)
    names = [series["name"] for series in lines if "name" in series]
    return bare_chart(ink, left=66, right=24, top=50, bottom=62) | {
        "xAxis": _shots_axis(ink),
        "yAxis": _percent_axis(low, step, ink),
        "legend": legend_of(ink, *names)
        | {
            "itemStyle": {"opacity": 1},
            "itemWidth": 14,
            "itemHeight": 14,
            "textStyle": {"color": ink.text, "fontSize": 16},
        },
        "series": [
            *lines,
            _numbers(low, ink),
            _limit(tested, each_digit, ink, theme),
            *_here(tested, each_digit, theme),
        ],
    }


def axis_of(expected: Expected) -> tuple[float, float]:
    """Return start and step of the accuracy axis, percent. They are the same for both views and all measurements."""
    least = 100 * max(0.0, min((expected.accuracy - 3 * expected.deviation).min(), expected.of_label.min() - 0.003))
    step = next(step for step in (0.2, 0.5, 1, 2, 5, 10, 20) if 100 - least <= 8 * step)
    return round(step * floor(least / step), 1), step


def _of_all(tested: Accuracy, ink: Ink) -> list[dict[str, Any]]:
    found = tested.expected
    low, high = (np.clip(found.accuracy + side * Z95 * found.deviation, 0, 1) for side in (-1, 1))
    points = tested.measured()
    return [
        *_band(found.shots, low, high, ink),
        line_series(_percent(found.shots, found.accuracy), ink.text, width=1.5),
        error_bars(((n, 100 * (a - e), 100 * (a + e)) for n, a, e, _ in points), ink.training, cap=9),
        _points([(n, a) for n, a, _, _ in points], ink.training, "circle", 9),
    ]


def _of_digits(tested: Accuracy, theme: str) -> list[dict[str, Any]]:
    """Return lines and points in the digits' colours, with their marks."""
    series: list[dict[str, Any]] = []
    for label, (color, symbol) in enumerate(zip(DIGIT_INKS[theme], ("circle", "diamond"), strict=True)):
        share = tested.expected.of_label[:, label]
        series += [
            line_series(_percent(tested.expected.shots, share), color, width=2, dash="solid"),
            _points(
                [(n, right[:, label].mean() / tested.counts[label]) for n, right in tested.study.items()],
                color,
                symbol,
                10 + 3 * label,
            )
            | {"name": NAMES[tested.digits[label]]},
        ]
    return series


def _band(shots: Sequence[int], low: NDArray[Any], high: NDArray[Any], ink: Ink) -> list[dict[str, Any]]:
    """Return an invisible lower edge, and a band stacked on it."""
    return [
        line_series(_percent(shots, edge), ink.text, width=0)
        | {"stack": "band", "lineStyle": {"opacity": 0}, "areaStyle": {"color": ink.text, "opacity": opacity}}
        for edge, opacity in ((low, 0), (high - low, 0.2))
    ]


def _percent(shots: Iterable[int], shares: NDArray[Any]) -> list[tuple[int, float]]:
    return [(n, 100 * share) for n, share in zip(shots, shares.tolist(), strict=True)]


def _points(points: Iterable[tuple[int, float]], color: str, symbol: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "silent": True,
        "symbol": symbol,
        "symbolSize": size,
        "itemStyle": {"color": color, "opacity": 1},
        "data": [[n, rounded(100 * share)] for n, share in points],
    }


def _here(tested: Accuracy, each_digit: bool, theme: str) -> list[dict[str, Any]]:
    """Return a line at the chosen number of shots, and the measured accuracy."""
    ink, found = INKS[theme], tested.evaluation
    at, name = (ENDLESS, "exact") if tested.shots is None else (tested.shots, f"{tested.shots:,}")
    name += "" if tested.shots is None else f" shot{'s' * (tested.shots > 1)}"
    side = "left" if at < 10 else "right" if at > 10_000 else "center"
    line = straight_lines(
        {"xAxis": at},
        lineStyle={"color": ink.text, "type": "solid", "width": 1},
        label=text_style(ink)
        | {"formatter": name, "position": "end", "align": side, "fontWeight": 600, "distance": 10},
    )
    if each_digit:
        shares = [row[label] / sum(row) for label, row in enumerate(found.confusion)]
        inks = DIGIT_INKS[theme]
    else:
        shares, inks = [found.accuracy], [ink.test]
    squares = [_points([(at, share)], color, "rect", 13) for share, color in zip(shares, inks, strict=True)]
    for square in squares:
        square["itemStyle"] |= {"borderColor": ink.text, "borderWidth": 2}
    return [line, *squares]


def _limit(tested: Accuracy, each_digit: bool, ink: Ink, theme: str) -> dict[str, Any]:
    """Return the accuracy with infinitely many shots."""
    found = tested.expected
    levels = found.limit_of_label if each_digit else (found.limit,)
    colors = DIGIT_INKS[theme] if each_digit else (ink.text,)
    label = on_ground(theme) | {"fontSize": 14, "position": "insideEndBottom", "distance": 10, "show": not each_digit}
    return straight_lines(
        *(
            {
                "yAxis": rounded(100 * level),
                "lineStyle": {"color": color, "type": "dotted", "width": 2},
                "label": label | {"color": color, "formatter": f"infinitely many shots: {level:.2%}"},
            }
            for level, color in zip(levels, colors, strict=True)
        )
    )


def _shots_axis(ink: Ink) -> dict[str, Any]:
    return {
        "type": "log",
        "min": 0.8,
        "max": END,
        **named_below("shots per measurement (log axis)", 38, text_style(ink)),
        "axisLabel": {"show": False},
        "axisTick": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"show": False},
    }


def _percent_axis(low: float, step: float, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "min": low,
        "max": 100,
        "interval": step,
        **named_above("test accuracy", 26, 56, text_style(ink)),
        "axisLabel": text_style(ink) | {"formatter": "{value}%"},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _numbers(low: float, ink: Ink) -> dict[str, Any]:
    """Return the numbers under the axis of shots. ECharts' own have no thousands separators."""
    names = {power: f"{power:,}" for power in _POWERS} | {ENDLESS: "exact"}
    text = text_style(ink) | {"position": "bottom", "distance": 8}
    written = labels((((at, low), {"formatter": name}) for at, name in names.items()), text)
    return written | {"labelLayout": {"hideOverlap": True}}
