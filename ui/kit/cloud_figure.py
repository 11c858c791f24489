"""A run's images on the sine: axes and curve as HTML, and the positions of the images' marks.

The browser draws the marks (`ui.kit.player`). Nothing here draws.
"""

from dataclasses import dataclass
from html import escape
from math import ceil, floor, pi
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis.course import FAR, Cloud, Course, turning_points
from ui.kit.digits import NAMES, mark

#: Maximum number of images drawn per digit. Counts include all images.
MAX_IMAGES = 400
#: Ends of the axis of P(1), with room for words above the curve and for marks at its bottom.
FOOTROOM, HEADROOM = -0.1, 1.22
#: Upper end of the vertical lines, below the words above the curve.
_UNDER_WORDS = 1.06


class Runs(NamedTuple):
    """What several runs on the same axis have in common, without a `Course`."""

    config: RunConfig
    #: The smallest and the largest θ of all runs, radians.
    reach: tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """The training images that have a mark. If there are very many, evenly spaced ones of each digit."""

    #: (images,), the mark of each training image, from 0 with the first digit's images first; −1 for none.
    marks: NDArray[np.int64]
    #: Number of marks of the first digit.
    first: int

    @classmethod
    def of(cls, cloud: Cloud) -> Self:
        """Return the marks of the images of a cloud."""
        chosen = [np.arange(len(angles)) % max(1, ceil(len(angles) / MAX_IMAGES)) == 0 for angles in cloud.angles]
        every = np.concatenate(chosen)
        return cls(np.where(every, np.cumsum(every) - 1, -1), int(chosen[0].sum()))

    @property
    def count(self) -> int:
        """Number of marks of both digits."""
        return int(self.marks.max(initial=-1)) + 1

    def moves(self, images: NDArray[np.int64], angles: NDArray[np.float64]) -> list[float]:
        """Return new positions of some images' marks: mark, θ, mark, θ, …, without images of unknown θ."""
        marks = self.marks[images]
        seen = (marks >= 0) & ~np.isnan(angles)
        pairs = zip(marks[seen].tolist(), angles[seen].round(4).tolist(), strict=True)
        return [number for pair in pairs for number in pair]


def picture(of: Course | Runs, drawn: Drawn, height: int) -> str:
    """Return the curve of P(1) as HTML, over the θ range of the whole run. The player adds the images' marks.

    Args:
        of: the run or runs.
        drawn: the images that have a mark.
        height: height of the plot, pixels.
    """
    response, (low, high) = Response.of(of.config.noise), theta_range(of)
    plot = _Plot(low, high, height)
    said = {
        "low": low,
        "high": high,
        "bottom": FOOTROOM,
        "top": HEADROOM,
        "offset": response.offset,
        "sine": response.sine,
        "cosine": response.cosine,
        "first": drawn.first,
        "images": drawn.count,
    }
    data = " ".join(f'data-{key}="{escape(str(value))}"' for key, value in said.items())
    names = " ".join(mark(label, NAMES[digit]) for label, digit in enumerate(of.config.digits))
    marks = plot.far_sides(response) + plot.levels() + plot.angles() + plot.curve(response)
    return (
        f'<figure class="cloud"><figcaption>{names}</figcaption>'
        f'<svg {data} role="img" aria-label="The sine without images." width="100%" height="{height}">{marks}</svg>'
        "</figure>"
    )


def beyond(of: Course | Runs, cloud: Cloud) -> tuple[str, str]:
    """Return the numbers of images beyond the left and right end of the axis as texts, empty for none."""
    low, high = theta_range(of)
    angles = np.concatenate(cloud.angles)
    below, above = int(np.sum(angles < low)), int(np.sum(angles > high))
    return f"← {below:,} beyond" if below else "", f"{above:,} beyond →" if above else ""


def theta_range(of: Course | Runs) -> tuple[float, float]:
    """Return the ends of the θ axis: multiples of π/2, at least −π to π and at most −4π to 4π."""
    low, high = (min(max(end, -FAR), FAR) for end in of.reach)
    return min(-pi, floor(low / (pi / 2)) * pi / 2), max(pi, ceil(high / (pi / 2)) * pi / 2)


def multiple_of_pi(halves: int) -> str:
    """Return a multiple of π/2 as text, such as 3π/2."""
    if halves % 2 == 0:
        whole = abs(halves) // 2
        size = "0" if whole == 0 else "π" if whole == 1 else f"{whole}π"
    else:
        size = "π/2" if abs(halves) == 1 else f"{abs(halves)}π/2"
    return f"−{size}" if halves < 0 else size


class _Plot(NamedTuple):
    """The plot in SVG: x in percent of its width, y in pixels from the top."""

    low: float
    high: float
    height: int

    def x(self, theta: float) -> float:
        return 100 * (theta - self.low) / (self.high - self.low)

    def y(self, probability: float) -> float:
        return self.height * (HEADROOM - probability) / (HEADROOM - FOOTROOM)

    def far_sides(self, response: Response) -> str:
        """Return the shaded areas past the turning points."""
        falling, rising = turning_points(response)
        return "".join(
            f'<rect x="{start:.3f}%" y="0" width="{end - start:.3f}%" height="{self.height}" class="past"/>'
            f'<text y="14" class="small">{self._row("past the", start, end, 0)}'
            f"{self._row('turning point', start, end, 15)}</text>"
            for start, end in ((0.0, self.x(falling)), (self.x(rising), 100.0))
        )

    @staticmethod
    def _row(words: str, start: float, end: float, down: int) -> str:
        return f'<tspan x="{(start + end) / 2:.3f}%" dy="{down}">{words}</tspan>'

    def levels(self) -> str:
        """Return horizontal lines at P(1) = 0, 1/2 and 1, and the name of the axis."""
        lines = "".join(
            f'<line x1="0" y1="{self.y(level):.1f}" x2="100%" y2="{self.y(level):.1f}" class="grid"/>'
            f'<text x="-6" y="{self.y(level) + 5:.1f}" class="end">{level:g}</text>'
            for level in (0, 0.5, 1)
        )
        return f'{lines}<text transform="translate(-42 {self.height / 2:.0f}) rotate(-90)">P(1)</text>'

    def angles(self) -> str:
        """Return vertical lines at multiples of π/2, or of π if those are too many, and the name of the axis."""
        first, last = round(self.low / (pi / 2)), round(self.high / (pi / 2))
        stride = next(stride for stride in (1, 2, 4) if last - first <= 6 * stride)
        lines = "".join(
            f'<line x1="{at:.3f}%" y1="{self.y(_UNDER_WORDS):.1f}" x2="{at:.3f}%" y2="{self.height}" class="grid"/>'
            f'<text x="{at:.3f}%" y="{self.height + 20}">{multiple_of_pi(halves)}</text>'
            for halves in range(first, last + 1)
            if halves % stride == 0
            for at in [self.x(halves * pi / 2)]
        )
        return f'{lines}<text x="50%" y="{self.height + 44}">angle θ (radians)</text>'

    def curve(self, response: Response) -> str:
        """Return the curve of P(1) over θ, stretched to the plot's width."""
        along = np.linspace(self.low, self.high, 240)
        curve = zip(along.tolist(), response.probability(along).tolist(), strict=True)
        points = " ".join(f"{self.x(theta):.2f},{self.y(probability):.2f}" for theta, probability in curve)
        return (
            f'<svg viewBox="0 0 100 {self.height}" width="100%" height="{self.height}" preserveAspectRatio="none">'
            f'<polyline points="{points}" class="curve"/></svg>'
        )
