"""The network: a small CNN that looks at a digit and ends in one angle, the circuit that turns it into P(1), and its
classical twins, which may stand in the circuit's place."""

from math import sqrt
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hqnn.config import RunConfig
from hqnn.network.layer import HybridLayer, real_angles

#: Images from which on the convolutions are faster with their channels last.
CHANNELS_LAST_FROM = 8


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

    def __init__(
        self,
        quantum: "HybridLayer | ClassicalLayer | None" = None,
        *,
        generator: torch.Generator | None = None,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        """
        Args:
            quantum: the layer after θ; by default an exact HybridLayer.
            generator: of the first weights, the same that torch's own would give in its state; by default that one.
            device: of the weights, as torch's own layers take it.
            dtype: of the weights, likewise.
        """
        super().__init__()
        where: Any = {"device": device if generator is None else "meta", "dtype": dtype}
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5, **where)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5, **where)
        self.dropout = nn.Dropout2d()
        self.fc1 = nn.Linear(1024, 64, **where)
        self.fc2 = nn.Linear(64, 1, **where)
        if generator is not None:
            self.to_empty(device=device or torch.get_default_device())
            for layer in (self.conv1, self.conv2, self.fc1, self.fc2):
                _draw_weights(layer, generator)
        self.quantum = HybridLayer() if quantum is None else quantum

    def features(self, images: Tensor, generator: torch.Generator | None = None) -> Features:
        """Every step from the images, (batch, 1, 28, 28), 0 to 1, to θ.

        Args:
            images: what is looked at.
            generator: of the dropout, while in training; torch's own if none is given.
        """
        maps1 = F.relu(F.max_pool2d(self.conv1(images), 2))
        maps2 = F.relu(F.max_pool2d(self.conv2(maps1), 2))
        kept = self.dropout(maps2) if generator is None else _dropped(maps2, self.dropout, generator)
        hidden = F.relu(self.fc1(kept.flatten(1)))
        return Features(maps1, maps2, hidden, self.fc2(hidden))

    def angle(self, images: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """θ of each image: (batch, 1, 28, 28), 0 to 1, in; (batch, 1), radians, out. Arguments as of `features`."""
        return self.features(images, generator).theta

    def forward(self, images: Tensor) -> Tensor:
        """Probability of each label: (batch, 1, 28, 28), 0 to 1, in; (batch, 2) out. Label 1 has P(1)."""
        return label_probabilities(self.quantum(self.angle(images)))


def in_fastest_layout(images: Tensor) -> Tensor:
    """Images (batch, 1, 28, 28) in the memory layout in which the convolutions are fastest for so many of them.

    The layout changes results by rounding alone.
    """
    return images if len(images) < CHANNELS_LAST_FROM else images.clone(memory_format=torch.channels_last)


def _draw_weights(layer: nn.Conv2d | nn.Linear, generator: torch.Generator) -> None:
    """As `reset_parameters` of the layer does, which takes no generator."""
    nn.init.kaiming_uniform_(layer.weight, a=sqrt(5), generator=generator)
    if layer.bias is not None:
        bound = 1 / sqrt(layer.weight[0].numel())
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def _dropped(maps: Tensor, dropout: nn.Dropout2d, generator: torch.Generator) -> Tensor:
    """What dropout leaves of maps (batch, maps, height, width), as the module draws it, which takes no generator."""
    kept = 1 - dropout.p
    if not dropout.training or kept == 1:
        return maps
    mask = maps.new_empty((*maps.shape[:2], 1, 1)).bernoulli_(kept, generator=generator)
    return maps * mask.div_(kept)


def label_probabilities(probability_of_one: Tensor) -> Tensor:
    """(batch, 1), P(1), to (batch, 2): label 0 has 1 − P(1), label 1 has P(1)."""
    return torch.cat((1 - probability_of_one, probability_of_one), dim=-1)


class ClassicalLayer(nn.Module):
    """A classical twin of the circuit: a function of θ and its slope, in torch, without shots and without weights.

    Angles of any shape count as the circuit's do: whole numbers as torch's default dtype, and complex ones are refused.
    """

    def forward(self, angles: Tensor) -> Tensor:
        """What stands for P(1) at each angle, shaped as they are."""
        return self._value(real_angles(angles))

    def slope(self, angles: Tensor) -> Tensor:
        """Of `forward` at each angle, per radian."""
        return self._slope(real_angles(angles))

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """What stands for P(1), and its slope, each shaped as the angles."""
        angles = real_angles(angles)
        return self(angles), self.slope(angles.detach())

    def _value(self, angles: Tensor) -> Tensor:
        raise NotImplementedError

    def _slope(self, angles: Tensor) -> Tensor:
        raise NotImplementedError


class SineLayer(ClassicalLayer):
    """(1 + sin θ)/2: what the circuit computes, without its noise."""

    def _value(self, angles: Tensor) -> Tensor:
        return (1 + torch.sin(angles)) / 2

    def _slope(self, angles: Tensor) -> Tensor:
        return torch.cos(angles) / 2


class SigmoidLayer(ClassicalLayer):
    """1/(1 + exp(−θ)), the usual end of a network with two answers: it rises everywhere, and never reaches 0 or 1."""

    def _value(self, angles: Tensor) -> Tensor:
        return torch.sigmoid(angles)

    def _slope(self, angles: Tensor) -> Tensor:
        probability = torch.sigmoid(angles)
        return probability * (1 - probability)


class LinearLayer(ClassicalLayer):
    """(1 + θ)/2, the tangent of the sine at θ = 0: nothing but a linear output.

    It is no probability beyond θ = ±1, and the losses (`hqnn.network.losses`) take it as it is. Above 1 for the right
    digit, both go on falling, −log p slowly and −p straight: they reward certainty without end. At 0 and below, −p goes
    on rising, and −log p stays where it is at half of a shot's share, and its slope too: such an image teaches as much
    as the most wrong one of the circuit. Without shots that share is the dtype's resolution, and one such image
    outweighs all others.
    """

    def _value(self, angles: Tensor) -> Tensor:
        return (1 + angles) / 2

    def _slope(self, angles: Tensor) -> Tensor:
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
