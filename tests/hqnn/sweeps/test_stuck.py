"""Seeds that do not learn: counted, and the slopes where their images stand."""

from math import pi

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.network.losses import LOSSES
from hqnn.sweeps.result import EpochResult, Figures, Result
from hqnn.sweeps.stuck import count, flagged, is_stuck, slopes

CONFIG = RunConfig(n_train=10, n_test=10, epochs=2, batch_size=5, engine="exact")


def epoch_result(number: int, theta: tuple[float, ...], accuracy: float) -> EpochResult:
    """After an epoch with those angles."""
    return EpochResult(
        epoch=number,
        loss=-0.5 - 0.1 * number if number else None,
        test_loss=-0.5,
        train_accuracy=accuracy,
        test_accuracy=accuracy,
        test_accuracy_low=accuracy - 0.1,
        test_accuracy_high=accuracy + 0.1,
        shots=None,
        seconds=float(number),
        theta=theta,
    )


def result(config: RunConfig, accuracy: float, *thetas: tuple[float, ...], first: int = 1, **flags: int) -> Result:
    """A training that ended like that, with those angles after its epochs from the first recorded one on."""
    figures = Figures(n=20, accuracy=accuracy, accuracy_low=0, accuracy_high=1, cross_entropy=0.5, published=-0.5)
    curve = tuple(epoch_result(number, theta, accuracy) for number, theta in enumerate(thetas, first))
    return Result(
        config=config,
        evaluation=figures,
        curve=curve,
        seconds=1,
        flagged={name.replace("_", "-"): step for name, step in flags.items()},
    )


def test_a_seed_is_stuck_below_70_percent_and_a_failed_one_is_neither():
    assert is_stuck(result(CONFIG, 0.69))
    assert not is_stuck(result(CONFIG, 0.7))
    failed = Result(config=CONFIG, evaluation=None, curve=(), seconds=1, error="It failed.")
    assert not is_stuck(failed)
    assert count([failed]).stuck.whole == 0


def test_stuck_seeds_are_counted_in_order_with_wilsons_interval_and_their_flags():
    of_seed = {
        seed: result(CONFIG.replace(seed=seed), accuracy, **flags)
        for seed, accuracy, flags in (
            (7, 0.5, {"stuck": 3}),
            (2, 0.55, {"stuck": 4}),
            (5, 0.9, {"stuck": 4}),
            (1, 0.99, {"one_side": 2}),
            (3, 0.45, {}),
        )
    }
    found = count(of_seed.values())
    low, high = binomtest(3, 5).proportion_ci(method="wilson")
    assert (found.stuck.part, found.stuck.whole) == (3, 5)
    assert (found.stuck.low, found.stuck.high) == pytest.approx((low, high))
    assert (found.stuck_seeds, found.healthy_seeds) == ((2, 3, 7), (1, 5))
    assert (found.flagged_before_half.part, found.flagged_before_half.whole) == (1, 3)  # of 8 steps, 4 are half
    assert (found.healthy_flagged.part, found.healthy_flagged.whole) == (1, 2)


def test_rules_that_spoke_say_at_which_share_of_the_run():
    assert [(rule.name, step, share) for rule, step, share in flagged(result(CONFIG, 0.5, one_side=2, stuck=6))] == [
        ("stuck", 6, 0.75),
        ("one-side", 2, 0.25),
    ]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shots", [None, 100])
def test_slopes_are_those_that_torch_finds(loss, shots):
    theta = torch.tensor(np.random.default_rng(0).normal(0, 3, 20), requires_grad=True)
    labels = (torch.arange(20) >= 10).long()
    one = (1 + torch.sin(theta)) / 2
    (derivative,) = torch.autograd.grad(one.sum(), theta, retain_graph=True)
    size, push = {}, {}
    for name, function in LOSSES.items():
        value = 20 * function(torch.stack((1 - one, one), dim=1), labels, shots)
        (gradient,) = torch.autograd.grad(value, theta, retain_graph=True)
        size[name], push[name] = gradient.abs().numpy(), -gradient.numpy()
    config = CONFIG.replace(loss=loss, shots=shots)
    found, angles = slopes(config, theta.detach().numpy()), theta.detach().numpy()
    wrong = (np.sin(angles) > 0) != labels.numpy().astype(bool)
    assert found.steepness == pytest.approx(derivative.abs().mean().item())
    assert found.steepness == pytest.approx(size["published"].mean())
    assert found.log_steepness == pytest.approx(size["cross-entropy"].mean())
    assert found.push == pytest.approx((push[loss][:10].mean(), push[loss][10:].mean()))
    assert found.wrong_published == pytest.approx(size["published"][wrong].mean())
    assert found.wrong_log == pytest.approx(size["cross-entropy"][wrong].mean())
    assert (found.right, found.images) == ((~wrong).sum(), 20)
    assert found.cloud.past == (np.abs(angles) > pi / 2).sum()
    assert found.same == max((np.sin(angles) > 0).sum(), (np.sin(angles) <= 0).sum())


def test_under_noise_slopes_are_those_of_the_noisy_curve():
    config = CONFIG.replace(engine="noisy", readout_e1=0.2, t1_us=1.0, t2_us=1.0, gate_time_1q_ns=200, loss="published")
    theta, step = np.linspace(-2, 2, 20), 1e-6
    curve = Response.of(config.noise).probability
    derivative = (curve(theta + step) - curve(theta - step)) / (2 * step)
    found = slopes(config, theta)
    assert found.steepness == pytest.approx(np.abs(derivative).mean(), rel=1e-6)
    assert found.push == pytest.approx((-derivative[:10].mean(), derivative[10:].mean()), rel=1e-6)


def test_where_all_images_have_one_answer_it_is_said_which():
    above, below = slopes(CONFIG, np.full(20, 1.0)), slopes(CONFIG, np.full(20, -1.0))
    assert (above.same, above.answer, above.right) == (20, 1, 10)
    assert (below.same, below.answer, below.right) == (20, 0, 10)
    apart = slopes(CONFIG, np.repeat((-1.0, 1.0), 10))
    assert apart.right == 20
    assert np.isnan(apart.wrong_published)
    assert np.isnan(apart.wrong_log)
