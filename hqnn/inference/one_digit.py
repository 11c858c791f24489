"""Count the digits on a picture: one digit, perhaps in pieces, or several digits side by side.

Pieces of one digit look less like digits than the whole. Several digits look more like digits one by one than together.
The measure is the distance from MNIST images (`hqnn.inference.neither`).
"""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hqnn.inference.ink import mnist_like
from hqnn.inference.neither import distances

#: Least length of a part that may be a digit, relative to the longest part. Shorter parts belong to the nearest one.
LEAST_LENGTH = 0.4
MOST_PARTS = 4
#: The parts are digits if the whole is at least this far from all digits, and so many times farther than each part. The
#: least values for 45 pairs of digits were 0.54 and 1.15. Of 26 digits in pieces, those beyond 0.5 had 1.04.
WHOLE, LEAD = 0.5, 1.1


def digits_apart(ink: NDArray[np.uint8]) -> int:
    """Return the number of digits.

    Args:
        ink: (height, width), from 0 for background to 255, with at least one stroke.
    """
    parts = _parts(ink)
    if len(parts) == 1:
        return 1
    (whole,) = _away([ink])
    for number in range(2, len(parts) + 1):
        farthest = min(max(_away(group)) for group in _in_groups(parts, number))
        if whole > max(WHOLE, LEAD * farthest):
            return number
    return 1


def _away(inks: list[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return the distance of each picture from the nearest MNIST digit."""
    return distances(np.stack([mnist_like(ink) for ink in inks])).min(1)


def _in_groups(parts: list[NDArray[np.uint8]], number: int) -> Iterator[list[NDArray[np.uint8]]]:
    """Yield all ways to join neighbours into so many groups."""
    for cuts in combinations(range(1, len(parts)), number - 1):
        ends = (0, *cuts, len(parts))
        yield [np.maximum.reduce(parts[first:last]) for first, last in pairwise(ends)]


def _parts(ink: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Return the connected parts as long as a digit, from left to right, each with its nearest shorter pieces.

    There are at most `MOST_PARTS`, the longest ones.
    """
    labels = np.empty(ink.shape, np.int32)
    ndimage.label(ink > 0, np.ones((3, 3)), output=labels)
    boxes = ndimage.find_objects(labels)
    lengths = np.array([max(side.stop - side.start for side in box) for box in boxes])
    longest = np.argsort(-lengths)[:MOST_PARTS]
    long = [part + 1 for part in longest if lengths[part] >= LEAST_LENGTH * lengths.max()]
    long.sort(key=lambda part: boxes[part - 1][1].start + boxes[part - 1][1].stop)
    away = np.stack([np.asarray(ndimage.distance_transform_edt(labels != part)) for part in long])
    nearest = away.argmin(0)
    return [np.where(nearest == place, ink, 0).astype(np.uint8) for place in range(len(long))]
