"""Test the bundled networks on digits drawn in other ways, and the "neither digit" warning.

`python -m benchmarks.robustness` prints five tables: MNIST's test digits drawn on the pad elsewhere, smaller or larger,
thinner or thicker; with thin lines, and as thin as they are; on photos; the rule's errors on test digits as they are;
and what it flags of each digit. `--images` says how many of each digit are drawn.
"""

import argparse
from collections.abc import Callable, Iterator
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.line_drawings import LINES, drawn, pencilled
from benchmarks.photos import AROUND, Rng, in_pieces, side_by_side
from benchmarks.redrawing import MANNERS, redrawn
from hqnn.config import TEST_COUNTS
from hqnn.inference import ink as glyphs
from hqnn.inference.drawing import evaluate_images
from hqnn.inference.ink import PictureError, mnist_like
from hqnn.inference.neither import likenesses, stopped
from hqnn.inference.photos import read_upload
from hqnn.inference.pretrained import PAIRS, run_file
from hqnn.network.data import pixels

RULE_PAIRS = ((0, 1), (3, 7), (4, 9), (5, 8))


def main() -> None:
    """Print the five tables."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=None)
    most = parser.parse_args().images
    heads = " | ".join(f"{a} vs {b}: correct, warning" for a, b in PAIRS)
    print(f"| drawn | {heads} |")
    print("|---" * (1 + len(PAIRS)) + "|")
    for manner in MANNERS:
        print(f"| {manner} | {' | '.join(_drawn(digits, manner, most) for digits in PAIRS)} |", flush=True)
    print(f"\n| drawn with lines | {heads} | without thickening: {heads.replace('|', '| without:')} |")
    print("|---" * (1 + 2 * len(PAIRS)) + "|")
    for line in LINES:
        print(f"| {line} | {' | '.join(_lines(line, most or 100))} |", flush=True)
    print("\n| photo | correct, 3 vs 7 | refused |\n|---|---|---|")
    for name, taken in PHOTOS.items():
        print(f"| {name} | {_photos(taken, most or 100)} |", flush=True)
    found = {digits: rates(digits) for digits in RULE_PAIRS}
    print("\n| pair | own digits with a warning | other eight digits without a warning | most often missed |")
    print("|---|---|---|---|")
    for digits, shares in found.items():
        print(_errors(digits, shares))
    print("\n| warning for the pair | " + " | ".join(map(str, range(10))) + " |")
    print("|---" * 11 + "|")
    for (a, b), shares in found.items():
        print(f"| {a} vs {b} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")


def _drawn(digits: tuple[int, int], manner, most: int | None) -> str:
    rng = np.random.default_rng(0)
    images = [np.stack([redrawn(image, manner, rng) for image in pixels(digit, False)[:most]]) for digit in digits]
    every, labels = np.concatenate(images), [label for label, of in enumerate(images) for _ in of]
    exact, shots = (evaluate_images(run_file(digits), every, labels, shots, 0).accuracy for shots in (None, 100))
    return f"{exact:.1%} ({shots:.1%} with 100 shots), {flagged(every, digits):.1%}"


def _lines(line, most: int) -> Iterator[str]:
    """Return the results per pair, then the same without thickening."""
    rng = np.random.default_rng(0)
    every = {
        digits: [drawn(image, line, rng) for digit in digits for image in pixels(digit, False)[:most]]
        for digits in PAIRS
    }
    for least in (glyphs.LEAST_STROKE, 0):
        with patch.object(glyphs, "LEAST_STROKE", least):
            for digits, inks in every.items():
                images = np.stack([mnist_like(ink) for ink in inks])
                labels = [0] * (len(inks) // 2) + [1] * (len(inks) // 2)
                right = evaluate_images(run_file(digits), images, labels, None, 0).accuracy
                yield f"{right:.1%}, {flagged(images, digits):.1%}"


def _photos(taken: Callable[[NDArray[np.uint8], Rng], bytes], most: int) -> str:
    """Return the results for so many threes and sevens."""
    rng, images, labels = np.random.default_rng(0), [], []
    for label, digit in enumerate((3, 7)):
        for image in pixels(digit, False)[:most]:
            try:
                images.append(mnist_like(read_upload(taken(image, rng)).ink))
            except PictureError:
                continue
            labels.append(label)
    right = evaluate_images(run_file((3, 7)), np.stack(images), labels, None, 0).accuracy if labels else 0
    return f"{right * len(labels) / (2 * most):.1%} | {1 - len(labels) / (2 * most):.1%}"


def _with_a_five(image: NDArray[np.uint8], rng: Rng) -> bytes:
    return side_by_side((image, pixels(5, False)[rng.integers(800)]), rng)


def _pencilled(line) -> Callable[[NDArray[np.uint8], Rng], bytes]:
    return lambda image, rng: pencilled(drawn(image, line, rng), rng)


PHOTOS = {
    **AROUND,
    "in pieces": in_pieces,
    "beside a five": _with_a_five,
    **{f"pencil, {line}": _pencilled(line) for line in (LINES[0], LINES[2], LINES[7])},
}


def flagged(images: NDArray[np.uint8], digits: tuple[int, int]) -> float:
    """Return the share of images (n, 28, 28) with the "neither digit" warning."""
    distances, limits = likenesses(images, digits)
    return float((distances > limits).mean())


def rates(digits: tuple[int, int]) -> NDArray[np.float64]:
    """Return the share of each digit's test images with the warning, (10,)."""
    return np.array([stopped(digit, digits) for digit in range(10)]) / TEST_COUNTS


def _errors(digits: tuple[int, int], shares: NDArray[np.float64]) -> str:
    own, counts = np.isin(range(10), digits), np.array(TEST_COUNTS)
    missed = np.where(own, 0, 1 - shares)
    false_alarms, every = np.average(shares, weights=own * counts), np.average(missed, weights=~own * counts)
    worst = missed.argmax()
    return f"| {digits[0]} vs {digits[1]} | {false_alarms:.1%} | {every:.1%} | {worst}: {missed[worst]:.1%} |"


if __name__ == "__main__":
    main()
