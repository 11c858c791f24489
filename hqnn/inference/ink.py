"""From ink to an image such as MNIST's: what a drawing is to the network.

MNIST's makers scaled each digit to fit a box of 20 × 20 pixels, its aspect ratio kept, and laid its centre of mass at
the centre of 28 × 28: LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791. Their writers' pens were about as
thick; strokes that would be thinner than `LEAST_STROKE`, and so grey, are thickened first. `ui/draw/glyphs.js` has the
same.
"""

import numpy as np
from numpy.typing import NDArray

from hqnn.errors import HqnnError

#: Pixels of the image's side, and of the side of the box in it that the digit fills.
SIDE, BOX = 28, 20
#: The row and the column, from 0, nearest to which the centre of mass of each of MNIST's images is.
CENTRE = 14
#: Width of the strokes of an image, pixels, below which they are thickened.
LEAST_STROKE = 1.8
#: Parts of a pixel's side in which a stroke's width is measured.
PARTS = 4


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
    digit = _thickened(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return _centred(_reduced(digit, BOX))


def _thickened(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With strokes that become `LEAST_STROKE` wide at least: each pixel the darkest of a square of them."""
    unit = max(digit.shape) / BOX
    more = _rounded(unit * (LEAST_STROKE - stroke_width(digit)) / (1 - LEAST_STROKE / BOX))
    if more <= 0:
        return digit
    thick = np.pad(digit, ((0, more), (0, more)))
    for along in (thick, thick.T):
        reach = 1
        while reach <= more:
            step = min(reach, more + 1 - reach)
            along[step:] = np.maximum(along[step:], along[:-step])
            reach += step
    return thick


def stroke_width(digit: NDArray[np.uint8]) -> float:
    """Mean width of a cropped digit's strokes, in pixels of its image: twice their area over their outline's length.

    They are looked at in parts of `PARTS` to a pixel, so that grain does not count; a part is of a stroke that has more
    than half the ink of the darkest one. An outline crosses rows and columns 4/π times its length, on average over all
    directions.
    """
    small = _reduced(digit, PARTS * BOX)
    strokes = np.pad(small > small.max() / 2, 1)
    crossings = sum(np.count_nonzero(np.diff(strokes, axis=axis)) for axis in (0, 1))
    return 8 * np.count_nonzero(strokes) / (np.pi * crossings) / PARTS


def _reduced(digit: NDArray[np.uint8], longer: int) -> NDArray[np.float64]:
    """To so many parts of its longer side, its shape kept, each part the mean of its ink."""
    height, width = (max(1, _rounded(longer * length / max(digit.shape))) for length in digit.shape)
    return _shares(digit.shape[0], height) @ digit @ _shares(digit.shape[1], width).T


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
