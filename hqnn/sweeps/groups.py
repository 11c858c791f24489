"""What a sweep says: each combination of the settings that vary, over its seeds.

Intervals of a mean over seeds are Student's 95 % intervals, of accuracies cut at 0 and 1: they say how far the mean of
all seeds could be off, not how far single runs lie apart. With one seed there is none. At the end, none of an accuracy
is narrower than one test image: seeds that happen to agree know it no better.

A network is tested with the shots that it was trained with, and with exact probabilities at the same θ: the first
accuracy is what a user of so many shots gets, the second what the network has learned. Losses are compared exactly
alone, since with few shots −log p is another quantity.
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

#: What can be drawn of a training after each of its epochs.
Measure = Literal["exact_train_loss", "exact_test_loss", "exact_test_accuracy", "test_accuracy"]


@dataclass(frozen=True)
class End:
    """A training's network on its test images."""

    accuracy: float
    n: int


@dataclass(frozen=True)
class Group:
    """Trainings that differ in their seed alone."""

    #: What tells them from the other groups: settings and values.
    values: dict[str, Any]
    #: In the order of their seeds; those that failed are left out.
    results: tuple[Result, ...]
    #: What its accuracies are.
    measure: Literal["test_accuracy", "exact_test_accuracy"] = "test_accuracy"

    @property
    def ends(self) -> list[End]:
        """Of each training."""
        return [_end(result, result.evaluation, self.measure) for result in self.results if result.evaluation]


@dataclass(frozen=True)
class Final:
    """A group's networks on their test images."""

    runs: int
    accuracy: Mean
    lowest: float
    highest: float
    #: Runs below `hqnn.sweeps.grid.STUCK_BELOW`, and Wilson's 95 % interval of their share.
    stuck: int
    stuck_low: float
    stuck_high: float


def groups(results: Results, *, exact: bool = False) -> list[Group]:
    """The trainings of a file, by what varies, in the order in which that was asked; those without any are left out.

    Args:
        results: of a sweep.
        exact: whether accuracies are those of exact probabilities; trainings that have not recorded them are left out.
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
    """Whether a training has recorded something after each of its epochs."""
    return all(recorded_at(result, point, measure) is not None for point in result.curve)


def recorded(group: Group, measure: Measure) -> Group:
    """A group without its trainings that have not recorded something."""
    return replace(group, results=tuple(result for result in group.results if is_recorded(result, measure)))


def in_common(results: Sequence[Result]) -> list[tuple[EpochResult, ...]]:
    """Of each epoch that all of some trainings have recorded, in order, what each has recorded after it."""
    curves = [{point.epoch: point for point in result.curve} for result in results]
    return [tuple(curve[epoch] for curve in curves) for epoch in curves[0] if all(epoch in curve for curve in curves)]


def without_epoch_0(results: Sequence[Result]) -> int:
    """How many trainings have epochs, but none of before their first step, where others have it; 0 if all are alike."""
    begins = [result.curve[0].epoch for result in results if result.curve]
    return sum(begin > 0 for begin in begins) if 0 in begins else 0


def final(group: Group) -> Final:
    """A group's networks at the end, stuck ones included."""
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
    """How much more accurate a group ends than another, in pairs of the same seed, with Student's interval.

    Returns:
        None if they have fewer than `MIN_SEEDS` seeds in common.
    """
    pairs = _pairs(group, other)
    return difference(pairs, confidence) if len(pairs) >= MIN_SEEDS else None


def alike(group: Group, other: Group) -> bool:
    """Whether two groups end with the same accuracy with every seed that they have in common."""
    pairs = _pairs(group, other)
    return bool(pairs) and all(one.accuracy == another.accuracy for one, another in pairs)


def _pairs(group: Group, other: Group) -> list[tuple[End, End]]:
    """Of the seeds that both have."""
    ends = [dict(zip((each.config.seed for each in of.results), of.ends, strict=True)) for of in (group, other)]
    return [(ends[0][seed], ends[1][seed]) for seed in ends[0] if seed in ends[1]]


def recorded_at(result: Result, point: EpochResult, measure: Measure) -> float | None:
    """What a training has recorded of itself after an epoch; tested without shots, its accuracies are exact anyway."""
    found = getattr(point, measure)
    if found is None and result.config.tested_shots is None:
        return getattr(point, measure.removeprefix("exact_"), None)
    return found


def _end(result: Result, tested: Figures, measure: Measure) -> End:
    """A training's network, whose weights are those after its last epoch."""
    exact = recorded_at(result, result.curve[-1], measure) if measure == "exact_test_accuracy" else None
    return End(tested.accuracy if exact is None else exact, tested.n)
