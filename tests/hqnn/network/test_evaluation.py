"""Evaluation against counts by hand, and against closed forms for the interval."""

from math import sqrt
from threading import Event, Thread

import pytest
import torch
from torch import nn

from hqnn import HybridLayer, HybridNet, evaluate
from hqnn.errors import ConfigError
from hqnn.network.evaluation import at_rest


class Answers(nn.Module):
    """Gives each image the probability that its first pixel says."""

    def forward(self, images):
        p = images[:, 0, 0, :1]
        return torch.cat((1 - p, p), 1)


def asked(probabilities, labels, **options):
    images = torch.zeros(len(probabilities), 1, 28, 28)
    images[:, 0, 0, 0] = torch.tensor(probabilities)
    return evaluate(Answers(), images, torch.tensor(labels), **options)


def test_counts_and_losses_by_hand():
    found = asked([0.1, 0.6, 0.8, 0.9, 0.3], [0, 0, 1, 1, 1])
    assert found.confusion == ((1, 1), (1, 2))
    assert (found.n, found.accuracy) == (5, 0.6)
    assert found.predictions == (0, 1, 1, 1, 0)
    assert found.probabilities == pytest.approx((0.1, 0.6, 0.8, 0.9, 0.3))
    assert found.published == pytest.approx(-(0.9 + 0.4 + 0.8 + 0.9 + 0.3) / 5)
    expected = -torch.tensor([0.9, 0.4, 0.8, 0.9, 0.3]).log().mean().item()
    assert found.loss == found.cross_entropy == pytest.approx(expected)
    assert asked([0.1], [0], loss="published").loss == pytest.approx(-0.9)


@pytest.mark.parametrize(("correct", "n"), [(50, 100), (100, 100), (0, 7), (98, 100)])
def test_the_interval_is_wilsons(correct, n):
    found = asked([0.9] * correct + [0.1] * (n - correct), [1] * n)
    z, p = 1.959963984540054, correct / n
    centre, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n)),
    )
    assert found.accuracy_low == pytest.approx(max(0, centre - half), abs=1e-9)
    assert found.accuracy_high == pytest.approx(min(1, centre + half), abs=1e-9)


def test_mode_and_noise_of_the_model_are_left_as_they_were(small_pair):
    model = HybridNet(HybridLayer("aer", 100, seed=1)).train()
    model.dropout.eval()
    evaluate(model, small_pair.test.images, small_pair.test.labels)
    assert model.training
    assert not model.dropout.training
    angles = torch.zeros(20, 1)
    assert torch.equal(model.quantum(angles), HybridLayer("aer", 100, seed=1)(angles))


def test_a_seed_measures_the_same_and_dropout_is_off(small_pair):
    model = HybridNet(HybridLayer("aer", 100)).train()
    test = small_pair.test
    once, again, other = (evaluate(model, test.images, test.labels, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert once.probabilities != other.probabilities


def test_an_evaluation_is_unseen_by_other_threads(small_pair, quick_switches):
    """They go on with shots and dropout, and their layer's own generator."""
    model, wrong = HybridNet(HybridLayer("exact", 100, seed=1)).train(), []
    images, done = small_pair.test.images, Event()

    def look():
        while not done.is_set():
            shares = model.quantum(torch.full((1, 1), 0.3)).item() * 100
            if abs(shares - round(shares)) > 1e-4 or not (model.training and model.dropout.training):
                wrong.append(shares)

    thread = Thread(target=look)
    thread.start()
    *_, found = [evaluate(model, images, small_pair.test.labels, seed=seed, exact=True) for seed in range(20)]
    done.set()
    thread.join()
    assert not wrong
    with torch.no_grad():
        p = (1 + torch.sin(at_rest(model).angle(images)[:, 0])) / 2
    assert found.probabilities == pytest.approx(p.tolist(), abs=1e-6)


def test_a_network_at_rest_shares_weights_and_hooks_and_leaves_the_other_in_training():
    shared = nn.Linear(2, 2)
    model = nn.Sequential(shared, nn.Dropout(), nn.ModuleDict({"again": shared}), nn.BatchNorm1d(2))
    seen = []
    model[0].register_forward_hook(lambda *_: seen.append(1))
    resting = at_rest(model)
    assert [module.training for module in resting.modules()] == [False] * 5
    assert all(module.training for module in model.modules())
    assert all(own is other for own, other in zip(resting.parameters(), model.parameters(), strict=True))
    assert all(own is other for own, other in zip(resting.buffers(), model.buffers(), strict=True))
    assert resting[0] is resting.get_submodule("2.again")
    resting[0](torch.zeros(1, 2))
    assert seen == [1]


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [torch.compile, lambda model: model.compile() or model])
def test_a_compiled_network_is_tested_without_dropout(small_pair, compiled):
    model, test = HybridNet().train(), small_pair.test
    expected = evaluate(model, test.images, test.labels)
    assert evaluate(compiled(model), test.images, test.labels) == expected
    assert model.training


@pytest.mark.parametrize("seed", [-1, 1.5, True])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ConfigError, match=f"^seed must be a whole number of at least 0, got {seed}$"):
        asked([0.5], [0], seed=seed)


def test_bad_calls_are_refused():
    with pytest.raises(ValueError, match="images and labels must have the same length of at least 1, got 0 and 0"):
        evaluate(Answers(), torch.zeros(0, 1, 28, 28), torch.zeros(0, dtype=torch.long))
    with pytest.raises(ValueError, match="loss must be one of cross-entropy, published, got 'mse'"):
        asked([0.5], [0], loss="mse")
