"""The rule that tells what looks like neither digit of a pair; and redrawn digits, as bundled networks read them."""

import numpy as np
import pytest

from benchmarks.redrawing import MANNERS, SIDE, redrawn
from benchmarks.robustness import flagged
from hqnn.answer import evaluate_images
from hqnn.data import pixels
from hqnn.glyphs import mnist_like
from hqnn.likeness import FARTHEST, LEAD, REFERENCES, likeness, likenesses
from hqnn.pretrained import run_file


def some(digit, train=False, count=200):
    return pixels(digit, train)[-count:]


@pytest.mark.parametrize(
    ("digits", "own", "others"), [((0, 1), 0.02, 0.02), ((3, 7), 0.04, 0.05), ((4, 9), 0.05, 0.03)]
)
def test_how_often_the_rule_errs(digits, own, others):
    """On test images; the bounds are about twice what all of them give."""
    assert flagged(np.concatenate([some(digit) for digit in digits]), digits) <= own
    rest = np.concatenate([some(digit) for digit in range(10) if digit not in digits])
    assert 1 - flagged(rest, digits) <= others


def test_a_reference_is_as_near_as_can_be_and_a_limit_follows_the_other_digits():
    three = pixels(3, True)[0]
    distance, limit = likeness(three, (3, 7))
    assert distance == pytest.approx(0, abs=1e-3)
    nearest_other, _ = likeness(three, (5, 8))
    assert 0 < limit <= min(FARTHEST, LEAD * nearest_other) + 1e-9
    _, as_another = likeness(three, (0, 1))
    assert as_another == pytest.approx(0, abs=2e-3)


def test_what_is_no_digit_is_near_to_none():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (50, 28, 28)).astype(np.uint8)
    paper = np.zeros((SIDE, SIDE), np.uint8)
    paper[:20], paper[-20:], paper[130:150] = 255, 255, 255  # three bars
    for digits in ((0, 1), (3, 7)):
        assert flagged(noise, digits) == 1
        assert flagged(mnist_like(paper)[None], digits) == 1


def test_farthest_is_what_few_digits_of_mnist_exceed():
    held = [pixels(digit, True)[REFERENCES : REFERENCES + 100] for digit in range(10)]
    far = [likenesses(images, (digit, (digit + 1) % 10))[0] > FARTHEST for digit, images in enumerate(held)]
    assert 0.0005 < np.mean(far) < 0.02


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(("digits", "least"), [((0, 1), 0.95), ((3, 7), 0.90)])
def test_redrawn_digits_are_read(digits, least, manner):
    """50 test images of each; all of them are in the benchmark's table. Three standard errors are allowed for."""
    rng = np.random.default_rng(1)
    images = [redrawn(image, manner, rng) for digit in digits for image in pixels(digit, False)[:50]]
    accuracy = evaluate_images(run_file(digits), np.stack(images), [0] * 50 + [1] * 50, None, 0).accuracy
    assert accuracy >= least - 3 * (least * (1 - least) / 100) ** 0.5
