"""The loss −log p measured with N shots, and the factor on its gradient: means and standard deviations.

K of N shots give the right digit, K ~ Binomial(N, p), and p̂ = K/N. A measured 0 counts as `smallest_share`. The
logarithm is not linear, so the mean of −log p̂ is not −log p. For large Np it is −log p + (1 − p)/(2Np), and the mean of
p/p̂ is 1 + (1 − p)/(Np). The parameter-shift rule measures the derivative of p with other shots. So on average the
gradient of −log p̂ is the gradient of −log p times the mean of p/p̂.
"""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlog1py, xlogy


class Spread(NamedTuple):
    """Mean and standard deviation over measurements of N shots, each shaped as the probability."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]


def smallest_share(shots: int) -> float:
    """Return the value for a measured 0 of N shots: 1/(2N), half the weight of one shot."""
    return 1 / (2 * shots)


def measured_loss(probability: ArrayLike, shots: int) -> Spread:
    """Return −log p̂ of N shots.

    Args:
        probability: p of the right digit, any shape.
        shots: N.
    """
    weights, measured = _outcomes(_valid(probability), shots)
    return _spread(weights, -np.log(measured))


def slope_factor(probability: ArrayLike, shots: int) -> Spread:
    """Return p/p̂ of N shots, the factor on the gradient of −log p. Arguments as in `measured_loss`."""
    p = _valid(probability)
    weights, measured = _outcomes(p, shots)
    return _spread(weights, p[..., None] / measured)


def _valid(probability: ArrayLike) -> NDArray[np.float64]:
    return np.clip(np.asarray(probability, dtype=np.float64), 0, 1)


def _outcomes(p: NDArray[np.float64], shots: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probability of each p̂, and p̂ itself, along a new last axis.

    Counts farther than 5√N from their mean together have a probability below 2 e⁻⁵⁰ (Hoeffding 1963,
    doi:10.1080/01621459.1963.10500830) and are left out.
    """
    reach = ceil(5 * sqrt(shots))
    ones = np.rint(shots * p)[..., None] + np.arange(-reach, reach + 1)
    possible = (ones >= 0) & (ones <= shots)
    ones = ones.clip(0, shots)
    zeros = shots - ones
    choices = gammaln(shots + 1) - gammaln(ones + 1) - gammaln(zeros + 1)
    weights = possible * np.exp(choices + xlogy(ones, p[..., None]) + xlog1py(zeros, -p[..., None]))
    return weights / weights.sum(-1, keepdims=True), np.maximum(ones / shots, smallest_share(shots))


def _spread(weights: NDArray[np.float64], values: NDArray[np.float64]) -> Spread:
    mean = (weights * values).sum(-1)
    return Spread(mean, np.sqrt((weights * (values - mean[..., None]) ** 2).sum(-1)))
