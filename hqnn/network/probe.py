"""The probe images of a run: when they are looked at, and what the layers make of them, in a few bytes."""

import zlib
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hqnn.config import RunConfig

#: Probe images per digit: the first test images in MNIST's order, however many test images the run has.
PER_DIGIT = 12
#: Looks at the probe images per run, the one before the first step among them: one per so many steps, with two bounds.
#: A look costs half as much as an optimiser step with a batch of 8: 60 would slow the recommended run by 11 %.
STEPS_PER_LOOK, FEWEST, MOST = 8, 30, 60
#: Of how many looks one keeps what the layers make of the images.
EVERY = 3
#: Maps that are kept of each convolution, and features of the hidden layer.
MAPS, HIDDEN = 4, 64
#: Most looks whose layers a process keeps unpacked; each takes 17 kB, and its text as much.
KEPT = 128
#: Pixels of the maps' sides.
SIDES = (12, 4)

_LAYOUT = np.dtype([
    ("channels1", np.uint8, (MAPS,)),
    ("maps1", np.uint8, (MAPS, SIDES[0], SIDES[0])),
    ("channels2", np.uint8, (MAPS,)),
    ("maps2", np.uint8, (MAPS, SIDES[1], SIDES[1])),
    ("hidden", np.uint8, (HIDDEN,)),
])  # fmt: skip
#: Most bytes of a record's layers, unpacked; those of 24 images take 17 kB. A viewer's file may hold any text.
MOST_BYTES = 100_000


class Layers(NamedTuple):
    """What the layers make of images. Brightness is relative to the largest value of its layer in its image."""

    #: (images, 4): which of the 32 and of the 64 maps follow, those with the largest sums, the largest first.
    channels1: NDArray[np.uint8]
    channels2: NDArray[np.uint8]
    #: (images, 4, 12, 12) and (images, 4, 4, 4): the maps after each convolution, its pooling and its ReLU, 0 to 255.
    maps1: NDArray[np.uint8]
    maps2: NDArray[np.uint8]
    #: (images, 64): the hidden features, 0 to 255.
    hidden: NDArray[np.uint8]


def probe_steps(config: RunConfig) -> tuple[int, ...]:
    """Return the steps after which the probe images are looked at: at most 60 per run, most of them early.

    They depend on the number of steps and epochs only. Half of them are in the first epoch. Step 0 and the last step of
    the first and of the last epoch are always among them. A run with fewer steps than looks has a look at every step.
    """
    epoch, last = config.steps_per_epoch, config.epochs * config.steps_per_epoch
    looks = min(MOST, max(FEWEST, last // STEPS_PER_LOOK)) - 1
    later = looks // 2 if config.epochs > 1 else 0
    return tuple(sorted(_early(0, epoch, looks - later) | _early(epoch, last, later)))


def steps_with_layers(config: RunConfig) -> frozenset[int]:
    """Return those of `probe_steps` at which the record has what the layers make of the images; the last is one."""
    steps = probe_steps(config)
    return frozenset((*steps[::EVERY], steps[-1]))


def strongest(maps1: NDArray[np.floating], maps2: NDArray[np.floating], hidden: NDArray[np.floating]) -> Layers:
    """Return the strongest maps and the hidden features of images, with 8 bits.

    Args:
        maps1: (images, 32, 12, 12), after the first convolution.
        maps2: (images, 64, 4, 4), after the second one.
        hidden: (images, 64).
    """
    (channels1, kept1), (channels2, kept2) = _strongest(maps1), _strongest(maps2)
    return Layers(channels1, channels2, kept1, kept2, _bytes(hidden))


def pack_layers(layers: Layers) -> str:
    """Return what the layers make of images as text: 8-bit pictures, compressed with zlib, in base64."""
    rows = np.empty(len(layers.hidden), _LAYOUT)
    for name, values in layers._asdict().items():
        rows[name] = values
    return b64encode(zlib.compress(rows.tobytes(), 1)).decode()


def unpack_layers(packed: str) -> Layers:
    """Return the layers that `pack_layers` has packed.

    Raises:
        ValueError: if the text is something else.
    """
    rows = _rows(packed)
    return Layers(*(rows[name] for name in Layers._fields))


def layers_of_image(packed: str, image: int) -> bytes:
    """Return the layers of one image as 712 bytes.

    Args:
        packed: text of `pack_layers`.
        image: its row.

    Returns:
        In this order channels1 (4), maps1 (4 × 12 × 12), channels2 (4), maps2 (4 × 4 × 4) and hidden (64).

    Raises:
        IndexError: if there is no such image.
        ValueError: if the text is something else.
    """
    return _rows(packed)[image].tobytes()


@lru_cache(KEPT)
def _rows(packed: str) -> NDArray[np.void]:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(b64decode(packed, validate=True), MOST_BYTES)
        if not unpacker.eof:
            raise ValueError(f"no end within {MOST_BYTES:,} bytes")
        return np.frombuffer(content, _LAYOUT)
    except (ValueError, zlib.error) as error:
        raise ValueError(
            f"layers of probe images must be compressed pictures in base64, got text with {error}"
        ) from None


def _early(first: int, last: int, count: int) -> set[int]:
    """The first step and so many after it, up to the last one, closer together at the beginning; else all."""
    steps = [first]
    for place in range(1, count + 1):
        wanted = first + round((last - first) * (place / count) ** 1.5)
        steps.append(min(last, max(steps[-1] + 1, wanted)))
    return set(steps)


def _strongest(maps: NDArray[np.floating]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    channels = np.argsort(-maps.sum((2, 3)), axis=1, kind="stable")[:, :MAPS]
    return channels.astype(np.uint8), _bytes(np.take_along_axis(maps, channels[:, :, None, None], axis=1))


def _bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Values from 0 on, (images, …), as 0 to 255 of the largest of each image."""
    values = np.nan_to_num(values, posinf=0)
    highest = values.reshape(len(values), -1).max(1).reshape(-1, *[1] * (values.ndim - 1))
    return np.round(255 * np.divide(values, highest, out=np.zeros_like(values), where=highest > 0)).astype(np.uint8)
