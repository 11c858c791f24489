"""How the networks that come with hqnn read digits drawn in other manners, and what the likeness rule stops.

`python -m benchmarks.robustness` prints three tables: MNIST's test digits drawn on the pad elsewhere, smaller or
larger, thinner or thicker; the rule's errors on test digits as they are; and what it flags of each digit.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.redrawing import MANNERS, redrawn
from hqnn.answer import evaluate_images
from hqnn.config import TEST_COUNTS
from hqnn.data import pixels
from hqnn.likeness import likenesses, stopped
from hqnn.pretrained import PAIRS, run_file

RULE_PAIRS = ((0, 1), (3, 7), (4, 9), (5, 8))


def main() -> None:
    """Print the three tables."""
    torch.set_num_threads(1)
    print("| drawn | " + " | ".join(f"{a} vs {b}: right, of all flagged" for a, b in PAIRS) + " |")
    print("|---" * (1 + len(PAIRS)) + "|")
    for manner in MANNERS:
        print(f"| {manner} | " + " | ".join(_drawn(digits, manner) for digits in PAIRS) + " |")
    found = {digits: rates(digits) for digits in RULE_PAIRS}
    print("\n| pair | of its own flagged | of the other eight not flagged | most missed |")
    print("|---|---|---|---|")
    for digits, shares in found.items():
        print(_errors(digits, shares))
    print("\n| flagged by the rule of | " + " | ".join(map(str, range(10))) + " |")
    print("|---" * 11 + "|")
    for (a, b), shares in found.items():
        print(f"| {a} vs {b} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")


def _drawn(digits: tuple[int, int], manner) -> str:
    rng = np.random.default_rng(0)
    images = [np.stack([redrawn(image, manner, rng) for image in pixels(digit, False)]) for digit in digits]
    every, labels = np.concatenate(images), [label for label, of in enumerate(images) for _ in of]
    exact, shots = (evaluate_images(run_file(digits), every, labels, shots, 0).accuracy for shots in (None, 100))
    return f"{exact:.1%} ({shots:.1%} with 100 shots), {flagged(every, digits):.1%}"


def flagged(images: NDArray[np.uint8], digits: tuple[int, int]) -> float:
    """The share of images, (n, 28, 28), that look like neither of the digits."""
    distances, limits = likenesses(images, digits)
    return float((distances > limits).mean())


def rates(digits: tuple[int, int]) -> NDArray[np.float64]:
    """(10,), the share of each digit's test images that look like neither of the pair."""
    return np.array([stopped(digit, digits) for digit in range(10)]) / TEST_COUNTS


def _errors(digits: tuple[int, int], shares: NDArray[np.float64]) -> str:
    own, counts = np.isin(range(10), digits), np.array(TEST_COUNTS)
    missed = np.where(own, 0, 1 - shares)
    false_alarms, every = np.average(shares, weights=own * counts), np.average(missed, weights=~own * counts)
    worst = missed.argmax()
    return f"| {digits[0]} vs {digits[1]} | {false_alarms:.1%} | {every:.1%} | {worst}: {missed[worst]:.1%} |"


if __name__ == "__main__":
    main()
