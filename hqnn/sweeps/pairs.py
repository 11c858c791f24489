"""The accuracy of every pair of digits.

With one seed, the interval is a Wilson interval and covers all images of that kind. With several seeds it is a Student
interval and covers the mean over all seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from hqnn.statistics.means import Mean, end_accuracy, mean_accuracy
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.groups import Group, groups
from hqnn.sweeps.result import Figures
from hqnn.sweeps.results_file import Results


@dataclass(frozen=True)
class Pair:
    """All runs on one pair of digits."""

    digits: tuple[int, int]
    group: Group
    #: Final test accuracy, a fraction.
    accuracy: Mean

    @property
    def seeds(self) -> int:
        """Number of runs."""
        return len(self.group.results)

    @property
    def interval(self) -> Literal["Wilson", "Student"]:
        """Kind of the 95 % interval of its accuracy."""
        return "Wilson" if self.seeds == 1 else "Student"


@dataclass(frozen=True)
class Atlas:
    """Results of the pairs so far, in the order of the experiment."""

    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, results: Results) -> Self:
        """Return the results of each pair with a finished run.

        Args:
            results: of an experiment made by `hqnn.sweeps.experiments.atlas`.
        """
        return cls(tuple(_pair(group) for group in groups(results)))

    @property
    def lowest(self) -> Pair:
        """The pair with the lowest accuracy. There must be at least one pair."""
        return min(self.pairs, key=lambda pair: pair.accuracy.value)

    @property
    def highest(self) -> Pair:
        """The pair with the highest accuracy."""
        return max(self.pairs, key=lambda pair: pair.accuracy.value)

    @property
    def mean(self) -> Mean:
        """Mean over the pairs, each counted once.

        With two or more seeds that all pairs have, it has a Student interval over seeds. Else its interval averages
        the lower and the upper ends of all pairs: the widest case, because the pairs share images.
        """
        value = float(np.mean([pair.accuracy.value for pair in self.pairs]))
        of_seeds = self._of_seeds()
        if len(of_seeds) >= 2:
            _, low, high = map(float, mean_accuracy(of_seeds))
            return Mean(value, low, high)
        ends = [(pair.accuracy.low, pair.accuracy.high) for pair in self.pairs]
        return Mean(value, *map(float, np.mean(ends, axis=0)))

    @property
    def stuck(self) -> int:
        """Number of runs below `hqnn.sweeps.grid.STUCK_BELOW`. They count in every mean."""
        return sum(figures.accuracy < STUCK_BELOW for pair in self.pairs for figures in _figures(pair.group))

    def pair(self, digits: Sequence[int]) -> Pair | None:
        """Return the results of one pair, if there are any."""
        return next((pair for pair in self.pairs if pair.digits == tuple(digits)), None)

    def table(self) -> NDArray[np.float64]:
        """Return the accuracy of each pair: (10, 10), symmetric, NaN on the diagonal and without results."""
        found = np.full((10, 10), np.nan)
        for pair in self.pairs:
            found[pair.digits] = found[pair.digits[::-1]] = pair.accuracy.value
        return found

    def _of_seeds(self) -> list[float]:
        """Return the mean over pairs for each seed that all pairs have."""
        by_seed: dict[int, list[float]] = {}
        for pair in self.pairs:
            for result, figures in zip(pair.group.results, _figures(pair.group), strict=True):
                by_seed.setdefault(result.config.seed, []).append(figures.accuracy)
        return [float(np.mean(found)) for found in by_seed.values() if len(found) == len(self.pairs)]


def _pair(group: Group) -> Pair:
    a, b = group.values["digits"]
    figures = _figures(group)
    if len(figures) > 1:
        return Pair((a, b), group, end_accuracy(figures))
    only = figures[0]
    return Pair((a, b), group, Mean(only.accuracy, only.accuracy_low, only.accuracy_high))


def _figures(group: Group) -> list[Figures]:
    return [result.evaluation for result in group.results if result.evaluation is not None]
