"""The effect of noise on P(1): a small chart over θ, and sentences. Nothing here draws."""

from math import hypot, pi

import numpy as np

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise

#: Plot area of the chart, in its own units: left, top, width, height.
LEFT, TOP, WIDTH, HEIGHT = 27, 8, 180, 100

_TICKS = {-pi: "−π", -pi / 2: "−π/2", 0: "0", pi / 2: "π/2", pi: "π"}


def picture(noise: Noise) -> str:
    """Return the ideal curve (thin) and the noisy curve (thick) over one turn of θ, as HTML."""
    response = Response.of(noise)
    grid = "".join(
        f'<line x1="{_x(theta):.1f}" y1="{TOP}" x2="{_x(theta):.1f}" y2="{TOP + HEIGHT}" class="grid"/>'
        f'<text x="{_x(theta):.1f}" y="{TOP + HEIGHT + 15}" text-anchor="middle">{name}</text>'
        for theta, name in _TICKS.items()
    ) + "".join(
        f'<line x1="{LEFT}" y1="{_y(p):.1f}" x2="{LEFT + WIDTH}" y2="{_y(p):.1f}" class="grid"/>'
        f'<text x="{LEFT - 5}" y="{_y(p) + 4:.1f}" text-anchor="end">{p:g}</text>'
        for p in (0, 0.5, 1)
    )
    labels = f'<text x="{LEFT + WIDTH}" y="{TOP + HEIGHT + 31}" text-anchor="end">θ (radians)</text>'
    noisy = "" if response == IDEAL else _curve(response, "noisy")
    alt = "P(1) over θ: the ideal sine" + (f", and the noisy sine between {swing(response)}" if noisy else "")
    return (
        f'<figure class="response"><figcaption>P(1): <span class="ideal">ideal</span>'
        f"{' and <span class=noisy>with noise</span>' if noisy else ''}</figcaption>"
        f'<svg viewBox="0 0 220 142" width="220" height="142" role="img" aria-label="{alt}">'
        f"{grid}{labels}{_curve(IDEAL, 'ideal')}{noisy}</svg>"
        "</figure>"
    )


def swing(response: Response) -> str:
    """Return the lowest and the highest P(1) over all θ."""
    reach = hypot(response.sine, response.cosine)
    return f"{response.offset - reach:.3f} and {response.offset + reach:.3f}"


def reach(noise: Noise) -> str:
    """Return the range of P(1) under the noise as a sentence, or an empty text without noise."""
    response = Response.of(noise)
    return "" if response == IDEAL else f"With this noise, P(1) stays between {swing(response)}."


def words(noise: Noise) -> str:
    """Return the range and the slope of P(1) under the noise, as Markdown."""
    response = Response.of(noise)
    if response == IDEAL:
        return "No noise. P(1) ranges from 0 to 1. Its slope at θ = 0 is 0.5 per radian."
    return (
        f"P(1) stays between **{swing(response)}**. Its slope at θ = 0 is **{response.sine:.3f}** per radian, "
        f"{2 * response.sine:.0%} of the ideal slope."
    )


def _curve(response: Response, name: str) -> str:
    theta = np.linspace(-pi, pi, 97)
    points = " ".join(
        f"{_x(at):.1f},{_y(p):.1f}" for at, p in zip(theta, response.probability(theta).tolist(), strict=True)
    )
    return f'<polyline points="{points}" class="{name}"/>'


def _x(theta: float) -> float:
    return LEFT + WIDTH * (theta + pi) / (2 * pi)


def _y(probability: float) -> float:
    return TOP + HEIGHT * (1 - probability)
