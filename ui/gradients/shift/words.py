"""Sentences of the Parameter shift tab: its numbers, its study, and alternative texts of its charts."""

from math import pi

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.shift_study import SHIFTS
from hqnn.words import plural
from ui.gradients.shift.rules import ROUNDING, STYLES, Question, Row, number, refusal

#: A smaller standard deviation is a rounding error.
CERTAIN = 1e-6

#: Label of the button that starts the study.
BUTTON = "Measure all shifts"
#: Shown before the first study.
IDLE = f"The lines show what the rules should give. Nothing has been measured yet at the {len(SHIFTS)} shifts."


def sentences(question: Question) -> list[str]:
    """Markdown: the numbers at this θ and s, as a list of short paragraphs."""
    return [_on_slopes(question), *_on_noise(question)]


def _on_slopes(question: Question) -> str:
    name = question.shift_name
    if question.is_flat:
        forward = number(question.expected("forward"), 3)
        also = "also " if forward == "0.000" else ""
        return (
            f"The true slope is 0 here, so ratios are not shown. At {_s(name)} the forward difference {also}gives "
            f"**{forward}** on average."
        )
    published, central = (question.ratio(rule) or 0.0 for rule in ("published", "central"))
    sign = ", with the **wrong sign**" if published < -ROUNDING else ""
    corrected = (
        "is undefined there"
        if refusal(question.shift)
        else f"divides by 2 sin s = {number(published, 2)} and gives the true slope"
    )
    return (
        f"At {_s(name)} the raw difference is **{number(published, 2)} times** the true slope{sign}. The "
        f"parameter-shift rule {corrected}. The central difference divides by 2s = {number(2 * question.shift, 2)} "
        f"and gives {number(central, 2)} times the true slope."
    )


def _on_noise(question: Question) -> list[str]:
    if refusal(question.shift):
        return []
    here, best = question.deviation("parameter-shift"), question.deviation("parameter-shift", pi / 2)
    shots = shot_count(question.shots)
    certain = "at both angles every shot gives the same outcome"
    if here < CERTAIN:
        return [f"With {shots} per point, the parameter-shift estimate has no shot noise here: {certain}."]
    said = f"With {shots} per point, the parameter-shift estimate has a standard deviation (SD) of **{number(here)}**."
    if best < CERTAIN:
        return [f"{said} At {_s('π/2')} it would have no shot noise: {certain}."]
    if question.shift_name == "π/2":
        return [f"{said} Half of it takes four times the shots."]
    more = _times((here / best) ** 2)
    needed = "**as many** shots as" if more == "1.0×" else f"**{more}** the shots of"
    return [f"{said} For the same noise, {_s(question.shift_name)} needs {needed} {_s('π/2')}."]


def _s(name: str) -> str:
    """Return a shift that is not broken over two lines."""
    return f"s = {name}".replace(" ", "\N{NO-BREAK SPACE}")


def _times(factor: float) -> str:
    return f"{factor:.1f}×" if factor >= 0.1 else f"{factor:.2f}×"


def words_on_repeats(measured: int, wanted: int, shots: int) -> str:
    """Return how to read the chart of the rules, and how many repeats it shows."""
    less = (
        f" To stay fast, this chart uses {measured:,} of the {wanted:,} repeats. “{BUTTON}” below uses all {wanted:,}."
        if measured < wanted
        else ""
    )
    if measured == 1:
        return (
            f"One measurement with {shot_count(shots)} per point. Thick bar: measured value ± expected standard "
            f"deviation (SD) of one measurement. Thin bar below it: expected value ± the same SD.{less}"
        )
    return (
        f"Mean of {measured:,} repeats with {shot_count(shots)} per point. Thick bar: measured standard deviation (SD) "
        f"of one measurement. Thin bar below it: the SD that theory predicts.{less}"
    )


def shot_count(number_of_them: int) -> str:
    """Return a number of shots in words: 1 shot, 2 shots, 1,000 shots."""
    return plural(number_of_them, "shot")


def curve_alt(question: Question, points: NDArray[np.float64]) -> str:
    """Return the alternative text of the curve."""
    before, here, after = (number(float(p), 3) for p in points)
    rise = (points[2] - points[0]) / (2 * question.shift)
    return (
        f"P(1) over θ. Measured with {question.shots:,} shots each: {before} at θ − s, {here} at θ, {after} at "
        f"θ + s. The secant rises by {number(float(rise), 3)} per radian, the tangent by {number(question.slope, 3)}."
    )


def rules_alt(question: Question, rows: list[Row]) -> str:
    """Return the alternative text of the chart of the rules."""
    said = "; ".join(
        f"{STYLES[row.rule].name} {number(row.measured.mean, 3)} ± {number(row.measured.error, 3)}" for row in rows
    )
    return f"Slope by each rule, mean ± standard error: {said}. True slope {number(question.slope, 3)}."


def over_shifts_alt(question: Question, measured: int) -> str:
    """Return the alternative text of a chart over s."""
    rules = ", ".join(style.name for style in STYLES.values())
    points = f" Measured at {measured} shifts." if measured else ""
    return f"One line per rule: {rules}. s is now {question.shift_name}.{points}"
