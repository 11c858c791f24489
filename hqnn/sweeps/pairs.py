"""The atlas: how well every pair of digits is told apart.

With one seed an interval is Wilson's, and says how far the accuracy on all images of that kind may be off; with several
it is Student's over seeds, and says how far the mean of all seeds may be off.
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
    """All trainings on one pair of digits."""

    digits: tuple[int, int]
    group: Group
    #: A fraction of the test images, at the end.
    accuracy: Mean

    @property
    def seeds(self) -> int:
        """Trainings behind it."""
        return len(self.group.results)

    @property
    def interval(self) -> Literal["Wilson", "Student"]:
        """Whose 95 % interval its accuracy has."""
        return "Wilson" if self.seeds == 1 else "Student"


@dataclass(frozen=True)
class Atlas:
    """What is known of the pairs so far, in the order in which they were asked."""

    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, results: Results) -> Self:
        """What a file says of each pair; those without a training that has ended well are left out.

        Args:
            results: of a question made by `hqnn.sweeps.experiments.atlas`.
        """
        return cls(tuple(_pair(group) for group in groups(results)))

    @property
    def lowest(self) -> Pair:
        """The pair that is told apart worst. There must be one at least."""
        return min(self.pairs, key=lambda pair: pair.accuracy.value)

    @property
    def highest(self) -> Pair:
        """The pair that is told apart best."""
        return max(self.pairs, key=lambda pair: pair.accuracy.value)

    @property
    def mean(self) -> Mean:
        """Over the pairs, each counted once.

        Student's interval over the seeds that all pairs have, if there are two or more; else from the mean of the lower
        ends to that of the upper ones: so wide only if all pairs erred together, since they share their images.
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
        """Trainings that ended below `hqnn.sweeps.grid.STUCK_BELOW`; they count in every mean."""
        return sum(figures.accuracy < STUCK_BELOW for pair in self.pairs for figures in _figures(pair.group))

    def pair(self, digits: Sequence[int]) -> Pair | None:
        """What is known of one."""
        return next((pair for pair in self.pairs if pair.digits == tuple(digits)), None)

    def table(self) -> NDArray[np.float64]:
        """(10, 10), symmetric: the accuracy of each pair, NaN on the diagonal and where nothing is known yet."""
        found = np.full((10, 10), np.nan)
        for pair in self.pairs:
            found[pair.digits] = found[pair.digits[::-1]] = pair.accuracy.value
        return found

    def _of_seeds(self) -> list[float]:
        """The mean over the pairs of each seed that all of them have."""
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
