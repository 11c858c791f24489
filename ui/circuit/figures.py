"""Charts of the Circuit page: ECharts options as plain dictionaries. Nothing here draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ui.kit.echarts import named_below
from ui.kit.ink import INKS, Ink
from ui.kit.scatter_figure import FONT, Reading, axis, grid, legend, text
from ui.kit.words import bounds

TICKS = {-pi: "−π", -pi / 2: "−π/2", 0.0: "0", pi / 2: "π/2", pi: "π"}
HEIGHT = 300


def curve(readings: Sequence[Reading], theme: str) -> dict[str, Any]:
    """Return P(1) over one turn of θ: exact lines, and measured points with 95% intervals.

    Args:
        readings: of the ideal engine and, with noise, of the noisy one.
        theme: "light" or "dark".
    """
    ink = INKS[theme]
    theta = np.linspace(-pi, pi, 121)
    series: list[dict[str, Any]] = [_ticks(ink)]
    names = [("exact", "measured")] if len(readings) == 1 else [(reading.name, "") for reading in readings]
    for reading, style, (line, point) in zip(readings, _styles(len(readings), ink), names, strict=True):
        series += [_exact_line(line, reading, theta, style, ink), *_point(point, reading, style)]
    return {
        "animation": False,
        "grid": grid(left=58),
        "xAxis": axis("θ (radians)", -pi, pi, ink, gap=34)
        | {"interval": pi / 2, "axisLabel": {"show": False}, "axisTick": {"show": False}},
        "yAxis": axis("P(1)", 0, 1, ink) | {"interval": 0.25},
        "series": series,
        "legend": legend([name for pair in names for name in pair if name], ink),
    }


def counts(readings: Sequence[Reading], theme: str) -> dict[str, Any]:
    """Return bars of the counts of 0 and 1 with 95% intervals, and a line at the exact mean."""
    ink = INKS[theme]
    shots, styles = readings[0].shots, _styles(len(readings), ink)
    bars = [(outcome, reading, style) for outcome in (0, 1) for reading, style in zip(readings, styles, strict=True)]
    share = [reading.measured if outcome else 1 - reading.measured for outcome, reading, _ in bars]
    ends = [bounds(of, shots) for of in share]
    notes = [f"{shots * of:,.0f}" for of in share] if len(readings) == 1 else [reading.name for _, reading, _ in bars]
    mean = [shots * (reading.exact if outcome else 1 - reading.exact) for outcome, reading, _ in bars]
    return {
        "animation": False,
        "grid": grid(left=70),
        "xAxis": {
            "type": "category",
            "data": [f"{outcome}\n{note}" for (outcome, _, _), note in zip(bars, notes, strict=True)],
            **named_below("outcome", 48, text(ink)),
            "axisLabel": text(ink)
            | {"interval": 0, "margin": 10, "lineHeight": 19, "fontSize": FONT - len(readings) + 1},
        },
        "yAxis": axis("counts", 0, 1.2 * shots, ink)
        | {"interval": max(1, shots // 5), "axisLabel": text(ink) | {"showMaxLabel": False}},
        "series": [
            {
                "name": "counts",
                "type": "bar",
                "barWidth": "55%",
                "silent": True,
                "data": [
                    {"value": round(shots * of), "itemStyle": style.bar}
                    for of, (_, _, style) in zip(share, bars, strict=True)
                ],
            },
            {
                "name": "exact mean",
                "type": "scatter",
                "symbol": "rect",
                "symbolSize": [64 / len(readings), 2],
                "silent": True,
                "itemStyle": {"color": ink.text},
                "data": [[place, round(value, 3)] for place, value in enumerate(mean)],
            },
            *[_error_bar(place, shots * low, shots * high, ink.text) for place, (low, high) in enumerate(ends)],
        ],
        "legend": legend(["exact mean"], ink) | {"icon": "path://M0,6h24v2h-24z"},
    }


@dataclass(frozen=True)
class _Style:
    """The style of one engine's readings."""

    color: str
    symbol: str
    dash: str
    bar: dict[str, Any]


def _styles(engines: int, ink: Ink) -> list[_Style]:
    """Return the style of the ideal engine alone, or of the ideal (hollow, dashed) and the noisy engine."""
    filled = _Style(ink.training, "circle", "solid", {"color": ink.training})
    hollow = _Style(
        ink.text, "emptyCircle", "dashed", {"color": "rgba(0,0,0,0)", "borderColor": ink.text, "borderWidth": 2}
    )
    return [filled] if engines == 1 else [hollow, filled]


def _exact_line(name: str, reading: Reading, theta: NDArray[np.float64], style: _Style, ink: Ink) -> dict[str, Any]:
    points = zip(theta, reading.response.probability(theta), strict=True)
    return {
        "name": name,
        "type": "line",
        "symbol": style.symbol if name == reading.name else "none",
        "showSymbol": False,
        "silent": True,
        "lineStyle": {"color": ink.text, "width": 2, "type": style.dash},
        "itemStyle": {"color": style.color, "opacity": int(name == reading.name)},
        "data": [[round(float(at), 4), round(float(p), 5)] for at, p in points],
    }


def _point(name: str, reading: Reading, style: _Style) -> list[dict[str, Any]]:
    return [
        _error_bar(round(reading.theta, 4), *reading.interval, style.color),
        {
            "name": name or f"{reading.name}, measured",
            "type": "scatter",
            "symbol": style.symbol,
            "symbolSize": 11,
            "silent": True,
            "clip": False,
            "itemStyle": {"color": style.color, "borderWidth": 3},
            "data": [[round(reading.theta, 4), round(reading.measured, 5)]],
        },
    ]


def _error_bar(at: float, low: float, high: float, color: str) -> dict[str, Any]:
    """Return an error bar from the lower to the upper end of an interval."""
    return {
        "type": "line",
        "symbol": "rect",
        "symbolSize": [16, 2],
        "silent": True,
        "clip": False,
        "lineStyle": {"color": color, "width": 2.5},
        "itemStyle": {"color": color},
        "data": [[at, round(end, 5)] for end in (low, high)],
    }


def _ticks(ink: Ink) -> dict[str, Any]:
    """Return the multiples of π under the axis. ECharts' own labels would be decimal numbers."""
    return {
        "type": "scatter",
        "symbolSize": 0.1,
        "silent": True,
        "clip": False,
        "itemStyle": {"color": ink.text},
        "data": [
            {"value": [at, 0], "label": text(ink) | {"show": True, "position": "bottom", "formatter": name}}
            for at, name in TICKS.items()
        ],
    }
