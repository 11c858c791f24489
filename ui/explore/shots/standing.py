"""The final accuracy of each combination, and its cost to reach the target accuracy."""

from dataclasses import dataclass
from functools import cached_property
from math import isfinite

from hqnn.statistics.means import Mean
from hqnn.sweeps.curves import called
from hqnn.sweeps.groups import Final, Group, Measure, final, groups, is_recorded, lead
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.summaries import Reach, reach


@dataclass(frozen=True)
class Entry:
    """A combination with its numbers."""

    group: Group
    end: Final
    way: Reach

    @property
    def name(self) -> str:
        """Its name."""
        return called(self.group.values)


@dataclass(frozen=True)
class Standing:
    """An experiment with its results so far."""

    results: Results
    #: Finished runs, and all runs.
    done: int
    total: int
    #: Target accuracy, a fraction.
    share: float
    #: What the chart shows, and whether accuracies use exact probabilities.
    measure: Measure = "test_accuracy"
    exact: bool = False

    @cached_property
    def entries(self) -> list[Entry]:
        """Combinations with at least one finished run."""
        found = groups(self.results, exact=self.exact)
        return [Entry(group, final(group), reach(group, self.share)) for group in found]

    @cached_property
    def unrecorded(self) -> int:
        """Number of finished runs that did not record what the chart shows."""
        ended = [result for result in self.results.have.values() if result.evaluation is not None]
        return sum(not is_recorded(result, self.measure) for result in ended)

    @property
    def best(self) -> Entry:
        """The combination with the highest mean final accuracy."""
        return max(self.entries, key=lambda entry: entry.end.accuracy.value)

    @cached_property
    def behind(self) -> list[tuple[Entry, Mean | None]]:
        """The others with their gaps to the best. The intervals hold for all of them together at 95 %.

        A gap is None if too few seeds are in common.
        """
        others = [entry for entry in self.entries if entry is not self.best]
        confidence = 1 - 0.05 / max(1, len(others))
        return [(entry, lead(self.best.group, entry.group, confidence)) for entry in others]


def mean_with_interval(mean: Mean) -> str:
    if not isfinite(mean.low):
        return f"{mean.value:.1%}"
    digits = 1 if round(100 * mean.low, 1) < round(100 * mean.high, 1) else 2
    return f"{mean.value:.{digits}%} ({100 * mean.low:.{digits}f}–{100 * mean.high:.{digits}f})"
