"""The Circuit lab's numbers in words: figures, tables and what its pictures show. Nothing here draws."""

from collections.abc import Sequence
from math import isclose, pi

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import bloch_vectors
from hqnn.config import Noise
from hqnn.words import minus, plural
from ui.kit.scatter_figure import Reading
from ui.kit.words import Figure, with_interval, with_sign

#: What the numbers in brackets and the bars are.
INTERVALS = "Brackets and bars: 95% intervals (Wilson)."
#: Shots of the published post's own test.
POSTS_SHOTS = 100


def figures(reading: Reading) -> list[Figure]:
    """P(1) as it was measured and as it is, and ⟨Z⟩."""
    return [
        Figure(
            "P(1) measured (95% interval)",
            _measured(reading),
            f"Share of ones among the shots, with Wilson's 95% interval. {_standard_error(reading)}",
        ),
        Figure("P(1) exact", f"{reading.exact:.3f}", "What the share of ones tends to with more and more shots."),
        Figure(
            "⟨Z⟩ = 1 − 2 P(1)",
            _measured_z(reading),
            "Mean of the measured values, +1 for each 0 and −1 for each 1, with the 95% interval that follows from "
            f"that of P(1); exact: {with_sign(1 - 2 * reading.exact)}.",
        ),
    ]


def _measured(reading: Reading) -> str:
    return with_interval(reading.measured, reading.shots)


def _measured_z(reading: Reading) -> str:
    low, high = reading.interval
    return f"{with_sign(1 - 2 * reading.measured)} ({with_sign(1 - 2 * high)} to {with_sign(1 - 2 * low)})"


def _standard_error(reading: Reading) -> str:
    """How far measurements scatter, with the exact P(1)."""
    if reading.is_certain:
        return f"P(1) is exactly {reading.exact:.0f} here, so no other share can be measured."
    return f"From measurement to measurement it scatters by the standard error √(P (1 − P) / N) = {reading.error:.3f}."


def status(readings: Sequence[Reading], noise: Noise) -> str:
    """One sentence or two on what the angle does, and what noise makes of it."""
    ideal, *noisy = readings
    if not noisy:
        return f"H turns the qubit from |0⟩ to |+⟩, half-way to |1⟩. RY(θ) {_turned(ideal)}.{_as_a_coin(ideal)}"
    unseen = " The sphere’s arrow is the state before the readout: it does not show readout errors."
    return (
        f"Without noise, H turns the qubit from |0⟩ to |+⟩, half-way to |1⟩, and RY(θ) {_turned(ideal)}. "
        f"With this noise P(1) = {noisy[0].exact:.3f}.{unseen if noise.readout_e0 or noise.readout_e1 else ''}"
    )


def _turned(ideal: Reading) -> str:
    """What RY(θ) does without noise."""
    if ideal.theta == 0:
        return "leaves it there: P(1) = ½"
    if isclose(abs(ideal.theta), pi):
        return "turns it by half a turn to |−⟩, on the equator again: sin π = 0, so P(1) = ½"
    where = f"{'to' if ideal.is_certain else 'towards'} {'|1⟩' if ideal.theta > 0 else '|0⟩'}"
    return f"turns it {where}: P(1) = (1 + sin θ)/2 = {ideal.exact:.3f}"


def _as_a_coin(ideal: Reading) -> str:
    """What the published post's own test can tell, where there are at least as many shots."""
    if not isclose(abs(ideal.theta), pi) or ideal.shots < POSTS_SHOTS:
        return ""
    test = "The post’s own test: " if ideal.shots == POSTS_SHOTS else "As in the post’s own test, "
    return f" {test}{ideal.shots:,} shots give about 0.5, as a coin would."


def comparison(readings: Sequence[Reading], noise: Noise) -> str:
    """HTML: the ideal and the noisy engine side by side, in numbers."""
    columns = [_column(reading, of) for reading, of in zip(readings, (None, noise), strict=True)]
    heads = "".join(f"<th scope=col>{reading.name}</th>" for reading in readings)
    rows = "".join(
        f"<tr><th scope=row>{name}</th>{''.join(f'<td>{column[name]}</td>' for column in columns)}</tr>"
        for name in columns[0]
    )
    return (
        '<table class="numbers"><caption>Ideal and noisy side by side. In brackets: 95% intervals.</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _column(reading: Reading, noise: Noise | None) -> dict[str, str]:
    after_h, after_ry = (f"{np.linalg.norm(vector):.3f}" for vector in bloch_vectors(reading.theta, noise))
    return {
        "P(1) exact": f"{reading.exact:.3f}",
        "Ones counted": f"{round(reading.shots * reading.measured):,} of {reading.shots:,}",
        "P(1) measured": _measured(reading),
        "⟨Z⟩ measured": _measured_z(reading),
        "Bloch arrow’s length after H": after_h,
        "Bloch arrow’s length after RY(θ)": after_ry,
    }


def scatter(estimates: NDArray[np.float64], reading: Reading) -> str:
    """How far the estimates scatter, beside how far they should."""
    n = len(estimates)
    number = plural(n, "estimate")
    if reading.is_certain:
        one = f"P(1) is exactly {reading.exact:.0f}, so every shot gives {reading.exact:.0f}"
        return f"{number}, {'all the same: ' if n > 1 else ''}{one}. No scatter is possible here."
    measured = f"{np.std(estimates, ddof=1):.4f}" if n > 1 else "not yet known"
    return f"{number}: standard deviation {measured}, expected {reading.error:.4f}."


def shots_table(reading: Reading) -> str:
    """HTML: the standard error by the number of shots, four times as many from row to row, where there is one."""
    if reading.is_certain:
        return "<p>Every measurement gives the same, with any number of shots: there is no error to halve.</p>"
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
        f"{reading.name} engine: {with_interval(reading.measured, reading.shots, '95%: ')}, exact {reading.exact:.3f}"
        for reading in readings
    )
    first = readings[0]
    at = minus(f"θ = {first.theta:.3f} rad")
    return f"P(1) against θ. At {at}, measured with {plural(first.shots, 'shot')}, {points}."


def counts(readings: Sequence[Reading]) -> str:
    """What the bars show."""
    bars = "; ".join(
        f"{reading.name} engine: {round(reading.shots * (1 - reading.measured)):,} zeros and "
        f"{round(reading.shots * reading.measured):,} ones (95%: {_counts(reading)}), "
        f"exact mean {reading.shots * reading.exact:.1f} ones"
        for reading in readings
    )
    at = minus(f"θ = {readings[0].theta:.3f} rad")
    return f"Counts at {at}, {plural(readings[0].shots, 'shot')}, {bars}."


def _counts(reading: Reading) -> str:
    return "–".join(f"{reading.shots * end:,.1f}" for end in reading.interval)


def circuit(theta: float) -> str:
    """What the drawing shows."""
    return minus(f"Circuit: a qubit in |0⟩, H, RY by {theta:.3f} rad, then measured.")
