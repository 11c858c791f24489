"""A run's own pictures on the cards, 120 × 70: maps and numbers of one image, its angle, its shots. Nothing draws."""

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from ui.kit.digits import data_uri

#: Maximum number of shots drawn one by one, and how many stand side by side.
MAX_MARKS, ACROSS = 100, 10
#: Side of a map in its picture, and the gap between two maps, pixels.
TILE, GAP = 12, 2
#: A shot that gave 0 is a circle, one that gave 1 a diamond.
_PATTERNS = "".join(
    f'<pattern id="shots-{kind}" x="{x}" y="3" width="5" height="6" patternUnits="userSpaceOnUse">'
    f'<path d="{mark}" class="digit-{kind}"/></pattern>'
    for kind, x, mark in (("a", 5, "M.5 3a2 2 0 1 0 4 0a2 2 0 1 0-4 0z"), ("b", 65, "M.1 3l2.4-2.4 2.4 2.4-2.4 2.4z"))
)


def image(pixels: NDArray[np.uint8], alt: str) -> str:
    """Return an image as HTML: grey (height, width), 0 to 255."""
    return f'<img src="{data_uri(pixels)}" width="70" height="70" alt="{alt}">'


def maps(strongest: NDArray[np.uint8]) -> str:
    """Return four maps, two by two, as HTML: (4, side, side), 0 to 255."""
    count, side, _ = strongest.shape
    zoomed = strongest.repeat(TILE // side, 1).repeat(TILE // side, 2)
    picture = np.full((2 * TILE + GAP,) * 2, 128, np.uint8)
    for place in range(count):
        top, left = (at * (TILE + GAP) for at in divmod(place, 2))
        picture[top : top + TILE, left : left + TILE] = zoomed[place]
    return image(picture, "the four maps")


def features(hidden: NDArray[np.uint8]) -> str:
    """Return a bar for each number, as SVG: (64,), 0 to 255 of the largest."""
    heights = (hidden / 255 * 58).round(1).tolist()
    bars = "".join(f"M{5 + 1.75 * place:g} 64v-{height:g}" for place, height in enumerate(heights) if height)
    return f'<path d="{bars}" stroke="currentColor" stroke-width="1.2"/>{_line(3, 64, 117, 64)}'


def dial(theta: float) -> str:
    """Return the rotation by θ in radians, as SVG: from the right, down to the second digit or up to the first."""
    x, y, r, inner = 60, 35, 30, 12
    end, arc = ((x + radius * cos(theta), y + radius * sin(theta)) for radius in (r, inner))
    large, sweep = int(abs(theta) % (2 * pi) > pi), int(theta > 0)
    return (
        f'<path d="M{x - r} {y}A{r} {r} 0 0 1 {x + r} {y}" class="half-a"/>'
        f'<path d="M{x - r} {y}A{r} {r} 0 0 0 {x + r} {y}" class="half-b"/>'
        f'<line x1="{x}" y1="{y}" x2="{x + r}" y2="{y}" stroke="currentColor" stroke-dasharray="3 3"/>'
        f'<path d="M{x + inner} {y}A{inner} {inner} 0 {large} {sweep} {arc[0]:.1f} {arc[1]:.1f}" fill="none" '
        'stroke="currentColor"/>'
        f'<line x1="{x}" y1="{y}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" stroke="currentColor" stroke-width="3"/>'
    )


def shots(ones: int, count: int, number: int) -> str:
    """Return one mark per shot, over 0 and over 1, as SVG. Many shots appear as bars.

    Args:
        ones: how many shots gave 1.
        count: all shots.
        number: of the measurement. The marks fall again when it changes.
    """
    if count > MAX_MARKS:
        return bars(ones / count)
    return _PATTERNS + _line(3, 64, 117, 64) + _heap(0, count - ones, number % 2) + _heap(1, ones, number % 2)


def bars(share: float) -> str:
    """Return P(0) and P(1) as two bars with a line at one half, as SVG."""
    columns = "".join(
        f'<rect x="{x}" y="{64 - 58 * part:.1f}" width="44" height="{58 * part:.1f}" class="digit-{kind}"/>'
        for x, part, kind in ((10, 1 - share, "a"), (66, share, "b"))
    )
    half = '<line x1="3" y1="35" x2="117" y2="35" stroke="currentColor" stroke-dasharray="3 3" stroke-opacity="0.6"/>'
    return columns + half + _line(3, 64, 117, 64)


def _heap(bit: int, count: int, turn: int) -> str:
    """Return the shots of one outcome, from the bottom up. Each row falls as one."""
    kind = "ab"[bit]
    rows = [min(ACROSS, count - ACROSS * row) for row in range(-(-count // ACROSS))]
    size = f'x="{5 + 60 * bit}" height="6"'
    falling = "".join(
        f'<rect {size} y="{57 - 6 * row}" width="{5 * marks}" style="animation-delay:{15 * row}ms"/>'
        for row, marks in enumerate(rows)
    )
    return f'<g fill="url(#shots-{kind})" class="fall-{turn}">{falling}</g>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="currentColor"/>'
