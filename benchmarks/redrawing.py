"""Redraw MNIST's digits as on the drawing pad: elsewhere, smaller or larger, thinner or thicker."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter

from hqnn.inference.ink import mnist_like

#: Pixels of the pad's side.
SIDE = 280
SCALES = (0.7, 1.0, 1.3)
#: Pixels that a stroke loses or gains in width; MNIST's are about 25 wide at this size.
PENS = {"thin": -8, "unchanged": 0, "thick": 10}


class Manner(NamedTuple):
    """How a digit is drawn."""

    scale: float
    pen: str

    def __str__(self) -> str:
        return f"× {self.scale:g}, {self.pen}"


MANNERS = tuple(Manner(scale, pen) for scale in SCALES for pen in PENS)


def redrawn(image: NDArray[np.uint8], manner: Manner, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw an MNIST digit somewhere on the pad, and return the image that the network gets.

    Args:
        image: (28, 28), grey 0 to 255.
        manner: how it is drawn.
        rng: of the place.

    Returns:
        (28, 28), grey 0 to 255.
    """
    size = round(SIDE * manner.scale)
    smooth = np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BICUBIC))
    wider, drawn = PENS[manner.pen], np.where(smooth > 127, 255, 0).astype(np.uint8)
    pen = (maximum_filter if wider > 0 else minimum_filter)(drawn, 1 + abs(wider), mode="nearest")
    drawn = Image.fromarray(np.asarray(pen))
    digit = drawn.crop(drawn.getbbox())
    left, top = (int(rng.integers(0, SIDE - length, endpoint=True)) for length in digit.size)
    paper = Image.new("L", (SIDE, SIDE))
    paper.paste(digit, (left, top))
    return mnist_like(np.asarray(paper))
