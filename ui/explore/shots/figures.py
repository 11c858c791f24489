"""Curves of the Shots vs convergence tab as ECharts options. Nothing here draws."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from hqnn.sweeps.curves import Against, Line, LineStyle
from ui.explore.shots.axes import _BOTTOM, _TOP, HEIGHT, LEFT, Axes, numbers, on_a_phone, x_axis, y_axis
from ui.kit.echarts import bare_chart, ground, on_ground, rounded, text_style
from ui.kit.ink import INKS

#: Least distance of two names at the ends of lines, pixels.
_APART = 19
#: Most letters of a name at the end of its line, and most such names.
_LETTERS, _NAMES = 16, 6

_STAR = "path://M50,5 61,38 96,38 68,59 79,93 50,72 21,93 32,59 4,38 39,38Z"
SYMBOLS = {"■": ("rect", 0), "▲": ("triangle", 0), "▼": ("triangle", 180), "★": (_STAR, 0)}


def curves(lines: Sequence[Line], axes: Axes, shown: Sequence[str], theme: str) -> dict[str, Any]:
    """The large chart: mean curves with their bands.

    Args:
        lines: curves so far.
        axes: of the chart.
        shown: names of all lines, also of those without results.
        theme: "light" or "dark".

    Returns:
        An ECharts option.
    """
    ink, named = INKS[theme], are_named(shown, axes.against)
    wide = 34 + 8 * max(map(len, shown), default=0)
    chart = bare_chart(ink, left=LEFT, right=wide if named else 44, top=_TOP, bottom=_BOTTOM)
    series = [
        *(part for line in lines for part in _band(line, axes, theme, 0.13 if len(shown) <= 4 else 0.06)),
        *(_line(line, axes, theme) for line in lines),
    ]
    ends = _names(lines, axes, theme)
    return chart | {
        "xAxis": x_axis(axes, ink),
        "yAxis": y_axis(axes, ink),
        "series": [*series, *([ends] if named and lines else []), *numbers(axes, ink)],
        "media": [on_a_phone(len(series), named and bool(lines))],
    }


def are_named(names: Sequence[str], against: Against) -> bool:
    """Return whether a wide chart has room for these names at the ends of the lines."""
    return against == "epochs" and len(names) <= _NAMES and max(map(len, names), default=0) <= _LETTERS


def _line(line: Line, axes: Axes, theme: str) -> dict[str, Any]:
    color, (symbol, turned) = getattr(line.style, theme), SYMBOLS[line.style.mark]
    return {
        "type": "line",
        "name": line.name,
        "silent": True,
        "data": _points(line, axes, line.mean),
        "symbol": "none" if line.x is None else symbol,
        "symbolRotate": turned,
        "symbolSize": 9,
        "showAllSymbol": True,
        "itemStyle": filled(line.style, theme),
        "lineStyle": {"color": color, "width": 2.5, "type": list(line.style.dash) or "solid"},
    }


def _band(line: Line, axes: Axes, theme: str, dense: float) -> list[dict[str, Any]]:
    """An invisible lower edge and a band stacked on it; empty without an interval."""
    if not np.isfinite(line.low).all():
        return []
    low, high = (np.clip(edge, *axes.y) for edge in (line.low, line.high))
    return [
        {
            "type": "line",
            "silent": True,
            "symbol": "none",
            "stack": f"band of {line.name}",
            "stackStrategy": "all",
            "data": _points(line, axes, edge),
            "lineStyle": {"opacity": 0},
            "areaStyle": {"color": getattr(line.style, theme), "opacity": opacity},
        }
        for edge, opacity in ((low, 0), (high - low, dense))
    ]


def _points(line: Line, axes: Axes, values: Any) -> list[list[float]]:
    """Return the points of a line. Over shots, exact probabilities are a horizontal line at the final value."""
    if line.x is None:
        return [[x, rounded(float(values[-1]))] for x in axes.x]
    return [[x, rounded(y)] for x, y in zip(line.x.tolist(), values.tolist(), strict=True)]


def _names(lines: Sequence[Line], axes: Axes, theme: str) -> dict[str, Any]:
    """Names of the lines with their marks at the right of the chart, moved so that none overlap."""
    ink = INKS[theme]
    data = [
        {
            "value": [axes.x[1], height],
            "symbol": SYMBOLS[line.style.mark][0],
            "symbolRotate": SYMBOLS[line.style.mark][1],
            "itemStyle": filled(line.style, theme),
            "label": {"formatter": line.name},
        }
        for line, height in zip(lines, _spread(lines, axes), strict=True)
    ]
    label = text_style(ink) | on_ground(theme) | {"position": "right", "distance": 6}
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 10,
        "symbolOffset": [12, 0],
        "itemStyle": {"opacity": 1},
        "label": label,
        "data": data,
    }


def _spread(lines: Sequence[Line], axes: Axes) -> list[float]:
    """Return the heights of the names: at the ends of the lines, at least a line of text apart."""
    low, high = axes.y
    apart = _APART * (high - low) / (HEIGHT - _TOP - _BOTTOM)
    found = [min(max(float(line.mean[-1]), low), high) for line in lines]
    order = sorted(range(len(found)), key=lambda place: -found[place])
    for above, below in pairwise(order):
        found[below] = min(found[below], found[above] - apart)
    up = max(0.0, low - min(found, default=low))
    return [rounded(height + up) for height in found]


def filled(style: LineStyle, theme: str) -> dict[str, Any]:
    color = getattr(style, theme)
    return {"color": color if style.filled else ground(theme), "borderColor": color, "borderWidth": 2, "opacity": 1}
