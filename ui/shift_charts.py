"""Pictures of the shift lab: ECharts options as plain dictionaries. Nothing here draws.

Angles are drawn in multiples of π, and every axis is fixed: nothing rescales while a dial moves.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isnan, log10, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.rules import Measured, three_points
from ui.angles import in_pi
from ui.charts import INKS, Ink
from ui.rules import LOOKS, Look, Question, Row, number, refusal

#: Heights in pixels.
CURVE_HEIGHT, RULES_HEIGHT, OVER_SHIFTS_HEIGHT = 430, 390, 380

#: Slopes drawn: the published rule's reach from −1 to 1.
MAX_SLOPE = 1.25
#: Standard deviations drawn: from 100,000 shots at a quiet place to one shot where the rule divides by nearly nothing.
LEAST_NOISE, MOST_NOISE = 1e-4, 10

#: Margins of the two pictures over s.
_TOP, _BOTTOM = 44, 58

_FONT = 14
_SLOPES = (-1, -0.5, 0, 0.5, 1)
_POWERS = (0.0001, 0.001, 0.01, 0.1, 1, 10)
_BACKGROUNDS = {"light": "#FFFFFF", "dark": "#101615"}
_GAP = ["-", "-"]
_SHIFTS = np.linspace(1 / 48, 5 / 4, 119)


def curve_chart(question: Question, points: NDArray[np.float64], theme: str) -> dict[str, Any]:
    """P(1) over θ; on it one measurement at θ − s, θ and θ + s, its secant, and the true tangent.

    Args:
        points: (3,), shares of ones at `hqnn.rules.three_points`.
    """
    ink, places = INKS[theme], three_points(question.theta, question.shift)
    turns = np.linspace(-9 / 4, 9 / 4, 217)
    exact = question.response.probability(places)
    errors = np.sqrt(exact * (1 - exact) / question.shots)
    rise = (points[2] - points[0]) / (2 * question.shift)
    secant = _Straight(places[0], points[0], rise)
    tangent = _Straight(question.theta, float(exact[1]), question.slope)
    look = LOOKS["central"]
    tangent_name, secant_name = f"tangent, true slope {number(question.slope, 3)}", f"secant {number(rise, 3)}"
    return _chart(ink, left=52, right=36, top=50, bottom=58) | {
        "legend": _legend(ink, tangent_name, secant_name),
        "xAxis": _pi_axis("θ (radians)", -9 / 4, 9 / 4, ink),
        "yAxis": _value_axis("P(1)", 0, 1, 0.25, ink),
        "series": [
            _line(zip(turns, question.response.probability(pi * turns), strict=True), ink.text, width=1.5),
            _line(tangent.around(question.theta, 0.9), ink.text, width=3.5) | {"name": tangent_name},
            _line(secant.between(places[0], places[2]), look.colors[theme], width=3, dash="dashed")
            | {"name": secant_name},
            _bars(((x, p - e, p + e) for x, p, e in zip(places / pi, points, errors, strict=True)), ink.text, cap=10),
            _dots(places / pi, points, question.slope, theme),
            _ticks(-9 / 4, 9 / 4, 0, ink),
            _numbers((0, 0.25, 0.5, 0.75, 1), -9 / 4, "left", ink),
        ],
    }


def rules_chart(question: Question, rows: Sequence[Row], theme: str) -> dict[str, Any]:
    """Each rule's mean over the repeats, with the scatter of one measurement: as measured, and as expected."""
    ink = INKS[theme]
    by_rule = {row.rule: row for row in rows}
    series = [part for place, rule in enumerate(LOOKS) for part in _rule_row(place, rule, by_rule.get(rule), theme)]
    return _chart(ink, left=24, right=24, top=30, bottom=58) | {
        "xAxis": _value_axis("slope of P(1) per radian", -MAX_SLOPE, MAX_SLOPE, 0.25, ink)
        | {"nameLocation": "middle", "nameGap": 34, "position": "bottom", "nameTextStyle": _text(ink)},
        "yAxis": {"type": "value", "min": 0, "max": len(LOOKS), "inverse": True, "show": False},
        "series": [
            *series,
            _numbers(_SLOPES, len(LOOKS), "bottom", ink),
            {
                "type": "line",
                "data": [],
                "markLine": {
                    "silent": True,
                    "symbol": "none",
                    "lineStyle": {"color": ink.text, "width": 2, "type": "solid"},
                    "label": _text(ink) | {"formatter": f"true slope {number(question.slope, 3)}", "position": "start"},
                    "data": [{"xAxis": _round(question.slope)}],
                },
            },
        ],
    }


def slopes_chart(question: Question, study: Mapping[float, Mapping[str, Measured]], theme: str) -> dict[str, Any]:
    """What every rule gives on average, over s; with the measured means of a study, and their standard errors.

    Args:
        study: what was measured, by s (radians) and rule; empty without a study.
    """
    ink = INKS[theme]
    measured = {
        rule: [(s, each[rule].mean, each[rule].error) for s, each in study.items() if rule in each] for rule in LOOKS
    }
    expected = {
        rule: [(x, _at(question, x).expected(rule) if _holds(rule, x) else "-") for x in _SHIFTS] for rule in LOOKS
    }
    axis = _value_axis("slope of P(1) per radian", -MAX_SLOPE, MAX_SLOPE, 0.25, ink)
    return _over_shifts(question, expected, measured, axis, theme)


def noise_chart(question: Question, study: Mapping[float, Mapping[str, Measured]], theme: str) -> dict[str, Any]:
    """How far one measurement of every rule scatters, over s, on a log axis; arguments as of `slopes_chart`."""
    ink = INKS[theme]
    measured = {
        rule: [
            (s, each[rule].deviation, each[rule].deviation_error)
            for s, each in study.items()
            if rule in each and each[rule].deviation > LEAST_NOISE
        ]
        for rule in LOOKS
    }
    expected = {
        rule: [(x, _visible(_at(question, x).deviation(rule)) if _holds(rule, x) else "-") for x in _SHIFTS]
        for rule in LOOKS
    }
    axis = _value_axis("SD of one slope", LEAST_NOISE, MOST_NOISE, None, ink) | {"type": "log"}
    return _over_shifts(question, expected, measured, axis, theme)


class _Straight:
    """A straight line through a point (radians, P) with a slope per radian."""

    def __init__(self, x: float, y: float, slope: float) -> None:
        self.x, self.y, self.slope = x, y, slope

    def at(self, x: float) -> float:
        return self.y + self.slope * (x - self.x)

    def between(self, low: float, high: float) -> list[tuple[float, float]]:
        """In multiples of π."""
        return [(x / pi, self.at(x)) for x in (low, high)]

    def around(self, x: float, reach: float) -> list[tuple[float, float]]:
        return self.between(x - reach, x + reach)


def _rule_row(place: int, rule: str, row: Row | None, theme: str) -> list[dict[str, Any]]:
    """A line of words, under it the mean with the measured scatter, and under that the expected one."""
    ink, look = INKS[theme], LOOKS[rule]
    color = look.colors[theme]
    words = f"{look.label}: refused" if row is None else _row_words(look, row)
    label = _text(ink, color) | {
        "show": True,
        "formatter": words,
        "position": "right",
        "distance": 4,
        "fontWeight": 600,
    }
    caption = {
        "type": "scatter",
        "silent": True,
        "itemStyle": {"opacity": 1},
        "symbolSize": 0.1,
        "data": [[-MAX_SLOPE, place + 0.24]],
        "label": label,
    }
    if row is None:
        return [caption]
    deviation = row.deviation if isnan(row.measured.deviation) else row.measured.deviation
    return [
        caption,
        _flat_bar(row.measured.mean, deviation, place + 0.56, color, 4),
        _flat_bar(row.expected, row.deviation, place + 0.8, ink.text, 1.5),
        _marks([(_inside(row.measured.mean), place + 0.56)], look, theme, 12),
    ]


def _row_words(look: Look, row: Row) -> str:
    return f"{look.mark} {look.label}: {number(row.measured.mean, 3)} ± {number(row.measured.error, 3)}"


def _over_shifts(
    question: Question,
    expected: Mapping[str, list[tuple[float, Any]]],
    measured: Mapping[str, list[tuple[float, float, float]]],
    value_axis: dict[str, Any],
    theme: str,
) -> dict[str, Any]:
    """Lines of what is expected, marks with error bars of what was measured, and where s is now."""
    ink = INKS[theme]
    series: list[dict[str, Any]] = []
    for rule, look in LOOKS.items():
        color, points = look.colors[theme], measured[rule]
        series += [
            _line(expected[rule], color, width=2, dash=look.dash),
            _bars(((s / pi, value - error, value + error) for s, value, error in points if error > 0), color, cap=0),
            _marks([(s / pi, value) for s, value, _ in points], look, theme, 7),
        ]
    ends = [line[-1][1] for line in expected.values()]
    is_log = value_axis["type"] == "log"
    numbers = _POWERS if is_log else _SLOPES
    return _chart(ink, left=64, right=82, top=_TOP, bottom=_BOTTOM) | {
        "xAxis": _pi_axis("shift s (radians)", 0, 5 / 4, ink),
        "yAxis": value_axis,
        "series": [
            *series,
            _here(question, ink),
            _ticks(0, 5 / 4, value_axis["min"], ink),
            _numbers(numbers, 0, "left", ink),
            _names(log_apart(ends) if is_log else apart(ends, -MAX_SLOPE, MAX_SLOPE), theme),
        ],
    }


def apart(values: Sequence[float], low: float, high: float) -> list[float]:
    """Places for labels at the end of lines: as near to the values as lets them not overlap, between two ends."""
    gap = (high - low) * (_FONT + 3) / (OVER_SHIFTS_HEIGHT - _TOP - _BOTTOM)
    order = sorted(range(len(values)), key=values.__getitem__)
    placed: list[float] = []
    for index in order:
        placed.append(max(values[index], low, placed[-1] + gap if placed else low))
    for place in range(len(placed) - 1, -1, -1):
        above = placed[place + 1] - gap if place + 1 < len(placed) else high
        placed[place] = min(placed[place], above)
    return [placed[order.index(index)] for index in range(len(values))]


def log_apart(values: Sequence[Any]) -> list[float]:
    """`apart` on the log axis of the noise; what is too small to be drawn has its label at the bottom."""
    low, high = log10(LEAST_NOISE), log10(MOST_NOISE)
    return [10**value for value in apart([low if v == "-" else log10(v) for v in values], low, high)]


def _names(places: Sequence[float], theme: str) -> dict[str, Any]:
    """The lines' names at their right ends."""
    return {
        "type": "scatter",
        "silent": True,
        "itemStyle": {"opacity": 1},
        "clip": False,
        "symbolSize": 0.1,
        "label": {"show": True, "position": "right", "distance": 6, "fontSize": _FONT, "fontWeight": 600},
        "data": [
            {"value": [5 / 4, place], "label": {"formatter": look.short, "color": look.colors[theme]}}
            for place, look in zip(places, LOOKS.values(), strict=True)
        ],
    }


def _at(question: Question, turns: float) -> Question:
    return Question(question.theta, pi * turns, "", question.shots, question.response)


def _holds(rule: str, turns: float) -> bool:
    return rule != "parameter-shift" or refusal(pi * turns) is None


def _visible(deviation: float) -> Any:
    return deviation if deviation >= LEAST_NOISE else "-"


def _inside(slope: float) -> float:
    """What lies beyond the picture stands at its edge; its number says how far."""
    return min(MAX_SLOPE, max(-MAX_SLOPE, slope))


def _round(value: Any) -> Any:
    return value if isinstance(value, str) else float(f"{value:.6g}")


def _text(ink: Ink, color: str | None = None) -> dict[str, Any]:
    return {"color": color or ink.text, "fontSize": _FONT}


def _chart(ink: Ink, *, left: int, right: int, top: int, bottom: int) -> dict[str, Any]:
    return {
        "animation": False,
        "grid": {"left": left, "right": right, "top": top, "bottom": bottom, "outerBoundsMode": "none"},
        "textStyle": _text(ink),
    }


def _pi_axis(name: str, low: float, high: float, ink: Ink) -> dict[str, Any]:
    """In multiples of π; `_ticks` writes its numbers, which ECharts could not write as fractions."""
    return {
        "type": "value",
        "min": low,
        "max": high,
        "interval": 1 / 4,
        "name": name,
        "nameLocation": "middle",
        "nameGap": 36,
        "nameTextStyle": _text(ink),
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _ticks(low: float, high: float, bottom: float, ink: Ink) -> dict[str, Any]:
    """The numbers under an axis of multiples of π, as invisible points with labels."""
    step = Fraction(1, 2) if high - low > 2 else Fraction(1, 4)
    places = [step * n for n in range(-8, 9) if low <= step * n <= high]
    return {
        "type": "scatter",
        "silent": True,
        "itemStyle": {"opacity": 1},
        "clip": False,
        "symbolSize": 0.1,
        "label": _text(ink) | {"show": True, "position": "bottom", "distance": 8, "padding": [0, 5]},
        "labelLayout": {"hideOverlap": True},
        "data": [{"value": [float(at), bottom], "label": {"formatter": in_pi(at)}} for at in places],
    }


def _numbers(values: Sequence[float], across: float, side: str, ink: Ink) -> dict[str, Any]:
    """The numbers at an axis, with a minus sign, as `_ticks` writes them; `across` is where on the other axis."""
    upright = side == "left"
    return {
        "type": "scatter",
        "silent": True,
        "itemStyle": {"opacity": 1},
        "clip": False,
        "symbolSize": 0.1,
        "label": _text(ink) | {"show": True, "position": side, "distance": 8},
        "data": [
            {"value": [across, value] if upright else [value, across], "label": {"formatter": _plain(value)}}
            for value in values
        ],
    }


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", "−") if value >= LEAST_NOISE * 10 or value <= 0 else f"{value:f}".rstrip("0")


def _value_axis(name: str, low: float, high: float, step: float | None, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "end",
        "nameGap": 16,
        "nameTextStyle": _text(ink) | {"align": "left", "padding": [0, 0, 0, -44]},
        "min": low,
        "max": high,
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    } | ({} if step is None else {"interval": step})


def _line(points: Iterable[tuple[Any, Any]], color: str, *, width: float, dash: Any = "solid") -> dict[str, Any]:
    return {
        "type": "line",
        "data": [[_round(x), _round(y)] for x, y in points],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": color, "width": width, "type": dash},
        "itemStyle": {"color": color},
    }


def _on_ground(theme: str) -> dict[str, Any]:
    """Words that stand before lines."""
    return {"show": True, "fontWeight": 600, "textBorderColor": _BACKGROUNDS[theme], "textBorderWidth": 4}


def _legend(ink: Ink, *names: str) -> dict[str, Any]:
    return {
        "data": list(names),
        "top": 0,
        "right": 0,
        "textStyle": _text(ink),
        "itemGap": 18,
        "itemWidth": 34,
        "itemHeight": 10,
        "selectedMode": False,
        "itemStyle": {"opacity": 0},  # a line is its own sign
    }


def _bars(spans: Iterable[tuple[float, float, float]], color: str, *, cap: int) -> dict[str, Any]:
    """Upright error bars: place, lower and upper end of each; a line with gaps, since ECharts has no error bars."""
    data = [point for x, low, high in spans for point in ([_round(x), _round(low)], [_round(x), _round(high)], _GAP)]
    return {
        "type": "line",
        "data": data,
        "silent": True,
        "symbol": "rect" if cap else "none",
        "symbolSize": [cap, 2],
        "lineStyle": {"color": color, "width": 2},
        "itemStyle": {"color": color},
    }


def _flat_bar(middle: float, reach: float, y: float, color: str, width: float) -> dict[str, Any]:
    return {
        "type": "line",
        "data": [[_round(_inside(middle + sign * reach)), y] for sign in (-1, 1)],
        "silent": True,
        "clip": False,
        "symbol": "rect",
        "symbolSize": [2, 10],
        "lineStyle": {"color": color, "width": width},
        "itemStyle": {"color": color},
    }


def _dots(places: NDArray[np.float64], points: NDArray[np.float64], slope: float, theme: str) -> dict[str, Any]:
    """The three measured points with their names, where neither curve nor tangent runs."""
    names = (("θ − s", "left", 0), ("θ", "right", 13 if slope >= 0 else -13), ("θ + s", "right", 0))
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 13,
        "itemStyle": {"color": INKS[theme].text, "opacity": 1},
        "label": _text(INKS[theme]) | _on_ground(theme),
        "data": [
            {
                "value": [_round(x), _round(y)],
                "label": {"formatter": name, "position": side, "distance": 10, "offset": [0, down]},
            }
            for x, y, (name, side, down) in zip(places, points, names, strict=True)
        ],
    }


def _marks(points: Iterable[tuple[float, float]], look: Look, theme: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "silent": True,
        "symbol": look.symbol,
        "symbolRotate": look.turned,
        "symbolSize": size,
        "itemStyle": {"color": look.colors[theme], "opacity": 1},
        "data": [[_round(x), _round(y)] for x, y in points],
    }


def _here(question: Question, ink: Ink) -> dict[str, Any]:
    """A line where s is now."""
    return {
        "type": "line",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.text, "type": "solid", "width": 1},
            "label": _text(ink) | {"formatter": f"s = {question.shift_name}", "position": "end"},
            "data": [{"xAxis": _round(question.shift / pi)}],
        },
    }
