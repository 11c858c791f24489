"""Evaluation against counts by hand, and against closed forms for the interval."""

from math import sqrt

import pytest
import torch
from torch import nn

from hqnn import HybridLayer, HybridNet, evaluate


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


def test_bad_calls_are_refused():
    with pytest.raises(ValueError, match="images and labels must be as many, at least 1, got 0 and 0"):
        evaluate(Answers(), torch.zeros(0, 1, 28, 28), torch.zeros(0, dtype=torch.long))
    with pytest.raises(ValueError, match="loss must be one of cross-entropy, published, got 'mse'"):
        asked([0.5], [0], loss="mse")
