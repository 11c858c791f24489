"""The network: a small CNN computes one angle, and the circuit or a classical replacement turns it into P(1)."""

from math import sqrt
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hqnn.config import RunConfig
from hqnn.network.layer import HybridLayer, real_angles

#: Smallest batch for which convolutions are faster with channels last.
CHANNELS_LAST_FROM = 8


class Features(NamedTuple):
    """Intermediate results of the network, from the images to θ."""

    #: (batch, 32, 12, 12) and (batch, 64, 4, 4): after each convolution, its ReLU and its pooling.
    maps1: Tensor
    maps2: Tensor
    #: (batch, 64): input of the last linear layer.
    hidden: Tensor
    #: (batch, 1), radians.
    theta: Tensor


class HybridNet(nn.Module):
    """Two convolutions with pooling, two linear layers that end in θ, and the quantum layer.

    The original post flattens after one pooling, which turns every image into 25 rows. After two poolings an image has
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
            generator: random generator of the initial weights; by default torch's global one.
            device: device of the weights, as in torch's layers.
            dtype: dtype of the weights, as in torch's layers.
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
        """Return all intermediate results from the images to θ.

        Args:
            images: (batch, 1, 28, 28), 0 to 1.
            generator: random generator of the dropout in training; by default torch's global one.
        """
        maps1 = F.relu(F.max_pool2d(self.conv1(images), 2))
        maps2 = F.relu(F.max_pool2d(self.conv2(maps1), 2))
        kept = self.dropout(maps2) if generator is None else _dropped(maps2, self.dropout, generator)
        hidden = F.relu(self.fc1(kept.flatten(1)))
        return Features(maps1, maps2, hidden, self.fc2(hidden))

    def angle(self, images: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return θ of each image, (batch, 1), radians. Arguments as in `features`."""
        return self.features(images, generator).theta

    def forward(self, images: Tensor) -> Tensor:
        """Return the probability of each label: (batch, 1, 28, 28), 0 to 1, in; (batch, 2) out. Label 1 has P(1)."""
        return label_probabilities(self.quantum(self.angle(images)))


class AfterTheta(nn.Module):
    """The part of a network after θ."""

    def __init__(self, quantum: nn.Module) -> None:
        super().__init__()
        self.quantum = quantum

    def forward(self, angles: Tensor) -> Tensor:
        """Return the probability of each label: (batch, 1), radians, in; (batch, 2) out."""
        return label_probabilities(self.quantum(angles))


def in_fastest_layout(images: Tensor) -> Tensor:
    """Return images (batch, 1, 28, 28) in the memory layout in which the convolutions are fastest.

    The layout depends on the size of the batch, and changes results only by rounding.
    """
    return images if len(images) < CHANNELS_LAST_FROM else images.clone(memory_format=torch.channels_last)


def _draw_weights(layer: nn.Conv2d | nn.Linear, generator: torch.Generator) -> None:
    """Draw weights as the layer's `reset_parameters` does, which takes no generator."""
    nn.init.kaiming_uniform_(layer.weight, a=sqrt(5), generator=generator)
    if layer.bias is not None:
        bound = 1 / sqrt(layer.weight[0].numel())
        nn.init.uniform_(layer.bias, -bound, bound, generator=generator)


def _dropped(maps: Tensor, dropout: nn.Dropout2d, generator: torch.Generator) -> Tensor:
    """Apply dropout to maps (batch, maps, height, width) as the module does, which takes no generator."""
    kept = 1 - dropout.p
    if not dropout.training or kept == 1:
        return maps
    mask = maps.new_empty((*maps.shape[:2], 1, 1)).bernoulli_(kept, generator=generator)
    return maps * mask.div_(kept)


def label_probabilities(probability_of_one: Tensor) -> Tensor:
    """Return label probabilities, (batch, 2), from P(1), (batch, 1): label 0 has 1 − P(1), label 1 has P(1)."""
    return torch.cat((1 - probability_of_one, probability_of_one), dim=-1)


class ClassicalLayer(nn.Module):
    """A classical replacement of the circuit: a function of θ with its derivative, without shots and without weights.

    Angles may have any shape. As for the circuit, whole numbers take torch's default dtype, and complex numbers are
    refused.
    """

    def forward(self, angles: Tensor) -> Tensor:
        """Return the replacement's P(1) at each angle, in the same shape."""
        return self._value(real_angles(angles))

    def slope(self, angles: Tensor) -> Tensor:
        """Return the derivative of `forward` at each angle, per radian."""
        return self._slope(real_angles(angles))

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor]:
        """Return the replacement's P(1) and its derivative, in the shape of the angles."""
        angles = real_angles(angles)
        return self(angles), self.slope(angles.detach())

    def _value(self, angles: Tensor) -> Tensor:
        raise NotImplementedError

    def _slope(self, angles: Tensor) -> Tensor:
        raise NotImplementedError


class SineLayer(ClassicalLayer):
    """(1 + sin θ)/2, the circuit's P(1) without noise."""

    def _value(self, angles: Tensor) -> Tensor:
        return (1 + torch.sin(angles)) / 2

    def _slope(self, angles: Tensor) -> Tensor:
        return torch.cos(angles) / 2


class SigmoidLayer(ClassicalLayer):
    """1/(1 + exp(−θ)), the usual output for two classes. It rises everywhere, and never reaches 0 or 1."""

    def _value(self, angles: Tensor) -> Tensor:
        return torch.sigmoid(angles)

    def _slope(self, angles: Tensor) -> Tensor:
        probability = torch.sigmoid(angles)
        return probability * (1 - probability)


class LinearLayer(ClassicalLayer):
    """(1 + θ)/2, a linear output: the tangent of the sine at θ = 0.

    Beyond θ = ±1 it is not a probability, and the losses (`hqnn.network.losses`) take it unchanged. If p of the right
    digit is above 1, both losses keep falling, −log p slowly and −p linearly. So they reward ever larger values. If p
    is 0 or less, −p keeps rising, but −log p and its derivative keep their values at p = 1/(2N). Such an image then has
    the same effect as the circuit's worst one. Without shots the limit is the dtype's resolution, and one such
    image outweighs all others.
    """

    def _value(self, angles: Tensor) -> Tensor:
        return (1 + angles) / 2

    def _slope(self, angles: Tensor) -> Tensor:
        return torch.full_like(angles, 0.5)


#: The classical replacements by the name of the setting `head`.
TWINS: dict[str, type[ClassicalLayer]] = {"sigmoid": SigmoidLayer, "sine": SineLayer, "linear": LinearLayer}


def make_head(config: RunConfig, seed: int) -> HybridLayer | ClassicalLayer:
    """Return the part of a run's network after θ.

    Args:
        config: the run.
        seed: random seed of the shots.
    """
    return HybridLayer.of(config, seed) if config.head == "circuit" else TWINS[config.head]()
