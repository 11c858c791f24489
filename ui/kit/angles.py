"""Angles in words."""

from fractions import Fraction
from math import pi

from hqnn.shift import in_pi
from hqnn.words import minus


def in_gate(degrees: int) -> str:
    """Return an angle for a gate: a multiple of π if that is short, else radians."""
    turns = Fraction(degrees, 180)
    return in_pi(turns) if _is_short(turns) else minus(f"{degrees * pi / 180:.3g}")


def in_words(degrees: int) -> str:
    """Return θ in degrees and radians, and as a multiple of π if that is short."""
    turns = Fraction(degrees, 180)
    words = [f"θ = {degrees}°", f"{degrees * pi / 180:.3f} rad"]
    if degrees and _is_short(turns):
        words.append(in_pi(turns))
    return minus(" = ".join(words))


def _is_short(turns: Fraction) -> bool:
    """Whether Qiskit would also write it as a multiple of π."""
    return turns.denominator <= 16 and abs(turns.numerator) <= 16
