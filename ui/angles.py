"""Angles in words: multiples of π."""

from fractions import Fraction


def in_pi(turns: Fraction) -> str:
    """A multiple of π: 3π/4, −π/2, 0."""
    sign, top, bottom = "−" if turns < 0 else "", abs(turns.numerator), turns.denominator
    if top == 0:
        return "0"
    return f"{sign}{'' if top == 1 else top}π{'' if bottom == 1 else f'/{bottom}'}"
