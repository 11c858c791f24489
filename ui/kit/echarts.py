"""Shared parts of the ECharts options of all charts. Nothing here draws.

Axes write their numbers as labels of invisible points, because ECharts knows neither fractions of π nor a minus sign.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.words import minus
from ui.kit.angles import in_pi
from ui.kit.ink import Ink, Style

FONT_SIZE = 14
_BACKGROUNDS = {"light": "#FFFFFF", "dark": "#101615"}
#: Width of a chart on the smallest phones at most, pixels.
NARROW = 340


def bare_chart(ink: Ink, *, left: int, right: int, top: int, bottom: int) -> dict[str, Any]:
    """Return what every chart has. The margins are in pixels."""
    return {
        "animation": False,
        "grid": {"left": left, "right": right, "top": top, "bottom": bottom, "outerBoundsMode": "none"},
        "textStyle": text_style(ink),
    }


def text_style(ink: Ink, color: str | None = None) -> dict[str, Any]:
    """Return the style of chart text, large enough for the back of a room."""
    return {"color": color or ink.text, "fontSize": FONT_SIZE}


def smaller_words(*ids: str) -> dict[str, Any]:
    """Return a rule that shrinks the labels of some series, by their ids, on the smallest phones."""
    series = [{"id": each, "label": {"fontSize": 12}} for each in ids]
    return {"query": {"maxWidth": NARROW}, "option": {"series": series}}


def ground(theme: str) -> str:
    """Return the background colour of the page."""
    return _BACKGROUNDS[theme]


def on_ground(theme: str) -> dict[str, Any]:
    """Return the style of labels in front of lines."""
    return {"show": True, "fontWeight": 600, "textBorderColor": _BACKGROUNDS[theme], "textBorderWidth": 4}


def legend_of(ink: Ink, *names: str) -> dict[str, Any]:
    """Return a legend of some lines, above the chart."""
    return {
        "data": list(names),
        "top": 0,
        "right": 0,
        "textStyle": text_style(ink),
        "itemGap": 18,
        "itemWidth": 34,
        "itemHeight": 10,
        "selectedMode": False,
        "itemStyle": {"opacity": 0},  # a line is its own sign
    }


def named_below(name: str, gap: int, text: dict[str, Any]) -> dict[str, Any]:
    """Return the name of a horizontal axis, below its middle."""
    return {"name": name, "nameLocation": "middle", "nameGap": gap, "nameTextStyle": text}


def named_above(name: str, gap: int, left: int, text: dict[str, Any]) -> dict[str, Any]:
    """Return the name of a vertical axis, at its top. It starts `left` pixels to the left of the axis."""
    words = text | {"align": "left", "padding": [0, 0, 0, -left]}
    return {"name": name, "nameLocation": "end", "nameGap": gap, "nameTextStyle": words}


def labels(places: Iterable[tuple[tuple[Any, Any], dict[str, Any]]], text: dict[str, Any]) -> dict[str, Any]:
    """Return words in a chart, as the labels of invisible points.

    Args:
        places: position of each label, and its own style with its words as `formatter`.
        text: style of all labels.
    """
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 0.1,
        "itemStyle": {"opacity": 1},
        "label": text | {"show": True},
        "data": [{"value": list(at), "label": label} for at, label in places],
    }


def pi_axis(name: str, low: float, high: float, ink: Ink) -> dict[str, Any]:
    """Return an axis in multiples of π. `pi_numbers` writes its numbers, because ECharts cannot write fractions."""
    return {
        "type": "value",
        "min": low,
        "max": high,
        "interval": 1 / 4,
        **named_below(name, 36, text_style(ink)),
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def pi_numbers(low: float, high: float, bottom: float, ink: Ink) -> dict[str, Any]:
    """Return the numbers under an axis of multiples of π."""
    step = Fraction(1) if high - low > 2 else Fraction(1, 4)
    places = [step * n for n in range(-8, 9) if low <= step * n <= high]
    text = text_style(ink) | {"position": "bottom", "distance": 8, "padding": [0, 5]}
    written = labels([((float(at), bottom), {"formatter": in_pi(at)}) for at in places], text)
    return written | {"labelLayout": {"hideOverlap": True}}


def number_axis(name: str, low: float, high: float, step: float | None, ink: Ink) -> dict[str, Any]:
    """Return an axis between two ends. `axis_numbers` writes its numbers."""
    return {
        "type": "value",
        **named_above(name, 16, 44, text_style(ink)),
        "min": low,
        "max": high,
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    } | ({} if step is None else {"interval": step})


def axis_numbers(values: Sequence[float], across: float, side: str, ink: Ink) -> dict[str, Any]:
    """Return the numbers at an axis, with a minus sign. `across` is their position on the other axis."""
    upright = side == "left"
    places = [((across, value) if upright else (value, across), {"formatter": _plain(value)}) for value in values]
    return labels(places, text_style(ink) | {"position": side, "distance": 8})


def line_series(points: Iterable[tuple[Any, Any]], color: str, *, width: float, dash: Any = "solid") -> dict[str, Any]:
    """Return a line through points. A point with y "-" is a gap."""
    return {
        "type": "line",
        "data": [[rounded(x), rounded(y)] for x, y in points],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": color, "width": width, "type": dash},
        "itemStyle": {"color": color},
    }


def upright_line(at: float, name: str, ink: Ink, *, align: str = "center") -> dict[str, Any]:
    """Return a vertical line across the whole chart, with its name above it.

    Args:
        at: its position along x.
        name: text above it.
        ink: colours of the theme.
        align: the part of the name that is at the line.
    """
    return straight_lines(
        {"xAxis": rounded(at)},
        lineStyle={"color": ink.text, "type": "solid", "width": 1},
        label=text_style(ink) | {"formatter": name, "position": "end", "align": align},
    )


def straight_lines(*places: dict[str, Any], **style: Any) -> dict[str, Any]:
    """Return lines across the whole chart, as a series without points.

    Args:
        places: `xAxis` or `yAxis` of each line, and its own style.
        style: `lineStyle` and `label` of all lines.
    """
    return {"type": "line", "data": [], "markLine": {"silent": True, "symbol": "none", **style, "data": list(places)}}


def error_bars(spans: Iterable[tuple[float, float, float]], color: str, *, cap: int) -> dict[str, Any]:
    """Return vertical error bars (position, lower and upper end) as a line with gaps: ECharts has no error bars."""
    data = []
    for x, low, high in spans:
        data += [[rounded(x), rounded(low)], [rounded(x), rounded(high)], ["-", "-"]]
    return {
        "type": "line",
        "data": data,
        "silent": True,
        "symbol": "rect" if cap else "none",
        "symbolSize": [cap, 2],
        "lineStyle": {"color": color, "width": 2},
        "itemStyle": {"color": color},
    }


def marks(points: Iterable[tuple[float, float]], style: Style, theme: str, size: int) -> dict[str, Any]:
    """Return points with their own marks."""
    return {
        "type": "scatter",
        "silent": True,
        "symbol": style.symbol,
        "symbolRotate": style.turned,
        "symbolSize": size,
        "itemStyle": {"color": style.colors[theme], "opacity": 1},
        "data": [[rounded(x), rounded(y)] for x, y in points],
    }


def rounded(value: Any) -> Any:
    """Return six significant digits, which is finer than a pixel."""
    return value if isinstance(value, str) else float(f"{value:.6g}")


def level_lines(labels: Mapping[float, str], text: dict[str, Any], ink: Ink) -> dict[str, Any]:
    """Return horizontal lines with own labels, because ECharts writes a hyphen instead of a minus sign."""
    return {
        "type": "scatter",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.line, "type": "solid", "width": 1},
            "label": text | {"position": "start", "distance": 6},
            "data": [{"yAxis": level, "label": {"formatter": label}} for level, label in labels.items()],
        },
    }


def _plain(value: float) -> str:
    return minus(f"{value:g}") if value <= 0 or value >= 0.001 else f"{value:f}".rstrip("0")


#: A small legend that does not cover the name of the vertical axis.
SMALL_LEGEND = {
    "query": {"maxWidth": NARROW},
    "option": {"legend": {"itemGap": 8, "itemWidth": 14, "textStyle": {"fontSize": 12}}},
}


def decades(norms: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the axis of norms: powers of ten around all norms, at most six powers apart."""
    positive = norms[norms > 0]
    if not len(positive):
        return 1e-3, 1.0
    top = ceil(log10(positive.max()))
    return 10.0 ** min(top - 1, max(floor(log10(positive.min())), top - 6)), 10.0**top
