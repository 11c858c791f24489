"""From ink to an image such as MNIST's: what a drawing is to the network.

MNIST's makers scaled each digit to fit a box of 20 × 20 pixels, its aspect ratio kept, and laid its centre of mass at
the centre of 28 × 28: LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791. `ui/glyphs.js` has the same.
"""

import numpy as np
from numpy.typing import NDArray

from hqnn.settings import HqnnError

#: Pixels of the image's side, and of the side of the box in it that the digit fills.
SIDE, BOX = 28, 20
#: The row and the column, from 0, nearest to which the centre of mass of each of MNIST's images is.
CENTRE = 14


class PictureError(HqnnError, ValueError):
    """A picture that shows no digit, or cannot be read: its message says why."""


def mnist_like(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink as MNIST's makers would have had it.

    Args:
        ink: (height, width), 0 for none to 255.

    Returns:
        (28, 28), grey 0 to 255.

    Raises:
        PictureError: if there is none.
    """
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise PictureError("There is nothing on the picture.")
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = (max(1, _rounded(BOX * length / max(digit.shape))) for length in digit.shape)
    return _centred(_shares(digit.shape[0], height) @ digit @ _shares(digit.shape[1], width).T)


def _shares(length: int, parts: int) -> NDArray[np.float64]:
    """(parts, length): how much of each pixel of a row is in each of its equal parts, each part's shares making 1."""
    edges = np.linspace(0, length, parts + 1)[:, None]
    pixels = np.arange(length)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.maximum(overlap, 0) * parts / length


def _centred(small: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Moved by whole pixels, its centre of mass as near to the centre as the image has room for."""
    top, left = (
        min(max(_rounded(CENTRE - np.average(np.arange(length), weights=small.sum(axis=1 - axis))), 0), SIDE - length)
        for axis, length in enumerate(small.shape)
    )
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + small.shape[0], left : left + small.shape[1]] = np.floor(small + 0.5)
    return image


def _rounded(value: float) -> int:
    """To the nearest whole number, halves upwards, as browsers round."""
    return int(np.floor(value + 0.5))
