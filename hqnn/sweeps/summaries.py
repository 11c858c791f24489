"""Summaries of groups of runs: curves over epochs, the cost of a target accuracy, and heat maps."""

from dataclasses import dataclass
from math import inf, isfinite
from statistics import median_low
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.statistics.intervals import wilson
from hqnn.statistics.means import mean, mean_accuracy
from hqnn.sweeps.groups import Group, Measure, groups, in_common, recorded_at
from hqnn.sweeps.result import EpochResult, Result
from hqnn.sweeps.results_file import Results


@dataclass(frozen=True)
class Curve:
    """A group epoch by epoch, for the epochs that all of its runs recorded. All arrays: (epochs,)."""

    epochs: NDArray[np.int64]
    #: Total shots of one run so far; None with exact probabilities.
    shots: NDArray[np.int64] | None
    #: Mean over seeds, ends of its 95 % interval (NaN with one seed), and extremes.
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """Cost for the runs of a group to reach a target test accuracy for the first time."""

    accuracy: float
    runs: int
    #: Number of runs that reached it, and the 95 % Wilson interval of their share.
    reached: int
    reached_low: float
    reached_high: float
    #: Medians over all runs. A run that never reached it counts as the slowest, and None means that the median run is
    #: one of those. With an even number of runs it is the lower of the two middle values.
    epochs: int | None
    shots: int | None
    seconds: float | None


@dataclass(frozen=True)
class HeatMap:
    """Mean final accuracy for every combination of two settings."""

    rows: tuple[Any, ...]
    columns: tuple[Any, ...]
    #: (rows, columns), NaN without finished runs.
    accuracy: NDArray[np.float64]
    #: (rows, columns), number of runs.
    runs: NDArray[np.int64]


def curve(group: Group, measure: Measure = "test_accuracy") -> Curve:
    """Return a group epoch by epoch. All of its runs must have recorded the measure (`recorded`)."""
    points = in_common(group.results)
    found = [
        [recorded_at(result, point, measure) for result, point in zip(group.results, at, strict=True)] for at in points
    ]
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


def reach(group: Group, accuracy: float) -> Reach:
    """Return the epochs, shots and training time that a group needed to reach a target accuracy.

    Epoch 0 does not count, because the network has not learned anything before its first step.
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
    """Return the mean final accuracy for two of the varied settings, over all others and seeds.

    Args:
        results: of a sweep.
        row: setting of the rows.
        column: setting of the columns.
        exact: as for `groups`.
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


def _first(result: Result, accuracy: float, measure: Measure) -> EpochResult | None:
    learned = (point for point in result.curve if point.epoch > 0)
    return next((point for point in learned if (recorded_at(result, point, measure) or 0.0) >= accuracy), None)


def _median(values: list[float]) -> float | None:
    found = median_low(values)
    return found if isfinite(found) else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
