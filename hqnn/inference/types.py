"""What a trained network, or a picture, gives: plain numbers, with which pages need neither torch nor Qiskit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import BlochVector
from hqnn.records import Evaluation


class WholeTest(NamedTuple):
    """A network's answers on all test images of its pair, the first digit's before the second's."""

    #: (n,), radians.
    theta: NDArray[np.float64]
    evaluation: Evaluation


@dataclass(frozen=True)
class Trip:
    """One image's way through a trained network, forth to the loss and back to its pixels."""

    #: 0 or 1: which of the pair's digits the image shows.
    label: int
    #: What measured it.
    engine: str
    #: (28, 28), grey 0 to 1.
    pixels: NDArray[np.float32]
    #: (32, 12, 12) and (64, 4, 4): after each convolution, its ReLU and its pooling.
    maps1: NDArray[np.float32]
    maps2: NDArray[np.float32]
    #: (64,) each: θ is the sum of their products, and the bias.
    hidden: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float
    #: Radians, without dropout.
    theta: float
    #: The state after H, and after RY(θ).
    bloch: tuple[BlochVector, BlochVector]
    #: Measurements at each of θ, θ + s and θ − s, and how many of those at θ were ones; None for exact probabilities.
    shots: int | None
    ones: int | None
    #: P(1) at θ: measured, and what infinitely many shots would say; and the standard error of the measured one.
    measured: float
    exact: float
    error: float
    #: Of the right digit, as measured.
    probability: float
    #: Both losses of it, by name, and the name of the one that was trained on.
    losses: dict[str, float]
    loss: str
    #: Change of that loss with the probability of the right digit.
    loss_slope: float
    shift: float
    gradient_rule: str
    #: P(1) at θ + s and θ − s: measured, and exact.
    shifted: tuple[float, float]
    shifted_exact: tuple[float, float]
    #: dP(1)/dθ as the gradient rule measured it, its standard error, what the rule says without shot noise, and what it
    #: is, per radian.
    slope: float
    slope_error: float
    slope_of_rule: float
    slope_exact: float
    #: dL/dθ of the measured slope, and of the true slope and loss, per radian.
    gradient: float
    gradient_exact: float
    #: (28, 28), ∂θ/∂pixel, radians per unit of grey.
    saliency: NDArray[np.float32]


@dataclass(frozen=True)
class Upload:
    """A picture of a digit (`hqnn.inference.photos`)."""

    #: (height, width), 0 for paper to 255.
    ink: NDArray[np.uint8]
    #: What was done to it that its sender should know, one sentence each.
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """What a trained network says of an image that has no label, such as a drawing (`hqnn.inference.drawing`)."""

    #: 0 or 1: the more probable one, as measured.
    label: int
    #: What measured it, and how often; None for exact probabilities.
    engine: str
    shots: int | None
    #: How many of the shots were ones.
    ones: int | None
    #: Radians, without dropout.
    theta: float
    #: P(1) at θ: measured, and what infinitely many shots would say; and the standard error of the measured one.
    measured: float
    exact: float
    error: float
    #: The state after H, and after RY(θ).
    bloch: tuple[BlochVector, BlochVector]
    #: (28, 28), ∂θ/∂pixel, radians per unit of grey.
    saliency: NDArray[np.float32]
    #: (200,), P(1) measured again and again.
    repeats: NDArray[np.float64]
    #: The share of measurements that are expected to give the other label.
    flips: float
    #: How far it is from the digits that the network knows, and from where on it counts as neither
    #: (`hqnn.inference.neither`).
    distance: float
    limit: float

    @property
    def unlike(self) -> bool:
        """Whether it looks like neither of the two digits."""
        return self.distance > self.limit
