"""A drawing's answer in words and numbers. Nothing here draws."""

from html import escape
from math import cos, pi, sin

import numpy as np

from hqnn.inference.types import Answer
from hqnn.words import plural
from ui.draw.figures import on_one_turn
from ui.draw.pad import Drawing
from ui.kit.digits import MARKS, mark, one
from ui.kit.words import Numbers, bounds, signed, with_interval
from ui.session.network_choice import Network


def verdict(answer: Answer | None, digits: tuple[int, int], revision: int) -> str:
    """HTML: the answer, large, with its probability; as large where there is none yet.

    Args:
        answer: the network's; none if the pad is empty.
        digits: the pair.
        revision: of the drawing that it answers.
    """
    if answer is None:
        big, said = '<span class="digit">–</span>', "the answer appears here while you draw"
    else:
        big = mark(answer.label, str(digits[answer.label]))
        said = f"<strong>p = {probability(answer):.3f}</strong><br>{escape(_of_what(answer))}"
    return (
        f'<div class="verdict" data-revision="{revision}"><div class="answer">{big}</div><p>{said}</p>'
        f'<p class="unlike">{escape(unlike(answer, digits))}</p></div>'
    )


def probability(answer: Answer) -> float:
    """Of the digit that is answered, as measured."""
    return answer.measured if answer.label else 1 - answer.measured


def with_error(answer: Answer) -> str:
    """The answer's probability with its 95% interval, if shots measured it."""
    return with_interval(probability(answer), answer.shots, "95%: ")


def _of_what(answer: Answer) -> str:
    if not answer.shots:
        return "exact, without shots"
    low, high = bounds(probability(answer), answer.shots)
    return f"95% interval {low:.3f}–{high:.3f}, {_shots(answer.shots)}"


def _shots(shots: int) -> str:
    return plural(shots, "shot")


def unlike(answer: Answer | None, digits: tuple[int, int]) -> str:
    """The warning, where a drawing looks like neither digit."""
    if answer is None or not answer.unlike:
        return ""
    a, b = digits
    return f"This looks like neither {one(a)} nor {one(b)}."


def status(answer: Answer | None, digits: tuple[int, int], drawing: Drawing) -> str:
    """One sentence for who cannot see the pictures: what was answered to what."""
    if not drawing.ended:
        return "Drawing."
    if answer is None:
        return f"The pad is empty: draw {one(digits[0])} or {one(digits[1])}, or choose a sample."
    what = drawing.picture or "your drawing"
    said = f"The network reads {what} as {one(digits[answer.label])}, p = {with_error(answer)}."
    return f"{said} {unlike(answer, digits)}".strip()


def who_answers(answer: Answer | None, network: Network) -> str:
    """Which network answers, and what measures its qubit."""
    said = f"{network.name[0].upper()}{network.name[1:]}: this network answers"
    return f"{said}." if answer is None else f"{said}, its qubit measured on engine {answer.engine}."


def numbers(answer: Answer | None) -> Numbers:
    """The numbers behind the pictures."""
    if answer is None:
        return [(name, "–") for name in ("θ", "P(1), measured", "P(1), exact", "distance to MNIST's digits")]
    return [
        ("θ", f"{signed(answer.theta)} rad = {signed(180 / pi * answer.theta, 1)}°"),
        ("P(1), measured" + (" (95% interval)" if answer.shots else ""), with_interval(answer.measured, answer.shots)),
        ("P(1), exact", f"{answer.exact:.3f}"),
        ("distance to MNIST's digits", f"{answer.distance:.2f}, warning above {answer.limit:.2f}"),
    ]


def theta(answer: Answer | None) -> str:
    """What the circle and the curve show."""
    if answer is None:
        return "The arrow is the qubit’s state: up is |0⟩, the first digit, and down is |1⟩, the second."
    turn = "" if abs(answer.theta) <= pi else f"θ is drawn on its turn: {signed(on_one_turn(answer.theta))} rad. "
    bent = "Here P(0) rises as θ grows: θ is beyond the sine's top or bottom." if cos(answer.theta) < 0 else ""
    return (
        f"{turn}{bent}"
        or f"The arrow’s height is −sin θ = {signed(-sin(answer.theta))}; without noise P(0) = (1 − sin θ)/2."
    )


def shots(answer: Answer | None) -> str:
    """What the falling shots show."""
    if answer is None:
        return "Every shot gives 0 or 1; the share of ones is P(1)."
    if answer.shots is None:
        return f"No shots: P(1) is {answer.exact:.3f}, exactly."
    return (
        f"{answer.ones or 0:,} of {_shots(answer.shots)} gave 1. Dashed: where infinitely many would end; "
        "green: the measured share with its 95% interval."
    )


def jitter(answer: Answer | None, digits: tuple[int, int]) -> str:
    """How often the same drawing, measured again, is read as the other digit."""
    if answer is None:
        return "The same drawing is measured 200 times, to see how far the answers scatter."
    if answer.shots is None:
        return "Exact probabilities do not scatter."
    n, other = len(answer.repeats), other_answers(answer)
    digit = mark(1 - answer.label, str(digits[1 - answer.label]))
    return (
        f"Measured {n} times anew, {other} answers ({other / n:.1%}) were {digit}; the "
        f"binomial distribution expects {n * answer.flips:.1f} ({answer.flips:.1%})."
    )


def jitter_alt(answer: Answer) -> str:
    """What the histogram shows."""
    spread = float(np.std(answer.repeats))
    return (
        f"{len(answer.repeats)} measured P(1): from {answer.repeats.min():.3f} to {answer.repeats.max():.3f}, standard "
        f"deviation {spread:.4f}, expected {answer.error:.4f}; {other_answers(answer)} of them say the other digit"
    )


def other_answers(answer: Answer) -> int:
    """Of the repeats, how many say the other digit."""
    return int(((answer.repeats > 0.5) != bool(answer.label)).sum())


def saliency(answer: Answer | None, digits: tuple[int, int]) -> str:
    """What the colours over the drawing say."""
    if answer is None:
        return "The pixels where θ changes fastest are shown over the drawing."
    up, down = (1, 0) if cos(answer.theta) >= 0 else (0, 1)
    return (
        f"With a little more ink on the green pixels (+), θ begins to rise, here towards {MARKS[up]} {digits[up]}; on "
        f"the brown ones (−), to fall, towards {MARKS[down]} {digits[down]}. The line is the drawing's outline."
    )
