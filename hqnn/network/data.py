"""MNIST digit pairs from the bundled archives, read through torchvision.

LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.datasets import MNIST
from torchvision.transforms.v2.functional import to_dtype

from hqnn.config import RunConfig
from hqnn.errors import ConfigError
from hqnn.network.mnist_files import DataError as DataError  # noqa: PLC0414 (raised by this module)
from hqnn.network.mnist_files import unpacked
from hqnn.network.probe import PER_DIGIT


@dataclass(frozen=True)
class Images:
    """Images with their labels.

    images: (n, 1, 28, 28), float32, 0 to 1; labels: (n,), 0 or 1.
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class DigitPair:
    """Training and test images of two digits. Label 0 is the first digit, label 1 the second."""

    digits: tuple[int, int]
    train: Images
    test: Images

    def decode(self, labels: Tensor) -> Tensor:
        """Return the digits of some labels."""
        return torch.tensor(self.digits)[labels]


def load_pair(digits: tuple[int, int], n_train: int | None = 100, n_test: int | None = 50) -> DigitPair:
    """Return the first images of two digits in MNIST's order: first all of the first digit, then of the second.

    Args:
        digits: two different digits.
        n_train: training images per digit, or None for all available images.
        n_test: test images per digit, or None for all available images.

    Raises:
        ConfigError: for equal digits, for no images, or for more than available.
        DataError: if the bundled archives are missing or damaged.
    """
    config = RunConfig(digits=digits, n_train=n_train, n_test=n_test, epochs=1)
    return DigitPair(
        config.digits,
        _first(config.digits, config.n_train, train=True),
        _first(config.digits, config.n_test, train=False),
    )


def probe_images(digits: tuple[int, int]) -> Tensor:
    """Return the images that a run looks at as it learns: (24, 1, 28, 28), 0 to 1, the first digit's first.

    They are the first 12 test images of each digit in MNIST's order, however many test images the run has.
    """
    return _first(digits, PER_DIGIT, train=False).images


def all_test_images(digits: Sequence[int]) -> Images:
    """Return all test images of some digits, digit by digit in MNIST's order. Labels are positions in `digits`.

    Raises:
        ConfigError: for an empty list, or for anything but digits.
    """
    if not digits or not set(digits) <= set(range(10)):
        raise ConfigError(f"digits must be whole numbers between 0 and 9, at least one, got {tuple(digits)}")
    return _first(digits, None, train=False)


def pixels(digit: int, train: bool) -> NDArray[np.uint8]:
    """Return all images of a digit as stored: (count, 28, 28), grey 0 to 255."""
    mnist = _mnist(train)
    return mnist.data[mnist.targets == digit].numpy()


def _first(digits: Sequence[int], count: int | None, *, train: bool) -> Images:
    mnist = _mnist(train)
    places = [torch.nonzero(mnist.targets == digit)[:count, 0] for digit in digits]
    labels = torch.cat([torch.full_like(place, label) for label, place in enumerate(places)])
    return Images(to_dtype(mnist.data[torch.cat(places), None], torch.float32, scale=True), labels)


@cache
def _mnist(train: bool) -> MNIST:
    return MNIST(unpacked(), train=train)
