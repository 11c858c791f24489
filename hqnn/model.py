"""The network: a small CNN that looks at a digit and ends in one angle, the circuit that turns it into P(1), and its
classical twins, which may stand in the circuit's place."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hqnn.config import RunConfig
from hqnn.layer import HybridLayer


class Features(NamedTuple):
    """What the network makes of images on their way to θ."""

    #: (batch, 32, 12, 12) and (batch, 64, 4, 4): after each convolution, its ReLU and its pooling.
    maps1: Tensor
    maps2: Tensor
    #: (batch, 64): what the last linear layer weighs.
    hidden: Tensor
    #: (batch, 1), radians.
    theta: Tensor


class HybridNet(nn.Module):
    """Two convolutions, each with its pooling, two linear layers ending in θ, then the quantum layer.

    The post flattens after one pooling, which turns every image into 25 rows; pooled twice, an image has
    64 × 4 × 4 = 1024 features.
    """

    def __init__(self, quantum: "HybridLayer | ClassicalLayer | None" = None) -> None:
        """
        Args:
            quantum: the layer after θ; by default an exact HybridLayer.
        """
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5)
        self.dropout = nn.Dropout2d()
        self.fc1 = nn.Linear(1024, 64)
        self.fc2 = nn.Linear(64, 1)
        self.quantum = HybridLayer() if quantum is None else quantum

    def features(self, images: Tensor) -> Features:
        """Every step from the images, (batch, 1, 28, 28), 0 to 1, to θ."""
        maps1 = F.max_pool2d(F.relu(self.conv1(images)), 2)
        maps2 = F.max_pool2d(F.relu(self.conv2(maps1)), 2)
        hidden = F.relu(self.fc1(self.dropout(maps2).flatten(1)))
        return Features(maps1, maps2, hidden, self.fc2(hidden))

    def angle(self, images: Tensor) -> Tensor:
        """θ of each image: (batch, 1, 28, 28), 0 to 1, in; (batch, 1), radians, out."""
        return self.features(images).theta

    def forward(self, images: Tensor) -> Tensor:
        """Probability of each label: (batch, 1, 28, 28), 0 to 1, in; (batch, 2) out. Label 1 has P(1)."""
        return label_probabilities(self.quantum(self.angle(images)))


def label_probabilities(probability_of_one: Tensor) -> Tensor:
    """(batch, 1), P(1), to (batch, 2): label 0 has 1 − P(1), label 1 has P(1)."""
    return torch.cat((1 - probability_of_one, probability_of_one), dim=-1)


class ClassicalLayer(nn.Module):
    """A classical twin of the circuit: a function of θ and its slope, in torch, without shots and without weights."""

    def forward(self, angles: Tensor) -> Tensor:
        """What stands for P(1) at each angle, shaped as they are."""
        raise NotImplementedError

    def slope(self, angles: Tensor) -> Tensor:
        """Of `forward` at each angle, per radian."""
        raise NotImplementedError

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """What stands for P(1), and its slope, each shaped as the angles."""
        return self(angles), self.slope(angles.detach())


class SineLayer(ClassicalLayer):
    """(1 + sin θ)/2: what the circuit computes, without its noise."""

    def forward(self, angles: Tensor) -> Tensor:
        return (1 + torch.sin(angles)) / 2

    def slope(self, angles: Tensor) -> Tensor:
        return torch.cos(angles) / 2


class SigmoidLayer(ClassicalLayer):
    """1/(1 + exp(−θ)), the usual end of a network with two answers: it rises everywhere, and never reaches 0 or 1."""

    def forward(self, angles: Tensor) -> Tensor:
        return torch.sigmoid(angles)

    def slope(self, angles: Tensor) -> Tensor:
        probability = torch.sigmoid(angles)
        return probability * (1 - probability)


class LinearLayer(ClassicalLayer):
    """(1 + θ)/2, the tangent of the sine at θ = 0: nothing but a linear output.

    It is no probability beyond θ = ±1, and the losses (`hqnn.losses`) take it as it is. Above 1 for the right digit,
    both go on falling, −log p slowly and −p straight: they reward certainty without end. At 0 and below, −p goes on
    rising, and −log p stays where it is at half of a shot's share, and its slope too: such an image teaches as much as
    the most wrong one of the circuit. Without shots that share is the dtype's resolution, and one such image outweighs
    all others.
    """

    def forward(self, angles: Tensor) -> Tensor:
        return (1 + angles) / 2

    def slope(self, angles: Tensor) -> Tensor:
        return torch.full_like(angles, 0.5)


#: The classical twins by the name of the setting `head`.
TWINS: dict[str, type[ClassicalLayer]] = {"sigmoid": SigmoidLayer, "sine": SineLayer, "linear": LinearLayer}


def make_head(config: RunConfig, seed: int) -> HybridLayer | ClassicalLayer:
    """What a run has after θ.

    Args:
        config: the run.
        seed: of the shots.
    """
    return HybridLayer.of(config, seed) if config.head == "circuit" else TWINS[config.head]()
