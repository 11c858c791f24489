"""A drawing's θ on the qubit's circle and on the sine, as SVG, and placeholders for an empty pad.

Both have |0⟩, the first digit, at the top.
"""

from html import escape
from math import cos, pi, sin

import numpy as np

from hqnn.circuit.response import Response
from hqnn.inference.types import Answer
from ui.kit.svg import Axes, chart, text
from ui.kit.words import bounds, signed, with_interval

#: Centre and radius of the circle, in the chart's units. It is as high as the axes beside it.
X, Y, RADIUS = 78, 118, 64
_AXES = Axes(182, Y - RADIUS, 178, 2 * RADIUS, (-pi, pi), (0, 1))
_TICKS = {-pi: "−π", -pi / 2: "−π/2", 0.0: "0", pi / 2: "π/2", pi: "π"}


def theta(answer: Answer | None, digits: tuple[int, int], response: Response) -> str:
    """Return HTML with the qubit's state as an arrow on a circle, and P(0) at θ on its curve.

    Args:
        answer: the prediction, None if the pad is empty.
        digits: the pair.
        response: P(1) over θ for the network's engine.
    """
    grid = np.linspace(-pi, pi, 121)
    body = (
        _AXES.frame(_TICKS, {0: "0", 0.5: "½", 1: "1"}, "θ (radians)", f"P(0), the probability of {digits[0]}")
        + _AXES.curve(zip(grid.tolist(), (1 - response.probability(grid)).tolist(), strict=True), "ideal")
        + f'<circle cx="{X}" cy="{Y}" r="{RADIUS}" class="grid"/>'
        + f'<line x1="{X - RADIUS}" y1="{Y}" x2="{X + RADIUS}" y2="{Y}" class="grid"/>'
        + text(X, Y - RADIUS - 10, f"|0⟩ ● {digits[0]}", kind="digit-a")
        + text(X, Y + RADIUS + 20, f"|1⟩ ◆ {digits[1]}", kind="digit-b")
    )
    if answer is None:
        return chart(body, "The circle of θ and P(0) over θ, without an angle because the pad is empty")
    return chart(_joined(answer) + body + _arrow(answer), _alt(answer))


def _tip(answer: Answer) -> tuple[float, float]:
    turned = on_one_turn(answer.theta)
    return X + RADIUS * cos(turned), Y + RADIUS * sin(turned)


def _joined(answer: Answer) -> str:
    """Return the line from the arrow's tip to the point on the curve. It is horizontal without noise."""
    (x, y), at = _tip(answer), _AXES.x(on_one_turn(answer.theta))
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{at:.1f}" y2="{_AXES.y(1 - answer.exact):.1f}" class="ideal"/>'


def _arrow(answer: Answer) -> str:
    """Return the arrow with its angle, and the point on the curve."""
    turned, (x, y) = on_one_turn(answer.theta), _tip(answer)
    arc, zeros = (X + 22 * cos(turned), Y + 22 * sin(turned)), 1 - answer.measured
    ends = None if answer.shots is None else bounds(zeros, answer.shots)
    return (
        f'<path d="M{X + 22} {Y} A22 22 0 0 {int(turned > 0)} {arc[0]:.1f} {arc[1]:.1f}" class="measured"/>'
        f'<line x1="{X}" y1="{Y}" x2="{x:.1f}" y2="{y:.1f}" class="measured"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="dot"/>'
        + _AXES.point(turned, 1 - answer.exact, "hollow")
        + _AXES.point(turned, zeros, "dot", ends)
        + text(X, 232, f"θ = {signed(answer.theta)} rad", kind="strong")
    )


def on_one_turn(theta: float) -> float:
    """Return the same direction between −π and π."""
    return (theta + pi) % (2 * pi) - pi


def _alt(answer: Answer) -> str:
    zeros = with_interval(1 - answer.measured, answer.shots, "95%: ")
    return (
        f"θ = {signed(answer.theta)} rad = {signed(180 / pi * answer.theta, 1)}° as an arrow on a circle. Its height "
        f"is −sin θ = {signed(-sin(answer.theta))}. P(0) is {zeros}, exactly {1 - answer.exact:.3f}"
    )


def nothing_yet(words: str) -> str:
    """Return an empty frame of the same size as the later picture, as HTML."""
    return f'<figure class="trip nothing"><figcaption>{escape(words)}</figcaption></figure>'
