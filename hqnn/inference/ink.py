"""Turn strokes into an image like MNIST's, as the network expects it.

MNIST's authors scaled each digit to fit a box of 20 × 20 pixels and kept its aspect ratio. They put its centre of mass
at the centre of 28 × 28 pixels: LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791. Their writers' pens had
about the same width. Strokes that would become thinner than `LEAST_STROKE`, and so grey, are thickened first.
`ui/draw/glyphs.js` does the same.
"""

import numpy as np
from numpy.typing import NDArray

from hqnn.errors import HqnnError

#: Side of the image, and side of the box that the digit fills, pixels.
SIDE, BOX = 28, 20
#: Row and column, from 0, nearest to the centre of mass of MNIST images.
CENTRE = 14
#: Stroke width of an image below which strokes are thickened, pixels.
LEAST_STROKE = 1.8
#: Parts of a pixel's side for the measurement of stroke widths.
PARTS = 4


class PictureError(HqnnError, ValueError):
    """A picture without a digit, or one that cannot be read. The message has the reason."""


def mnist_like(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return strokes as an image like MNIST's.

    Args:
        ink: (height, width), from 0 for background to 255.

    Returns:
        (28, 28), grey 0 to 255.

    Raises:
        PictureError: if there are no strokes.
    """
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise PictureError("No digit found: the picture is empty.")
    digit = _thickened(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return _centred(_reduced(digit, BOX))


def _thickened(digit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Thicken strokes to at least `LEAST_STROKE`: each pixel becomes the darkest of a square around it."""
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
    """Return the mean stroke width of a cropped digit, pixels: twice the area divided by the length of the outline.

    It uses `PARTS` parts per pixel, so that grain does not count. A part belongs to a stroke if it has more than half
    the ink of the darkest part. On average over all directions, an outline crosses rows and columns 4/π times its
    length.
    """
    small = _reduced(digit, PARTS * BOX)
    strokes = np.pad(small > small.max() / 2, 1)
    crossings = sum(np.count_nonzero(np.diff(strokes, axis=axis)) for axis in (0, 1))
    return 8 * np.count_nonzero(strokes) / (np.pi * crossings) / PARTS


def _reduced(digit: NDArray[np.uint8], longer: int) -> NDArray[np.float64]:
    """Reduce a digit to so many parts on its longer side. Each part is the mean of its pixels."""
    height, width = (max(1, _rounded(longer * length / max(digit.shape))) for length in digit.shape)
    return _shares(digit.shape[0], height) @ digit @ _shares(digit.shape[1], width).T


def _shares(length: int, parts: int) -> NDArray[np.float64]:
    """Return the share of each pixel in each equal part of a row: (parts, length). Shares of a part add up to 1."""
    edges = np.linspace(0, length, parts + 1)[:, None]
    pixels = np.arange(length)
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.maximum(overlap, 0) * parts / length


def _centred(small: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Move a digit by whole pixels so that its centre of mass is as near to the centre as possible."""
    top, left = (
        min(max(_rounded(CENTRE - np.average(np.arange(length), weights=small.sum(axis=1 - axis))), 0), SIDE - length)
        for axis, length in enumerate(small.shape)
    )
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + small.shape[0], left : left + small.shape[1]] = np.floor(small + 0.5)
    return image


def _rounded(value: float) -> int:
    """Round to the nearest whole number, halves upwards, as browsers do."""
    return int(np.floor(value + 0.5))
