"""Measured shares with how far they may be off, in numbers and words."""

from hqnn.scores import wilson


def bounds(share: float, trials: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share of so many shots or images: never empty, also at 0 and 1."""
    low, high = wilson(share * trials, trials)
    return max(0.0, float(low)), min(1.0, float(high))


def with_interval(share: float, trials: int | None, mark: str = "") -> str:
    """A share and its 95% interval in brackets; the share alone if it is exact.

    Args:
        share: the measured one.
        trials: shots behind it; None if it is exact.
        mark: what the brackets begin with.
    """
    if trials is None:
        return f"{share:.3f}"
    low, high = bounds(share, trials)
    return f"{share:.3f} ({mark}{low:.3f}–{high:.3f})"


def plus_minus(value: str, error: float, decimals: int = 3) -> str:
    """A value with its error; one too small for the decimals is said to be so, and not to be 0."""
    least = 10.0**-decimals
    return f"{value} ± {error:.{decimals}f}" if error >= least / 2 else f"{value} ± less than {least:.{decimals}f}"
