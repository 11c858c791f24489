"""The shift lab in words: what the numbers mean, what a study does, and the pictures for who cannot see them."""

from math import pi

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.shift_study import SHIFTS
from hqnn.words import plural
from ui.gradients.shift.rules import ROUNDING, STYLES, Question, Row, number, refusal

#: A smaller standard deviation is a rounding error.
CERTAIN = 1e-6

#: What is said of a study that has not been begun.
#: What begins the study.
BUTTON = "Measure over all s"
IDLE = f"Lines: what the rules should give. Not measured yet at the {len(SHIFTS)} shifts."


def sentences(question: Question) -> list[str]:
    """Markdown: what the numbers mean at this θ and s, a sentence each."""
    return [_on_slopes(question), *_on_noise(question)]


def _on_slopes(question: Question) -> str:
    name = question.shift_name
    if question.is_flat:
        forward = number(question.expected("forward"), 3)
        return (
            f"At this θ the true slope is 0, so no rule's ratio to it is given; at {_s(name)} the forward difference "
            f"expects **{forward}** {'too' if forward == '0.000' else 'instead'}."
        )
    published, central = (question.ratio(rule) or 0.0 for rule in ("published", "central"))
    sign = ", with the **wrong sign**" if published < -ROUNDING else ""
    corrected = (
        "the corrected rule is refused there"
        if refusal(question.shift)
        else f"the corrected rule divides by 2 sin s = {number(published, 2)} and gives the slope itself"
    )
    return (
        f"At {_s(name)} the published rule is **{number(published, 2)} times** the true slope{sign}; {corrected}; "
        f"the central difference divides by 2s = {number(2 * question.shift, 2)} and gives "
        f"{number(central, 2)} times the slope."
    )


def _on_noise(question: Question) -> list[str]:
    if refusal(question.shift):
        return []
    here, best = question.deviation("parameter-shift"), question.deviation("parameter-shift", pi / 2)
    shots = shot_count(question.shots)
    if here < CERTAIN:
        return [
            f"With {shots} a point, one slope of the corrected rule does not scatter at all, since both its points are "
            "certain at this θ."
        ]
    said = f"With {shots} a point, one slope of the corrected rule scatters by **{number(here)}** (standard deviation)"
    if best < CERTAIN:
        return [f"{said}; at {_s('π/2')} it would not scatter at all, since both its points are certain at this θ."]
    if question.shift_name == "π/2":
        return [f"{said}; to halve that takes four times the shots."]
    more = _times((here / best) ** 2)
    needed = "**as many** shots as" if more == "1.0×" else f"**{more}** the shots of"
    return [f"{said}; {_s(question.shift_name)} needs {needed} {_s('π/2')} for the same noise."]


def _s(name: str) -> str:
    """In one piece, on one line."""
    return f"s = {name}".replace(" ", "\N{NO-BREAK SPACE}")


def _times(factor: float) -> str:
    return f"{factor:.1f}×" if factor >= 0.1 else f"{factor:.2f}×"


def words_on_repeats(measured: int, wanted: int, shots: int) -> str:
    """How to read the picture of the rules, and how many repeats it holds."""
    less = (
        f" Of {wanted:,} repeats it measures {measured:,} at once, as many as fit into a fraction of a second; "
        "over all shifts below it measures them all."
        if measured < wanted
        else ""
    )
    if measured == 1:
        return (
            f"One measurement of {shot_count(shots)} a point. Thick bar: ± one standard deviation (SD) as expected, "
            f"around what was measured; thin bar under it: around what is expected.{less}"
        )
    return (
        f"Mean of {measured:,} repeats of {shot_count(shots)} a point. Thick bar: how far one measurement scattered "
        f"(± one standard deviation, SD, over the repeats); thin bar under it: how far it should.{less}"
    )


def shot_count(number_of_them: int) -> str:
    """1 shot, 2 shots, 1,000 shots."""
    return plural(number_of_them, "shot")


def curve_alt(question: Question, points: NDArray[np.float64]) -> str:
    """The large picture in words."""
    before, here, after = (number(float(p), 3) for p in points)
    rise = (points[2] - points[0]) / (2 * question.shift)
    return (
        f"P(1) against θ. Measured with {question.shots:,} shots each: {before} at θ − s, {here} at θ, {after} at "
        f"θ + s. The secant rises by {number(float(rise), 3)} per radian, the tangent by {number(question.slope, 3)}."
    )


def rules_alt(question: Question, rows: list[Row]) -> str:
    """The picture of the rules in words."""
    said = "; ".join(
        f"{STYLES[row.rule].name} {number(row.measured.mean, 3)} ± {number(row.measured.error, 3)}" for row in rows
    )
    return f"Slope by each rule, mean ± standard error: {said}. True slope {number(question.slope, 3)}."


def over_shifts_alt(question: Question, measured: int) -> str:
    """What a picture over s shows, in words."""
    rules = ", ".join(style.name for style in STYLES.values())
    points = f" Measured at {measured} shifts." if measured else ""
    return f"Lines of the rules {rules}; s is now {question.shift_name}.{points}"
