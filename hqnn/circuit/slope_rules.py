"""Rules for the slope of P(1) of H → RY(θ), each a weighted sum of what was measured at θ − s, θ and θ + s.

So what a rule gives on average, and how far shots scatter it, have closed forms.
"""

from math import nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import GRADIENT_RULES, alternatives
from hqnn.errors import ConfigError
from hqnn.shift import check_angles, combine

#: By name; those of `hqnn.config.GRADIENT_RULES`, then the finite differences.
RULES = (*GRADIENT_RULES, "forward", "central")

#: Below this a slope is taken for 0, and nothing is a multiple of it.
MIN_SLOPE = 0.001


def three_points(theta: ArrayLike, shift: float) -> NDArray[np.float64]:
    """Where the rules measure at θ (any shape): (*theta.shape, 3), θ − s, θ and θ + s, radians."""
    theta = np.asarray(theta, dtype=np.float64)
    check_angles(theta)
    return np.add.outer(theta, shift * np.array([-1.0, 0.0, 1.0]))


def weights(rule: str, shift: float) -> NDArray[np.float64]:
    """By what a rule multiplies P(1) at `three_points`, per radian.

    Args:
        rule: "parameter-shift" or "published" as in `hqnn.shift.combine`; "forward", [P(θ+s) − P(θ)]/s; or "central",
            [P(θ+s) − P(θ−s)]/(2s).
        shift: s, radians.

    Raises:
        ConfigError: for an unknown rule, or a shift that the rule cannot divide by.
    """
    before, here, after = np.eye(3)
    if rule in GRADIENT_RULES:
        return combine((after, before), shift, rule)
    if rule not in RULES:
        raise ConfigError(f"rule must be {alternatives(RULES)}, got {rule!r}")
    if shift == 0:
        raise ConfigError("shift must not be 0 under a finite difference, which divides by it, got 0")
    return (after - here) / shift if rule == "forward" else (after - before) / (2 * shift)


def true_slope(theta: ArrayLike, response: Response = IDEAL) -> NDArray[np.float64]:
    """dP(1)/dθ itself, at θ (any shape, radians): cos θ / 2 without noise."""
    theta = np.asarray(theta, dtype=np.float64)
    return response.sine * np.cos(theta) - response.cosine * np.sin(theta)


def expected_slope(theta: float, shift: float, rule: str, response: Response = IDEAL) -> float:
    """What a rule gives on average, or without shot noise."""
    return float(weights(rule, shift) @ response.probability(three_points(theta, shift)))


def ratio(theta: float, shift: float, rule: str, response: Response = IDEAL) -> float | None:
    """How many times the true slope a rule gives on average; none where that slope is 0 (`MIN_SLOPE`)."""
    slope = float(true_slope(theta, response))
    return None if abs(slope) < MIN_SLOPE else expected_slope(theta, shift, rule, response) / slope


def slope_variance(
    theta: ArrayLike, shift: float, shots: int, rule: str, response: Response = IDEAL
) -> NDArray[np.float64]:
    """Variance of a slope from one measurement of N shots a point: Σ weight² P (1 − P) / N, shaped as theta is."""
    return response.standard_error(three_points(theta, shift), shots) ** 2 @ weights(rule, shift) ** 2


def deviation_error(
    theta: float, shift: float, shots: int, repeats: int, rule: str, response: Response = IDEAL
) -> float:
    """Standard error of the standard deviation over repeats, to first order.

    Var(SD²) = κ4/R + 2 SD⁴/(R − 1), where κ4 = Σ weight⁴ P(1−P) [1 − 6 P(1−P)] / N³ is the slope's fourth cumulant.
    """
    spread = response.standard_error(three_points(theta, shift), 1) ** 2
    variance = float(slope_variance(theta, shift, shots, rule, response))
    if repeats < 2 or variance <= 0:
        return nan
    cumulant = weights(rule, shift) ** 4 @ (spread * (1 - 6 * spread)) / shots**3
    of_variance = max(0.0, cumulant / repeats + 2 * variance**2 / (repeats - 1))
    return float(sqrt(of_variance) / (2 * sqrt(variance)))


class Measured(NamedTuple):
    """What repeats of a rule gave, per radian."""

    mean: float
    #: Standard error of the mean, from the closed form: a few equal repeats would claim to be certain.
    error: float
    #: Standard deviation over the repeats; nan if there is but one.
    deviation: float
    #: Standard error of that deviation.
    deviation_error: float
    repeats: int


def measured_slope(
    points: NDArray[np.float64], theta: float, shift: float, shots: int, rule: str, response: Response = IDEAL
) -> Measured:
    """A rule's slopes from repeated measurements.

    Args:
        points: (repeats, 3), shares of ones at `three_points`.
        theta: radians.
        shift: s, radians.
        shots: N, measurements at each point in each repeat.
        rule: one of `RULES`.
        response: P(1) of θ.
    """
    slopes = points @ weights(rule, shift)
    repeats = len(slopes)
    deviation = float(slopes.std(ddof=1)) if repeats > 1 else nan
    error = sqrt(slope_variance(theta, shift, shots, rule, response) / repeats)
    of_deviation = deviation_error(theta, shift, shots, repeats, rule, response)
    return Measured(float(slopes.mean()), error, deviation, of_deviation, repeats)
