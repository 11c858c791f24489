"""The rule that tells what looks like neither digit of a pair; and redrawn digits, as bundled networks read them."""

import numpy as np
import pytest

from benchmarks.line_drawings import Line, drawn
from benchmarks.redrawing import MANNERS, SIDE, redrawn
from benchmarks.robustness import flagged, rates
from hqnn.inference.drawing import evaluate_images
from hqnn.inference.ink import mnist_like
from hqnn.inference.neither import FARTHEST, LEAD, REFERENCES, likeness, likenesses
from hqnn.inference.pretrained import run_file
from hqnn.network.data import pixels


@pytest.mark.slow
@pytest.mark.parametrize(
    ("digits", "own", "others"), [((0, 1), 0.01, 0.96), ((3, 7), 0.05, 0.92), ((4, 9), 0.03, 0.92)]
)
def test_how_often_the_rule_errs(digits, own, others):
    """On all test images of each digit: the most that is flagged of the pair's, the least of any other."""
    shares = rates(digits)
    assert shares[list(digits)].max() <= own
    assert np.delete(shares, digits).min() >= others


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


@pytest.mark.slow
@pytest.mark.parametrize("line", [Line(1000, 1), Line(280, 2)], ids=str)
@pytest.mark.parametrize("digits", [(0, 1), (3, 7)])
def test_digits_drawn_with_thin_lines_are_read(digits, line):
    """So grey that all of them counted as the same digit, before thin strokes were thickened."""
    rng = np.random.default_rng(0)
    images = np.stack([mnist_like(drawn(image, line, rng)) for digit in digits for image in pixels(digit, False)[:5]])
    assert evaluate_images(run_file(digits), images, [0] * 5 + [1] * 5, None, 0).accuracy == 1
    assert flagged(images, digits) <= 0.1


@pytest.mark.slow
@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(("digits", "least"), [((0, 1), 0.95), ((3, 7), 0.90)])
def test_redrawn_digits_are_read_and_seldom_flagged(digits, least, manner):
    """50 test images of each; of all of them up to 6.2% are flagged. Three standard errors are allowed for."""
    rng = np.random.default_rng(1)
    images = np.stack([redrawn(image, manner, rng) for digit in digits for image in pixels(digit, False)[:50]])
    accuracy = evaluate_images(run_file(digits), images, [0] * 50 + [1] * 50, None, 0).accuracy
    assert accuracy >= least - 3 * (least * (1 - least) / 100) ** 0.5
    most = 0.062
    assert flagged(images, digits) <= most + 3 * (most * (1 - most) / 100) ** 0.5
