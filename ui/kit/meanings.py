"""What a shot is, and what another shift than π/2 costs, where they are chosen."""

from math import sin

from hqnn.config import MIN_SHIFT_SINE

ONE_SHOT = "One shot runs the circuit once and reads 0 or 1."


def shift_cost(shift: float, shots: int | None) -> str:
    """What the shift s costs in shots beside π/2, on average over θ.

    Args:
        shift: s, radians.
        shots: of each measurement, None for exact probabilities.
    """
    factor = _factor(shift)
    if shots is None:
        return "Exact probabilities have no shot noise: every s gives the same derivative."
    if factor is None:
        return "Here sin s is 0: no number of shots gives the derivative."
    if factor < 1.005:
        return "π/2 needs the fewest shots. Another s takes 1/sin² s times as many for the same noise."
    return f"On average over θ, this s takes 1/sin² s = {factor:.3g} times as many shots as π/2 for the same noise."


def shift_cost_in_short(shift: float, shots: int | None) -> str:
    """The same in one short line."""
    factor = _factor(shift)
    if shots is None:
        return "No shot noise at any s"
    if factor is None:
        return "No derivative: sin s is 0"
    return "The fewest shots" if factor < 1.005 else f"{factor:.3g} × the shots of π/2"


def _factor(shift: float) -> float | None:
    """How many times as many shots as π/2 a shift takes for the same noise; None where no number is enough."""
    return None if abs(sin(shift)) < MIN_SHIFT_SINE else 1 / sin(shift) ** 2
