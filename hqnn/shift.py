"""The parameter-shift rule as arithmetic: where to measure, and what the slope is then.

A gate exp(-iθG/2) with G² = 1 makes every expectation a sine of θ, so its exact slope is
[f(θ + s) − f(θ − s)] / (2 sin s) for any shift s whose sine is not zero.

Mitarai et al. 2018, doi:10.1103/PhysRevA.98.032309; Schuld et al. 2019, doi:10.1103/PhysRevA.99.032331.
"""

from fractions import Fraction
from math import sin
from reprlib import repr as short

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.config import check_shift


def as_radians(angles: ArrayLike) -> NDArray[np.float64]:
    """Angles as an array.

    Raises:
        ValueError: if they are not real numbers, or form no array.
    """
    try:
        array = np.asarray(angles)
    except (RuntimeError, TypeError, ValueError):
        array = None
    if array is None or array.dtype.kind not in "iuf":
        raise ValueError(f"angles must be an array of real numbers, got {' '.join(short(angles).split())}")
    return array.astype(np.float64, copy=False)


def shifted_angles(angles: ArrayLike, shift: float) -> NDArray[np.float64]:
    """The angles to measure for a slope.

    Args:
        angles: any shape, radians.
        shift: s, radians.

    Returns:
        (2, *angles.shape), radians: θ + s, then θ − s.
    """
    return np.add.outer((shift, -shift), as_radians(angles))


def combine(values: ArrayLike, shift: float, gradient_rule: str = "parameter-shift") -> NDArray[np.float64]:
    """The slope at θ, from what was measured at `shifted_angles(θ, shift)`.

    Args:
        values: (2, ...), the quantity at θ + s and at θ − s.
        shift: s, radians.
        gradient_rule: "parameter-shift" divides the difference by 2 sin s and is exact; "published" is the raw
            difference, 2 sin s times the slope.

    Returns:
        (...), the quantity's change per radian.

    Raises:
        ConfigError: if the rule is unknown, or is "parameter-shift" with |sin s| below 0.01.
    """
    check_shift(shift, gradient_rule)
    values = np.asarray(values, dtype=np.float64)
    difference = values[0] - values[1]
    return difference / (2 * sin(shift)) if gradient_rule == "parameter-shift" else difference


def in_pi(turns: Fraction) -> str:
    """A multiple of π: 3π/4, −π/2, 0."""
    sign, top, bottom = "−" if turns < 0 else "", abs(turns.numerator), turns.denominator
    if top == 0:
        return "0"
    return f"{sign}{'' if top == 1 else top}π{'' if bottom == 1 else f'/{bottom}'}"
