"""The two losses against torch's and by hand."""

from math import log

import pytest
import torch

from hqnn.network.losses import cross_entropy, published, resolution

PROBABILITIES = torch.tensor([[0.9, 0.1], [0.3, 0.7]], dtype=torch.float64)
LABELS = torch.tensor([0, 0])


def test_cross_entropy_is_minus_log_p_of_the_right_label():
    assert cross_entropy(PROBABILITIES, LABELS).item() == pytest.approx(-(log(0.9) + log(0.3)) / 2)


def test_the_published_loss_is_minus_p_of_the_right_label():
    assert published(PROBABILITIES, LABELS).item() == pytest.approx(-(0.9 + 0.3) / 2)


def test_a_measured_zero_counts_as_half_a_shot_and_still_teaches():
    probabilities = torch.tensor([[0.0, 1.0]], dtype=torch.float64, requires_grad=True)
    loss = cross_entropy(probabilities, torch.tensor([0]), 100)
    loss.backward()
    assert loss.item() == pytest.approx(log(200))
    assert probabilities.grad is not None
    assert probabilities.grad[0, 0].item() == pytest.approx(-200)


def test_what_shots_can_resolve():
    assert resolution(1) == 0.5
    assert resolution(100) == 0.005
    assert resolution(None) == torch.finfo(torch.float32).eps


@pytest.mark.parametrize(
    ("loss", "p", "value", "slope"),
    [
        (cross_entropy, 1.5, -log(1.5), -1 / 1.5),  # more than certain: still rewarded
        (cross_entropy, -0.5, log(200), -200),  # as a measured 0
        (published, 1.5, -1.5, -1),
        (published, -0.5, 0.5, -1),
    ],
)
def test_what_is_no_probability_is_taken_as_it_is_but_for_the_log_below_half_a_shot(loss, p, value, slope):
    probabilities = torch.tensor([[1 - p, p]], dtype=torch.float64, requires_grad=True)
    found = loss(probabilities, torch.tensor([1]), 100)
    found.backward()
    assert found.item() == pytest.approx(value)
    assert probabilities.grad is not None
    assert probabilities.grad.tolist()[0] == pytest.approx([0, slope])


def test_far_below_zero_is_raised_exactly_in_single_precision():
    probabilities = torch.tensor([[4.0, -3.0]])
    eps = torch.finfo(torch.float32).eps
    assert cross_entropy(probabilities, torch.tensor([1])).item() == pytest.approx(-log(eps))
