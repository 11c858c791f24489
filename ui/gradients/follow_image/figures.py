"""Charts of the Follow one image tab as SVG: the angle, the loss and the gradient. Nothing here draws."""

from math import cos, log, pi, sin

import numpy as np

from hqnn.circuit.response import Response
from hqnn.inference.types import Trip
from ui.kit.svg import Axes, chart, text
from ui.kit.words import bounds, signed


def angle(trip: Trip) -> str:
    """HTML: hidden features times weights as bars, and their sum."""
    contributions = trip.hidden * trip.weights
    rows = (
        ("hidden feature h", trip.hidden),
        ("× weight w", trip.weights),
        ("= contribution h · w (rad)", contributions),
    )
    body = "".join(_bars(name, values, 22 + 76 * place) for place, (name, values) in enumerate(rows))
    total = float(contributions.sum())
    alt = (
        f"64 hidden features times their weights. The contributions add up to {signed(total)} rad. "
        f"With the bias of {signed(trip.bias)} rad, θ = {signed(trip.theta)} rad"
    )
    return chart(body + _dial(trip.theta), alt)


def _bars(name: str, values: np.ndarray, top: float) -> str:
    reach = max(float(np.abs(values).max()), 1e-9)
    low = 0.0 if values.min() >= 0 else -reach
    axes = Axes(34, top, 236, 48, (0, len(values)), (low, reach))
    ticks = {low: signed(low, 1), reach: signed(reach, 1)} if low else {0.0: "0", reach: f"{reach:.1f}"}
    bars = "".join(
        f'<rect x="{axes.x(place) + 0.4:.1f}" y="{axes.y(max(value, 0)):.1f}" width="2.9" '
        f'height="{abs(axes.y(value) - axes.y(0)):.1f}" class="{"up" if value > 0 else "down"}"/>'
        for place, value in enumerate(values.tolist())
    )
    zero = f'<line x1="34" y1="{axes.y(0):.1f}" x2="270" y2="{axes.y(0):.1f}" class="axis"/>'
    names = text(34, top - 6, name, "start")
    return names + bars + zero + "".join(text(30, axes.y(at) + 4, tick, "end") for at, tick in ticks.items())


def _dial(theta: float) -> str:
    """The rotation by θ: from |+⟩ at the right, down towards |1⟩ or up towards |0⟩."""
    x, y, r = 325, 116, 42
    end = x + r * cos(theta), y + r * sin(theta)
    large, sweep = int(abs(theta) % (2 * pi) > pi), int(theta > 0)
    arc = x + 20 * cos(theta), y + 20 * sin(theta)
    return (
        f'<circle cx="{x}" cy="{y}" r="{r}" class="grid"/><line x1="{x}" y1="{y}" x2="{x + r}" y2="{y}" class="grid"/>'
        f'<path d="M{x + 20} {y} A20 20 0 {large} {sweep} {arc[0]:.1f} {arc[1]:.1f}" class="measured"/>'
        f'<line x1="{x}" y1="{y}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" class="measured"/>'
        + text(x, 44, "sum + bias = θ")
        + text(x, y - r - 7, "|0⟩")
        + text(x, y + r + 17, "|1⟩")
        + text(x, y + r + 42, f"{signed(theta)} rad", kind="strong")
        + text(x, y + r + 60, f"{signed(theta * 180 / pi, 1)}°", kind="strong")
    )


def loss(trip: Trip, digit: int) -> str:
    """HTML: the loss over p of the right digit, with the measured point, its tangent and the exact point."""
    cross_entropy = trip.loss == "cross-entropy"
    top = 5.0 if cross_entropy else 0.0
    axes = Axes(40, 26, 325, 172, (0, 1), (0, top) if cross_entropy else (-1, 0))
    name = "loss −log p" if cross_entropy else "loss −p"
    ticks = {float(at): signed(at, 0) for at in range(6)} if cross_entropy else {0.0: "0", -0.5: "−½", -1.0: "−1"}
    frame = axes.frame({0: "0", 0.25: "¼", 0.5: "½", 0.75: "¾", 1: "1"}, ticks, f"p of the right digit, {digit}", name)
    grid = np.linspace(np.exp(-top), 1, 200) if cross_entropy else np.linspace(0, 1, 2)
    of = (lambda p: -log(p)) if cross_entropy else (lambda p: -p)
    exact = trip.exact if trip.label else 1 - trip.exact
    value = trip.losses[trip.loss]
    body = (
        axes.curve(((p, of(p)) for p in grid.tolist()), "ideal")
        + axes.curve(_tangent(axes, trip.probability, value, trip.loss_slope), "tangent")
        + axes.point(exact, min(of(max(exact, 1e-9)), top), "hollow")
        + axes.point(trip.probability, min(value, top), "dot")
    )
    return chart(
        frame + body,
        f"{name} over p. At the measured p = {trip.probability:.3f} it is {signed(value)}, "
        f"and its slope is {signed(trip.loss_slope)}",
    )


def _tangent(axes: Axes, x: float, y: float, slope: float) -> list[tuple[float, float]]:
    """Return the part of a tangent near its point and within the axes."""
    (left, right), (low, high) = axes.x_range, axes.y_range
    steps = np.linspace(-(right - left) / 4, (right - left) / 4, 101)
    line = [(x + step, y + slope * step) for step in steps.tolist()]
    return [(a, b) for a, b in line if left <= a <= right and low <= b <= high]


def slope(trip: Trip, response: Response) -> str:
    """HTML: P(1) over θ, the two shifted measurements with their secant, and the tangent at θ."""
    turns = 2 * pi * round(trip.theta / (2 * pi))
    reach = 2 * pi if abs(trip.theta - turns) + abs(trip.shift) <= 2 * pi else 4 * pi
    axes = Axes(40, 26, 330, 172, (turns - reach, turns + reach), (0, 1))
    step = reach / 4
    ticks = {turns + place * step: _in_pi(turns + place * step) for place in range(-4, 5)}
    frame = axes.frame(ticks, {0: "0", 0.5: "½", 1: "1"}, "θ (radians)", "P(1)")
    grid = np.linspace(*axes.x_range, 241)
    angles = (trip.theta + trip.shift, trip.theta - trip.shift)
    ends = [None if trip.shots is None else bounds(share, trip.shots) for share in trip.shifted]
    body = (
        axes.curve(zip(grid.tolist(), response.probability(grid).tolist(), strict=True), "ideal")
        + axes.curve(zip(angles, trip.shifted, strict=True), "secant")
        + axes.curve(_tangent(axes, trip.theta, trip.exact, trip.slope), "tangent")
        + "".join(axes.point(at, p, "dot", bar) for at, p, bar in zip(angles, trip.shifted, ends, strict=True))
        + axes.point(trip.theta, trip.exact, "hollow")
        + "".join(
            text(axes.x(at), axes.y(p) + (20 if p > 0.8 else -10), name)
            for at, p, name in zip(angles, trip.shifted, ("θ + s", "θ − s"), strict=True)
        )
    )
    return chart(
        frame + body,
        f"P(1) over θ: {trip.shifted[0]:.3f} at θ + s and {trip.shifted[1]:.3f} at θ − s, "
        f"so the slope at θ = {signed(trip.theta)} is {signed(trip.slope)} per radian",
    )


def _in_pi(angle: float) -> str:
    halves = round(angle / (pi / 2))
    if halves % 2:
        return ""
    turns = halves // 2
    return "0" if turns == 0 else f"{'−' if turns < 0 else ''}{'' if abs(turns) == 1 else abs(turns)}π"
