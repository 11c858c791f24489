"""The shots of one image as dots that fall into 0 and 1, as SVG. Nothing here draws."""

from typing import Protocol

import numpy as np

from ui.kit.digits import MARKS
from ui.kit.svg import Axes, chart, text
from ui.kit.words import bounds

#: Maximum number of shots drawn one by one.
MAX_DOTS = 100
_ACROSS = 10


class Measured(Protocol):
    """P(1) as measured with some number of shots (None for exact), and its exact value."""

    @property
    def shots(self) -> int | None: ...
    @property
    def measured(self) -> float: ...
    @property
    def exact(self) -> float: ...


def shots(trip: Measured, digits: tuple[int, int], turn: int) -> str:
    """Return HTML with one dot per shot, at 0 or 1. Many shots and exact probabilities appear as bars.

    Args:
        trip: the measurement.
        digits: the pair.
        turn: number of the measurement. The dots fall again when it changes.
    """
    share = (1 - trip.measured, trip.measured)
    exact = (1 - trip.exact, trip.exact)
    axes = Axes(40, 22, 330, 184, (0, 2), (0, 1))
    ticks = {0.0: "0", 0.5: "½", 1.0: "1"}
    frame = axes.frame({}, ticks, "", "share of the shots")
    few = trip.shots is not None and trip.shots <= MAX_DOTS
    body = "".join(
        (_dots(axes, bit, round(share[bit] * (trip.shots or 0)), trip.shots or 1, turn) if few else "")
        + _bin(axes, bit, share[bit], exact[bit], trip.shots)
        + text(axes.x(bit + 0.5), 224, f"{bit}: {MARKS[bit]} {digits[bit]}", kind=f"digit-{'ab'[bit]}")
        + text(axes.x(bit + 0.5), 242, _count(trip, share[bit]))
        for bit in (0, 1)
    )
    alt = f"1: {_count(trip, share[1])}. 0: {_count(trip, share[0])}. Exact P(1): {trip.exact:.3f}"
    return chart(frame + body, alt)


def _count(trip: Measured, share: float) -> str:
    return f"{share:.3f}" if trip.shots is None else f"{round(share * trip.shots):,} of {trip.shots:,}"


def _bin(axes: Axes, bit: int, share: float, exact: float, shots: int | None) -> str:
    left, right = axes.x(bit + 0.12), axes.x(bit + 0.88)
    bar = (
        ""
        if shots is not None and shots <= MAX_DOTS
        else f'<rect x="{left:.1f}" y="{axes.y(share):.1f}" width="{right - left:.1f}" '
        f'height="{axes.y(0) - axes.y(share):.1f}" class="bar digit-{"ab"[bit]}"/>'
    )
    at = axes.y(exact)
    line = f'<line x1="{left - 8:.1f}" y1="{at:.1f}" x2="{right + 8:.1f}" y2="{at:.1f}" class="ideal"/>'
    return bar + line + (axes.point(bit + 0.94, share, "dot", bounds(share, shots)) if shots else "")


def _dots(axes: Axes, bit: int, count: int, total: int, turn: int) -> str:
    """Return dots from the bottom up. The height of a column is its share of the shots."""
    rows = -(-total // _ACROSS)
    step = axes.width / 2 * 0.72 / _ACROSS
    radius = min(step, axes.height / rows) * 0.4
    order = np.random.default_rng((turn, bit)).permutation(count)
    return "".join(
        _shot(
            axes.x(bit + 0.14) + (place % _ACROSS + 0.5) * step,
            axes.y((place // _ACROSS + 0.5) / rows),
            radius,
            f'class="shot-{turn % 2} digit-{"ab"[bit]}" style="animation-delay:{8 * when}ms"',
            bit,
        )
        for place, when in enumerate(order.tolist())
    )


def _shot(x: float, y: float, radius: float, how: str, bit: int) -> str:
    """A circle for 0, a diamond for 1."""
    if bit == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {how}/>'
    r = 1.2 * radius
    return f'<polygon points="{x:.1f},{y - r:.1f} {x + r:.1f},{y:.1f} {x:.1f},{y + r:.1f} {x - r:.1f},{y:.1f}" {how}/>'
