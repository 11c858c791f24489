"""Each combination of varied settings over its seeds.

Intervals of a mean over seeds are 95 % Student intervals, of accuracies cut at 0 and 1. They show how far the mean of
all seeds could be off, not how much single runs differ. One seed has no interval. The interval of a final accuracy is
never narrower than one test image, because seeds that happen to agree do not make it more precise.

A network is tested with the shots of its training, and with exact probabilities at the same θ. The first accuracy is
what a user of so many shots gets, the second what the network has learned. Losses are always exact, because with few
shots the measured −log p is wrong on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

from hqnn.statistics.intervals import wilson
from hqnn.statistics.means import MIN_SEEDS, Mean, difference, end_accuracy
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import EpochResult, Figures, Result
from hqnn.sweeps.results_file import Results

#: What a chart can show of a run after each epoch.
Measure = Literal["exact_train_loss", "exact_test_loss", "exact_test_accuracy", "test_accuracy"]


@dataclass(frozen=True)
class End:
    """Result of a network on its test images."""

    accuracy: float
    n: int


@dataclass(frozen=True)
class Group:
    """Runs that differ only in their seed."""

    #: Values of the varied settings, by setting.
    values: dict[str, Any]
    #: In the order of their seeds, without failed runs.
    results: tuple[Result, ...]
    #: Which accuracy is used.
    measure: Literal["test_accuracy", "exact_test_accuracy"] = "test_accuracy"

    @property
    def ends(self) -> list[End]:
        """Results of all runs."""
        return [_end(result, result.evaluation, self.measure) for result in self.results if result.evaluation]


@dataclass(frozen=True)
class Final:
    """Final results of a group on the test images."""

    runs: int
    accuracy: Mean
    lowest: float
    highest: float
    #: Runs below `hqnn.sweeps.grid.STUCK_BELOW`, and the 95 % Wilson interval of their share.
    stuck: int
    stuck_low: float
    stuck_high: float


def groups(results: Results, *, exact: bool = False) -> list[Group]:
    """Return the finished runs of a file by combination, in the order of the experiment, without empty combinations.

    Args:
        results: of a sweep.
        exact: whether accuracies use exact probabilities. Runs that did not record them are left out.
    """
    vary, measure = results.header.vary, "exact_test_accuracy" if exact else "test_accuracy"
    found: dict[tuple[Any, ...], list[Result]] = {}
    for result in sorted(results.have.values(), key=lambda result: result.config.seed):
        if result.evaluation is not None and is_recorded(result, measure):
            found.setdefault(tuple(getattr(result.config, name) for name in vary), []).append(result)
    combinations = [dict(zip(vary, values, strict=True)) for values in product(*vary.values())]
    every = [Group(values, tuple(found.get(tuple(values.values()), ())), measure) for values in combinations]
    return [group for group in every if group.results]


def is_recorded(result: Result, measure: Measure) -> bool:
    """Return whether a run recorded a measure after each of its epochs."""
    return all(recorded_at(result, point, measure) is not None for point in result.curve)


def recorded(group: Group, measure: Measure) -> Group:
    """Return a group without the runs that did not record a measure."""
    return replace(group, results=tuple(result for result in group.results if is_recorded(result, measure)))


def in_common(results: Sequence[Result]) -> list[tuple[EpochResult, ...]]:
    """Return the epochs that all runs recorded, in order, with the records of each run."""
    curves = [{point.epoch: point for point in result.curve} for result in results]
    return [tuple(curve[epoch] for curve in curves) for epoch in curves[0] if all(epoch in curve for curve in curves)]


def without_epoch_0(results: Sequence[Result]) -> int:
    """Return how many runs have no epoch 0 while others have it; 0 if all are alike."""
    begins = [result.curve[0].epoch for result in results if result.curve]
    return sum(begin > 0 for begin in begins) if 0 in begins else 0


def final(group: Group) -> Final:
    """Return the final results of a group, stuck runs included."""
    accuracies = [end.accuracy for end in group.ends]
    stuck = sum(accuracy < STUCK_BELOW for accuracy in accuracies)
    stuck_low, stuck_high = wilson(stuck, len(accuracies))
    return Final(
        runs=len(accuracies),
        accuracy=end_accuracy(group.ends),
        lowest=min(accuracies),
        highest=max(accuracies),
        stuck=stuck,
        stuck_low=float(stuck_low),
        stuck_high=float(stuck_high),
    )


def lead(group: Group, other: Group, confidence: float = 0.95) -> Mean | None:
    """Return how much more accurate a group ends than another, in pairs of the same seed, with a Student interval.

    Returns:
        None if they have fewer than `MIN_SEEDS` seeds in common.
    """
    pairs = _pairs(group, other)
    return difference(pairs, confidence) if len(pairs) >= MIN_SEEDS else None


def alike(group: Group, other: Group) -> bool:
    """Return whether two groups end with the same accuracy for every common seed."""
    pairs = _pairs(group, other)
    return bool(pairs) and all(one.accuracy == another.accuracy for one, another in pairs)


def _pairs(group: Group, other: Group) -> list[tuple[End, End]]:
    """Return the results of both groups for every common seed."""
    ends = [dict(zip((each.config.seed for each in of.results), of.ends, strict=True)) for of in (group, other)]
    return [(ends[0][seed], ends[1][seed]) for seed in ends[0] if seed in ends[1]]


def recorded_at(result: Result, point: EpochResult, measure: Measure) -> float | None:
    """Return a recorded measure after an epoch. Without shots in tests, accuracies are exact anyway."""
    found = getattr(point, measure)
    if found is None and result.config.tested_shots is None:
        return getattr(point, measure.removeprefix("exact_"), None)
    return found


def _end(result: Result, tested: Figures, measure: Measure) -> End:
    """Return the result of a run's network, which has the weights after its last epoch."""
    exact = recorded_at(result, result.curve[-1], measure) if measure == "exact_test_accuracy" else None
    return End(tested.accuracy if exact is None else exact, tested.n)
