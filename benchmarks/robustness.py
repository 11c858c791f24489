"""How the networks that come with hqnn read digits drawn in other manners, and what the likeness rule stops.

`python -m benchmarks.robustness` prints two tables: MNIST's test digits drawn on the pad elsewhere, smaller or larger,
thinner or thicker; and the rule's errors on test digits as they are.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.redrawing import MANNERS, redrawn
from hqnn.answer import evaluate_images
from hqnn.data import pixels
from hqnn.likeness import likenesses
from hqnn.pretrained import PAIRS, run_file

RULE_PAIRS = ((0, 1), (3, 7), (4, 9), (5, 8))


def main() -> None:
    """Print both tables."""
    torch.set_num_threads(1)
    print("| drawn | " + " | ".join(f"{a} vs {b}: right, of these flagged" for a, b in PAIRS) + " |")
    print("|---" * (1 + len(PAIRS)) + "|")
    for manner in MANNERS:
        print(f"| {manner} | " + " | ".join(_drawn(digits, manner) for digits in PAIRS) + " |")
    print("\n| pair | of its own flagged | of the other eight not flagged | most missed |")
    print("|---|---|---|---|")
    for digits in RULE_PAIRS:
        print(_rule(digits))


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


def _rule(digits: tuple[int, int]) -> str:
    own = flagged(np.concatenate([pixels(digit, False) for digit in digits]), digits)
    others = {digit: pixels(digit, False) for digit in range(10) if digit not in digits}
    missed = {digit: 1 - flagged(images, digits) for digit, images in others.items()}
    worst = max(missed, key=missed.__getitem__)
    every = 1 - flagged(np.concatenate(list(others.values())), digits)
    return f"| {digits[0]} vs {digits[1]} | {own:.1%} | {every:.1%} | {worst}: {missed[worst]:.1%} |"


if __name__ == "__main__":
    main()
