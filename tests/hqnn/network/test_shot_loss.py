"""The measured loss and the factor of its slope: against every outcome, draws, limits, and the layer that trains."""

from math import asin, comb, cos, log, sqrt

import numpy as np
import pytest
import torch

from hqnn.network.layer import HybridLayer
from hqnn.network.losses import cross_entropy, published, resolution
from hqnn.network.shot_loss import measured_loss, slope_factor, smallest_share

PROBABILITIES = np.array([0.0, 1e-9, 0.001, 0.03, 0.2, 0.5, 0.8, 0.999, 1.0])


def trained_on(probability: float, shots: int | None) -> tuple[float, float]:
    """Loss of one image whose right digit is measured as p, and minus its slope in p, as training has them."""
    measured = torch.tensor([[1 - probability, probability]], dtype=torch.float64, requires_grad=True)
    loss = cross_entropy(measured, torch.tensor([1]), shots)
    loss.backward()
    assert measured.grad is not None
    return loss.item(), -measured.grad[0, 1].item()


def of_every_outcome(p: float, shots: int) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of the loss, and of p times its slope, by the definition of a binomial."""
    weights = np.array([comb(shots, k) * p**k * (1 - p) ** (shots - k) for k in range(shots + 1)])
    losses, slopes = np.array([trained_on(k / shots, shots) for k in range(shots + 1)]).T
    found = [(values, weights @ values) for values in (losses, p * slopes)]
    loss, factor = ([mean, sqrt(weights @ (values - mean) ** 2)] for values, mean in found)
    return loss, factor


@pytest.mark.parametrize("shots", [1, 2, 3, 10, 40])
def test_means_and_deviations_are_those_of_every_outcome_in_training(shots):
    wanted = np.array([of_every_outcome(p, shots) for p in PROBABILITIES.tolist()])
    loss, factor = (wanted[:, each].T for each in (0, 1))
    np.testing.assert_allclose(measured_loss(PROBABILITIES, shots), loss, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(slope_factor(PROBABILITIES, shots), factor, rtol=1e-9, atol=1e-12)


def test_one_shot_halves_the_loss_of_a_coin_and_ten_make_the_slope_of_a_fifth_half_as_large_again():
    assert measured_loss(0.5, 1).mean == pytest.approx(log(2) / 2)
    assert measured_loss(0.5, 1).mean == pytest.approx(0.35, abs=0.005)
    assert -log(0.5) == pytest.approx(0.69, abs=0.005)
    assert slope_factor(0.2, 10).mean == pytest.approx(1.46, abs=0.005)


@pytest.mark.parametrize("shots", [1, 5, 100, 10_000, 100_000])
def test_draws_agree_within_five_standard_errors(shots):
    p, times = np.array([0.5 / shots, min(0.9, 3 / shots), 0.05, 0.4, 0.97]), 20_000
    measured = np.random.default_rng(shots).binomial(shots, p, (times, len(p))) / shots
    measured = measured.clip(min=1 / (2 * shots))
    for found, values in ((measured_loss(p, shots), -np.log(measured)), (slope_factor(p, shots), p / measured)):
        assert (abs(values.mean(0) - found.mean) <= 5 * found.deviation / sqrt(times)).all()
        fourth = ((values - values.mean(0)) ** 4).mean(0)
        assert (abs(values.var(0) - found.deviation**2) <= 5 * np.sqrt(fourth / times)).all()


def test_with_many_shots_they_are_the_exact_ones_and_near_that_those_of_first_order():
    p, shots = np.array([0.1, 0.5, 0.9]), 10_000
    loss, factor, odds = measured_loss(p, shots), slope_factor(p, shots), (1 - p) / (shots * p)
    second = 3 * odds.max() ** 2  # what is left out is of this order
    np.testing.assert_allclose(loss.mean, -np.log(p) + odds / 2, rtol=0, atol=second)
    np.testing.assert_allclose(factor.mean, 1 + odds, rtol=0, atol=second)
    np.testing.assert_allclose(loss.deviation, np.sqrt(odds), rtol=0.01)
    np.testing.assert_allclose(factor.deviation, np.sqrt(odds), rtol=0.01)
    assert measured_loss(0.3, 100_000).mean == pytest.approx(-log(0.3), abs=2e-5)
    assert slope_factor(0.3, 100_000).mean == pytest.approx(1, abs=3e-5)


@pytest.mark.parametrize("shots", [1, 2, 100, 10_000])
def test_what_is_certain_does_not_vary(shots):
    assert measured_loss([0, 1], shots).mean == pytest.approx([log(2 * shots), 0])
    assert slope_factor([0, 1], shots).mean == pytest.approx([0, 1])
    for spread in (measured_loss([0, 1], shots), slope_factor([0, 1], shots)):
        assert spread.deviation == pytest.approx([0, 0], abs=1e-12)


@pytest.mark.parametrize("shots", [3, 10, 100, 10_000])
def test_above_about_one_nth_the_loss_is_too_high_and_below_too_low(shots):
    above, below = np.geomspace(1.1 / shots, 0.999, 50), np.geomspace(1e-9, 0.85 / shots, 50)
    assert (measured_loss(above, shots).mean > -np.log(above)).all()
    assert (measured_loss(below, shots).mean < -np.log(below)).all()


def test_one_shot_gives_too_low_a_loss_at_every_p_and_two_turn_at_one_half():
    p = np.linspace(0.01, 0.99, 50)
    assert (measured_loss(p, 1).mean < -np.log(p)).all()
    assert measured_loss(0.5, 2).mean == pytest.approx(log(2))


def test_a_slope_is_never_more_than_1_56_times_as_large():
    p = np.geomspace(1e-6, 1, 400)
    largest = [slope_factor(p, shots).mean.max() for shots in (1, 2, 3, 5, 10, 30, 100, 1000, 10_000)]
    assert largest[0] == 1
    assert max(largest) < 1.56
    assert largest[-1] == pytest.approx(1.56, abs=0.005)
    assert p[slope_factor(p, 10_000).mean.argmax()] == pytest.approx(2.4e-4, rel=0.05)


def test_the_post_s_loss_has_no_such_error():
    outcomes = torch.tensor([[1 - k / 5, k / 5] for k in range(6)], dtype=torch.float64)
    weights = [comb(5, k) * 0.3**k * 0.7 ** (5 - k) for k in range(6)]
    losses = [published(outcomes[k : k + 1], torch.tensor([1]), 5).item() for k in range(6)]
    assert np.dot(weights, losses) == pytest.approx(-0.3)


@pytest.mark.parametrize(("p", "shots"), [(0.2, 10), (0.02, 10), (0.5, 2)])
def test_a_layer_s_gradient_is_the_true_one_times_the_factor(p, shots):
    times, theta = 10_000, asin(2 * p - 1)
    angles = torch.full((times, 1), theta, dtype=torch.float64, requires_grad=True)
    measured = HybridLayer("exact", shots, seed=3)(angles)
    loss = cross_entropy(torch.cat((1 - measured, measured), 1), torch.ones(times, dtype=torch.long), shots)
    loss.backward()
    assert angles.grad is not None
    gradients = times * angles.grad.numpy()
    wanted = -cos(theta) / (2 * p) * slope_factor(p, shots).mean
    assert gradients.mean() == pytest.approx(wanted, abs=5 * gradients.std() / sqrt(times))
    assert gradients.std() / sqrt(times) < 0.1 * abs(wanted - -cos(theta) / (2 * p))
    of_loss = measured_loss(p, shots)
    assert loss.item() == pytest.approx(float(of_loss.mean), abs=5 * float(of_loss.deviation) / sqrt(times))


def test_any_shape_is_kept_and_what_rounding_puts_outside_counts_as_certain():
    assert measured_loss(np.full((2, 3), 0.4), 10).mean.shape == (2, 3)
    assert slope_factor(0.4, 10).deviation.shape == ()
    assert measured_loss([1 + 1e-12, -1e-12], 10).mean == pytest.approx([0, log(20)])


def test_a_measured_zero_counts_as_in_training():
    assert smallest_share(100) == resolution(100) == 0.005
