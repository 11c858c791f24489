"""Accuracy and confidence: calibration and ROC curve of predicted probabilities of label 1.

Calibration: Guo et al. 2017, arXiv:1706.04599. ROC: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747. The
interval of a share: Wilson 1927, doi:10.1080/01621459.1927.10502953.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.statistics.intervals import wilson

Order = Literal["mnist", "sure", "wrong", "undecided"]


@dataclass(frozen=True)
class Calibration:
    """Bins of P(1), and the share of label 1 in each.

    All arrays are (bins,). The last four are NaN for an empty bin.
    """

    count: NDArray[np.int64]
    #: Mean of the predicted P(1).
    predicted: NDArray[np.float64]
    #: Share of label 1, with its 95% Wilson interval.
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: mean of |observed − predicted| over the bins, weighted by their images."""
        full = self.count > 0
        return float(np.average(np.abs(self.observed - self.predicted)[full], weights=self.count[full]))


class Roc(NamedTuple):
    """The ROC curve: true and false positives for all thresholds of P(1)."""

    #: (thresholds,), falling; the first is infinite.
    threshold: NDArray[np.float64]
    #: (thresholds,), shares of label 0 and of label 1 with P(1) at or above the threshold, from 0 to 1.
    false_positive: NDArray[np.float64]
    true_positive: NDArray[np.float64]
    #: Area under the curve: the probability that an image of label 1 has a larger P(1) than one of label 0.
    #: Ties count ½.
    area: float
    #: Its standard error.
    error: float


def bins_of(probabilities: ArrayLike, bins: int) -> NDArray[np.intp]:
    """Return the bin of each probability, for equal bins from 0 to 1. A value between two bins is in the upper one."""
    edges = np.arange(1, bins) / bins
    return np.searchsorted(edges, np.asarray(probabilities, dtype=np.float64), side="right")


def histogram(probabilities: ArrayLike, labels: ArrayLike, bins: int) -> NDArray[np.int64]:
    """Return the number of images per label in equal bins of P(1), (2, bins).

    Args:
        probabilities: (n,), P(1).
        labels: (n,), 0 or 1.
        bins: number of bins.
    """
    place = np.asarray(labels, dtype=np.int64) * bins + bins_of(probabilities, bins)
    return np.bincount(place, minlength=2 * bins).reshape(2, bins)


def calibration(probabilities: ArrayLike, labels: ArrayLike, bins: int = 10) -> Calibration:
    """Return the mean P(1) and the share of label 1, in equal bins of P(1).

    Args:
        probabilities: (n,), P(1), at least one.
        labels: (n,), 0 or 1.
        bins: number of bins.
    """
    place, ones = bins_of(probabilities, bins), np.asarray(labels, dtype=np.float64)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(place, np.asarray(probabilities, dtype=np.float64), bins) / count
        observed = np.bincount(place, ones, bins) / count
    return Calibration(count, predicted, observed, *wilson(np.bincount(place, ones, bins), count))


def roc(probabilities: ArrayLike, labels: ArrayLike) -> Roc:
    """Return the ROC curve of P(1), and its area with Hanley and McNeil's standard error.

    Images of equal P(1) share one threshold. In the standard error they count as if chance decided which is larger,
    as in Hanley and McNeil's table II.

    Args:
        probabilities: (n,), P(1).
        labels: (n,), both 0 and 1.

    Raises:
        ValueError: if one of the labels is missing.
    """
    values, place = np.unique(np.asarray(probabilities, dtype=np.float64), return_inverse=True)
    ones = np.bincount(place, np.asarray(labels, dtype=np.float64), len(values))[::-1]
    zeros = np.bincount(place, 1 - np.asarray(labels, dtype=np.float64), len(values))[::-1]
    if not ones.sum() or not zeros.sum():
        raise ValueError("labels must include both 0 and 1")
    false, true = (np.concatenate(([0.0], each.cumsum() / each.sum())) for each in (zeros, ones))
    area = float(np.trapezoid(true, false))
    return Roc(np.concatenate(([np.inf], values[::-1])), false, true, area, _area_error(zeros, ones, area))


def _area_error(zeros: NDArray[Any], ones: NDArray[Any], area: float) -> float:
    """Return the standard error of the area, from the numbers of images at each P(1), falling.

    √([A (1 − A) + (n₁ − 1)(Q₁ − A²) + (n₀ − 1)(Q₂ − A²)] / (n₀ n₁)). Q₁ is the probability that two images of label 1
    both have a larger P(1) than one of label 0. Q₂ is the probability that one of label 1 has a larger P(1) than two of
    label 0.
    """
    n0, n1 = zeros.sum(), ones.sum()
    above, below = ones.cumsum() - ones, n0 - zeros.cumsum()
    q1 = (zeros * (above**2 + above * ones + ones**2 / 3)).sum() / (n0 * n1**2)
    q2 = (ones * (below**2 + below * zeros + zeros**2 / 3)).sum() / (n1 * n0**2)
    variance = (area * (1 - area) + (n1 - 1) * (q1 - area**2) + (n0 - 1) * (q2 - area**2)) / (n0 * n1)
    return float(np.sqrt(max(0.0, variance)))


def ordered(probabilities: ArrayLike, labels: ArrayLike, order: Order) -> NDArray[np.intp]:
    """Return the positions of the images in an order, (n,). Equal images keep their order.

    Args:
        probabilities: (n,), P(1).
        labels: (n,), 0 or 1.
        order: "mnist" changes nothing; "sure" starts with the largest probability of either digit, "wrong" with the
            largest probability of the wrong digit, "undecided" with P(1) nearest to 0.5.
    """
    one, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    undecided = np.abs(one - 0.5).round(12)  # 0.4 and 0.6 are equally far, except for rounding
    keys = {"mnist": np.zeros(len(one)), "sure": -undecided, "undecided": undecided}
    keys["wrong"] = -np.where(truth == 1, 1 - one, one).round(12)
    return np.argsort(keys[order], kind="stable")
