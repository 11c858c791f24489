"""Axes, curves and marks of small SVG charts. Nothing here draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

#: Size in the charts' own units. Texts are 13 units high: readable on a phone, larger on a projector.
WIDTH, HEIGHT = 380, 250


@dataclass(frozen=True)
class Axes:
    """A rectangle of the chart, and the values at its sides."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Return the horizontal position of a value."""
        low, high = self.x_range
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Return the vertical position of a value."""
        low, high = self.y_range
        return self.top + self.height * (high - value) / (high - low)

    def frame(self, x_ticks: dict[float, str], y_ticks: dict[float, str], x_name: str, y_name: str) -> str:
        """Return grid, ticks and names."""
        bottom, right = self.top + self.height, self.left + self.width
        vertical = "".join(
            f'<line x1="{self.x(at):.1f}" y1="{self.top}" x2="{self.x(at):.1f}" y2="{bottom}" class="grid"/>'
            + text(self.x(at), bottom + 15, name)
            for at, name in x_ticks.items()
        )
        horizontal = "".join(
            f'<line x1="{self.left}" y1="{self.y(at):.1f}" x2="{right}" y2="{self.y(at):.1f}" class="grid"/>'
            + text(self.left - 5, self.y(at) + 4, name, "end")
            for at, name in y_ticks.items()
        )
        names = text(right, bottom + 31, x_name, "end") + text(self.left, self.top - 7, y_name, "start")
        return vertical + horizontal + names

    def curve(self, points: Iterable[tuple[float, float]], kind: str) -> str:
        """Return a line through points, with a CSS class."""
        path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        return f'<polyline points="{path}" class="{kind}"/>'

    def point(self, x: float, y: float, kind: str, ends: tuple[float, float] | None = None) -> str:
        """Return a mark, with an error bar if it has an interval."""
        at, bar = f"{self.x(x):.1f}", ""
        if ends is not None:
            low, high = map(self.y, ends)
            bar = f'<line x1="{at}" y1="{low:.1f}" x2="{at}" y2="{high:.1f}" class="error"/>'
        return bar + f'<circle cx="{at}" cy="{self.y(y):.1f}" r="5" class="{kind}"/>'


def text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "") -> str:
    """Return words at a position."""
    of_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{of_kind}>{escape(words)}</text>'


def chart(body: str, alt: str) -> str:
    """Return a whole chart as HTML."""
    return (
        f'<figure class="trip"><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{escape(alt)}">{body}</svg></figure>'
    )
