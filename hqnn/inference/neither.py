"""Whether a drawing looks like one of a pair's digits: a network of two answers cannot say "neither".

The rule: it looks like neither where one of MNIST's training images of another digit is clearly nearer than any of the
pair's, or where none is near. Images are compared blurred, at half size, and by their direction alone, so that small
shifts and a darker pen matter little. Nearest neighbours of digits: LeCun, Bottou, Bengio, Haffner 1998,
doi:10.1109/5.726791; their distance as a sign of what was never learned: Sun, Ming, Zhu, Li 2022, arXiv:2204.06507. It
is the drawing that is judged, not the network.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from hqnn.network.data import pixels

#: Training images of each digit that a drawing is compared with.
REFERENCES = 1000
#: Standard deviation of the blur, pixels.
BLUR = 1.0
#: How much farther than another digit's one of the pair's may be: hands differ. Alone it stops 0.6%, 2.0% and 0.8% of
#: the training images of 0 and 1, 3 and 7, 4 and 9 that are no references, and lets 1.7%, 2.4% and 2.0% of others pass.
LEAD = 1.1
#: Distance beyond which nothing is near: one of 485 training images that are no references is farther from all digits,
#: one of 231 from its own. What is no digit at all is stopped by this; so are thin digits in pieces.
FARTHEST = 0.54


def likeness(image: NDArray[np.uint8], digits: tuple[int, int]) -> tuple[float, float]:
    """How far an image is from a pair's digits, and from where on it counts as neither.

    Args:
        image: (28, 28), grey 0 to 255.
        digits: the pair.

    Returns:
        The distance of its nearest reference among the pair's digits; and `LEAD` times that of its nearest among the
        other eight, or `FARTHEST` if that is less. Distances are 0 for the same image to √2 for one that shares no ink.
    """
    (distances,), (limits,) = likenesses(image[None], digits)
    return float(distances), float(limits)


def likenesses(images: NDArray[np.uint8], digits: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`likeness` of many images, (n, 28, 28): (n,) and (n,)."""
    nearest = distances(images)
    others = np.delete(nearest, digits, axis=1).min(1)
    return nearest[:, digits].min(1), np.minimum(LEAD * others, FARTHEST)


def distances(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 10): how far each image, (n, 28, 28), is from the nearest reference of each digit."""
    similar = _features(images) @ references().T
    return np.sqrt(np.maximum(0, 2 - 2 * similar.reshape(len(images), 10, REFERENCES).max(2))).astype(np.float64)


def stopped(digit: int, digits: tuple[int, int]) -> int:
    """How many of MNIST's test images of a digit count as neither of a pair's: 0.3 s."""
    distances, limits = likenesses(pixels(digit, train=False), digits)
    return int((distances > limits).sum())


@cache
def references() -> NDArray[np.float32]:
    """(10 · REFERENCES, 196), 8 MB: the references' features, digit after digit; made once in 0.3 s."""
    return np.concatenate([_features(pixels(digit, train=True)[:REFERENCES]) for digit in range(10)])


def _features(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 28, 28) to (n, 196), each of length 1, or 0 without ink."""
    blurred = gaussian_filter(images.astype(np.float32), (0, BLUR, BLUR))
    halved = blurred.reshape(-1, 14, 2, 14, 2).mean((2, 4)).reshape(len(images), -1)
    return halved / np.maximum(np.linalg.norm(halved, axis=1, keepdims=True), 1e-6)
