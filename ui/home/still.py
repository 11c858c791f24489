"""Still pictures of the network's parts, before a run has its own: SVG. Nothing here draws."""

from itertools import pairwise


def grid(size: int) -> str:
    """Return a coarse 7 on a grid of pixels."""
    lit = {(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 5), (3, 4), (4, 3), (5, 3)}
    cells = ((row, column) for row in range(size) for column in range(size))
    return "".join(
        f'<rect x="{29 + 9 * column}" y="{4 + 9 * row}" width="8" height="8" fill="currentColor" '
        f'fill-opacity="{0.9 if (row, column) in lit else 0.1}"/>'
        for row, column in cells
    )


def stack(count: int) -> str:
    """Return maps, one behind another."""
    side = 84 / count**0.5
    return "".join(
        _rect(
            12 + i * (92 - side) / (count - 1),
            60 - side - i * (50 - side) / (count - 1),
            side,
            side,
            0.12,
            "currentColor",
        )
        for i in range(count)
    )


def dots(*layers: int) -> str:
    """Return layers of numbers, each number wired to all of the next layer."""
    columns = [
        [(20 + 40 * i, 35 + (place - (size - 1) / 2) * 11) for place in range(size)] for i, size in enumerate(layers)
    ]
    wires = "".join(
        f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="currentColor" stroke-opacity="0.25"/>'
        for left, right in pairwise(columns)
        for x1, y1 in left
        for x2, y2 in right
    )
    return wires + "".join(f'<circle cx="{x}" cy="{y}" r="3.5" fill="currentColor"/>' for c in columns for x, y in c)


def dial() -> str:
    """Return an angle θ of some size."""
    return (
        '<circle cx="60" cy="36" r="28" fill="none" stroke="currentColor"/>'
        '<line x1="60" y1="36" x2="88" y2="36" stroke="currentColor" stroke-dasharray="3 3"/>'
        '<line x1="60" y1="36" x2="78" y2="57" stroke="currentColor" stroke-width="3"/>'
        '<path d="M74 36 A14 14 0 0 1 69 47" fill="none" stroke="currentColor"/>'
        '<text x="76" y="49" font-size="13" fill="currentColor">θ</text>'
    )


def circuit() -> str:
    """Return the circuit: H, RY(θ), measurement."""
    gates = ((12, 24, "H"), (42, 38, "RY(θ)"), (86, 26, ""))
    boxes = "".join(
        f'<rect x="{x}" y="20" width="{width}" height="30" rx="3" fill="none" stroke="currentColor"/>'
        f'<text x="{x + width / 2}" y="40" text-anchor="middle" font-size="13" fill="currentColor">{text}</text>'
        for x, width, text in gates
    )
    wires = "".join(
        f'<line x1="{x1}" y1="35" x2="{x2}" y2="35" stroke="currentColor"/>'
        for x1, x2 in ((4, 12), (36, 42), (80, 86), (112, 118))
    )
    meter = (
        '<path d="M90 42 A9 9 0 0 1 108 42" fill="none" stroke="currentColor"/>'
        '<line x1="99" y1="42" x2="105" y2="28" stroke="currentColor"/>'
    )
    return boxes + wires + meter


def bars() -> str:
    """Return two bars of some height, one per digit."""
    return (
        '<rect x="34" y="42" width="20" height="20" fill="var(--digit-a)"/>'
        '<rect x="66" y="10" width="20" height="52" fill="var(--digit-b)"/>'
        '<line x1="24" y1="62" x2="96" y2="62" stroke="currentColor"/>'
    )


def _rect(x: float, y: float, width: float, height: float, opacity: float = 1, fill: str = "none") -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" fill="{fill}" '
        f'fill-opacity="{opacity:g}" stroke="currentColor"/>'
    )
