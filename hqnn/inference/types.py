"""Results of trained networks and of pictures as plain numbers, so that pages need neither torch nor Qiskit."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import BlochVector
from hqnn.records import Evaluation


class WholeTest(NamedTuple):
    """Test of a network on all test images of its pair, first those of the first digit."""

    #: (n,), radians.
    theta: NDArray[np.float64]
    evaluation: Evaluation


@dataclass(frozen=True)
class Trip:
    """One image followed through a trained network, to the loss and back to its pixels."""

    #: 0 or 1: the digit of the image.
    label: int
    #: Engine of the measurement.
    engine: str
    #: (28, 28), grey 0 to 1.
    pixels: NDArray[np.float32]
    #: (32, 12, 12) and (64, 4, 4): after each convolution with ReLU and max pooling.
    maps1: NDArray[np.float32]
    maps2: NDArray[np.float32]
    #: (64,) each: θ is the sum of their products plus the bias.
    hidden: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float
    #: Radians, without dropout.
    theta: float
    #: The state after H, and after RY(θ).
    bloch: tuple[BlochVector, BlochVector]
    #: Shots at each of θ, θ + s and θ − s, and number of shots at θ that gave 1; None for exact probabilities.
    shots: int | None
    ones: int | None
    #: P(1) at θ: measured, exact, and standard error of the measured one.
    measured: float
    exact: float
    error: float
    #: Measured probability of the right digit.
    probability: float
    #: Both losses by name, and the name of the loss used in training.
    losses: dict[str, float]
    loss: str
    #: Derivative of that loss with respect to the probability of the right digit.
    loss_slope: float
    shift: float
    gradient_rule: str
    #: P(1) at θ + s and θ − s: measured, and exact.
    shifted: tuple[float, float]
    shifted_exact: tuple[float, float]
    #: dP(1)/dθ per radian: by the gradient rule, its standard error, by the rule without shot noise, and exact.
    slope: float
    slope_error: float
    slope_of_rule: float
    slope_exact: float
    #: dL/dθ per radian: measured, and exact.
    gradient: float
    gradient_exact: float
    #: (28, 28), ∂θ/∂pixel, radians per unit of grey.
    saliency: NDArray[np.float32]


@dataclass(frozen=True)
class Upload:
    """A picture of a digit (`hqnn.inference.photos`)."""

    #: Strokes: (height, width), from 0 for background to 255.
    ink: NDArray[np.uint8]
    #: Changes to the picture that its sender should know, one sentence each.
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Prediction of a trained network for an image without a label, such as a drawing (`hqnn.inference.drawing`)."""

    #: 0 or 1: the predicted label.
    label: int
    #: Engine of the measurement, and number of shots; None for exact probabilities.
    engine: str
    shots: int | None
    #: Number of shots that gave 1.
    ones: int | None
    #: Radians, without dropout.
    theta: float
    #: P(1) at θ: measured, exact, and standard error of the measured one.
    measured: float
    exact: float
    error: float
    #: The state after H, and after RY(θ).
    bloch: tuple[BlochVector, BlochVector]
    #: (28, 28), ∂θ/∂pixel, radians per unit of grey.
    saliency: NDArray[np.float32]
    #: (200,), P(1) of repeat measurements.
    repeats: NDArray[np.float64]
    #: Expected share of measurements with the other label.
    flips: float
    #: Distance from the pair's digits, and limit above which it is rejected as neither (`hqnn.inference.neither`).
    distance: float
    limit: float

    @property
    def unlike(self) -> bool:
        """Whether it looks like neither of the two digits."""
        return self.distance > self.limit
