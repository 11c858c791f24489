"""The two losses of a probability, by name.

A classical twin's output may lie outside 0 to 1: both losses take it as it is, but for the raising that
`cross_entropy` tells of.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from hqnn.network.shot_loss import smallest_share


def resolution(shots: int | None, dtype: torch.dtype = torch.float32) -> float:
    """The smallest probability a loss may tell from zero: half of one shot's share, or the dtype's own limit."""
    return torch.finfo(dtype).eps if shots is None else smallest_share(shots)


def cross_entropy(probabilities: Tensor, labels: Tensor, shots: int | None = None) -> Tensor:
    """Mean −log p of the right label.

    A measured 0 of N shots says that p is small, not that it is 0: p is raised to `resolution(shots)`, and its
    gradient passes as if it had been measured there, so that the most wrong image still teaches.

    With few shots the mean of this loss is not −log of the true p (`hqnn.network.shot_loss`). Above about p = 1/N it is
    too high, by (1 − p)/(2Np) for large Np. Below that it is too low, since no measured loss is above log 2N.

    Args:
        probabilities: (batch, 2), measured.
        labels: (batch,), 0 or 1.
        shots: measurements behind each probability, None for exact ones.
    """
    lowest = resolution(shots, probabilities.dtype)
    raised = probabilities.detach().clamp(min=lowest) + (probabilities - probabilities.detach())
    return F.nll_loss(raised.log(), labels)


def published(probabilities: Tensor, labels: Tensor, shots: int | None = None) -> Tensor:
    """Mean −p of the right label, the post's loss: its slope does not grow where the answer is wrong."""
    return F.nll_loss(probabilities, labels)


LOSSES: dict[str, Callable[[Tensor, Tensor, int | None], Tensor]] = {
    "cross-entropy": cross_entropy,
    "published": published,
}
