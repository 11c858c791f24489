"""The parameter-shift rule as arithmetic: where to measure, and how to get the derivative from the measurements.

A gate exp(-iθG/2) with G² = 1 makes every expectation a sine of θ, so its exact derivative is
[f(θ + s) − f(θ − s)] / (2 sin s) for any shift s whose sine is not zero.

Mitarai et al. 2018, doi:10.1103/PhysRevA.98.032309; Schuld et al. 2019, doi:10.1103/PhysRevA.99.032331.
"""

from fractions import Fraction
from math import pi, sin
from reprlib import repr as short

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.config import check_shift
from hqnn.errors import HqnnError

#: Largest angle, radians. At this angle θ ± s in float64 is exact to 10^-4. At 10^17 θ ± s equals θ.
MAX_ANGLE = 1e12
#: Shift of every derivative after the first, radians. It gives the least shot noise.
SECOND_SHIFT = pi / 2


class AngleError(HqnnError, ValueError, TypeError):
    """Angles that cannot be measured, because of their kind, shape or size."""


def as_radians(angles: ArrayLike) -> NDArray[np.float64]:
    """Return angles as an array.

    Raises:
        AngleError: (a ValueError) for anything but an array of real numbers.
    """
    try:
        array = np.asarray(angles)
    except (RuntimeError, TypeError, ValueError):
        array = None
    if array is None or array.dtype.kind not in "iuf":
        raise AngleError(f"angles must be an array of real numbers, got {' '.join(short(angles).split())}")
    return array.astype(np.float64, copy=False)


def check_angles(angles: ArrayLike, largest: float = MAX_ANGLE) -> None:
    """Refuse angles (any shape, radians) that are not finite, or larger than `largest`."""
    angles = as_radians(angles)
    if np.vdot(angles, angles) <= MAX_ANGLE**2:  # the fastest check: then none is larger
        return
    wrong = np.flatnonzero(~(np.isfinite(angles) & (np.abs(angles) <= largest)))
    if len(wrong) == 0:
        return
    value, where = angles.flat[wrong[0]], f" in row {wrong[0]}" if angles.ndim else ""
    if not np.isfinite(value):
        raise AngleError(f"angles must be finite, got {value}{where}")
    raise AngleError(
        f"angles must be between {-largest:g} and {largest:g} radians, beyond which θ + s and θ − s are too coarse, "
        f"got {value:g}{where}"
    )


def shifted_angles(angles: ArrayLike, shift: float) -> NDArray[np.float64]:
    """Return the angles to measure for a derivative.

    Args:
        angles: any shape, radians.
        shift: s, radians.

    Returns:
        (2, *angles.shape), radians: θ + s, then θ − s.

    Raises:
        AngleError: (a ValueError) for angles that are not finite real numbers, or beyond `MAX_ANGLE`.
    """
    angles = as_radians(angles)
    check_angles(angles)
    return np.add.outer((shift, -shift), angles)


def combine(values: ArrayLike, shift: float, gradient_rule: str = "parameter-shift") -> NDArray[np.float64]:
    """Return the derivative at θ, from measurements at `shifted_angles(θ, shift)`.

    Args:
        values: (2, ...), the quantity at θ + s and at θ − s.
        shift: s, radians.
        gradient_rule: "parameter-shift" divides the difference by 2 sin s and is exact; "published" is the raw
            difference, which is 2 sin s times the derivative.

    Returns:
        (...), the derivative per radian.

    Raises:
        ConfigError: for an unknown rule, or for "parameter-shift" with |sin s| below 0.01.
    """
    check_shift(shift, gradient_rule)
    values = np.asarray(values, dtype=np.float64)
    difference = values[0] - values[1]
    return difference / (2 * sin(shift)) if gradient_rule == "parameter-shift" else difference


def derivative_offsets(order: int, shift: float) -> NDArray[np.float64]:
    """Return where to measure for a derivative of P(1), relative to θ.

    Args:
        order: order of the derivative; 0 is P(1) itself.
        shift: s, radians.

    Returns:
        (1,), (2,) or (4,), radians: 0; ± s; or each of those ± `SECOND_SHIFT`.
    """
    offsets = np.zeros(1)
    if order > 0:
        offsets = shifted_angles(0.0, shift)
    return shifted_angles(offsets, SECOND_SHIFT).ravel() if _order_measured(order) == 2 else offsets


def derivative(
    values: ArrayLike, order: int, shift: float, gradient_rule: str = "parameter-shift"
) -> NDArray[np.float64]:
    """Return a derivative of P(1) at θ, from measurements at θ + `derivative_offsets(order, shift)`.

    The gradient rule gives the first derivative. The others are exact derivatives of the first one, which is the raw
    difference under the rule "published". The first one is a sine, so each further one is minus the one two orders
    lower.

    Args:
        values: (1, ...), (2, ...) or (4, ...), P(1).
        order: order of the derivative; 0 is P(1) itself.
        shift: s, radians.
        gradient_rule: as in `combine`.

    Returns:
        (...), per radian to the power of the order.
    """
    values, measured = np.asarray(values, dtype=np.float64), _order_measured(order)
    if measured == 0:
        return values[0]
    if measured == 2:
        values = combine(values.reshape(2, 2, *values.shape[1:]), SECOND_SHIFT)
    slope = combine(values, shift, gradient_rule)
    return slope if (order - measured) % 4 == 0 else -slope


def _order_measured(order: int) -> int:
    """Return the order of the derivative that is measured for this one."""
    return order if order < 3 else 1 + (order - 1) % 2


def in_pi(turns: Fraction) -> str:
    """Return a multiple of π as text: 3π/4, −π/2, 0."""
    sign, top, bottom = "−" if turns < 0 else "", abs(turns.numerator), turns.denominator
    if top == 0:
        return "0"
    return f"{sign}{'' if top == 1 else top}π{'' if bottom == 1 else f'/{bottom}'}"
