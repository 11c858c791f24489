"""The Circuit lab's numbers in words: figures, tables and what its pictures show. Nothing here draws."""

from collections.abc import Sequence
from math import isclose, pi

import numpy as np
from numpy.typing import NDArray

from hqnn.noise import BlochVector, Noise, bloch_vectors
from ui.charts import Figure
from ui.circuit_charts import Reading


def figures(reading: Reading) -> list[Figure]:
    """P(1) as it was measured and as it is, and ⟨Z⟩."""
    return [
        Figure(
            "P(1) measured",
            f"{reading.measured:.3f} ± {reading.error:.3f}",
            "Share of ones among the shots, and its standard error √(P (1 − P) / N), with the exact P(1) for P.",
        ),
        Figure("P(1) exact", f"{reading.exact:.3f}", "What the share of ones tends to with more and more shots."),
        Figure(
            "⟨Z⟩ = 1 − 2 P(1)",
            f"{signed(1 - 2 * reading.measured)} ± {2 * reading.error:.3f}",
            "Mean of the measured values, +1 for each 0 and −1 for each 1, and its standard error, twice that of P(1); "
            f"exact: {signed(1 - 2 * reading.exact)}.",
        ),
    ]


def status(theta: float, reading: Reading) -> str:
    """One sentence or two on what the angle does."""
    turned = "H turns the qubit from |0⟩ to |+⟩, half-way to |1⟩. RY(θ) "
    if isclose(abs(theta), pi):
        return turned + (
            "turns it by half a turn to |−⟩, on the equator again: sin π = 0, so P(1) = ½ without noise. "
            f"The post’s own test: {reading.shots:,} shots give about 0.5, as a coin would."
        )
    where = "towards |1⟩" if theta > 0 else "towards |0⟩"
    return turned + ("leaves it there." if theta == 0 else f"turns it {where}: P(1) = (1 + sin θ)/2.")


def signed(value: float) -> str:
    """Three decimals, with a sign."""
    return f"{value:+.3f}".replace("-", "−").replace("+0.000", "0.000").replace("−0.000", "0.000")


def comparison(readings: Sequence[Reading], noise: Noise) -> str:
    """HTML: the ideal and the noisy engine side by side, in numbers."""
    columns = [_column(reading, of) for reading, of in zip(readings, (None, noise), strict=True)]
    heads = "".join(f"<th scope=col>{reading.name}</th>" for reading in readings)
    rows = "".join(
        f"<tr><th scope=row>{name}</th>{''.join(f'<td>{column[name]}</td>' for column in columns)}</tr>"
        for name in columns[0]
    )
    return (
        '<table class="numbers"><caption>Ideal and noisy side by side; ± is one standard error.</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _column(reading: Reading, noise: Noise | None) -> dict[str, str]:
    after_h, after_ry = (f"{np.linalg.norm(vector):.3f}" for vector in bloch_vectors(reading.theta, noise))
    return {
        "P(1) exact": f"{reading.exact:.3f}",
        "Ones counted": f"{round(reading.shots * reading.measured):,} of {reading.shots:,}",
        "P(1) measured": f"{reading.measured:.3f} ± {reading.error:.3f}",
        "⟨Z⟩ measured": f"{signed(1 - 2 * reading.measured)} ± {2 * reading.error:.3f}",
        "Bloch arrow’s length after H": after_h,
        "Bloch arrow’s length after RY(θ)": after_ry,
    }


def scatter(estimates: NDArray[np.float64], reading: Reading) -> str:
    """How far the estimates scatter, beside how far they should."""
    n = len(estimates)
    number = f"{n} estimate{'s' if n > 1 else ''}"
    if reading.error == 0:
        return f"{number}, all the same: P(1) is exactly {reading.exact:.0f}, so shots do not scatter."
    measured = f"{np.std(estimates, ddof=1):.4f}" if n > 1 else "not yet known"
    return f"{number}: standard deviation {measured}, expected {reading.error:.4f}."


def shots_table(reading: Reading) -> str:
    """HTML: the standard error by the number of shots, four times as many from row to row."""
    first = reading.shots if reading.shots % 4 else reading.shots // 4
    rows = ""
    for shots in (first, 4 * first, 16 * first, 64 * first):
        chosen = " class=chosen" if shots == reading.shots else ""
        error = reading.response.standard_error(reading.theta, shots)
        rows += f"<tr{chosen}><td>{shots:,}</td><td>{error:.4f}</td></tr>"
    return (
        '<table class="numbers"><caption>To halve the error, four times the shots.</caption><thead><tr>'
        "<th scope=col>shots</th><th scope=col>standard error of P(1)</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def curve(readings: Sequence[Reading]) -> str:
    """What the curve shows."""
    points = "; ".join(
        f"{reading.name} engine: {reading.measured:.3f} ± {reading.error:.3f}, exact {reading.exact:.3f}"
        for reading in readings
    )
    first = readings[0]
    at = f"θ = {first.theta:.3f} rad".replace("-", "−")
    return f"P(1) against θ. At {at}, measured with {first.shots:,} shots, {points}."


def counts(readings: Sequence[Reading]) -> str:
    """What the bars show."""
    bars = "; ".join(
        f"{reading.name} engine: {round(reading.shots * (1 - reading.measured)):,} zeros and "
        f"{round(reading.shots * reading.measured):,} ones"
        for reading in readings
    )
    at = f"θ = {readings[0].theta:.3f} rad".replace("-", "−")
    return (
        f"Counts of {readings[0].shots:,} shots at {at}, {bars}, each ± {readings[-1].shots * readings[-1].error:.1f}."
    )


def sphere(before: BlochVector, after: BlochVector) -> str:
    """What the sphere shows."""
    first, then = (
        ", ".join(f"{axis} = {signed(value)}" for axis, value in zip("xyz", of, strict=True)) for of in (before, after)
    )
    return f"Bloch sphere. After H: {first}. After RY(θ): {then}."


def circuit(theta: float) -> str:
    """What the drawing shows."""
    return f"Circuit: a qubit in |0⟩, H, RY by {theta:.3f} rad, then measured.".replace("-", "−")
