"""Shares with their 95% intervals."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Half width of the central 95% of a normal distribution, in standard deviations.
Z95 = 1.959963984540054


def wilson(successes: ArrayLike, trials: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper ends of the 95% Wilson interval of a share, of any shape; NaN for 0 trials."""
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, shrink = k / n, 1 + Z95**2 / n
        centre = (share + Z95**2 / (2 * n)) / shrink
        half = Z95 / shrink * np.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


@dataclass(frozen=True)
class Share:
    """A share with its 95% Wilson interval; NaN for 0 of 0."""

    part: int
    whole: int
    low: float
    high: float

    @classmethod
    def of(cls, part: int, whole: int) -> Self:
        """Return the share with its interval."""
        low, high = map(float, wilson(part, whole))
        return cls(part, whole, low, high)

    def __str__(self) -> str:
        """Return 3 of 20, 15.0% (95% interval 5.2% to 36.0%)."""
        if self.whole == 0:
            return "0 of 0"
        share = self.part / self.whole
        return f"{self.part} of {self.whole}, {share:.1%} (95% interval {self.low:.1%} to {self.high:.1%})"
