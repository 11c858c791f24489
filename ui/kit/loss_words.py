"""Why a training loss can be low beside many wrong images, in words."""

from math import exp

from hqnn.config import Loss
from ui.kit.words import decimal

#: How far the mean probability of the right digit is above the share of right images where that is explained.
APART = 0.2


def with_dropout(loss: Loss, value: float | None, accuracy: float) -> str:
    """A sentence on a training loss that does not fit the accuracy; nothing where the two agree.

    Args:
        loss: the one trained on.
        value: its mean over an epoch's steps, with dropout; None before the first step.
        accuracy: share of the training images that are right after the epoch, without dropout.
    """
    if value is None:
        return ""
    p = -value if loss == "published" else exp(-value)
    if p < accuracy + APART:
        return ""
    return (
        f"The training loss of {decimal(value)} is measured with dropout: there the right digit has p of about "
        f"{p:.2f}. Without dropout, as in tests, only {accuracy:.0%} of the training images are right."
    )
