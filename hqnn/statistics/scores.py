"""How good and how sure: what predicted probabilities of label 1 say beside the true labels.

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
    """Bins of P(1), the empty ones among them, and how often label 1 was true in each.

    All (bins,); the last four are NaN where a bin is empty.
    """

    count: NDArray[np.int64]
    #: Mean of the predicted P(1).
    predicted: NDArray[np.float64]
    #: Share of label 1, with Wilson's 95 % interval.
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: mean of |observed − predicted| over the bins, each as heavy as its images."""
        full = self.count > 0
        return float(np.average(np.abs(self.observed - self.predicted)[full], weights=self.count[full]))


class Roc(NamedTuple):
    """The trade-off between the two kinds of mistakes, over all thresholds that P(1) is asked to reach."""

    #: (thresholds,), falling; the first is infinite.
    threshold: NDArray[np.float64]
    #: (thresholds,), shares of label 0 and of label 1 whose P(1) reaches the threshold; from 0 to 1.
    false_positive: NDArray[np.float64]
    true_positive: NDArray[np.float64]
    #: Under the curve: how probably an image of label 1 gets a larger P(1) than one of label 0; equal ones count half.
    area: float
    #: Its standard error.
    error: float


def bins_of(probabilities: ArrayLike, bins: int) -> NDArray[np.intp]:
    """Which of equal bins from 0 to 1 each probability is in; one between two bins is in the upper, 1 in the last."""
    edges = np.arange(1, bins) / bins
    return np.searchsorted(edges, np.asarray(probabilities, dtype=np.float64), side="right")


def histogram(probabilities: ArrayLike, labels: ArrayLike, bins: int) -> NDArray[np.int64]:
    """(2, bins), images of each label in equal bins of P(1).

    Args:
        probabilities: (n,), P(1).
        labels: (n,), 0 or 1.
        bins: how many.
    """
    place = np.asarray(labels, dtype=np.int64) * bins + bins_of(probabilities, bins)
    return np.bincount(place, minlength=2 * bins).reshape(2, bins)


def calibration(probabilities: ArrayLike, labels: ArrayLike, bins: int = 10) -> Calibration:
    """What P(1) was predicted and how often label 1 was true, in equal bins of P(1).

    Args:
        probabilities: (n,), P(1), at least one.
        labels: (n,), 0 or 1.
        bins: how many.
    """
    place, ones = bins_of(probabilities, bins), np.asarray(labels, dtype=np.float64)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(place, np.asarray(probabilities, dtype=np.float64), bins) / count
        observed = np.bincount(place, ones, bins) / count
    return Calibration(count, predicted, observed, *wilson(np.bincount(place, ones, bins), count))


def roc(probabilities: ArrayLike, labels: ArrayLike) -> Roc:
    """The ROC of P(1), and its area with Hanley and McNeil's standard error.

    Images of equal P(1) stand at one threshold. In the standard error they count as if chance decided which is larger,
    as in Hanley and McNeil's own table II.

    Args:
        probabilities: (n,), P(1).
        labels: (n,), 0 or 1, both of them there.

    Raises:
        ValueError: if one of the labels is not there.
    """
    values, place = np.unique(np.asarray(probabilities, dtype=np.float64), return_inverse=True)
    ones = np.bincount(place, np.asarray(labels, dtype=np.float64), len(values))[::-1]
    zeros = np.bincount(place, 1 - np.asarray(labels, dtype=np.float64), len(values))[::-1]
    if not ones.sum() or not zeros.sum():
        raise ValueError("labels must have both 0 and 1 among them")
    false, true = (np.concatenate(([0.0], each.cumsum() / each.sum())) for each in (zeros, ones))
    area = float(np.trapezoid(true, false))
    return Roc(np.concatenate(([np.inf], values[::-1])), false, true, area, _area_error(zeros, ones, area))


def _area_error(zeros: NDArray[Any], ones: NDArray[Any], area: float) -> float:
    """Standard error of the area, from the numbers of images at each P(1), falling.

    √([A (1 − A) + (n₁ − 1)(Q₁ − A²) + (n₀ − 1)(Q₂ − A²)] / (n₀ n₁)): Q₁ is how probably two images of label 1 both get
    more than one of label 0, Q₂ how probably one of label 1 gets more than two of label 0.
    """
    n0, n1 = zeros.sum(), ones.sum()
    above, below = ones.cumsum() - ones, n0 - zeros.cumsum()
    q1 = (zeros * (above**2 + above * ones + ones**2 / 3)).sum() / (n0 * n1**2)
    q2 = (ones * (below**2 + below * zeros + zeros**2 / 3)).sum() / (n1 * n0**2)
    variance = (area * (1 - area) + (n1 - 1) * (q1 - area**2) + (n0 - 1) * (q2 - area**2)) / (n0 * n1)
    return float(np.sqrt(max(0.0, variance)))


def ordered(probabilities: ArrayLike, labels: ArrayLike, order: Order) -> NDArray[np.intp]:
    """(n,), places of the images in an order; images that are equal in it stay as they were.

    Args:
        probabilities: (n,), P(1).
        labels: (n,), 0 or 1.
        order: "mnist" leaves them as they are; "sure" begins with the largest probability of either answer, "wrong"
            with the largest one of the wrong digit, "undecided" with P(1) nearest to 0.5.
    """
    one, truth = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    undecided = np.abs(one - 0.5).round(12)  # 0.4 and 0.6 are as far, but for the rounding
    keys = {"mnist": np.zeros(len(one)), "sure": -undecided, "undecided": undecided}
    keys["wrong"] = -np.where(truth == 1, 1 - one, one).round(12)
    return np.argsort(keys[order], kind="stable")
