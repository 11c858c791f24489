"""Where a drawing's θ is, on the qubit's circle and on the sine, as SVG; and what stands where there is no drawing yet.

Both have |0⟩, the first digit, at the top.
"""

from html import escape
from math import cos, pi, sin

import numpy as np

from hqnn.circuit.response import Response
from hqnn.inference.types import Answer
from ui.kit.svg import Axes, chart, text
from ui.kit.words import bounds, signed, with_interval

#: The circle's centre and radius, in the chart's units; its height is that of the axes beside it.
X, Y, RADIUS = 78, 118, 64
_AXES = Axes(182, Y - RADIUS, 178, 2 * RADIUS, (-pi, pi), (0, 1))
_TICKS = {-pi: "−π", -pi / 2: "−π/2", 0.0: "0", pi / 2: "π/2", pi: "π"}


def theta(answer: Answer | None, digits: tuple[int, int], response: Response) -> str:
    """HTML: the qubit's state as an arrow on a circle, whose height is −sin θ, and P(0) at θ on its curve.

    Args:
        answer: the network's; none if the pad is empty.
        digits: the pair.
        response: P(1) against θ, of the network's engine.
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
        return chart(body, "The circle of θ and P(0) against θ, without an angle: the pad is empty")
    return chart(_joined(answer) + body + _arrow(answer), _alt(answer))


def _tip(answer: Answer) -> tuple[float, float]:
    turned = on_one_turn(answer.theta)
    return X + RADIUS * cos(turned), Y + RADIUS * sin(turned)


def _joined(answer: Answer) -> str:
    """The line from the arrow's tip to the point on the curve: level, unless noise has bent the curve."""
    (x, y), at = _tip(answer), _AXES.x(on_one_turn(answer.theta))
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{at:.1f}" y2="{_AXES.y(1 - answer.exact):.1f}" class="ideal"/>'


def _arrow(answer: Answer) -> str:
    """The arrow with its angle, and the point on the curve."""
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
    """The same direction between −π and π."""
    return (theta + pi) % (2 * pi) - pi


def _alt(answer: Answer) -> str:
    zeros = with_interval(1 - answer.measured, answer.shots, "95%: ")
    return (
        f"θ = {signed(answer.theta)} rad = {signed(180 / pi * answer.theta, 1)}° as an arrow on a circle, its height "
        f"−sin θ = {signed(-sin(answer.theta))}; P(0) there is {zeros}, exactly {1 - answer.exact:.3f}"
    )


def nothing_yet(words: str) -> str:
    """HTML: a frame as large as the picture that will be in it."""
    return f'<figure class="trip nothing"><figcaption>{escape(words)}</figcaption></figure>'
