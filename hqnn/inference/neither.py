"""The "neither digit" check: whether a drawing looks like one of a pair's digits (out-of-distribution detection).

A network with two outputs cannot predict "neither". A drawing is rejected as neither if a training image of another
digit is clearly nearer than all of the pair's. It is also rejected if no image is near. Images are compared blurred, at
half size and scaled to length 1, so that small shifts and a darker pen matter little. The check judges the drawing, not
the network.
Nearest neighbours of digits: LeCun, Bottou, Bengio, Haffner 1998, doi:10.1109/5.726791. Their distance as a sign of
images that were never learned: Sun, Ming, Zhu, Li 2022, arXiv:2204.06507.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from hqnn.network.data import pixels

#: Reference images of each digit, from the training images.
REFERENCES = 1000
#: Standard deviation of the blur, pixels.
BLUR = 1.0
#: How much farther than another digit's image the pair's nearest may be, because handwriting differs. Alone it rejects
#: 0.6%, 2.0% and 0.8% of the training images of 0 and 1, 3 and 7, 4 and 9 that are no references, and accepts 1.7%,
#: 2.4% and 2.0% of images of other digits.
LEAD = 1.1
#: Distance beyond which no image is near. Of training images that are no references, one in 485 is farther from all
#: digits, and one in 231 from its own. It rejects pictures of no digit, and also thin digits in pieces.
FARTHEST = 0.54


def likeness(image: NDArray[np.uint8], digits: tuple[int, int]) -> tuple[float, float]:
    """Return the distance of an image from a pair's digits, and the limit above which it is rejected as neither.

    Args:
        image: (28, 28), grey 0 to 255.
        digits: the pair.

    Returns:
        The distance of its nearest reference of the pair; and `LEAD` times that of its nearest reference of the other
        eight digits, or `FARTHEST` if that is less. Distances go from 0 for the same image to √2 without common ink.
    """
    (distances,), (limits,) = likenesses(image[None], digits)
    return float(distances), float(limits)


def likenesses(images: NDArray[np.uint8], digits: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `likeness` of many images, (n, 28, 28): (n,) and (n,)."""
    nearest = distances(images)
    others = np.delete(nearest, digits, axis=1).min(1)
    return nearest[:, digits].min(1), np.minimum(LEAD * others, FARTHEST)


def distances(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the distance of each image, (n, 28, 28), from the nearest reference of each digit: (n, 10)."""
    similar = _features(images) @ references().T
    return np.sqrt(np.maximum(0, 2 - 2 * similar.reshape(len(images), 10, REFERENCES).max(2))).astype(np.float64)


def stopped(digit: int, digits: tuple[int, int]) -> int:
    """Count the MNIST test images of a digit that are rejected as neither of a pair, in 0.3 s."""
    distances, limits = likenesses(pixels(digit, train=False), digits)
    return int((distances > limits).sum())


@cache
def references() -> NDArray[np.float32]:
    """Return the features of all references, digit after digit: (10 · REFERENCES, 196), 8 MB, made once in 0.3 s."""
    return np.concatenate([_features(pixels(digit, train=True)[:REFERENCES]) for digit in range(10)])


def _features(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the features of images, (n, 28, 28) to (n, 196), each of length 1, or 0 without ink."""
    blurred = gaussian_filter(images.astype(np.float32), (0, BLUR, BLUR))
    halved = blurred.reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(len(images), -1)
    return halved / np.maximum(np.linalg.norm(halved, axis=1, keepdims=True), 1e-6)
