"""Charts of the Parameter shift tab at one shift, as ECharts options. Nothing here draws.

Angles are in multiples of π. Every axis is fixed, so nothing rescales while a slider moves.
"""

from collections.abc import Sequence
from math import isnan, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.slope_rules import three_points, true_slope
from ui.gradients.shift.rules import STYLES, Question, Row, RuleStyle, number
from ui.kit.echarts import (
    axis_numbers,
    bare_chart,
    error_bars,
    legend_of,
    line_series,
    marks,
    number_axis,
    on_ground,
    pi_axis,
    pi_numbers,
    rounded,
    smaller_words,
    straight_lines,
    text_style,
)
from ui.kit.ink import INKS

#: Heights in pixels.
CURVE_HEIGHT, RULES_HEIGHT = 430, 390

#: Largest slope on the axis: the raw difference reaches from −1 to 1, and some room is left. Then the axis labels.
MAX_SLOPE = 1.25
SLOPES = (-1, -0.5, 0, 0.5, 1)

#: From this slope on, a name beside a point does not touch the curve, but one above or below it would.
STEEP = 0.3
_ALIGN = {-1: "right", 0: "center", 1: "left"}


def curve_chart(question: Question, points: NDArray[np.float64], theme: str) -> dict[str, Any]:
    """P(1) over θ, with one measurement at θ − s, θ and θ + s, its secant, and the true tangent.

    Args:
        points: (3,), shares of 1 at `hqnn.circuit.slope_rules.three_points`.
    """
    ink, places = INKS[theme], three_points(question.theta, question.shift)
    turns = np.linspace(-9 / 4, 9 / 4, 217)
    errors = question.response.standard_error(places, question.shots)
    spans = zip(places / pi, points - errors, points + errors, strict=True)
    rise = (points[2] - points[0]) / (2 * question.shift)
    secant = _Straight(places[0], points[0], rise)
    tangent = _Straight(question.theta, float(question.response.probability(question.theta)), question.slope)
    style = STYLES["central"]
    tangent_name, secant_name = f"tangent, true slope {number(question.slope, 3)}", f"secant {number(rise, 3)}"
    return bare_chart(ink, left=52, right=36, top=50, bottom=58) | {
        "legend": legend_of(ink, tangent_name, secant_name),
        "xAxis": pi_axis("θ (radians)", -9 / 4, 9 / 4, ink),
        "yAxis": number_axis("P(1)", 0, 1, 0.25, ink),
        "series": [
            line_series(zip(turns, question.response.probability(pi * turns), strict=True), ink.text, width=1.5),
            line_series(tangent.around(question.theta, 0.9), ink.text, width=3.5) | {"name": tangent_name},
            line_series(secant.between(places[0], places[2]), style.colors[theme], width=3, dash="dashed")
            | {"name": secant_name},
            error_bars(spans, ink.text, cap=10),
            _dots(question, points, theme),
            pi_numbers(-9 / 4, 9 / 4, 0, ink),
            axis_numbers((0, 0.25, 0.5, 0.75, 1), -9 / 4, "left", ink),
        ],
    }


def rules_chart(question: Question, rows: Sequence[Row], theme: str) -> dict[str, Any]:
    """Each rule's mean over the repeats, with the measured and the expected SD of one measurement."""
    ink = INKS[theme]
    truth = f"true slope {number(question.slope, 3)}"
    by_rule = {row.rule: row for row in rows}
    series = [part for place, rule in enumerate(STYLES) for part in _rule_row(place, rule, by_rule.get(rule), theme)]
    return bare_chart(ink, left=24, right=24, top=30, bottom=58) | {
        "xAxis": number_axis("slope of P(1) per radian", -MAX_SLOPE, MAX_SLOPE, 0.25, ink)
        | {"nameLocation": "middle", "nameGap": 34, "position": "bottom", "nameTextStyle": text_style(ink)},
        "yAxis": {"type": "value", "min": 0, "max": len(STYLES), "inverse": True, "show": False},
        "series": [
            *series,
            axis_numbers(SLOPES, len(STYLES), "bottom", ink),
            straight_lines(
                {"xAxis": rounded(question.slope)},
                lineStyle={"color": ink.text, "width": 2, "type": "solid"},
                label=text_style(ink) | {"formatter": truth, "position": "start"},
            ),
        ],
        "media": [smaller_words(*(f"{rule} in words" for rule in STYLES))],
    }


class _Straight:
    """A straight line through a point (radians, P) with a slope per radian."""

    def __init__(self, x: float, y: float, slope: float) -> None:
        self.x, self.y, self.slope = x, y, slope

    def at(self, x: float) -> float:
        return self.y + self.slope * (x - self.x)

    def between(self, low: float, high: float) -> list[tuple[float, float]]:
        """The ends of the part between two places. Places are in radians, the ends in multiples of π."""
        return [(x / pi, self.at(x)) for x in (low, high)]

    def around(self, x: float, reach: float) -> list[tuple[float, float]]:
        return self.between(x - reach, x + reach)


def _rule_row(place: int, rule: str, row: Row | None, theme: str) -> list[dict[str, Any]]:
    """A row: a line of text, then the mean with the measured SD, then the expected value with the expected SD."""
    ink, style = INKS[theme], STYLES[rule]
    color = style.colors[theme]
    words = f"{style.label}: undefined" if row is None else _row_words(style, row)
    ground = on_ground(theme)
    label = (
        text_style(ink, color)
        | ground
        | {
            "formatter": words,
            "position": "right",
            "distance": 4,
            "backgroundColor": ground["textBorderColor"],
            "padding": [2, 2, 1, 0],
        }
    )
    caption = {
        "type": "scatter",
        "id": f"{rule} in words",
        "silent": True,
        "z": 6,  # before the line of the true slope
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
        marks([(x, place + 0.56) for x in (row.measured.mean,) if _is_inside(x)], style, theme, 12),
    ]


def _row_words(style: RuleStyle, row: Row) -> str:
    mean = row.measured.mean
    beyond = "" if _is_inside(mean) else " →" if mean > 0 else " ←"
    return f"{style.mark} {style.label}: {number(mean, 3)} ± {number(row.measured.error, 3)}{beyond}"


def _is_inside(slope: float) -> bool:
    return abs(slope) <= MAX_SLOPE


def _flat_bar(middle: float, reach: float, y: float, color: str, width: float) -> dict[str, Any]:
    """A horizontal error bar with a dot in the middle. An arrow replaces the cap where the bar leaves the chart."""
    centre = [{"value": [rounded(middle), y], "symbol": "circle", "symbolSize": 6}] if _is_inside(middle) else []
    return {
        "type": "line",
        "data": [_end(middle - reach, y), *centre, _end(middle + reach, y)],
        "silent": True,
        "clip": False,
        "symbol": "rect",
        "symbolSize": [2, 10],
        "lineStyle": {"color": color, "width": width},
        "itemStyle": {"color": color},
    }


def _end(slope: float, y: float) -> dict[str, Any]:
    if _is_inside(slope):
        return {"value": [rounded(slope), y]}
    side = 1 if slope > 0 else -1
    return {"value": [side * MAX_SLOPE, y], "symbol": "triangle", "symbolRotate": -90 * side, "symbolSize": 12}


def _dots(question: Question, points: NDArray[np.float64], theme: str) -> dict[str, Any]:
    """The three measured points and their names."""
    places = three_points(question.theta, question.shift) / pi
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 13,
        "itemStyle": {"color": INKS[theme].text, "opacity": 1},
        "label": text_style(INKS[theme]) | on_ground(theme),
        "data": [
            {"value": [rounded(x), rounded(y)], "label": label}
            for x, y, label in zip(places, points, _labels(question, points), strict=True)
        ],
    }


def _labels(question: Question, points: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Names of the three points. A name stands beside its point where the curve is steep, else above or below it.

    Where the points are close, the outer names point outwards and that of θ is farther away, so none overlap.
    At the ends of the chart, names point inwards.
    """
    places, close = three_points(question.theta, question.shift), question.shift < pi / 4
    labels = []
    for name, outwards, x, y in zip(("θ − s", "θ", "θ + s"), (-1, 0, 1), places, points, strict=True):
        side = -outwards if abs(x) > 2 * pi else outwards
        slope = float(true_slope(x, question.response))
        label: dict[str, Any] = {"formatter": name, "distance": 10}
        if min(y, 1 - y) < 0.1 or abs(slope) < STEEP:
            label |= {"position": "top" if y < 0.5 else "bottom", "align": _ALIGN[side if close else 0]}
            if side == 0 and question.shift < pi / 2:
                label["distance"] = 28
        else:
            label["position"] = "left" if side < 0 else "right"
            if side == 0:
                label["offset"] = [0, 13 if slope >= 0 else -13]  # where the tangent does not run
        labels.append(label)
    return labels
