"""Trainings side by side over their epochs as a figure: an ECharts option. Nothing here draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10
from typing import Any, Literal, NamedTuple

import numpy as np

from hqnn.comparison import Compared
from hqnn.config import Loss
from hqnn.lifecycle import State
from hqnn.records import LAYERS
from ui.chart_parts import axis_numbers, bare_chart, ground, on_ground, text_style
from ui.charts import INKS, LOSS_NAMES, Ink
from ui.slope_charts import decades

HEIGHT = 430
#: Margins, and the height of the plot between them, pixels; and how far apart letters are.
TOP, BOTTOM = 44, 56
PLOT, LETTER = HEIGHT - TOP - BOTTOM, 19

Measure = Literal["Test accuracy", "Training accuracy", "Test loss", "Training loss", "Slopes", "Gradient norms"]

#: Lower ends of the axis of accuracies, percent, with the steps of its numbers.
_LOW_ENDS = {90: 2, 80: 5, 60: 10, 40: 10, 20: 10, 0: 20}
#: Upper ends of the axes of −log p, and of the slopes.
_LOSS_ENDS = (0.2, 0.5, 1, 2, 3, 4, 6, 8, 16, 32)
_SLOPE_ENDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3)


class Sign(NamedTuple):
    """How a training is told from the others."""

    letter: str
    #: As a character, and as ECharts draws it.
    mark: str
    symbol: str
    turned: int
    colors: dict[str, str]


_CROSS = "path://M4,0h4v4h4v4h-4v4h-4v-4h-4v-4h4z"
_CROSSING = "path://M2,0l4,4 4,-4 2,2 -4,4 4,4 -2,2 -4,-4 -4,4 -2,-2 4,-4 -4,-4z"
_STAR = "path://M10,0l2.4,7h7.4l-5.9,4.4 2.2,7.2-6.1-4.4-6.1,4.4 2.2-7.2-5.9-4.4h7.4z"

#: Colours after Tol's muted scheme, as dark, or as light, as words need them; none is a digit's.
SIGNS = (
    Sign("A", "■", "rect", 0, {"light": "#332288", "dark": "#B3A6FF"}),
    Sign("B", "▲", "triangle", 0, {"light": "#A8325A", "dark": "#FF93AC"}),
    Sign("C", "▼", "triangle", 180, {"light": "#117733", "dark": "#62D383"}),
    Sign("D", "▶", "triangle", -90, {"light": "#75680F", "dark": "#DDCC77"}),
    Sign("E", "◀", "triangle", 90, {"light": "#9A3D8B", "dark": "#E59BD8"}),
    Sign("F", "✚", _CROSS, 0, {"light": "#1F7A70", "dark": "#7FE0D3"}),
    Sign("G", "★", _STAR, 0, {"light": "#66172F", "dark": "#F0C8B4"}),
    Sign("H", "✖", _CROSSING, 0, {"light": "#46524E", "dark": "#B8C4C0"}),
)


@dataclass(frozen=True)
class View:
    """What is drawn of the trainings."""

    measure: Measure
    #: Which of the two losses, where one is drawn.
    loss: Loss = "cross-entropy"
    #: Which of the network's layers, where its gradient is drawn.
    layer: str = LAYERS[-1]

    @property
    def name(self) -> str:
        """Of the axis, with its unit."""
        match self.measure:
            case "Test loss" | "Training loss":
                return f"{self.measure.split()[0].lower()} {LOSS_NAMES[self.loss]}, mean of the images"
            case "Slopes":
                return "slopes dP(1)/dθ per radian, root mean square of an epoch"
            case "Gradient norms":
                return f"gradient norm in {self.layer}, mean of an epoch’s steps"
            case _:
                return f"{self.measure.lower()}, % of the images"


class Point(NamedTuple):
    """A training after one of its epochs."""

    epoch: int
    value: float
    #: Ends of the 95 % interval, where it has one.
    low: float | None = None
    high: float | None = None


def points(run: Compared, view: View) -> list[Point]:
    """What is known of a training; of a loss that it was not trained on, on the test images the end alone."""
    match view.measure:
        case "Test accuracy":
            return [
                Point(e.epoch, 100 * e.test_accuracy, 100 * e.test_accuracy_low, 100 * e.test_accuracy_high)
                for e in run.epochs
            ]
        case "Training accuracy":
            values = [100 * e.train_accuracy for e in run.epochs]
        case "Test loss":
            return _test_loss(run, view.loss)
        case "Training loss":
            values = [e.cross_entropy if view.loss == "cross-entropy" else e.published for e in run.epochs]
        case "Slopes":
            values = list(run.slopes)
        case "Gradient norms":
            values = [norms[LAYERS.index(view.layer)] if norms else float("nan") for norms in run.norms]
    positive = view.measure == "Gradient norms"
    pairs = zip(run.epochs, values, strict=True)
    return [Point(e.epoch, value) for e, value in pairs if isfinite(value) and (value > 0 or not positive)]


def _test_loss(run: Compared, loss: Loss) -> list[Point]:
    if run.config.loss == loss:
        return [Point(e.epoch, e.test_loss) for e in run.epochs]
    if run.evaluation is None or run.state is not State.FINISHED or not run.epochs:
        return []
    found = run.evaluation.cross_entropy if loss == "cross-entropy" else run.evaluation.published
    return [Point(run.epochs[-1].epoch, found)]


def chart(runs: Sequence[Compared], view: View, theme: str) -> dict[str, Any]:
    """One measure of all trainings over their epochs; the axis spans the longest.

    Args:
        runs: at most as many as there are `SIGNS`, whose order is theirs.
        view: what is drawn.
        theme: "light" or "dark".

    Returns:
        An ECharts option.
    """
    ink, lines = INKS[theme], [points(run, view) for run in runs]
    signed = list(zip(SIGNS, lines, strict=False))
    axis = _value_axis(lines, view, ink)
    return bare_chart(ink, left=66, right=44, top=TOP, bottom=BOTTOM) | {
        "xAxis": _epoch_axis(max((run.config.epochs for run in runs), default=10), ink),
        "yAxis": axis,
        "series": [
            *(series for sign, line in signed for series in _band(sign, line, theme, crowded=len(runs) > 3)),
            *(_line(sign, line, theme) for sign, line in signed),
            _letters(signed, axis, theme),
            *([_guessing(ink)] if view.measure.endswith("accuracy") and axis["min"] < 50 else []),
            *([axis_numbers([-1, -0.75, -0.5, -0.25, 0], 0, "left", ink)] if axis["max"] == 0 else []),
        ],
        "tooltip": {"trigger": "axis", "textStyle": {"fontSize": 14}},
    }


def _epoch_axis(epochs: int, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": epochs,
        "splitNumber": min(epochs, 10),
        "minInterval": 1,
        "name": "epoch",
        "nameLocation": "middle",
        "nameGap": 32,
        "nameTextStyle": text_style(ink),
        "axisLabel": text_style(ink),
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _value_axis(lines: Sequence[Sequence[Point]], view: View, ink: Ink) -> dict[str, Any]:
    """The axis of the measure. Its ends grow with the values, seldom and never back."""
    found = [value for line in lines for point in line for value in point[1:] if value is not None]
    return {
        "type": "value",
        "name": view.name,
        "nameLocation": "end",
        "nameGap": 16,
        "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, -58]},
        "axisLabel": text_style(ink),
        "splitLine": {"lineStyle": {"color": ink.line}},
    } | _ends(found, view, ink)


def _ends(found: Sequence[float], view: View, ink: Ink) -> dict[str, Any]:
    if view.measure.endswith("accuracy"):
        low = next(end for end in _LOW_ENDS if min(found, default=40) >= end)
        return {"min": low, "max": 100, "interval": _LOW_ENDS[low]} | {
            "axisLabel": text_style(ink) | {"formatter": "{value}%"}
        }
    if view.measure == "Gradient norms":
        low, high = decades(np.array(found))
        return {"type": "log", "min": low, "max": high}
    if view.measure == "Slopes":
        return {"min": 0, "max": _end(found, _SLOPE_ENDS)}
    if view.loss == "published":
        return {"min": -1, "max": 0, "interval": 0.25, "axisLabel": {"show": False}}
    return {"min": 0, "max": _end(found, _LOSS_ENDS)}


def _end(found: Sequence[float], ends: Sequence[float]) -> float:
    """The first end that holds all values."""
    return next((end for end in ends if max(found, default=0) <= end), max(found, default=0))


def _line(sign: Sign, line: Sequence[Point], theme: str) -> dict[str, Any]:
    color = sign.colors[theme]
    return {
        "name": sign.letter,
        "type": "line",
        "data": [[point.epoch, _short(point.value)] for point in line],
        "symbol": sign.symbol,
        "symbolRotate": sign.turned,
        "symbolSize": 10 if len(line) <= 30 else 6,
        "showSymbol": True,
        "lineStyle": {"color": color, "width": 2.5},
        "itemStyle": {"color": color},
    }


def _band(sign: Sign, line: Sequence[Point], theme: str, *, crowded: bool) -> list[dict[str, Any]]:
    """The 95 % interval, where there is one: an invisible lower edge, and a band stacked on it."""
    spans = [(point.epoch, point.low, point.high) for point in line if point.low is not None and point.high is not None]
    if not spans:
        return []
    low = [[epoch, _short(low)] for epoch, low, _ in spans]
    width = [[epoch, _short(high - low)] for epoch, low, high in spans]
    return [
        {
            "name": f"95% interval of {sign.letter}: {part}",
            "type": "line",
            "stack": sign.letter,
            "data": data,
            "symbol": "none",
            "silent": True,
            "lineStyle": {"opacity": 0},
            "areaStyle": {"color": sign.colors[theme], "opacity": opacity},
            "tooltip": {"show": False},
        }
        for part, data, opacity in (("lower end", low, 0), ("width", width, 0.08 if crowded else 0.16))
    ]


def _letters(signed: Sequence[tuple[Sign, Sequence[Point]]], axis: dict[str, Any], theme: str) -> dict[str, Any]:
    """Each line's letter at its end; those that would lie on each other are moved apart."""
    ends = [(sign, line[-1]) for sign, line in signed if line]
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 0.1,
        "itemStyle": {"color": ground(theme), "opacity": 1},
        "z": 5,
        "tooltip": {"show": False},
        "label": on_ground(theme) | {"position": "right", "distance": 10, "fontSize": 18, "fontWeight": 700},
        "data": [
            {
                "value": [end.epoch, _short(end.value)],
                "label": {"formatter": sign.letter, "color": sign.colors[theme], "offset": [0, moved]},
            }
            for (sign, end), moved in zip(ends, _moves([end for _, end in ends], axis), strict=True)
        ],
    }


def _moves(ends: Sequence[Point], axis: dict[str, Any]) -> list[int]:
    """Pixels down by which the letters of lines that end at the same epoch are moved, so that each can be read."""
    low, high = axis["min"], axis["max"]
    scale = log10 if axis["type"] == "log" else float
    heights = [PLOT * (scale(high) - scale(end.value)) / (scale(high) - scale(low)) for end in ends]
    moves = [0] * len(ends)
    for epoch in {end.epoch for end in ends}:
        places = sorted(
            (height, n) for n, (end, height) in enumerate(zip(ends, heights, strict=True)) if end[0] == epoch
        )
        for (n, height), placed in zip([(n, h) for h, n in places], spread([h for h, _ in places]), strict=True):
            moves[n] = round(placed - height)
    return moves


def spread(heights: Sequence[float]) -> list[float]:
    """Rising heights, pixels, moved as little as may be until they are a letter apart and in the plot."""
    groups: list[list[float]] = []
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _first(groups[-1]) < _first(groups[-2]) + LETTER * len(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_first(group) + LETTER * place for group in groups for place in range(len(group))]


def _first(group: Sequence[float]) -> float:
    """Where the first of letters that lie together is put, so that their middle is where it would be."""
    top = sum(group) / len(group) - LETTER * (len(group) - 1) / 2
    return min(max(top, 0.0), PLOT - LETTER * (len(group) - 1))


def _guessing(ink: Ink) -> dict[str, Any]:
    """A line of its own at 50%: what a coin would reach."""
    return {
        "type": "line",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.text, "type": "dotted"},
            "label": text_style(ink) | {"formatter": "guessing", "position": "insideEndBottom"},
            "data": [{"yAxis": 50}],
        },
    }


def _short(value: float) -> float:
    """Five digits."""
    return float(f"{value:.5g}")
