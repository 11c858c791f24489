"""The shift lab: a slope from two shifted measurements, beside other rules and the truth."""


def draw() -> None:
    """Draw it."""
