"""Means over seeds with their 95% intervals, by Student's t."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

#: Smallest number of common seeds for which a difference is judged.
MIN_SEEDS = 5


class Tested(Protocol):
    """A tested network."""

    @property
    def accuracy(self) -> float:
        """Fraction of correctly predicted test images."""
        ...

    @property
    def n(self) -> int:
        """Number of test images."""
        ...


@dataclass(frozen=True)
class Mean:
    """A mean over seeds with its 95% interval."""

    value: float
    #: NaN with a single seed.
    low: float
    high: float

    def __str__(self) -> str:
        if not isfinite(self.low):
            return f"{self.value:.2%}"
        return f"{self.value:.2%} ({self.low:.2%} to {self.high:.2%})"


def mean(
    values: ArrayLike, confidence: float = 0.95, least: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean over the last axis, and both ends of its interval by Student's t; NaN for a single value.

    Args:
        values: (..., seeds).
        confidence: confidence of the interval.
        least: smallest distance of the ends from the mean, which is the resolution of a single value.
    """
    values = np.asarray(values, dtype=np.float64)
    n, middle = values.shape[-1], values.mean(-1)
    if n < 2:
        return middle, np.full_like(middle, np.nan), np.full_like(middle, np.nan)
    half = np.maximum(stdtrit(n - 1, (1 + confidence) / 2) * values.std(-1, ddof=1) / np.sqrt(n), least)
    return middle, middle - half, middle + half


def mean_accuracy(
    values: ArrayLike, least: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the same as `mean` for fractions, with the interval cut at 0 and 1."""
    middle, low, high = mean(values, least=least)
    return middle, np.maximum(low, 0.0), np.minimum(high, 1.0)


def end_accuracy(tested: Sequence[Tested]) -> Mean:
    """Return the mean accuracy of several networks."""
    return Mean(*map(float, mean_accuracy([each.accuracy for each in tested], 0.5 / min(each.n for each in tested))))


def difference(pairs: Sequence[tuple[Tested, Tested]], confidence: float) -> Mean:
    """Return the mean difference in accuracy, first minus second of each pair."""
    least = 0.5 / min(each.n for pair in pairs for each in pair)
    return Mean(*map(float, mean([one.accuracy - other.accuracy for one, other in pairs], confidence, least)))
