"""How often a trained network is right with N shots an image: what is expected, and the short parts that measure it.

The answer is the digit that more than half of the shots say; a tie is label 0, as `hqnn.network.evaluation.score` has
it. An image whose shots say 1 with probability p is thus answered with label 1 with probability P(K > N/2), K binomial.
The number of right answers is a sum over images that are right with different probabilities, a Poisson binomial one,
whose variance is Σ q (1 − q): Wang 1993, Statistica Sinica 3, 295.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc

from hqnn.circuit.response import IDEAL, Response
from hqnn.circuit.short_parts import ANGLE_SECONDS, PART_SECONDS, SHOT_SECONDS, sub_seeds

#: Shots that the study measures with.
SHOTS = (1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)

#: Where the expectation is computed: every number of shots up to 50, then round ones, which are even.
LINE = (*range(1, 51), 60, 70, 80, 90, *(first * ten for ten in (100, 1000, 10_000) for first in range(1, 10)), 100_000)

#: Tests with the same number of shots in the study at most, and an image's shots in all of them if they are several.
#: With all 2,038 threes and sevens the whole study takes 10 s on Aer, 18 s with noise.
MAX_TESTS, SHOTS_OF_TESTS = 20, 1000

#: Shots of all images together that are simulated one by one for an answer at once: 0.15 s on Aer, 0.2 s with noise.
AT_ONCE = 1_100_000
Part = tuple[NDArray[np.float64], NDArray[np.int64], dict[str, Any]]


@dataclass(frozen=True)
class Expected:
    """A test of a set of images with N shots each, on average over tests, by N (the first axis of every array)."""

    shots: tuple[int, ...]
    #: (numbers,), share of right answers, and its standard deviation from one test to the next.
    accuracy: NDArray[np.float64]
    deviation: NDArray[np.float64]
    #: (numbers, 2), the share of each label's images that is answered right.
    of_label: NDArray[np.float64]
    #: (numbers,), images that are answered otherwise than with infinitely many shots.
    flipped: NDArray[np.float64]
    #: With infinitely many shots: the share of right answers, of each label too, and how many are wrong of how many.
    limit: float
    limit_of_label: tuple[float, float]
    wrong: int
    n: int

    @property
    def enough(self) -> int | None:
        """The fewest shots from which on less than one image is answered otherwise than with infinitely many."""
        restless = np.flatnonzero(self.flipped >= 1)
        place = int(restless[-1]) + 1 if len(restless) else 0
        return self.shots[place] if place < len(self.shots) else None


def answers_one(probability: ArrayLike, shots: int | None) -> NDArray[np.float64]:
    """How probably an image is answered with label 1: more than half of its shots are ones.

    Args:
        probability: P(1) of a shot, any shape.
        shots: N, or None for infinitely many.
    """
    p = np.clip(np.asarray(probability, dtype=np.float64), 0, 1)
    return (p > 0.5).astype(np.float64) if shots is None else bdtrc(shots // 2, shots, p)


def flip_probability(probability: ArrayLike, shots: int) -> NDArray[np.float64]:
    """How probably an image is answered otherwise than with infinitely many shots; arguments as of `answers_one`."""
    one = answers_one(probability, shots)
    return np.where(answers_one(probability, None) > 0, 1 - one, one)


def expected(theta: ArrayLike, labels: ArrayLike, shots: Sequence[int] = LINE, response: Response = IDEAL) -> Expected:
    """What a test of some images says on average, and how far it scatters.

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
    """How often the study tests the whole set with so many shots."""
    return max(1, min(MAX_TESTS, SHOTS_OF_TESTS // shots))


def parts(
    theta: NDArray[np.float64], labels: NDArray[np.int64], seeds: tuple[int, ...], engine: Mapping[str, Any]
) -> list[Part]:
    """The study as arguments of `hqnn.circuit.estimates.count_right`.

    The whole set is measured with each of `SHOTS`, again and again with the smaller ones.

    Args:
        theta: (n,), radians.
        labels: (n,), 0 or 1.
        seeds: whole numbers that tell this study's shots from another's.
        engine: engine and settings, as `hqnn.circuit.estimates.measure` takes them.
    """
    pieces = [(shots, *piece) for shots in SHOTS for piece in _pieces(len(theta), shots)]
    return [
        (theta[images], labels[images], {"shots": shots, "repeats": times, "seed": seed, **engine})
        for (shots, times, images), seed in zip(pieces, sub_seeds(len(pieces), *seeds), strict=True)
    ]


def _pieces(n: int, shots: int) -> list[tuple[int, slice]]:
    """All tests of n images with so many shots in pieces that take a fraction of a second: how often which images."""
    most, times = max(1, int(PART_SECONDS / (ANGLE_SECONDS + shots * SHOT_SECONDS))), repeats(shots)
    if most < n:
        return [(1, slice(first, first + most)) for _ in range(times) for first in range(0, n, most)]
    size = most // n
    return [(min(size, times - done), slice(None)) for done in range(0, times, size)]


def gathered(measured: Iterable[tuple[Part, NDArray[np.int64]]], n: int) -> dict[int, NDArray[np.int64]]:
    """The right answers of each label by shots, (tests, 2), of every test of all n images that is done."""
    found: dict[int, list[NDArray[np.int64]]] = {}
    counted, images = np.zeros((1, 2), dtype=np.int64), 0
    for (theta, _, options), right in measured:
        counted, images = counted + right, images + len(theta)
        if images == n:
            found.setdefault(options["shots"], []).append(counted)
            counted, images = np.zeros((1, 2), dtype=np.int64), 0
    return {shots: np.concatenate(of_shots) for shots, of_shots in found.items()}
