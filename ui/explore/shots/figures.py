"""The shot race as figures: ECharts options and HTML. Nothing here draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

import numpy as np

from hqnn.sweeps.curves import AXES, Against, Line, LineStyle, measure_name, shots_range
from hqnn.sweeps.groups import Measure
from hqnn.sweeps.result import Header, Result
from ui.kit.echarts import bare_chart, ground, on_ground, rounded, text_style
from ui.kit.ink import INKS, Ink

HEIGHT = 376
#: Between two names at the ends of lines, pixels.
_APART = 19
#: Most letters of a name that stands at the end of its line, and most such names.
_LETTERS, _NAMES = 16, 6
#: Ends of the axis of a loss.
_LOSS_ENDS = (1, 2, 3, 4, 6, 8, 16)

_TOP, _BOTTOM, _LEFT = 34, 58, 62
_STAR = "path://M50,5 61,38 96,38 68,59 79,93 50,72 21,93 32,59 4,38 39,38Z"
SYMBOLS = {"■": ("rect", 0), "▲": ("triangle", 0), "▼": ("triangle", 180), "★": (_STAR, 0)}


@dataclass(frozen=True)
class Axes:
    """What the large picture spans, whatever has been trained so far."""

    against: Against
    x: tuple[float, float]
    y: tuple[float, float]
    names: tuple[str, str]


def axes_of(header: Header, measure: Measure, against: Against, begin: int, results: Iterable[Result]) -> Axes:
    """The axes of a question; only that of a loss grows, seldom and never back, with what has been trained.

    Args:
        header: the question.
        measure: what is drawn.
        against: epochs or shots.
        begin: where an axis of accuracies begins, percent.
        results: what is there.
    """
    span = shots_range(header)
    low, high = span or (1, 10)
    decades = 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))
    if measure.endswith("accuracy"):
        y = float(begin), 100.0
    elif header.config.loss == "published":
        y = -1.0, 0.0
    else:
        losses = (getattr(point, measure) for each in results for point in each.curve)
        highest = max((loss for loss in losses if loss is not None), default=0.0)
        y = 0.0, float(next((end for end in _LOSS_ENDS if highest <= end), _LOSS_ENDS[-1]))
    x = (0.0, float(header.config.epochs)) if against == "epochs" else decades
    return Axes(against, x, y, (AXES[against], measure_name(measure, header.config.loss)))


def floor_of(lines: Iterable[Line], floors: Sequence[int]) -> int:
    """Where an axis of accuracies begins: as high as all mean curves allow, percent; the second of the floors without.

    Args:
        lines: what is there.
        floors: where it may begin, rising.
    """
    lowest = min((value for line in lines for value in line.mean), default=None)
    if lowest is None:
        return floors[1]
    return max((floor for floor in floors if floor <= lowest), default=floors[0])


def curves(lines: Sequence[Line], axes: Axes, shown: Sequence[str], theme: str) -> dict[str, Any]:
    """The large picture: mean curves with their bands.

    Args:
        lines: what is there.
        axes: what it spans.
        shown: the names of all lines that there will be.
        theme: "light" or "dark".

    Returns:
        An ECharts option.
    """
    ink, named = INKS[theme], are_named(shown, axes.against)
    wide = 34 + 8 * max(map(len, shown), default=0)
    chart = bare_chart(ink, left=_LEFT, right=wide if named else 44, top=_TOP, bottom=_BOTTOM)
    series = [
        *(part for line in lines for part in _band(line, axes, theme, 0.13 if len(shown) <= 4 else 0.06)),
        *(_line(line, axes, theme) for line in lines),
    ]
    ends = _names(lines, axes, theme)
    return chart | {
        "xAxis": _x_axis(axes, ink),
        "yAxis": _y_axis(axes, ink),
        "series": [*series, *([ends] if named and lines else []), *_numbers(axes, ink)],
        "media": [_on_a_phone(len(series), named and bool(lines))],
    }


def are_named(names: Sequence[str], against: Against) -> bool:
    """Whether lines of these names have room for them at their ends, on a wide page: they end at the same epoch."""
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
    """An invisible lower edge, and a band stacked on it; nothing where there is no interval."""
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
    """Of a line without shots on their axis: its end as a level."""
    if line.x is None:
        return [[x, rounded(float(values[-1]))] for x in axes.x]
    return [[x, rounded(y)] for x, y in zip(line.x.tolist(), values.tolist(), strict=True)]


def _names(lines: Sequence[Line], axes: Axes, theme: str) -> dict[str, Any]:
    """The lines' names with their marks at the right of the picture, one below the other where they would meet."""
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
    """How high the names stand: where the lines end, but no two nearer than a line of text."""
    low, high = axes.y
    apart = _APART * (high - low) / (HEIGHT - _TOP - _BOTTOM)
    found = [min(max(float(line.mean[-1]), low), high) for line in lines]
    order = sorted(range(len(found)), key=lambda place: -found[place])
    for above, below in pairwise(order):
        found[below] = min(found[below], found[above] - apart)
    up = max(0.0, low - min(found, default=low))
    return [rounded(height + up) for height in found]


def _x_axis(axes: Axes, ink: Ink) -> dict[str, Any]:
    kind = "log" if axes.against == "shots" else "value"
    low, high = axes.x
    return named_axis(ink, axes.names[0], 36) | {
        "type": kind,
        "min": low,
        "max": high,
        "minInterval": 1,
        "axisLabel": text_style(ink) if kind == "value" else {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _y_axis(axes: Axes, ink: Ink) -> dict[str, Any]:
    low, high = axes.y
    return {
        "type": "value",
        "min": low,
        "max": high,
        "name": axes.names[1],
        "nameLocation": "end",
        "nameGap": 14,
        "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, 4 - _LEFT]},
        "axisLabel": text_style(ink) if low >= 0 else {"show": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _numbers(axes: Axes, ink: Ink) -> list[dict[str, Any]]:
    """The numbers that ECharts cannot write: of shots with thousands' commas, and those with a minus sign."""
    found = []
    if axes.against == "shots":
        decades = range(round(log10(axes.x[0])), round(log10(axes.x[1])) + 1)
        found.append(_labels([((10.0**n, axes.y[0]), _power(10**n)) for n in decades], "bottom", ink))
    if axes.y[0] < 0:
        tenths = (-1.0, -0.8, -0.6, -0.4, -0.2, 0.0)
        at = [((axes.x[0], y), f"{y:g}".replace("-0.", "−0.").replace("-", "−")) for y in tenths]
        found.append(_labels(at, "left", ink))
    return found


def _labels(places: Iterable[tuple[tuple[float, float], str]], side: str, ink: Ink) -> dict[str, Any]:
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 0.1,
        "itemStyle": {"opacity": 1},
        "label": text_style(ink) | {"show": True, "position": side, "distance": 8},
        "labelLayout": {"hideOverlap": True},
        "data": [{"value": list(at), "label": {"formatter": said}} for at, said in places],
    }


def _power(number: int) -> str:
    for unit, name in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number // unit:,} {name}"
    return f"{number:,}"


def _on_a_phone(before: int, named: bool) -> dict[str, Any]:
    """Without names at the lines' ends."""
    series = [{} for _ in range(before)] + ([{"symbolSize": 0, "label": {"show": False}}] if named else [])
    return {"query": {"maxWidth": 500}, "option": {"grid": {"right": 44}, "series": series}}


def named_axis(ink: Ink, name: str, gap: int) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": gap,
        "nameTextStyle": text_style(ink),
    }


def filled(style: LineStyle, theme: str) -> dict[str, Any]:
    color = getattr(style, theme)
    return {"color": color if style.filled else ground(theme), "borderColor": color, "borderWidth": 2, "opacity": 1}
