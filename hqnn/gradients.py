"""How much of a measured slope is slope, and how much is shot noise."""

from math import sin

import numpy as np
from numpy.typing import ArrayLike, NDArray


def slope_deviation(
    theta: ArrayLike, shift: float, shots: int, gradient_rule: str = "parameter-shift"
) -> NDArray[np.float64]:
    """Standard deviation of a measured dP(1)/dθ of H → RY(θ).

    Each of the two measurements is a share of N shots with P(1) = (1 + sin θ)/2, so its variance is cos²θ / 4N;
    the rule divides the two variances' sum by 4 sin² s: SD² = [cos²(θ+s) + cos²(θ−s)] / (16 N sin² s).

    Args:
        theta: any shape, radians.
        shift: s, radians.
        shots: N, measurements per point.
        gradient_rule: "published" does not divide, so its noise is 2 |sin s| times as large.

    Returns:
        As theta is shaped, per radian.
    """
    theta = np.asarray(theta, dtype=np.float64)
    difference = np.sqrt((np.cos(theta + shift) ** 2 + np.cos(theta - shift) ** 2) / (4 * shots))
    return difference / (2 * abs(sin(shift))) if gradient_rule == "parameter-shift" else difference


def signal_to_noise(
    theta: ArrayLike, gradient: ArrayLike, shift: float, shots: int, gradient_rule: str = "parameter-shift"
) -> float:
    """Root mean square of the slopes over that of their shot noise: 0 where the measured slopes are noise alone.

    What shots add to the mean square of measured slopes is known, and is taken off.

    Args:
        theta: (n,), radians.
        gradient: (n,), dP(1)/dθ measured there with the rule, shift and shots.
    """
    noise = (slope_deviation(theta, shift, shots, gradient_rule) ** 2).mean()
    return float(np.sqrt(max(0.0, np.square(gradient).mean() - noise) / noise))
