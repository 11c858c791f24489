"""The rules for a derivative: names, styles, results and a table of them. Nothing here draws."""

from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import IDEAL, Response
from hqnn.circuit.slope_rules import (
    MIN_SLOPE,
    Measured,
    expected_slope,
    measured_slope,
    ratio,
    slope_variance,
    true_slope,
    weights,
)
from hqnn.errors import ConfigError
from ui.kit.ink import Style

#: A ratio this near to 1 is written as 1.00.
ROUNDING = 0.005


@dataclass(frozen=True)
class RuleStyle(Style):
    """Style of a rule, with its short name, its full name and its formula."""

    label: str = ""
    formula: str = ""


STYLES = {
    "published": RuleStyle(
        "raw",
        {"light": "#A61C5C", "dark": "#FF8AC0"},
        "rect",
        "dashed",
        mark="■",
        label="Raw difference (original post)",
        formula="P(θ+s) − P(θ−s)",
    ),
    "parameter-shift": RuleStyle(
        "shift rule",
        {"light": "#00795A", "dark": "#3CCBA0"},
        "triangle",
        mark="▲",
        label="Parameter-shift rule",
        formula="[P(θ+s) − P(θ−s)] / (2 sin s)",
    ),
    "forward": RuleStyle(
        "forward",
        {"light": "#7A5C00", "dark": "#E5C04B"},
        "triangle",
        "dotted",
        -90,
        "▶",
        label="Forward difference",
        formula="[P(θ+s) − P(θ)] / s",
    ),
    "central": RuleStyle(
        "central",
        {"light": "#8A3FB0", "dark": "#D6A4F2"},
        "triangle",
        [10, 4, 2, 4],
        180,
        "▼",
        label="Central difference",
        formula="[P(θ+s) − P(θ−s)] / (2s)",
    ),
}


@dataclass(frozen=True)
class Question:
    """A measurement: the derivative of P(1) at θ, with a shift, a number of shots and noise."""

    theta: float
    #: s, radians.
    shift: float
    #: s as text.
    shift_name: str
    shots: int
    response: Response = IDEAL

    @property
    def slope(self) -> float:
        """The true slope."""
        return float(true_slope(self.theta, self.response))

    @property
    def is_flat(self) -> bool:
        """Whether the true slope is 0."""
        return abs(self.slope) < MIN_SLOPE

    def expected(self, rule: str) -> float:
        """Return the average result of a rule."""
        return expected_slope(self.theta, self.shift, rule, self.response)

    def deviation(self, rule: str, shift: float | None = None) -> float:
        """Return the expected standard deviation of one measurement."""
        return sqrt(slope_variance(self.theta, shift or self.shift, self.shots, rule, self.response))

    def ratio(self, rule: str) -> float | None:
        """Return the average result of a rule divided by the true slope; None where the slope is 0."""
        return ratio(self.theta, self.shift, rule, self.response)


@dataclass(frozen=True)
class Row:
    """Result of one rule."""

    rule: str
    expected: float
    deviation: float
    ratio: float | None
    measured: Measured


def refusal(shift: float) -> str | None:
    """Return why the parameter-shift rule is undefined for a shift, in one sentence; None if it is defined."""
    try:
        weights("parameter-shift", shift)
    except ConfigError as error:
        return str(error)
    return None


def answers(question: Question, points: NDArray[np.float64]) -> list[Row]:
    """Return the result of each rule that is defined for the shift.

    Args:
        question: what is measured.
        points: (repeats, 3), shares of 1 at θ − s, θ and θ + s.
    """
    return [
        Row(
            rule,
            question.expected(rule),
            question.deviation(rule),
            question.ratio(rule),
            measured_slope(points, question.theta, question.shift, question.shots, rule, question.response),
        )
        for rule in STYLES
        if rule != "parameter-shift" or refusal(question.shift) is None
    ]


def number(value: float, decimals: int = 4) -> str:
    """Return a number with fixed decimals and a real minus sign; zero has no sign."""
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def verdict(row: Row) -> tuple[bool, str]:
    """Return whether a rule is right on average, and its error in words."""
    if row.ratio is None:
        right = abs(row.expected) < MIN_SLOPE
        return right, "none" if right else f"{number(row.expected, 3)} instead of 0"
    if abs(row.ratio - 1) < ROUNDING:
        return True, "none"
    if abs(row.ratio) < ROUNDING:
        return False, "always 0"
    if row.ratio < 0:
        return False, "wrong sign"
    return False, f"{abs(row.ratio - 1):.0%} too {'large' if row.ratio > 1 else 'small'}"


def table(question: Question, rows: list[Row]) -> str:
    """HTML: every rule with its measured and expected results, and its error on average."""
    by_rule = {row.rule: row for row in rows}
    body = "".join(_line(by_rule[rule]) if rule in by_rule else _refused_line(rule, question) for rule in STYLES)
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    exact = (
        f'<tr><th scope="row"><b>True slope</b><small>{_exact_formula(question)}</small></th>'
        f"{_cell(0, '')}{_cell(1, '')}{_cell(2, '')}{_cell(3, number(question.slope))}"
        f"{_cell(4, '–' if question.is_flat else '1.00')}{_cell(5, '')}</tr>"
    )
    return (
        f'<table class="rules"><caption>Slopes are in P(1) per radian. ± is one standard error of the mean: '
        "expected SD ÷ √repeats.</caption>"
        f"<thead><tr><th scope='col'>Rule</th>{heads}</tr></thead><tbody>{body}{exact}</tbody></table>"
    )


_HEADS = (
    "Mean of repeats",
    "SD of one measurement",
    "Expected SD",
    "Expected value",
    "Ratio to true slope",
    "Error on average",
)


def _line(row: Row) -> str:
    right, said = verdict(row)
    measured = row.measured
    cells = (
        f"{number(measured.mean)} ± {number(measured.error)}",
        "needs 2 repeats" if isnan(measured.deviation) else number(measured.deviation),
        number(row.deviation),
        number(row.expected),
        "–" if row.ratio is None else number(row.ratio, 2),
        f'<b class="{"right" if right else "wrong"}">{"✓" if right else "✗"} {said}</b>',
    )
    return f"<tr>{_name(row.rule)}{''.join(_cell(place, text) for place, text in enumerate(cells))}</tr>"


def _refused_line(rule: str, question: Question) -> str:
    said = f'<b class="wrong">✗ undefined</b> at s = {question.shift_name} (division by almost 0)'
    return f'<tr>{_name(rule)}<td colspan="6">{said}</td></tr>'


def _name(rule: str) -> str:
    style = STYLES[rule]
    return (
        f'<th scope="row"><b class="rule rule-{rule}"><span aria-hidden="true">{style.mark}</span> {style.label}</b>'
        f"<small>{style.formula}</small></th>"
    )


def _cell(place: int, text: str) -> str:
    return f'<td data-head="{_HEADS[place]}">{text}</td>'


def _exact_formula(question: Question) -> str:
    return "cos θ / 2" if question.response == IDEAL else "of the noisy curve"
