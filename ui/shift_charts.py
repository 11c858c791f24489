"""Pictures of the shift lab: ECharts options as plain dictionaries. Nothing here draws.

Angles are drawn in multiples of π, and every axis is fixed: nothing rescales while a dial moves.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import isnan, pi
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

_FONT = 14
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
    return _chart(ink, left=52, right=24, top=44, bottom=58) | {
        "xAxis": _pi_axis("θ (radians)", -9 / 4, 9 / 4, ink),
        "yAxis": _value_axis("P(1)", 0, 1, 0.25, ink),
        "series": [
            _line(zip(turns, question.response.probability(pi * turns), strict=True), ink.text, width=1.5),
            _line(tangent.around(question.theta, 0.9), ink.text, width=3.5)
            | _end_label(f"tangent: {number(question.slope, 3)}", ink.text, question.slope),
            _line(secant.between(places[0], places[2]), look.colors[theme], width=3, dash="dashed")
            | _middle_label(f"secant: {number(rise, 3)}", secant, places, look.colors[theme]),
            _bars(((x, p - e, p + e) for x, p, e in zip(places / pi, points, errors, strict=True)), ink.text),
            _dots(places / pi, points, ink),
            _ticks(-9 / 4, 9 / 4, 0, ink),
        ],
    }


def rules_chart(question: Question, rows: Sequence[Row], theme: str) -> dict[str, Any]:
    """Each rule's mean over the repeats, with the scatter of one measurement: as measured, and as expected."""
    ink = INKS[theme]
    by_rule = {row.rule: row for row in rows}
    series = [part for place, rule in enumerate(LOOKS) for part in _rule_row(place, rule, by_rule.get(rule), theme)]
    return _chart(ink, left=16, right=16, top=30, bottom=58) | {
        "xAxis": _value_axis("slope of P(1) per radian", -MAX_SLOPE, MAX_SLOPE, 0.25, ink)
        | {
            "nameLocation": "middle",
            "nameGap": 34,
            "position": "bottom",
            "axisLabel": _text(ink) | {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "min": 0, "max": len(LOOKS), "inverse": True, "show": False},
        "series": [
            *series,
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
        _marks([(_inside(row.measured.mean), place + 0.56)], look, theme, 14),
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
            _line(expected[rule], color, width=2.5, dash=look.dash)
            | {"endLabel": _text(ink, color) | {"show": True, "formatter": look.short, "distance": 6}}
            | {"labelLayout": {"moveOverlap": "shiftY"}},
            _bars(((s / pi, value - error, value + error) for s, value, error in points if error > 0), color),
            _marks([(s / pi, value) for s, value, _ in points], look, theme, 8),
        ]
    return _chart(ink, left=58, right=82, top=44, bottom=58) | {
        "xAxis": _pi_axis("shift s (radians)", 0, 5 / 4, ink),
        "yAxis": value_axis,
        "series": [*series, _here(question, ink), _ticks(0, 5 / 4, value_axis["min"], ink)],
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
    return value if isinstance(value, str) else float(f"{value:.5g}")


def _text(ink: Ink, color: str | None = None) -> dict[str, Any]:
    return {"color": color or ink.text, "fontSize": _FONT}


def _chart(ink: Ink, *, left: int, right: int, top: int, bottom: int) -> dict[str, Any]:
    return {
        "animation": False,
        "grid": {"left": left, "right": right, "top": top, "bottom": bottom},
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
        "clip": False,
        "symbolSize": 0.1,
        "label": _text(ink) | {"show": True, "position": "bottom", "distance": 8},
        "labelLayout": {"hideOverlap": True},
        "data": [{"value": [float(at), bottom], "label": {"formatter": in_pi(at)}} for at in places],
    }


def _value_axis(name: str, low: float, high: float, step: float | None, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "end",
        "nameGap": 16,
        "nameTextStyle": _text(ink) | {"align": "left", "padding": [0, 0, 0, -44]},
        "min": low,
        "max": high,
        "axisLabel": _text(ink),
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


def _end_label(words: str, color: str, slope: float) -> dict[str, Any]:
    return {
        "endLabel": {
            "show": True,
            "formatter": words,
            "color": color,
            "fontSize": _FONT,
            "fontWeight": 600,
            "offset": [0, -12 if slope >= 0 else 12],
        }
    }


def _middle_label(words: str, secant: _Straight, places: NDArray[np.float64], color: str) -> dict[str, Any]:
    """Words at three quarters of the secant, off the curve's own points."""
    at = places[0] + 0.75 * (places[2] - places[0])
    return {
        "markPoint": {
            "symbolSize": 0.1,
            "silent": True,
            "label": {
                "show": True,
                "formatter": words,
                "color": color,
                "fontSize": _FONT,
                "fontWeight": 600,
                "position": "bottom",
                "distance": 10,
            },
            "data": [{"coord": [_round(at / pi), _round(secant.at(at))]}],
        }
    }


def _bars(spans: Iterable[tuple[float, float, float]], color: str) -> dict[str, Any]:
    """Upright error bars: place, lower and upper end of each; a line with gaps, since ECharts has no error bars."""
    data = [point for x, low, high in spans for point in ([_round(x), _round(low)], [_round(x), _round(high)], _GAP)]
    return {
        "type": "line",
        "data": data,
        "silent": True,
        "symbol": "rect",
        "symbolSize": [10, 2],
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


def _dots(places: NDArray[np.float64], points: NDArray[np.float64], ink: Ink) -> dict[str, Any]:
    names, sides = ("θ − s", "θ", "θ + s"), ("left", "top", "right")
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 13,
        "itemStyle": {"color": ink.text},
        "data": [
            {
                "value": [_round(x), _round(y)],
                "label": {"formatter": name, "position": side, "distance": 8},
            }
            for x, y, name, side in zip(places, points, names, sides, strict=True)
        ],
        "label": _text(ink) | {"show": True, "fontWeight": 600},
    }


def _marks(points: Iterable[tuple[float, float]], look: Look, theme: str, size: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "silent": True,
        "clip": True,
        "symbol": look.symbol,
        "symbolRotate": look.turned,
        "symbolSize": size,
        "itemStyle": {"color": look.colors[theme]},
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
