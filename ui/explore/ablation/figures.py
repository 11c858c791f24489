"""Charts of the Circuit vs classical tab as ECharts options. Nothing here draws."""

from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from typing import Any

from hqnn.config import HEADS
from hqnn.sweeps.ablation import Difference, HeadSummary
from hqnn.words import minus
from ui.kit.echarts import (
    axis_numbers,
    bare_chart,
    labels,
    line_series,
    marks,
    named_below,
    on_ground,
    smaller_words,
    straight_lines,
    text_style,
)
from ui.kit.ink import INKS, Ink, Style

#: Height of both charts, pixels.
HEIGHT = 384
#: Possible starts of the accuracy axis, percent, and ends of the difference axis, percentage points.
FLOORS, LIMITS = (95, 90, 80, 50, 40, 20), (1, 2, 5, 10, 20, 50)

#: Style of each head, in colours that neither digit has.
STYLES = {
    "circuit": Style("circuit", {"light": "#1F2A27", "dark": "#F2F5F4"}, "circle", "solid"),
    "sigmoid": Style("sigmoid", {"light": "#8A3FB0", "dark": "#D6A4F2"}, "triangle", "dashed"),
    "sine": Style("noiseless sine", {"light": "#00795A", "dark": "#3CCBA0"}, "rect", [3, 3]),
    "linear": Style("linear", {"light": "#7A5C00", "dark": "#E5C04B"}, "triangle", [10, 4, 2, 4], 180),
}
TWINS = tuple(head for head in HEADS if head != "circuit")


def curves_chart(heads: Sequence[HeadSummary], epochs: int, theme: str) -> dict[str, Any]:
    """Test accuracy of every head after each epoch, mean over seeds with its 95 % band.

    Args:
        heads: with at least one finished run.
        epochs: of each run; the axis spans them from the start.
        theme: "light" or "dark".
    """
    ink, text = INKS[theme], text_style(INKS[theme])
    floor = floor_of(heads)
    axis = {"type": "value", "axisLine": {"onZero": False}, "splitLine": {"lineStyle": {"color": ink.line}}}
    return bare_chart(ink, left=52, right=16, top=76, bottom=52) | {
        "legend": _legend(ink, theme),
        "xAxis": axis
        | {"min": 0, "max": epochs, "minInterval": 1, "splitNumber": min(epochs, 10), "axisLabel": text}
        | named_below("epoch", 30, text),
        "yAxis": axis
        | {"min": floor, "max": 100, "splitNumber": 5, "axisLabel": text | {"formatter": "{value}%"}}
        | {"name": "test accuracy, mean and 95% band", "nameGap": 12}
        | {"nameTextStyle": text | {"align": "left", "padding": [0, 0, 0, -46]}},
        "series": [*_bands(heads, theme), *(_curve(head, heads, theme) for head in STYLES)],
    }


def floor_of(heads: Iterable[HeadSummary]) -> int:
    """Return the start of the accuracy axis, percent: low enough for every band."""
    ends = [100 * end for head in heads for mean in head.curve for end in (mean.value, mean.low) if not isnan(end)]
    return next((floor for floor in FLOORS if min(ends) >= floor), 0) if ends else 90


def differences_chart(differences: Sequence[Difference], theme: str) -> dict[str, Any]:
    """The circuit's accuracy minus that of each replacement: one row each, with one dot per seed, mean and interval."""
    ink, limit = INKS[theme], limit_of(differences)
    found = {each.twin: each for each in differences}
    rows = {twin: len(TWINS) - 1 - place for place, twin in enumerate(TWINS)}
    ticks = [side * limit for side in (-1, -0.5, 0, 0.5, 1)]
    hidden = {"axisLabel": {"show": False}, "axisTick": {"show": False}, "axisLine": {"show": False}}
    return bare_chart(ink, left=22, right=22, top=76, bottom=52) | {
        "xAxis": hidden
        | {"type": "value", "min": -limit, "max": limit, "interval": limit / 2, "name": X_NAME}
        | {"nameLocation": "middle", "nameGap": 30, "nameTextStyle": text_style(ink)}
        | {"splitLine": {"lineStyle": {"color": ink.line}}},
        "yAxis": hidden
        | {"type": "value", "min": 0, "max": len(TWINS), "interval": 1}
        | {"splitLine": {"lineStyle": {"color": ink.line}}},
        "title": {"text": "small: one seed · large: mean, 95% interval", "left": 16, "top": 2, "padding": 5}
        | {"textStyle": text_style(ink) | {"fontSize": 15, "fontWeight": 400}},
        "series": [
            axis_numbers(ticks, 0, "bottom", ink),
            _zero(ink),
            _sides(limit, ink),
            *(part for twin, row in rows.items() for part in _row(twin, found.get(twin), row, limit, theme)),
        ],
        "media": [smaller_words(*(f"{twin} in words" for twin in TWINS))],
    }


X_NAME = "circuit − replacement, percentage points"


def limit_of(differences: Iterable[Difference]) -> float:
    """Return the end of the difference axis, percentage points: large enough for every seed."""
    largest = 100 * max((abs(each) for found in differences for _, each in found.by_seed), default=0.0)
    return next((limit for limit in LIMITS if largest <= limit), 100)


def said(found: Difference | None) -> str:
    """Return a difference in percentage points, with its interval if it has one."""
    if found is None:
        return "no pair yet"
    value, low, high = (points(each) for each in (found.accuracy.value, found.accuracy.low, found.accuracy.high))
    return value if isnan(found.accuracy.low) else f"{value} ({low} to {high})"


def points(fraction: float) -> str:
    """Return a fraction in percentage points, with its sign."""
    return minus(f"{100 * fraction:+.2f}")


def _legend(ink: Ink, theme: str) -> dict[str, Any]:
    return {
        "data": [style.name for style in STYLES.values()],
        "top": 0,
        "left": 0,
        "selectedMode": False,
        "itemWidth": 34,
        "itemHeight": 11,
        "itemGap": 14,
        "textStyle": text_style(ink, STYLES["circuit"].colors[theme]) | {"fontSize": 15},
    }


def _bands(heads: Iterable[HeadSummary], theme: str) -> Iterator[dict[str, Any]]:
    """An invisible lower edge and a band stacked on it for each head; empty with one seed."""
    for head in heads:
        color = STYLES[head.head].colors[theme]
        means = [(epoch, mean) for epoch, mean in head.by_epoch.items() if not isnan(mean.low)]
        lows = [(epoch, 100 * mean.low) for epoch, mean in means]
        widths = [(epoch, 100 * (mean.high - mean.low)) for epoch, mean in means]
        for data, opacity in ((lows, 0), (widths, 0.16)):
            yield line_series(data, color, width=0) | {
                "stack": head.head,
                "lineStyle": {"opacity": 0},
                "areaStyle": {"color": color, "opacity": opacity},
            }


def _curve(head: str, heads: Iterable[HeadSummary], theme: str) -> dict[str, Any]:
    style = STYLES[head]
    curve = next((each.by_epoch for each in heads if each.head == head), {})
    line = line_series(
        [(epoch, 100 * mean.value) for epoch, mean in curve.items()],
        style.colors[theme],
        width=3 if head == "circuit" else 2.5,
        dash=style.dash,
    )
    return line | {"name": style.name, "symbol": style.symbol, "symbolRotate": style.turned, "symbolSize": 9}


def _row(twin: str, found: Difference | None, row: int, limit: float, theme: str) -> Iterator[dict[str, Any]]:
    """A row of one replacement: its text, its seeds as dots, and the mean with its interval above them."""
    ink, style = INKS[theme], STYLES[twin]
    words = _words([(-limit, row + 0.84, f"circuit − {style.name}: {said(found)}", "right")], ink)
    yield words | {
        "id": f"{twin} in words",
        "label": words["label"] | on_ground(theme) | {"color": style.colors[theme], "fontSize": 15},
        "z": 6,
    }
    if found is None:
        return
    dots = [(100 * each, row + 0.24 + _spread(seed)) for seed, each in found.by_seed]
    yield marks(dots, style, theme, 8) | {"itemStyle": {"color": style.colors[theme], "opacity": 0.55}}
    at, (value, low, high) = row + 0.55, (100 * each for each in _ends(found))
    if not isnan(low):
        yield line_series([(low, at), (high, at)], ink.text, width=3) | {"symbol": "rect", "symbolSize": [3, 18]}
    yield marks([(value, at)], style, theme, 12)


def _ends(found: Difference) -> tuple[float, float, float]:
    return found.accuracy.value, found.accuracy.low, found.accuracy.high


def _spread(seed: int) -> float:
    """Return the height of a seed's dot in its row, by the golden ratio, so that equal values do not overlap."""
    return 0.28 * (seed * 0.618034 % 1) - 0.14


def _zero(ink: Ink) -> dict[str, Any]:
    return straight_lines(
        {"xAxis": 0}, lineStyle={"color": ink.text, "type": "dashed", "width": 2}, label={"show": False}
    )


def _sides(limit: float, ink: Ink) -> dict[str, Any]:
    """Labels of the two sides, above the chart."""
    top = len(TWINS) + 0.16
    return _words([(-limit, top, "← replacement better", "right"), (limit, top, "circuit better →", "left")], ink)


def _words(places: Iterable[tuple[float, float, str, str]], ink: Ink) -> dict[str, Any]:
    """Texts in the chart: place, text, and side of the place."""
    written = (((x, y), {"formatter": text, "position": side}) for x, y, text, side in places)
    return labels(written, text_style(ink) | {"distance": 4})
