"""The Bloch sphere of one qubit, in 3D, as a figure. Nothing here draws."""

from dataclasses import dataclass
from math import pi

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from hqnn.circuit.response import BlochVector
from ui.kit.ink import INKS, Ink
from ui.kit.words import with_sign

#: The states at the ends of the axes. The circuit's states stay in the plane of these four.
POLES: dict[str, BlochVector] = {"|0⟩": (0, 0, 1), "|1⟩": (0, 0, -1), "|+⟩": (1, 0, 0), "|−⟩": (-1, 0, 0)}
#: Distance of their names from the centre.
NAME_RADIUS = 1.22
#: The first view: slightly from above, so that |0⟩ is up and |+⟩ is right.
CAMERA = {"eye": {"x": 0.55, "y": -1.5, "z": 0.45}, "projection": {"type": "orthographic"}}
#: Pixels.
HEIGHT = 300
#: Size of the sphere in its picture: the largest at which no turn cuts off its names.
ZOOM = 1.6


@dataclass(frozen=True)
class Arrow:
    """A state as an arrow from the centre."""

    name: str
    end: BlochVector
    color: str
    #: Pixels.
    width: float
    dashed: bool = False


def arrows(before: BlochVector, after: BlochVector, theme: str, ideal: BlochVector | None = None) -> list[Arrow]:
    """Return a thin arrow for the state after H and a thick one for the state after RY(θ).

    Args:
        before: after H, (x, y, z).
        after: after RY(θ).
        theme: "light" or "dark".
        ideal: the state after RY(θ) without noise, drawn dashed. None without noise.
    """
    ink = INKS[theme]
    without = [] if ideal is None else [Arrow("without noise", ideal, ink.text, 2.5, dashed=True)]
    return [Arrow("after H", before, ink.text, 2.5), *without, Arrow("after RY(θ)", after, ink.training, 6)]


def sphere(theme: str) -> go.Figure:
    """Return the sphere without a state, so that a new state does not redraw it."""
    ink = INKS[theme]
    figure = go.Figure([_wires(ink), _axes(ink), _names(ink)])
    hidden = {"visible": False, "range": [-1.35, 1.35]}
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        scene={
            "xaxis": hidden,
            "yaxis": hidden,
            "zaxis": hidden,
            "aspectmode": "manual",
            "aspectratio": dict.fromkeys("xyz", ZOOM),
            "camera": CAMERA,
            "dragmode": "turntable",
        },
    )
    return figure


def _wires(ink: Ink) -> go.Scatter3d:
    """Meridians and parallels, every 30°, as one line with gaps."""
    turn, steps = np.linspace(0, 2 * pi, 49), np.arange(0, pi, pi / 6)
    meridians = [(np.cos(a) * np.sin(turn), np.sin(a) * np.sin(turn), np.cos(turn)) for a in steps]
    parallels = [(np.sin(a) * np.cos(turn), np.sin(a) * np.sin(turn), np.full(49, np.cos(a))) for a in steps[1:]]
    return _lines([np.array(circle) for circle in meridians + parallels], ink.dots, 1)


def _axes(ink: Ink) -> go.Scatter3d:
    """The two axes between the four named states."""
    return _lines([np.array([[-x, x], [-y, y], [-z, z]]) for x, y, z in (POLES["|0⟩"], POLES["|+⟩"])], ink.text, 3)


def _lines(lines: list[NDArray[np.float64]], color: str, width: float) -> go.Scatter3d:
    gap = np.full((3, 1), np.nan)
    x, y, z = np.concatenate([part for line in lines for part in (line, gap)], axis=1).round(4)
    return go.Scatter3d(x=x, y=y, z=z, mode="lines", line={"color": color, "width": width}, hoverinfo="skip")


def _names(ink: Ink) -> go.Scatter3d:
    x, y, z = NAME_RADIUS * np.array(list(POLES.values()), dtype=float).T
    font = {"color": ink.text, "size": 18}
    return go.Scatter3d(
        x=x, y=y, z=z, mode="text", text=list(POLES), textposition="middle center", textfont=font, hoverinfo="skip"
    )


def states_alt(before: BlochVector, after: BlochVector) -> str:
    """Return a text alternative of the sphere."""
    first, then = (
        ", ".join(f"{axis} = {with_sign(value)}" for axis, value in zip("xyz", state, strict=True))
        for state in (before, after)
    )
    return f"Bloch sphere. After H: {first}. After RY(θ): {then}."
