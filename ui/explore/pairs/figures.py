"""Charts of the All 45 pairs tab as ECharts options. Nothing here draws."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hqnn.sweeps.pairs import Atlas, Pair
from hqnn.sweeps.result import Result
from hqnn.sweeps.summaries import curve
from ui.kit.echarts import NARROW, bare_chart, error_bars, ground, line_series, named_below, text_style
from ui.kit.ink import INKS, Ink

#: Heights of the charts, pixels.
MAP_HEIGHT, CURVE_HEIGHT = 500, 250
#: Possible starts of the map's scale and of the curve's axis, percent.
FLOORS = (99, 98, 97, 96, 95, 90, 80, 50, 40, 20)
#: Sizes of the map's numbers, from wide to narrow maps, pixels.
FONT_SIZES = 17, 13, 11
#: Colours from the lowest accuracy to the highest, in light and dark mode. Hard pairs stand out from the ground.
SHADES = {"light": ("#4B1B66", "#A678C8", "#F4EEF9"), "dark": ("#F0DCFF", "#9464B8", "#241A2E")}
_TEXTS = ("#FFFFFF", "#000000")


def map_chart(found: Atlas, chosen: tuple[int, int], theme: str) -> dict[str, Any]:
    """The accuracy of every pair, in percent. Each digit has a row and a column. Each cell can be pressed.

    Args:
        found: results of the pairs.
        chosen: the pair with a frame.
        theme: "light" or "dark".
    """
    ink, floor = INKS[theme], floor_of(pair.accuracy.value for pair in found.pairs)
    table = 100 * found.table()
    return bare_chart(ink, left=26, right=4, top=30, bottom=56) | {
        "xAxis": _digits("top", ink),
        "yAxis": _digits("left", ink) | {"inverse": True},
        "visualMap": _scale(floor, ink, theme),
        "series": [
            {
                "type": "heatmap",
                "name": "atlas",
                "selectedMode": "single",
                "label": {"show": True, "fontSize": FONT_SIZES[0], "fontWeight": 600},
                "select": {"itemStyle": {"borderColor": ground(theme), "borderWidth": 1}},
                "emphasis": {"itemStyle": {"borderColor": ink.text, "borderWidth": 3}},
                "data": [
                    _cell(row, column, table[row, column], floor, {row, column} == set(chosen), theme)
                    for row in range(10)
                    for column in range(10)
                ],
            }
        ],
        "media": [
            {"query": {"maxWidth": 420}, "option": {"series": [{"label": {"fontSize": FONT_SIZES[1]}}]}},
            {
                "query": {"maxWidth": NARROW},
                "option": {"series": [{"label": {"fontSize": FONT_SIZES[2]}}], "visualMap": {"itemHeight": 120}},
            },
        ],
    }


def pressed(place: int) -> tuple[int, int] | None:
    """Return the pair of a cell by its place in the map's data; None on the diagonal."""
    row, column = divmod(place, 10)
    return None if row == column else (min(row, column), max(row, column))


def floor_of(accuracies: Iterable[float]) -> int:
    """Return the first of `FLOORS` below all accuracies (fractions), in percent; 90 without accuracies."""
    lowest = 100 * min(accuracies, default=0.9)
    return next((floor for floor in FLOORS if lowest >= floor), 0)


def curve_floor(found: Atlas) -> int:
    """Return the start of the curve's axis, percent: the same for all pairs, below all values, not all intervals."""
    return floor_of(
        point.test_accuracy for pair in found.pairs for result in pair.group.results for point in result.curve
    )


def curve_chart(pair: Pair | None, epochs: int, floor: int, theme: str) -> dict[str, Any]:
    """Test accuracy of a pair after each epoch, with its interval.

    Args:
        pair: the pair; None for empty axes.
        epochs: of a run; the axis spans them.
        floor: start of the accuracy axis, percent.
        theme: "light" or "dark".
    """
    ink, text = INKS[theme], text_style(INKS[theme])
    axis = {"type": "value", "axisLine": {"onZero": False}, "splitLine": {"lineStyle": {"color": ink.line}}}
    points = _points(pair) if pair else []
    line = line_series([(epoch, value) for epoch, value, _, _ in points], ink.test, width=2.5)
    return bare_chart(ink, left=52, right=16, top=32, bottom=50) | {
        "xAxis": axis
        | {"min": 0, "max": epochs, "minInterval": 1, "splitNumber": min(epochs, 10), "axisLabel": text}
        | named_below("epoch", 28, text),
        "yAxis": axis
        | {"min": floor, "max": 100, "splitNumber": 4, "axisLabel": text | {"formatter": "{value}%"}}
        | {"name": "test accuracy, 95% interval", "nameGap": 12}
        | {"nameTextStyle": text | {"align": "left", "padding": [0, 0, 0, -46]}},
        "series": [
            error_bars([(epoch, max(floor, low), high) for epoch, _, low, high in points], ink.test, cap=8),
            line | {"symbol": "circle", "symbolSize": 9},
        ],
    }


def _points(pair: Pair) -> list[tuple[int, float, float, float]]:
    """Return epochs, accuracies and interval ends in percent: Wilson intervals for one run, else Student intervals."""
    results: Sequence[Result] = pair.group.results
    if len(results) == 1:
        return [
            (at.epoch, 100 * at.test_accuracy, 100 * at.test_accuracy_low, 100 * at.test_accuracy_high)
            for at in results[0].curve
        ]
    found = curve(pair.group)
    ends = zip(found.epochs.tolist(), 100 * found.mean, 100 * found.low, 100 * found.high, strict=True)
    return [(epoch, float(value), float(low), float(high)) for epoch, value, low, high in ends]


def _cell(row: int, column: int, percent: float, floor: int, is_chosen: bool, theme: str) -> dict[str, Any]:
    if np.isnan(percent):
        return {"value": [column, row, "-"]}
    color = text_on(shade((percent - floor) / (100 - floor), theme))
    # neighbours would cover a border of the cell itself
    frame = {"borderColor": color, "borderWidth": 3, "borderRadius": 5, "padding": [6, 2]} if is_chosen else {}
    return {
        "value": [column, row, round(percent, 2)],
        "itemStyle": {"borderColor": ground(theme), "borderWidth": 1},
        "label": {"formatter": in_percent(percent), "color": color} | frame,
    }


def in_percent(percent: float) -> str:
    """Return a percentage with one decimal; 100 only if no image was wrong."""
    return "100" if percent == 100 else f"{min(percent, 99.9):.1f}"


def shade(share: float, theme: str) -> tuple[float, ...]:
    """Return a colour of the scale, red, green and blue from 0 to 255, as ECharts blends it."""
    stops = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in SHADES[theme]]
    places = np.linspace(0, 1, len(stops))
    return tuple(float(np.interp(share, places, channel)) for channel in zip(*stops, strict=True))


def text_on(color: Sequence[float]) -> str:
    """Return white or black, whichever is easier to read."""
    lights = [luminance([int(text[at : at + 2], 16) for at in (1, 3, 5)]) for text in _TEXTS]
    here = luminance(color)
    contrasts = [(max(here, light) + 0.05) / (min(here, light) + 0.05) for light in lights]
    return _TEXTS[int(np.argmax(contrasts))]


def luminance(color: Sequence[float]) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1, as WCAG 2 defines it."""
    channels = np.array(color) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _scale(floor: int, ink: Ink, theme: str) -> dict[str, Any]:
    return {
        "type": "continuous",
        "min": floor,
        "max": 100,
        "orient": "horizontal",
        "left": "center",
        "bottom": 2,
        "itemHeight": 190,
        "itemWidth": 16,
        "hoverLink": False,
        "text": ["100%", f"accuracy: {floor}%"],
        "textStyle": text_style(ink),
        "inRange": {"color": list(SHADES[theme])},
    }


def _digits(position: str, ink: Ink) -> dict[str, Any]:
    return {
        "type": "category",
        "data": [str(digit) for digit in range(10)],
        "position": position,
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "axisLabel": text_style(ink) | {"fontSize": 17, "fontWeight": 600, "interval": 0},
        "splitLine": {"show": True, "lineStyle": {"color": ink.line}},
    }
