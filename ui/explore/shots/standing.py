"""How each combination of settings ended, and what an accuracy cost it."""

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
    """A group with its numbers."""

    group: Group
    end: Final
    way: Reach

    @property
    def name(self) -> str:
        """What it is called."""
        return called(self.group.values)


@dataclass(frozen=True)
class Standing:
    """A race as it stands."""

    results: Results
    #: Trainings that are there, and all of them.
    done: int
    total: int
    #: The accuracy whose price is counted, a fraction.
    share: float
    #: What is drawn, and whether accuracies are those of exact probabilities.
    measure: Measure = "test_accuracy"
    exact: bool = False

    @cached_property
    def entries(self) -> list[Entry]:
        """The groups of which there is something."""
        found = groups(self.results, exact=self.exact)
        return [Entry(group, final(group), reach(group, self.share)) for group in found]

    @cached_property
    def unrecorded(self) -> int:
        """Trainings that have ended and have not recorded what is drawn."""
        ended = [result for result in self.results.have.values() if result.evaluation is not None]
        return sum(not is_recorded(result, self.measure) for result in ended)

    @property
    def best(self) -> Entry:
        """The one that ends highest on average."""
        return max(self.entries, key=lambda entry: entry.end.accuracy.value)

    @cached_property
    def behind(self) -> list[tuple[Entry, Mean | None]]:
        """The others, and how far they end below the best, with an interval that holds for all of them at 95 %.

        None where too few seeds are common to tell.
        """
        others = [entry for entry in self.entries if entry is not self.best]
        confidence = 1 - 0.05 / max(1, len(others))
        return [(entry, lead(self.best.group, entry.group, confidence)) for entry in others]


def mean_with_interval(mean: Mean) -> str:
    if not isfinite(mean.low):
        return f"{mean.value:.1%}"
    digits = 1 if round(100 * mean.low, 1) < round(100 * mean.high, 1) else 2
    return f"{mean.value:.{digits}%} ({100 * mean.low:.{digits}f}–{100 * mean.high:.{digits}f})"
