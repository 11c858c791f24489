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
from math import inf, isfinite
from statistics import median_low
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from hqnn.results import EpochResult, Figures, Result, Results
from hqnn.scores import wilson
from hqnn.sweeps import STUCK_BELOW

#: Seeds in common below which no difference is judged.
MIN_SEEDS = 5

#: What can be drawn of a training after each of its epochs.
Measure = Literal["exact_train_loss", "exact_test_loss", "exact_test_accuracy", "test_accuracy"]


class Tested(Protocol):
    """A network that has been tested."""

    @property
    def accuracy(self) -> float:
        """A fraction of the test images."""
        ...

    @property
    def n(self) -> int:
        """Test images."""
        ...


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
class Mean:
    """A mean over seeds with its 95 % interval."""

    value: float
    #: NaN with one seed alone.
    low: float
    high: float

    def __str__(self) -> str:
        if not isfinite(self.low):
            return f"{self.value:.2%}"
        return f"{self.value:.2%} ({self.low:.2%} to {self.high:.2%})"


@dataclass(frozen=True)
class Curve:
    """A group epoch by epoch, in the epochs that all of its trainings have recorded. All arrays: (epochs,)."""

    epochs: NDArray[np.int64]
    #: Measurements that one training had taken by then; none with exact probabilities.
    shots: NDArray[np.int64] | None
    #: Over seeds, the ends of its 95 % interval (NaN with one seed), and the extremes.
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True)
class Final:
    """A group's networks on their test images."""

    runs: int
    accuracy: Mean
    lowest: float
    highest: float
    #: Runs below `hqnn.sweeps.STUCK_BELOW`, and Wilson's 95 % interval of their share.
    stuck: int
    stuck_low: float
    stuck_high: float


@dataclass(frozen=True)
class Reach:
    """What a group's trainings needed to reach an accuracy on the test images for the first time."""

    accuracy: float
    runs: int
    #: How many of them did, and Wilson's 95 % interval of their share.
    reached: int
    reached_low: float
    reached_high: float
    #: Medians over all runs, one that never did counting as the slowest; none if that is the median's. Of an even
    #: number the lower of the two in the middle.
    epochs: int | None
    shots: int | None
    seconds: float | None


@dataclass(frozen=True)
class HeatMap:
    """Mean accuracy at the end for every combination of two settings."""

    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    #: (rows, columns), NaN where nothing is trained yet.
    accuracy: NDArray[np.float64]
    #: (rows, columns), trainings behind each.
    runs: NDArray[np.int64]


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
    return all(_at(result, point, measure) is not None for point in result.curve)


def recorded(group: Group, measure: Measure) -> Group:
    """A group without its trainings that have not recorded something."""
    return replace(group, results=tuple(result for result in group.results if is_recorded(result, measure)))


def mean(
    values: ArrayLike, confidence: float = 0.95, least: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the last axis, and both ends of its interval by Student's t; NaN where there is one value only.

    Args:
        values: (..., seeds).
        confidence: of the interval.
        least: how far its ends are from the mean at least: what a single value resolves.
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
    """As `mean`, of fractions: no mean of them lies outside 0 to 1."""
    middle, low, high = mean(values, least=least)
    return middle, np.maximum(low, 0.0), np.minimum(high, 1.0)


def end_accuracy(tested: Sequence[Tested]) -> Mean:
    """Mean accuracy of several networks on as many test images each."""
    return Mean(*map(float, mean_accuracy([each.accuracy for each in tested], 0.5 / min(each.n for each in tested))))


def curve(group: Group, measure: Measure = "test_accuracy") -> Curve:
    """A group epoch by epoch; all of its trainings must have recorded the measure (`recorded`)."""
    points = in_common(group.results)
    found = [[_at(result, point, measure) for result, point in zip(group.results, at, strict=True)] for at in points]
    values = np.array(found, dtype=np.float64).reshape(len(points), len(group.results))
    first = [at[0] for at in points]
    middle, low, high = mean_accuracy(values) if measure.endswith("accuracy") else mean(values)
    exact = any(point.shots is None for point in first)
    return Curve(
        epochs=np.array([point.epoch for point in first], dtype=np.int64),
        shots=None if exact else np.array([point.shots for point in first]),
        mean=middle,
        low=low,
        high=high,
        lowest=values.min(-1),
        highest=values.max(-1),
    )


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


def difference(pairs: Sequence[tuple[Tested, Tested]], confidence: float) -> Mean:
    """How much more accurate the first of each pair is than the second, on average."""
    least = 0.5 / min(each.n for pair in pairs for each in pair)
    return Mean(*map(float, mean([one.accuracy - other.accuracy for one, other in pairs], confidence, least)))


def reach(group: Group, accuracy: float) -> Reach:
    """What a group needed to reach an accuracy: epochs, shots and time of training, by the records after each epoch.

    Epoch 0 does not count: what a network gets right before its first step it has not learned.
    """
    points = [_first(result, accuracy, group.measure) for result in group.results]
    reached, runs = sum(point is not None for point in points), len(points)
    low, high = wilson(reached, runs)
    seconds = _median([point.seconds if point else inf for point in points])
    return Reach(
        accuracy=accuracy,
        runs=runs,
        reached=reached,
        reached_low=float(low),
        reached_high=float(high),
        epochs=_whole(_median([point.epoch if point else inf for point in points])),
        shots=_whole(_median([point.shots or inf if point else inf for point in points])),
        seconds=seconds,
    )


def heat_map(results: Results, row: str, column: str, *, exact: bool = False) -> HeatMap:
    """Mean accuracy for every combination of two of the settings that vary, over all others and seeds.

    Args:
        results: of a sweep.
        row: the setting down the map.
        column: the one across.
        exact: as of `groups`.
    """
    rows, columns = (results.header.vary[name] for name in (row, column))
    accuracy, runs = np.full((len(rows), len(columns)), np.nan), np.zeros((len(rows), len(columns)), dtype=np.int64)
    found: dict[tuple[Any, Any], list[float]] = {}
    for group in groups(results, exact=exact):
        ends = [end.accuracy for end in group.ends]
        found.setdefault((group.values[row], group.values[column]), []).extend(ends)
    for place in np.ndindex(accuracy.shape):
        values = found.get((rows[place[0]], columns[place[1]]), [])
        runs[place] = len(values)
        accuracy[place] = np.mean(values) if values else np.nan
    return HeatMap(rows, columns, accuracy, runs)


#: What a setting without a value means.
_NONE = {
    "n_train": "all",
    "n_test": "all",
    "shots": "exact",
    "t1_us": "no decay",
    "t2_us": "2 × T1",
    "backend": "the least busy",
}


def spoken(name: str, value: Any) -> str:
    """A setting's value in words."""
    if value is None:
        return _NONE.get(name, "none")
    if name == "digits":
        return " vs ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)


def _pairs(group: Group, other: Group) -> list[tuple[End, End]]:
    """Of the seeds that both have."""
    ends = [dict(zip((each.config.seed for each in of.results), of.ends, strict=True)) for of in (group, other)]
    return [(ends[0][seed], ends[1][seed]) for seed in ends[0] if seed in ends[1]]


def _at(result: Result, point: EpochResult, measure: Measure) -> float | None:
    """What a training has recorded of itself after an epoch; tested without shots, its accuracies are exact anyway."""
    found = getattr(point, measure)
    if found is None and result.config.tested_shots is None:
        return getattr(point, measure.removeprefix("exact_"), None)
    return found


def _end(result: Result, tested: Figures, measure: Measure) -> End:
    """A training's network, whose weights are those after its last epoch."""
    exact = _at(result, result.curve[-1], measure) if measure == "exact_test_accuracy" else None
    return End(tested.accuracy if exact is None else exact, tested.n)


def _first(result: Result, accuracy: float, measure: Measure) -> EpochResult | None:
    learned = (point for point in result.curve if point.epoch > 0)
    return next((point for point in learned if (_at(result, point, measure) or 0.0) >= accuracy), None)


def _median(values: list[float]) -> float | None:
    found = median_low(values)
    return found if isfinite(found) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
