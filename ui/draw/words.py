"""The prediction for a drawing in words and numbers. Nothing here draws."""

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
    """Return the prediction, large, with its probability as HTML. An empty pad takes the same space.

    Args:
        answer: the prediction, None if the pad is empty.
        digits: the pair.
        revision: revision of the drawing.
    """
    if answer is None:
        big, said = '<span class="digit">–</span>', "The prediction appears here while you draw"
    else:
        big = mark(answer.label, str(digits[answer.label]))
        said = f"<strong>p = {probability(answer):.3f}</strong><br>{escape(_of_what(answer))}"
    return (
        f'<div class="verdict" data-revision="{revision}"><div class="answer">{big}</div><p>{said}</p>'
        f'<p class="unlike">{escape(unlike(answer, digits))}</p></div>'
    )


def probability(answer: Answer) -> float:
    """Return the measured probability of the predicted digit."""
    return answer.measured if answer.label else 1 - answer.measured


def with_error(answer: Answer) -> str:
    """Return the probability of the prediction, with its 95% interval if shots measured it."""
    return with_interval(probability(answer), answer.shots, "95%: ")


def _of_what(answer: Answer) -> str:
    if not answer.shots:
        return "exact, without shots"
    low, high = bounds(probability(answer), answer.shots)
    return f"95% interval {low:.3f}–{high:.3f}, {_shots(answer.shots)}"


def _shots(shots: int) -> str:
    return plural(shots, "shot")


def unlike(answer: Answer | None, digits: tuple[int, int]) -> str:
    """Return the warning for a drawing that looks like neither digit, else an empty text."""
    if answer is None or not answer.unlike:
        return ""
    a, b = digits
    return f"This looks like neither {one(a)} nor {one(b)}."


def status(answer: Answer | None, digits: tuple[int, int], drawing: Drawing) -> str:
    """Return the prediction in a sentence, for screen readers."""
    if not drawing.ended:
        return "Drawing."
    if answer is None:
        return f"The pad is empty. Draw {one(digits[0])} or {one(digits[1])}, or choose a sample."
    what = drawing.picture or "your drawing"
    said = f"The network predicts {digits[answer.label]} for {what}, p = {with_error(answer)}."
    return f"{said} {unlike(answer, digits)}".strip()


def who_answers(answer: Answer | None, network: Network) -> str:
    """Return the name of the network and of the engine that measures its qubit."""
    said = f"Network: {network.name}."
    return said if answer is None else f"{said} The `{answer.engine}` engine measures its qubit."


def numbers(answer: Answer | None) -> Numbers:
    """Return the numbers behind the pictures."""
    if answer is None:
        return [(name, "–") for name in ("θ", "P(1), measured", "P(1), exact", "distance to MNIST digits")]
    return [
        ("θ", f"{signed(answer.theta)} rad = {signed(180 / pi * answer.theta, 1)}°"),
        ("P(1), measured" + (" (95% interval)" if answer.shots else ""), with_interval(answer.measured, answer.shots)),
        ("P(1), exact", f"{answer.exact:.3f}"),
        ("distance to MNIST digits", f"{answer.distance:.2f}, warning above {answer.limit:.2f}"),
    ]


def theta(answer: Answer | None) -> str:
    """Return an explanation of the circle and the curve."""
    if answer is None:
        return "The arrow is the qubit’s state. Up is |0⟩, the first digit; down is |1⟩, the second."
    drawn = f"The arrow shows the same direction within one turn: {signed(on_one_turn(answer.theta))} rad. "
    turn = "" if abs(answer.theta) <= pi else drawn
    bent = "P(0) increases with θ here, because θ is past a turning point of the sine." if cos(answer.theta) < 0 else ""
    return (
        f"{turn}{bent}"
        or f"The arrow’s height is −sin θ = {signed(-sin(answer.theta))}. Without noise P(0) = (1 − sin θ)/2."
    )


def shots(answer: Answer | None) -> str:
    """Return an explanation of the falling shots."""
    if answer is None:
        return "Every shot gives 0 or 1. The share of ones is the measured P(1)."
    if answer.shots is None:
        return f"No shots. P(1) is exactly {answer.exact:.3f}."
    return (
        f"{answer.ones or 0:,} of {_shots(answer.shots)} gave 1. Dashed: the exact share, as with infinitely many "
        "shots. Green: the measured share with its 95% interval."
    )


def jitter(answer: Answer | None, digits: tuple[int, int]) -> str:
    """Return how often a new measurement of the drawing gives the other digit."""
    if answer is None:
        return "The app measures the same drawing 200 times to show how much the result varies."
    if answer.shots is None:
        return "Exact probabilities have no shot noise, so every measurement is the same."
    n, other = len(answer.repeats), other_answers(answer)
    digit = mark(1 - answer.label, str(digits[1 - answer.label]))
    return (
        f"{other} of {n} new measurements ({other / n:.1%}) predict {digit}. The binomial distribution expects "
        f"{n * answer.flips:.1f} ({answer.flips:.1%})."
    )


def jitter_alt(answer: Answer) -> str:
    """Return a text alternative of the histogram."""
    spread = float(np.std(answer.repeats))
    return (
        f"{len(answer.repeats)} measured P(1): from {answer.repeats.min():.3f} to {answer.repeats.max():.3f}, standard "
        f"deviation {spread:.4f}, expected {answer.error:.4f}. {other_answers(answer)} of them give the other digit"
    )


def other_answers(answer: Answer) -> int:
    """Return how many repeats give the other digit."""
    return int(((answer.repeats > 0.5) != bool(answer.label)).sum())


def saliency(answer: Answer | None, digits: tuple[int, int]) -> str:
    """Return an explanation of the colours over the drawing."""
    if answer is None:
        return "The colours over the drawing show the pixels that change θ most."
    up, down = (1, 0) if cos(answer.theta) >= 0 else (0, 1)
    return (
        f"Drawing a little more on the green pixels (+) would increase θ, here towards {MARKS[up]} {digits[up]}. On "
        f"the brown pixels (−) it would decrease θ, towards {MARKS[down]} {digits[down]}. The line is the outline."
    )
