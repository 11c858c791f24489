"""Rules for the derivative of P(1) of H → RY(θ): weighted sums of measurements at θ − s, θ and θ + s.

So the mean and the standard deviation of a rule's result have closed forms.
"""

from math import nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import GRADIENT_RULES, alternatives
from hqnn.errors import ConfigError
from hqnn.shift import check_angles, combine

#: Names of the rules: `hqnn.config.GRADIENT_RULES`, then the finite differences.
RULES = (*GRADIENT_RULES, "forward", "central")

#: Below this a derivative counts as 0, and no ratio to it is given.
MIN_SLOPE = 0.001


def three_points(theta: ArrayLike, shift: float) -> NDArray[np.float64]:
    """Return where the rules measure at θ (any shape): (*theta.shape, 3), θ − s, θ and θ + s, radians."""
    theta = np.asarray(theta, dtype=np.float64)
    check_angles(theta)
    return np.add.outer(theta, shift * np.array([-1.0, 0.0, 1.0]))


def weights(rule: str, shift: float) -> NDArray[np.float64]:
    """Return a rule's factors for P(1) at `three_points`, per radian.

    Args:
        rule: "parameter-shift" or "published" as in `hqnn.shift.combine`; "forward", [P(θ+s) − P(θ)]/s; or "central",
            [P(θ+s) − P(θ−s)]/(2s).
        shift: s, radians.

    Raises:
        ConfigError: for an unknown rule, or if the rule cannot divide by the shift.
    """
    before, here, after = np.eye(3)
    if rule in GRADIENT_RULES:
        return combine((after, before), shift, rule)
    if rule not in RULES:
        raise ConfigError(f"rule must be {alternatives(RULES)}, got {rule!r}")
    if shift == 0:
        raise ConfigError("shift must not be 0, because a finite difference divides by it, got 0")
    return (after - here) / shift if rule == "forward" else (after - before) / (2 * shift)


def true_slope(theta: ArrayLike, response: Response = IDEAL) -> NDArray[np.float64]:
    """Return the exact dP(1)/dθ at θ (any shape, radians): cos θ / 2 without noise."""
    theta = np.asarray(theta, dtype=np.float64)
    return response.sine * np.cos(theta) - response.cosine * np.sin(theta)


def expected_slope(theta: float, shift: float, rule: str, response: Response = IDEAL) -> float:
    """Return a rule's mean result, which is its result without shot noise."""
    return float(weights(rule, shift) @ response.probability(three_points(theta, shift)))


def ratio(theta: float, shift: float, rule: str, response: Response = IDEAL) -> float | None:
    """Return a rule's mean result divided by the true derivative; None if that is 0 (`MIN_SLOPE`)."""
    slope = float(true_slope(theta, response))
    return None if abs(slope) < MIN_SLOPE else expected_slope(theta, shift, rule, response) / slope


def slope_variance(
    theta: ArrayLike, shift: float, shots: int, rule: str, response: Response = IDEAL
) -> NDArray[np.float64]:
    """Return the variance of one measurement with N shots per point: Σ weight² P (1 − P) / N, in the shape of theta."""
    return response.standard_error(three_points(theta, shift), shots) ** 2 @ weights(rule, shift) ** 2


def deviation_error(
    theta: float, shift: float, shots: int, repeats: int, rule: str, response: Response = IDEAL
) -> float:
    """Return the standard error of the standard deviation over repeats, to first order.

    Var(SD²) = κ4/R + 2 SD⁴/(R − 1), where κ4 = Σ weight⁴ P(1−P) [1 − 6 P(1−P)] / N³ is the fourth cumulant.
    """
    spread = response.standard_error(three_points(theta, shift), 1) ** 2
    variance = float(slope_variance(theta, shift, shots, rule, response))
    if repeats < 2 or variance <= 0:
        return nan
    cumulant = weights(rule, shift) ** 4 @ (spread * (1 - 6 * spread)) / shots**3
    of_variance = max(0.0, cumulant / repeats + 2 * variance**2 / (repeats - 1))
    return float(sqrt(of_variance) / (2 * sqrt(variance)))


class Measured(NamedTuple):
    """Results of repeated measurements with a rule, per radian."""

    mean: float
    #: Standard error of the mean, from the closed form: from a few equal repeats it would be 0.
    error: float
    #: Standard deviation over the repeats; NaN for a single one.
    deviation: float
    #: Standard error of that deviation.
    deviation_error: float
    repeats: int


def measured_slope(
    points: NDArray[np.float64], theta: float, shift: float, shots: int, rule: str, response: Response = IDEAL
) -> Measured:
    """Return the results of a rule from repeated measurements.

    Args:
        points: (repeats, 3), shares of ones at `three_points`.
        theta: radians.
        shift: s, radians.
        shots: N, measurements at each point in each repeat.
        rule: one of `RULES`.
        response: P(1) as a function of θ.
    """
    slopes = points @ weights(rule, shift)
    repeats = len(slopes)
    deviation = float(slopes.std(ddof=1)) if repeats > 1 else nan
    error = sqrt(slope_variance(theta, shift, shots, rule, response) / repeats)
    of_deviation = deviation_error(theta, shift, shots, repeats, rule, response)
    return Measured(float(slopes.mean()), error, deviation, of_deviation, repeats)
