"""What a trained network says of a drawing."""

from math import comb, cos, sin, sqrt

import numpy as np
import pytest
import torch

from hqnn.config import RunConfig
from hqnn.errors import ConfigError
from hqnn.inference.drawing import REPEATS, answer, evaluate_images
from hqnn.inference.networks import trained
from hqnn.inference.pretrained import run_file
from hqnn.inference.whole_test import whole_test
from hqnn.network.data import pixels
from hqnn.network.training import train
from hqnn.runs import Run, to_bytes

ONE_THREE, PAIR = pixels(3, False)[0], run_file((3, 7))


@pytest.fixture(scope="module")
def doubtful() -> bytes:
    """A run that has hardly trained, with noise."""
    settings = {"engine": "noisy", "depolarizing_1q": 0.05, "readout_e1": 0.1}
    return to_bytes(Run.of(train(RunConfig(n_train=1, n_test=1, epochs=1, **settings))))


@pytest.mark.parametrize(("digit", "label"), [(3, 0), (7, 1)])
def test_a_digit_of_the_pair_is_known(digit, label):
    said = [answer(PAIR, image, 100, seed).label for seed, image in enumerate(pixels(digit, False)[:20])]
    assert said.count(label) >= 19


def test_its_angle_is_the_test_benchs_and_its_numbers_follow_from_it():
    found = answer(PAIR, ONE_THREE, 100, 0)
    assert found.theta == pytest.approx(whole_test(PAIR).theta[0], abs=1e-5)
    assert found.exact == pytest.approx((1 + sin(found.theta)) / 2, abs=1e-12)
    assert found.ones == round(100 * found.measured)
    assert found.error == pytest.approx(sqrt(found.exact * (1 - found.exact) / 100))
    assert found.bloch[1] == pytest.approx((cos(found.theta), 0, -sin(found.theta)), abs=1e-9)


@pytest.mark.parametrize("shots", [1, 4, 25])
def test_measurements_scatter_and_flip_as_binomials_do(doubtful, shots):
    found = answer(doubtful, ONE_THREE, shots, 3)
    p, n = found.exact, shots
    assert 0.1 < p < 0.9
    error = sqrt(p * (1 - p) / n / REPEATS)
    assert found.repeats.mean() == pytest.approx(p, abs=5 * error)
    one = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n // 2 + 1, n + 1))
    assert found.flips == pytest.approx(1 - one if found.label else one)
    flipped = np.mean((found.repeats > 0.5) != found.label)
    assert flipped == pytest.approx(found.flips, abs=5 * sqrt(found.flips * (1 - found.flips) / REPEATS) + 1e-12)


def test_the_engine_is_the_runs_own_with_its_noise(doubtful):
    config, _, _ = trained(doubtful)
    found = answer(doubtful, ONE_THREE, None, 0)
    assert found.engine == "noisy"
    contrast = (1 - 0.05) ** 2 * (1 - config.readout_e1)  # two gates' depolarizing, and ones that are read as zeros
    assert found.exact == pytest.approx(0.45 + contrast * sin(found.theta) / 2, abs=0.001)
    assert found.measured == pytest.approx(found.exact, abs=1e-9)


def test_exact_probabilities_neither_scatter_nor_flip():
    found = answer(PAIR, ONE_THREE, None, 0)
    assert (found.shots, found.ones, found.error, found.flips) == (None, None, 0.0, 0.0)
    assert np.ptp(found.repeats) == 0
    assert found.measured == pytest.approx(found.exact, abs=1e-9)


def test_the_saliency_is_the_central_difference_of_theta():
    """Of an image without two equal neighbours, which poolings would choose between."""
    noise = np.random.default_rng(0).permutation(784).astype(np.uint16) * 255 // 783
    grey = noise.astype(np.uint8).reshape(28, 28)
    found = answer(PAIR, grey, 100, 0)
    model = trained(PAIR).model.double()
    try:
        strongest = np.argsort(np.abs(found.saliency).ravel())[-5:]
        for place in strongest:
            change = torch.zeros(784, dtype=torch.float64)
            change[place] = 1e-6
            image = torch.from_numpy(grey / 255).reshape(784)
            up, down = (model.angle((image + sign * change).reshape(1, 1, 28, 28)).item() for sign in (1, -1))
            assert found.saliency.ravel()[place] == pytest.approx((up - down) / 2e-6, rel=1e-3)
    finally:
        model.float()


def test_the_same_seed_says_the_same_and_another_seed_another():
    first, again, other = (answer(PAIR, ONE_THREE, 100, seed).repeats for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_shots_out_of_bounds_are_refused():
    with pytest.raises(ConfigError, match="shots must be between 1 and 100000, got 0"):
        answer(PAIR, ONE_THREE, 0, 0)
    with pytest.raises(ConfigError, match="shots must be between 1 and 100000, got 0"):
        evaluate_images(PAIR, ONE_THREE[None], [0], 0, 0)


def test_ones_own_images_are_tested_as_the_test_images_are():
    images, labels = np.concatenate([pixels(3, False)[:30], pixels(7, False)[:30]]), [0] * 30 + [1] * 30
    found = evaluate_images(PAIR, images, labels, None, 0)
    theta = whole_test(PAIR).theta
    expected = (1 + np.sin(np.concatenate([theta[:30], theta[1010:1040]]))) / 2
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert found.predictions == tuple(int(p > 0.5) for p in expected)
    wrong = evaluate_images(PAIR, images, labels[::-1], None, 0)
    assert wrong.accuracy == pytest.approx(1 - found.accuracy)
