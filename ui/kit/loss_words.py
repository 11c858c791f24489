"""Explanation of a training loss that is low although many images are wrong."""

from math import exp

from hqnn.config import Loss
from ui.kit.words import decimal

#: From this gap on, between the mean probability of the right digit and the accuracy, the page explains it.
APART = 0.2


def with_dropout(loss: Loss, value: float | None, accuracy: float) -> str:
    """Return an explanation if the training loss does not fit the accuracy, else an empty text.

    Args:
        loss: the loss that the run minimises.
        value: its mean over the steps of an epoch, with dropout. None before the first step.
        accuracy: training accuracy after the epoch, without dropout.
    """
    if value is None:
        return ""
    p = -value if loss == "published" else exp(-value)
    if p < accuracy + APART:
        return ""
    return (
        f"The training loss of {decimal(value)} is measured with dropout, where the right digit has p ≈ {p:.2f}. "
        f"Without dropout, as in tests, the network gets only {accuracy:.0%} of the training images right."
    )
