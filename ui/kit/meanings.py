"""Short explanations beside the controls: what a shot is, and how many shots a shift s needs."""

from math import sin

from hqnn.config import MIN_SHIFT_SINE

ONE_SHOT = "One shot runs the circuit once and reads 0 or 1."


def shift_cost(shift: float, shots: int | None) -> str:
    """Return how many shots the shift s needs compared with π/2, on average over θ.

    Args:
        shift: s, radians.
        shots: number per measurement, None for exact probabilities.
    """
    factor = _factor(shift)
    if shots is None:
        return "Exact probabilities have no shot noise: every s gives the same derivative."
    if factor is None:
        return "sin s is 0 here, so no number of shots gives the derivative."
    if factor < 1.005:
        return "π/2 needs the fewest shots. For the same noise, another s needs 1/sin² s times as many."
    return f"For the same noise, this s needs 1/sin² s = {factor:.3g} times as many shots as π/2 (average over θ)."


def shift_cost_in_short(shift: float, shots: int | None) -> str:
    """Return the same in one short line."""
    factor = _factor(shift)
    if shots is None:
        return "No shot noise at any s"
    if factor is None:
        return "No derivative, because sin s is 0"
    return "Fewest shots" if factor < 1.005 else f"{factor:.3g} × the shots of π/2"


def _factor(shift: float) -> float | None:
    """Return how many times as many shots as π/2 a shift needs for the same noise. None if no number is enough."""
    return None if abs(sin(shift)) < MIN_SHIFT_SINE else 1 / sin(shift) ** 2
