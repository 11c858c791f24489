"""Accuracy of a trained network with N shots per image: its expectation, and a measurement in short parts.

The prediction is the digit of more than half of the shots. A tie counts as label 0, as in
`hqnn.network.evaluation.score`. So an image whose shots give 1 with probability p is predicted as label 1 with
probability P(K > N/2), K binomial. The number of right predictions is a sum over images with different probabilities q.
It has a Poisson binomial distribution with variance Σ q (1 − q): Wang 1993, Statistica Sinica 3, 295.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc

from hqnn.circuit.response import IDEAL, Response
from hqnn.circuit.short_parts import ANGLE_SECONDS, PART_SECONDS, SHOT_SECONDS, sub_seeds

#: Numbers of shots in the study.
SHOTS = (1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)

#: Numbers of shots of the expectation: all up to 50, then round numbers, which are even.
LINE = (*range(1, 51), 60, 70, 80, 90, *(first * ten for ten in (100, 1000, 10_000) for first in range(1, 10)), 100_000)

#: Most tests with the same number of shots, and most shots per image in several tests together.
#: With all 2,038 threes and sevens the whole study takes 10 s on Aer, 18 s with noise.
MAX_TESTS, SHOTS_OF_TESTS = 20, 1000

#: Most shots of all images that are simulated one by one at once: 0.15 s on Aer, 0.2 s with noise.
AT_ONCE = 1_100_000
Part = tuple[NDArray[np.float64], NDArray[np.int64], dict[str, Any]]


@dataclass(frozen=True)
class Expected:
    """Expected test of a set of images with N shots each, by N (the first axis of every array)."""

    shots: tuple[int, ...]
    #: (numbers,), mean accuracy, and its standard deviation over tests.
    accuracy: NDArray[np.float64]
    deviation: NDArray[np.float64]
    #: (numbers, 2), mean accuracy for each label.
    of_label: NDArray[np.float64]
    #: (numbers,), mean number of images with another prediction than with infinitely many shots.
    flipped: NDArray[np.float64]
    #: With infinitely many shots: accuracy, accuracy for each label, number of wrong images and of all images.
    limit: float
    limit_of_label: tuple[float, float]
    wrong: int
    n: int

    @property
    def enough(self) -> int | None:
        """Fewest shots from which on fewer than one prediction on average differs from infinitely many shots."""
        restless = np.flatnonzero(self.flipped >= 1)
        place = int(restless[-1]) + 1 if len(restless) else 0
        return self.shots[place] if place < len(self.shots) else None


def answers_one(probability: ArrayLike, shots: int | None) -> NDArray[np.float64]:
    """Return the probability that an image is predicted as label 1: more than half of its shots give 1.

    Args:
        probability: P(1) of a shot, any shape.
        shots: N, or None for infinitely many.
    """
    p = np.clip(np.asarray(probability, dtype=np.float64), 0, 1)
    return (p > 0.5).astype(np.float64) if shots is None else bdtrc(shots // 2, shots, p)


def flip_probability(probability: ArrayLike, shots: int) -> NDArray[np.float64]:
    """Return the probability of another prediction than with infinitely many shots; arguments as for `answers_one`."""
    one = answers_one(probability, shots)
    return np.where(answers_one(probability, None) > 0, 1 - one, one)


def expected(theta: ArrayLike, labels: ArrayLike, shots: Sequence[int] = LINE, response: Response = IDEAL) -> Expected:
    """Return the mean and the standard deviation of a test of some images.

    Args:
        theta: (n,), radians, of images of both labels.
        labels: (n,), 0 or 1.
        shots: numbers of shots, rising.
        response: P(1) of θ.
    """
    p, is_one = response.probability(theta), np.asarray(labels) == 1
    ones = np.array([answers_one(p, each) for each in (*shots, None)])
    right = np.where(is_one, ones, 1 - ones)
    of_label = np.stack([right[:, ~is_one].mean(1), right[:, is_one].mean(1)], axis=1)
    return Expected(
        shots=tuple(shots),
        accuracy=right[:-1].mean(1),
        deviation=np.sqrt((right[:-1] * (1 - right[:-1])).sum(1)) / len(p),
        of_label=of_label[:-1],
        flipped=np.abs(ones[:-1] - ones[-1]).sum(1),
        limit=float(right[-1].mean()),
        limit_of_label=(float(of_label[-1, 0]), float(of_label[-1, 1])),
        wrong=int((right[-1] == 0).sum()),
        n=len(p),
    )


def repeats(shots: int) -> int:
    """Return how often the study tests the whole set with so many shots."""
    return max(1, min(MAX_TESTS, SHOTS_OF_TESTS // shots))


def parts(
    theta: NDArray[np.float64], labels: NDArray[np.int64], seeds: tuple[int, ...], engine: Mapping[str, Any]
) -> list[Part]:
    """Return the parts of the study, as arguments of `hqnn.circuit.estimates.count_right`.

    The whole set is measured with each of `SHOTS`, several times with small numbers.

    Args:
        theta: (n,), radians.
        labels: (n,), 0 or 1.
        seeds: whole numbers that identify the shots of this study.
        engine: engine and settings, as `hqnn.circuit.estimates.measure` takes them.
    """
    pieces = [(shots, *piece) for shots in SHOTS for piece in _pieces(len(theta), shots)]
    return [
        (theta[images], labels[images], {"shots": shots, "repeats": times, "seed": seed, **engine})
        for (shots, times, images), seed in zip(pieces, sub_seeds(len(pieces), *seeds), strict=True)
    ]


def _pieces(n: int, shots: int) -> list[tuple[int, slice]]:
    """Split all tests of n images with so many shots into pieces of a fraction of a second: repeats and images."""
    most, times = max(1, int(PART_SECONDS / (ANGLE_SECONDS + shots * SHOT_SECONDS))), repeats(shots)
    if most < n:
        return [(1, slice(first, first + most)) for _ in range(times) for first in range(0, n, most)]
    size = most // n
    return [(min(size, times - done), slice(None)) for done in range(0, times, size)]


def gathered(measured: Iterable[tuple[Part, NDArray[np.int64]]], n: int) -> dict[int, NDArray[np.int64]]:
    """Return the right predictions of each label by shots, (tests, 2), for every complete test of n images."""
    found: dict[int, list[NDArray[np.int64]]] = {}
    counted, images = np.zeros((1, 2), dtype=np.int64), 0
    for (theta, _, options), right in measured:
        counted, images = counted + right, images + len(theta)
        if images == n:
            found.setdefault(options["shots"], []).append(counted)
            counted, images = np.zeros((1, 2), dtype=np.int64), 0
    return {shots: np.concatenate(of_shots) for shots, of_shots in found.items()}
