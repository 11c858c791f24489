"""Final accuracies as an ECharts option, the heat map and the legend as HTML. Nothing here draws."""

from collections.abc import Sequence
from html import escape
from math import isfinite
from typing import Any

import numpy as np

from hqnn.sweeps.curves import LineStyle, called, called_one
from hqnn.sweeps.groups import Final, Group
from hqnn.sweeps.summaries import HeatMap
from ui.explore.shots.axes import named_axis
from ui.explore.shots.figures import SYMBOLS, filled
from ui.kit.echarts import bare_chart, error_bars, rounded, text_style
from ui.kit.ink import INKS

#: Where axes of final accuracies may start, percent.
_BEGINNINGS = (95, 90, 80, 60, 40, 0)
#: The luminance at which white and black letters are equally readable.
_MIDDLE = 0.18


def legend(shown: Sequence[tuple[str, LineStyle]], theme: str, *, named: bool) -> str:
    """HTML: names of the lines with their styles. Wide pages hide it if the names are at the ends of the lines."""
    items = "".join(f"<li>{_sample(style, theme)}{escape(name)}</li>" for name, style in shown)
    return f'<ul class="race-legend{" named" if named else ""}" aria-label="Curves">{items}</ul>'


def ends(found: Sequence[tuple[Group, Final, LineStyle]], theme: str) -> dict[str, Any]:
    """Final accuracy of each combination: its mean with its interval, and single seeds as small dots.

    Args:
        found: each combination with its `hqnn.sweeps.groups.Final` and its style.
        theme: "light" or "dark".
    """
    ink, names = INKS[theme], [called(group.values) for group, _, _ in found]
    series: list[dict[str, Any]] = []
    for row, (group, end, style) in enumerate(found):
        color = getattr(style, theme)
        single = [100 * result.evaluation.accuracy for result in group.results if result.evaluation is not None]
        series += [
            _scatter([[rounded(each), row] for each in single], color, ("circle", 0), 7) | {"z": 2},
            _mean_dot(end, row, style, theme),
        ]
        series[-2]["itemStyle"]["opacity"] = 0.55
        if isfinite(end.accuracy.low):
            series.append(_across(100 * end.accuracy.low, 100 * end.accuracy.high, row, color))
    widest = max(map(len, names), default=6)
    return bare_chart(ink, left=24 + 8 * min(widest, 24), right=28, top=10, bottom=58) | {
        "xAxis": named_axis(ink, "final test accuracy (%)", 36)
        | {
            "min": _begin(min((end.lowest for _, end, _ in found), default=1.0)),
            "max": 100,
            "axisLabel": text_style(ink),
            "splitLine": {"lineStyle": {"color": ink.line}},
        },
        "yAxis": {
            "type": "category",
            "data": names,
            "inverse": True,
            "axisLabel": text_style(ink) | {"width": 8 * 24, "overflow": "truncate"},
            "axisTick": {"show": False},
        },
        "series": series,
    }


def _begin(lowest: float) -> int:
    """Return the start of an accuracy axis, percent. It rarely moves as runs finish."""
    return next(begin for begin in _BEGINNINGS if 100 * lowest >= begin)


def ends_height(groups: int) -> int:
    """Return the height of that chart, pixels."""
    return 80 + 36 * max(groups, 2)


def heat_table(found: HeatMap, row: str, column: str, heads: tuple[str, str], theme: str) -> str:
    """HTML: the mean accuracy for two settings. A higher accuracy is darker, in dark mode brighter.

    Args:
        found: the numbers.
        row: setting of the rows.
        column: setting of the columns.
        heads: names of the two settings.
        theme: "light" or "dark".
    """
    begin = _begin(float(np.nanmin(found.accuracy)) if found.runs.any() else 1.0)
    across = "".join(f"<th scope=col>{escape(called_one(column, value))}</th>" for value in found.columns)
    body = "".join(
        f"<tr><th scope=row>{escape(called_one(row, value))}</th>"
        + "".join(_cell(*each, begin, theme) for each in zip(accuracies, runs, strict=True))
        + "</tr>"
        for value, accuracies, runs in zip(found.rows, found.accuracy.tolist(), found.runs.tolist(), strict=True)
    )
    return (
        f'<table class="heat"><caption>Mean final accuracy. Rows: {heads[0]}. Columns: {heads[1]}. The colour '
        f"starts at {begin}%. Small numbers: runs.</caption><thead><tr><td></td>{across}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cell(accuracy: float, runs: int, begin: int, theme: str) -> str:
    if not runs:
        return '<td class="none">–</td>'
    share = min(1.0, max(0.0, (100 * accuracy - begin) / (100 - begin)))
    low, high = ((255, 255, 255), (0, 94, 70)) if theme == "light" else ((16, 22, 21), (110, 230, 195))
    color = [round(a + share * (b - a)) for a, b in zip(low, high, strict=True)]
    ink = "#FFFFFF" if _luminance(color) < _MIDDLE else "#06130F"
    return f'<td style="background:rgb{tuple(color)};color:{ink}">{accuracy:.1%}<small>{runs:,}</small></td>'


def _luminance(color: Sequence[int]) -> float:
    """Return the relative luminance of a colour from 0 to 255, as WCAG 2 defines it."""
    shares = [value / 255 for value in color]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mean_dot(end: Final, row: int, style: LineStyle, theme: str) -> dict[str, Any]:
    dot = _scatter([[rounded(100 * end.accuracy.value), row]], "", SYMBOLS[style.mark], 14)
    return dot | {"itemStyle": filled(style, theme), "z": 4}


def _across(low: float, high: float, row: int, color: str) -> dict[str, Any]:
    """A horizontal error bar."""
    return error_bars([], color, cap=0) | {
        "data": [[rounded(low), row], [rounded(high), row]],
        "symbol": "rect",
        "symbolSize": [2, 12],
        "z": 3,
    }


def _scatter(data: list[Any], color: str, symbol: tuple[str, int], size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "silent": True,
        "symbol": symbol[0],
        "symbolRotate": symbol[1],
        "symbolSize": size,
        "itemStyle": {"color": color, "opacity": 1},
        "data": data,
    }


def _sample(style: LineStyle, theme: str) -> str:
    color = getattr(style, theme)
    dashes = f' stroke-dasharray="{" ".join(map(str, style.dash))}"' if style.dash else ""
    return (
        f'<svg width="44" height="16" aria-hidden="true"><line x1="0" y1="8" x2="44" y2="8" stroke="{color}" '
        f'stroke-width="2.5"{dashes}/></svg><span style="color:{color}" aria-hidden="true">{style.sign}</span> '
    )
