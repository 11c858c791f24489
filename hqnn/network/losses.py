"""The two losses of a probability, by name.

The output of a classical replacement can be below 0 or above 1. Both losses take it unchanged, except for the lower
limit in `cross_entropy`.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from hqnn.network.shot_loss import smallest_share


def resolution(shots: int | None, dtype: torch.dtype = torch.float32) -> float:
    """Return the smallest probability that a loss tells from 0: 1/(2N), or the dtype's limit without shots."""
    return torch.finfo(dtype).eps if shots is None else smallest_share(shots)


def cross_entropy(probabilities: Tensor, labels: Tensor, shots: int | None = None) -> Tensor:
    """Return the mean −log p of the right label.

    A measured 0 of N shots means that p is small, not that p is 0. So p is raised to `resolution(shots)`, and the
    gradient passes as if p had been measured there. So the network also learns from the image with the largest loss.

    With few shots the mean of this loss is not −log of the true p (`hqnn.network.shot_loss`). Above about p = 1/N it is
    too high, by (1 − p)/(2Np) for large Np. Below that it is too low, because no measured loss is above log 2N.

    Args:
        probabilities: (batch, 2), measured.
        labels: (batch,), 0 or 1.
        shots: measurements behind each probability, None for exact ones.
    """
    lowest = resolution(shots, probabilities.dtype)
    raised = probabilities.detach().clamp(min=lowest) + (probabilities - probabilities.detach())
    return F.nll_loss(raised.log(), labels)


def published(probabilities: Tensor, labels: Tensor, shots: int | None = None) -> Tensor:
    """Return the mean −p of the right label, as in the original post.

    Its gradient is not larger for wrong predictions.
    """
    return F.nll_loss(probabilities, labels)


LOSSES: dict[str, Callable[[Tensor, Tensor, int | None], Tensor]] = {
    "cross-entropy": cross_entropy,
    "published": published,
}
