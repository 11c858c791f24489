"""MNIST digit pairs, from the archives bundled in `data/`, read through torchvision.

LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791.
"""

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.datasets import MNIST
from torchvision.transforms.v2.functional import to_dtype

from hqnn.config import RunConfig
from hqnn.folders import FolderError, user_folder
from hqnn.settings import ConfigError, HqnnError

ARCHIVES = Path(__file__).resolve().parent.parent / "data"

#: MD5 of the unpacked files, as published by torchvision and MNIST's other mirrors.
CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class DataError(HqnnError, RuntimeError):
    """The bundled data cannot be read: its message says which file, and what to do."""


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
    """Two digits' images for training and for testing. Label 0 is the first digit, label 1 the second."""

    digits: tuple[int, int]
    train: Images
    test: Images

    def decode(self, labels: Tensor) -> Tensor:
        """The digits that labels stand for."""
        return torch.tensor(self.digits)[labels]


def load_pair(digits: tuple[int, int], n_train: int | None = 100, n_test: int | None = 50) -> DigitPair:
    """The first images of each of two digits, in MNIST's order, the first digit's before the second's.

    Args:
        digits: two different digits.
        n_train: training images per digit, or None for all there are.
        n_test: test images per digit, or None for all there are.

    Raises:
        ConfigError: for equal digits, no images, or more than there are.
        DataError: if the bundled archives are missing or damaged.
    """
    config = RunConfig(digits=digits, n_train=n_train, n_test=n_test, epochs=1)
    return DigitPair(
        config.digits,
        _first(config.digits, config.n_train, train=True),
        _first(config.digits, config.n_test, train=False),
    )


def all_test_images(digits: Sequence[int]) -> Images:
    """All test images of some digits, in MNIST's order, the first digit's before the second's; labels are places in
    `digits`.

    Raises:
        ConfigError: for none, or for what is no digit.
    """
    if not digits or not set(digits) <= set(range(10)):
        raise ConfigError(f"digits must be whole numbers between 0 and 9, at least one, got {tuple(digits)}")
    return _first(digits, None, train=False)


def pixels(digit: int, train: bool) -> NDArray[np.uint8]:
    """All images of a digit as they are stored: (count, 28, 28), grey 0 to 255."""
    mnist = _mnist(train)
    return mnist.data[mnist.targets == digit].numpy()


def _first(digits: Sequence[int], count: int | None, *, train: bool) -> Images:
    mnist = _mnist(train)
    places = [torch.nonzero(mnist.targets == digit)[:count, 0] for digit in digits]
    labels = torch.cat([torch.full_like(place, label) for label, place in enumerate(places)])
    return Images(to_dtype(mnist.data[torch.cat(places), None], torch.float32, scale=True), labels)


@cache
def _mnist(train: bool) -> MNIST:
    root = _unpacked(ARCHIVES, cache_folder())
    return MNIST(root, train=train)


def cache_folder() -> Path:
    """Where the unpacked files go: $HQNN_CACHE, or the user's cache folder, or else a temporary one."""
    try:
        return user_folder("HQNN_CACHE", "XDG_CACHE_HOME", ".cache")
    except FolderError as error:
        raise DataError(str(error)) from None


def _unpacked(archives: Path, root: Path) -> Path:
    """The root that torchvision reads, its raw files unpacked and whole; a damaged one is unpacked again."""
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, checksum in CHECKSUMS.items():
        file = raw / name
        if not file.exists() or _md5(file.read_bytes()) != checksum:
            _replace(file, _read_archive(archives / f"{name}.gz", checksum))
    return root


def _read_archive(archive: Path, checksum: str) -> bytes:
    mend = "restore it from the repository (git checkout data)"
    try:
        content = gzip.decompress(archive.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{archive} is missing: {mend}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{archive} is damaged ({error}): {mend}") from None
    if _md5(content) != checksum:
        raise DataError(f"{archive} is damaged (its content has another checksum than MNIST's): {mend}")
    return content


def _replace(file: Path, content: bytes) -> None:
    """Write in one piece: another process sees the old file or the new one."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        part = Path(folder) / file.name
        part.write_bytes(content)
        part.replace(file)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
