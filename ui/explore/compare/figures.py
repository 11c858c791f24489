"""Runs side by side over their epochs as an ECharts option. Nothing here draws."""

from collections.abc import Sequence
from math import log10
from typing import Any

import numpy as np

from hqnn.sweeps.comparison import Compared
from ui.explore.compare.lines import SIGNS, Point, Sign, View, points
from ui.kit.echarts import (
    axis_numbers,
    bare_chart,
    decades,
    ground,
    named_above,
    named_below,
    on_ground,
    straight_lines,
    text_style,
)
from ui.kit.ink import INKS, Ink

HEIGHT = 430
#: Margins, height of the plot between them, and least distance of two letters, pixels.
TOP, BOTTOM = 44, 56
PLOT, LETTER = HEIGHT - TOP - BOTTOM, 19

#: Possible starts of the accuracy axis, percent, with the steps of its labels.
_LOW_ENDS = {90: 2, 80: 5, 60: 10, 40: 10, 20: 10, 0: 20}
#: Possible ends of the axes of −log p and of the circuit gradients.
_LOSS_ENDS = (0.2, 0.5, 1, 2, 3, 4, 6, 8, 16, 32)
_SLOPE_ENDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3)


def chart(runs: Sequence[Compared], view: View, theme: str) -> dict[str, Any]:
    """One measure of all runs over their epochs. The axis spans the longest run.

    Args:
        runs: at most as many as `SIGNS`, in the same order.
        view: what the chart shows.
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
            *([_guessing(ink, theme)] if view.measure.endswith("accuracy") and axis["min"] < 50 else []),
            *([axis_numbers([-1, -0.75, -0.5, -0.25, 0], 0, "left", ink)] if axis["max"] == 0 else []),
        ],
        "tooltip": {"trigger": "axis", "textStyle": {"fontSize": 14}},
    }


def _epoch_axis(epochs: int, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": epochs,
        "splitNumber": min(epochs, 6),
        "minInterval": 1,
        **named_below("epoch", 32, text_style(ink)),
        "axisLabel": text_style(ink),
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _value_axis(lines: Sequence[Sequence[Point]], view: View, ink: Ink) -> dict[str, Any]:
    """The axis of the measure. Its ends grow with the values, rarely and never back."""
    found = [value for line in lines for point in line for value in point[1:] if value is not None]
    return {
        "type": "value",
        **named_above(view.name, 16, 58, text_style(ink)),
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
    """Return the first end above all values."""
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
    """The 95 % interval, if there is one: an invisible lower edge and a band stacked on it."""
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
    """The letter of each line at its end, moved so that none overlap."""
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
    """Return by how many pixels letters of lines that end at the same epoch are moved down."""
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
    """Return rising heights, moved as little as possible until they are a letter apart and in the plot, pixels."""
    groups: list[list[float]] = []
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _first(groups[-1]) < _first(groups[-2]) + LETTER * len(groups[-2]):
            groups[-2:] = [groups[-2] + groups[-1]]
    return [_first(group) + LETTER * place for group in groups for place in range(len(group))]


def _first(group: Sequence[float]) -> float:
    """Return the height of the first letter of a group that is centred on its own mean."""
    top = sum(group) / len(group) - LETTER * (len(group) - 1) / 2
    return min(max(top, 0.0), PLOT - LETTER * (len(group) - 1))


def _guessing(ink: Ink, theme: str) -> dict[str, Any]:
    """A line at 50 %, the accuracy of guessing."""
    return straight_lines(
        {"yAxis": 50},
        lineStyle={"color": ink.text, "type": "dotted"},
        label=text_style(ink) | on_ground(theme) | {"formatter": "guessing", "position": "insideEndBottom"},
    )


def _short(value: float) -> float:
    """Return a value with five digits."""
    return float(f"{value:.5g}")
