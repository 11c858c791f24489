"""Draw MNIST's digits with thin lines on large paper, as with a fine pen or a photographed pencil."""

from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

#: Pixels of a digit's side when its middle line is found.
FINE = 140


class Line(NamedTuple):
    """How a digit is drawn."""

    #: Pixels of the square paper's side, and of the line's width.
    paper: int
    width: int
    #: Side of the digit's image, of the paper's.
    scale: float = 0.9

    def __str__(self) -> str:
        return f"{self.width} px of {self.paper:,}, × {self.scale:g}"


LINES = (
    *(Line(1000, width) for width in (1, 2, 3, 4, 6, 10)),
    *(Line(1000, width, 0.3) for width in (1, 2, 3, 6)),
    *(Line(280, width, 1.2) for width in (5, 9, 13)),
)


def drawn(image: NDArray[np.uint8], line: Line, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The middle line of a digit of MNIST, drawn somewhere on paper.

    Args:
        image: (28, 28), grey 0 to 255.
        line: how it is drawn.
        rng: of the place.

    Returns:
        (paper, paper), 0 for paper and 255 for ink.
    """
    points = np.argwhere(
        _middle(np.asarray(Image.fromarray(image).resize((FINE, FINE), Image.Resampling.BICUBIC)) > 127)
    )
    points = points - points.min(0)
    unit = min(line.paper * line.scale / FINE, (line.paper - 2 * line.width - 1) / (points.max() + 1))
    room = line.paper - unit * points.max(0) - 2 * line.width
    corner = line.width + rng.random(2) * room
    paper = Image.new("L", (line.paper, line.paper))
    pen = ImageDraw.Draw(paper)
    on = {(int(y), int(x)) for y, x in points}
    for y, x in on:
        ends = [to for to in ((y, x + 1), (y + 1, x - 1), (y + 1, x), (y + 1, x + 1)) if to in on]
        for end in ends or [(y, x)]:
            (top, left), (low, right) = corner + unit * np.array([(y, x), end])
            pen.line((left, top, right, low), fill=255, width=line.width)
            if line.width > 2:
                half = (line.width - 1) / 2
                pen.ellipse((left - half, top - half, left + half, top + half), fill=255)
    return np.asarray(paper)


def pencilled(ink: NDArray[np.uint8], rng: np.random.Generator, contrast: float = 90, noise: float = 3) -> bytes:
    """A PNG file of grey ink on unevenly lit paper, with a camera's noise."""
    y, x = np.mgrid[: len(ink), : ink.shape[1]] / len(ink)
    light = 225 - 30 * x - 20 * y
    grey = light - contrast * (ink / 255) + rng.normal(0, noise, ink.shape)
    content = BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(content, "PNG", compress_level=1)
    return content.getvalue()


def _middle(digit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle line of strokes: Zhang, Suen 1984, doi:10.1145/357994.358023."""
    left = digit.copy()
    before = -1
    while before != (before := np.count_nonzero(left)):
        for is_first in (True, False):
            around = np.pad(left, 1)
            places = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
            ring = [around[1 + y : 1 + y + len(left), 1 + x : 1 + x + left.shape[1]] for y, x in places]
            neighbours = sum(each.astype(np.int8) for each in ring)
            begins = sum((~here & then).astype(np.int8) for here, then in zip(ring, ring[1:] + ring[:1], strict=True))
            north, east, south, west = ring[::2]
            inner = (north & east & south) | (east & south & west)
            if not is_first:
                inner = (north & east & west) | (north & south & west)
            left &= ~((neighbours >= 2) & (neighbours <= 6) & (begins == 1) & ~inner)
    return left
