"""Numbers of the Circuit page in words: metrics, tables and text alternatives. Nothing here draws."""

from collections.abc import Sequence
from math import isclose, pi

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import bloch_vectors
from hqnn.config import Noise
from hqnn.words import minus, plural
from ui.kit.scatter_figure import Reading
from ui.kit.words import Figure, with_interval, with_sign

#: Explains the numbers in brackets and the error bars.
INTERVALS = "Brackets and error bars are 95% Wilson intervals."
#: Shots of the original post's test.
POSTS_SHOTS = 100


def figures(reading: Reading) -> list[Figure]:
    """Return the measured P(1), the exact P(1) and ⟨Z⟩."""
    return [
        Figure(
            "P(1) measured (95% interval)",
            _measured(reading),
            f"Share of ones among the shots, with a 95% Wilson interval. {_standard_error(reading)}",
        ),
        Figure("P(1) exact", f"{reading.exact:.3f}", "The limit of the share of ones with more and more shots."),
        Figure(
            "⟨Z⟩ = 1 − 2 P(1)",
            _measured_z(reading),
            "Mean of the measured values, with +1 for each 0 and −1 for each 1. The 95% interval follows from that of "
            f"P(1). Exact: {with_sign(1 - 2 * reading.exact)}.",
        ),
    ]


def _measured(reading: Reading) -> str:
    return with_interval(reading.measured, reading.shots)


def _measured_z(reading: Reading) -> str:
    low, high = reading.interval
    return f"{with_sign(1 - 2 * reading.measured)} ({with_sign(1 - 2 * high)} to {with_sign(1 - 2 * low)})"


def _standard_error(reading: Reading) -> str:
    """Return the standard error, from the exact P(1), in a sentence."""
    if reading.is_certain:
        return f"P(1) is exactly {reading.exact:.0f} here, so every measurement gives {reading.exact:.0f}."
    return f"It varies between measurements with the standard error √(P (1 − P) / N) = {reading.error:.3f}."


def status(readings: Sequence[Reading], noise: Noise) -> str:
    """Return sentences on the effect of the angle and of the noise."""
    ideal, *noisy = readings
    if not noisy:
        return f"H rotates the qubit from |0⟩ to |+⟩, halfway to |1⟩. RY(θ) {_turned(ideal)}.{_as_a_coin(ideal)}"
    unseen = " The sphere’s arrow shows the state before the readout, without readout errors."
    return (
        f"Without noise, H rotates the qubit from |0⟩ to |+⟩, halfway to |1⟩. RY(θ) {_turned(ideal)}. "
        f"With this noise P(1) = {noisy[0].exact:.3f}.{unseen if noise.readout_e0 or noise.readout_e1 else ''}"
    )


def _turned(ideal: Reading) -> str:
    """Return the effect of RY(θ) without noise."""
    if ideal.theta == 0:
        return "leaves it there, so P(1) = ½"
    if isclose(abs(ideal.theta), pi):
        return "rotates it by half a turn to |−⟩, again on the equator, so sin θ = 0 and P(1) = ½"
    where = f"{'to' if ideal.is_certain else 'towards'} {'|1⟩' if ideal.theta > 0 else '|0⟩'}"
    return f"rotates it {where}, so P(1) = (1 + sin θ)/2 = {ideal.exact:.3f}"


def _as_a_coin(ideal: Reading) -> str:
    """Return what the original post's test can show, at its angle and with at least its shots."""
    if not isclose(abs(ideal.theta), pi) or ideal.shots < POSTS_SHOTS:
        return ""
    test = "This is the original post’s test" if ideal.shots == POSTS_SHOTS else "The original post’s test is similar"
    return f" {test}: {ideal.shots:,} shots give about 0.5, like tossing a coin."


def comparison(readings: Sequence[Reading], noise: Noise) -> str:
    """Return a table of the ideal and the noisy engine, as HTML."""
    columns = [_column(reading, of) for reading, of in zip(readings, (None, noise), strict=True)]
    heads = "".join(f"<th scope=col>{reading.name}</th>" for reading in readings)
    rows = "".join(
        f"<tr><th scope=row>{name}</th>{''.join(f'<td>{column[name]}</td>' for column in columns)}</tr>"
        for name in columns[0]
    )
    return (
        '<table class="numbers"><caption>Ideal and noisy, with 95% intervals in brackets.</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _column(reading: Reading, noise: Noise | None) -> dict[str, str]:
    after_h, after_ry = (f"{np.linalg.norm(vector):.3f}" for vector in bloch_vectors(reading.theta, noise))
    return {
        "P(1) exact": f"{reading.exact:.3f}",
        "Ones counted": f"{round(reading.shots * reading.measured):,} of {reading.shots:,}",
        "P(1) measured": _measured(reading),
        "⟨Z⟩ measured": _measured_z(reading),
        "Length of the Bloch arrow after H": after_h,
        "Length of the Bloch arrow after RY(θ)": after_ry,
    }


def scatter(estimates: NDArray[np.float64], reading: Reading) -> str:
    """Return the measured and the expected standard deviation of the estimates."""
    n = len(estimates)
    number = plural(n, "estimate")
    if reading.is_certain:
        one = f"P(1) is exactly {reading.exact:.0f}, so every shot gives {reading.exact:.0f}"
        return f"{number}{', all the same' if n > 1 else ''}: {one}."
    measured = f"{np.std(estimates, ddof=1):.4f}" if n > 1 else "not yet known"
    return f"{number}: standard deviation {measured}, expected {reading.error:.4f}."


def shots_table(reading: Reading) -> str:
    """Return a table of standard errors as HTML. Each row has four times as many shots as the previous one."""
    if reading.is_certain:
        return "<p>Every measurement gives the same result with any number of shots, so there is no error to halve.</p>"
    first = reading.shots if reading.shots % 4 else reading.shots // 4
    rows = ""
    for shots in (first, 4 * first, 16 * first, 64 * first):
        chosen = " class=chosen" if shots == reading.shots else ""
        error = reading.response.standard_error(reading.theta, shots)
        rows += f"<tr{chosen}><td>{shots:,}</td><td>{error:.4f}</td></tr>"
    return (
        '<table class="numbers"><caption>Halving the error takes four times as many shots.</caption><thead><tr>'
        "<th scope=col>shots</th><th scope=col>standard error of P(1)</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def curve(readings: Sequence[Reading]) -> str:
    """Return a text alternative of the curve."""
    points = "; ".join(
        f"{reading.name} engine: {with_interval(reading.measured, reading.shots, '95%: ')}, exact {reading.exact:.3f}"
        for reading in readings
    )
    first = readings[0]
    at = minus(f"θ = {first.theta:.3f} rad")
    return f"P(1) over θ. At {at}, measured with {plural(first.shots, 'shot')}, {points}."


def counts(readings: Sequence[Reading]) -> str:
    """Return a text alternative of the bars."""
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
    """Return a text alternative of the drawing."""
    return minus(f"Circuit: a qubit in |0⟩, gate H, gate RY({theta:.3f} rad), measurement.")
