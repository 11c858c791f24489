"""The loss with few shots in words: its values at one p, and alternative texts of the two charts."""

from math import log

from hqnn.network.shot_loss import measured_loss, slope_factor
from ui.gradients.shift.rules import number
from ui.gradients.shift.shot_loss_figures import LEAST, PROBABILITIES, lines
from ui.gradients.shift.words import shot_count

#: True at every p.
INTRODUCTION = (
    "With few shots the measured loss −log p is not the loss of the true p, even on average. Above about "
    "p\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}1/N it is too high. Below that it is too low, because a measured 0 counts "
    "as 1/(2N). The loss −p has no such error."
)


def sentences(p: float, shots: int) -> str:
    """Markdown: the loss and its gradient with N shots at one p, compared with the exact values."""
    return (
        f"An image of the second digit at this θ has p = P(1) = **{number(p, 3)}**, and its exact loss is "
        f"**{_exact(p)}**. With {shot_count(shots)} the measured loss is **{_measured(p, shots)}** (mean ± standard "
        f"deviation, SD). On average its gradient is **{_factor(p, shots)} times** the exact one."
    )


def loss_alt(p: float, shots: int) -> str:
    """Return the alternative text of the loss chart."""
    return (
        f"Loss −log p over p from {LEAST} to 1: exact, and the mean with {shot_count(shots)} in a band of one "
        f"standard deviation. At p = {number(p, 3)}: exact {_exact(p)}, measured {_measured(p, shots)}."
    )


def factor_alt(p: float, shots: int) -> str:
    """Return the alternative text of the gradient chart."""
    factor = lines(shots)[1].mean
    place = int(factor.argmax())
    return (
        f"Mean gradient of the loss with {shot_count(shots)}, divided by the exact one, over p. It is "
        f"largest, {number(factor[place], 2)}, at p = {number(PROBABILITIES[place], 3)}. At p = {number(p, 3)} it is "
        f"{_factor(p, shots)}."
    )


def _exact(p: float) -> str:
    return number(-log(p), 3) if p > 0 else "∞"


def _measured(p: float, shots: int) -> str:
    loss = measured_loss(p, shots)
    return f"{number(float(loss.mean), 3)}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{number(float(loss.deviation), 3)}"


def _factor(p: float, shots: int) -> str:
    return number(float(slope_factor(p, shots).mean), 2)
