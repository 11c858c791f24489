"""HybridLayer: gradients against torch's and the closed form, one job a step, dtype and device kept."""

from math import pi

import numpy as np
import pytest
import torch

from hqnn import HybridLayer
from hqnn.circuit.response import Response
from hqnn.config import Noise
from hqnn.errors import ConfigError
from hqnn.network.model import TWINS, ClassicalLayer
from hqnn.shift import AngleError
from tests.engines import SETTINGS, aer_jobs, engines


@pytest.mark.parametrize("shift", [pi / 2, 0.1, 1.0, 2.5, 4.0, -pi / 2])
@pytest.mark.parametrize("batch", [1, 5])
def test_gradcheck_passes_at_torchs_own_tolerances(shift, batch):
    angles = torch.linspace(-3, 3, batch, dtype=torch.float64)[:, None].requires_grad_()
    assert torch.autograd.gradcheck(HybridLayer(shift=shift), (angles,))


def test_the_published_rule_gives_twice_the_slope_at_half_pi():
    angles = torch.linspace(-3, 3, 7, dtype=torch.float64)[:, None].requires_grad_()
    HybridLayer(gradient_rule="published")(angles).sum().backward()
    torch.testing.assert_close(angles.grad, torch.cos(angles.detach()))


@pytest.mark.slow
@engines
@pytest.mark.parametrize("shift", [pi / 2, 0.5])
def test_measured_slopes_scatter_about_the_true_one(name, shift):
    """The mean of 4000 slopes lies within 5 standard errors of cos θ / 2, and they scatter as the formula says."""
    theta, shots, repeats = 0.6, 100, 4000
    layer = HybridLayer(name, shots, shift, seed=1, settings=SETTINGS.get(name))
    _, slopes = layer.measure(torch.full((repeats, 1), theta, requires_grad=True))
    assert slopes is not None
    variance = (np.cos(theta + shift) ** 2 + np.cos(theta - shift) ** 2) / (16 * shots * np.sin(shift) ** 2)
    assert slopes.mean().item() == pytest.approx(np.cos(theta) / 2, abs=5 * np.sqrt(variance / repeats))
    assert slopes.std().item() == pytest.approx(np.sqrt(variance), rel=5 / np.sqrt(2 * repeats))


def test_noisy_slopes_are_those_of_the_response():
    """The parameter-shift rule holds for any sine: offset + b sin θ + c cos θ has the slope b cos θ − c sin θ."""
    noise = Noise(depolarizing_1q=0.1, readout_e0=0.02, readout_e1=0.1, t1_us=20, gate_time_1q_ns=5000)
    response, theta = Response.of(noise), torch.linspace(-3, 3, 7, dtype=torch.float64)[:, None].requires_grad_()
    HybridLayer("noisy", settings=noise)(theta).sum().backward()
    expected = response.sine * torch.cos(theta) - response.cosine * torch.sin(theta)
    torch.testing.assert_close(theta.grad, expected.detach())
    assert abs(response.cosine) > 0.05


@pytest.mark.parametrize("batch", [1, 8, 20])
def test_a_training_step_is_one_aer_job(monkeypatch, batch):
    jobs = aer_jobs(monkeypatch)
    angles = torch.zeros(batch, 1, requires_grad=True)
    HybridLayer("aer", 100)(angles).sum().backward()
    assert len(jobs) == 1
    with torch.no_grad():
        HybridLayer("aer", 100)(angles)
    assert len(jobs) == 2


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_the_callers_dtype_comes_back(dtype):
    angles = torch.zeros(3, 1, dtype=dtype, requires_grad=True)
    probability = HybridLayer()(angles)
    probability.sum().backward()
    assert angles.grad is not None
    assert probability.dtype == angles.grad.dtype == dtype


def test_an_empty_batch_passes_through():
    angles = torch.zeros(0, 1, requires_grad=True)
    probability = HybridLayer("aer", 100)(angles)
    probability.sum().backward()
    assert probability.shape == (0, 1)


def test_two_calls_never_repeat_their_noise_and_two_layers_of_one_seed_always_do():
    angles = torch.zeros(50, 1)
    layer = HybridLayer("aer", 100, seed=7)
    first, second = layer(angles), layer(angles)
    assert not torch.equal(first, second)
    torch.testing.assert_close(HybridLayer("aer", 100, seed=7)(angles), first, rtol=0, atol=0)


def test_reseeding_leaves_the_layers_own_noise_where_it_was():
    angles, layer, twin = torch.zeros(50, 1), HybridLayer("aer", 100), HybridLayer("aer", 100)
    with layer.reseeded(3):
        layer(angles)
    assert torch.equal(layer(angles), twin(angles))


def test_the_layer_has_no_weights():
    assert not list(HybridLayer().parameters())


@pytest.mark.parametrize("dtype", [torch.int64, torch.int8, torch.uint8, torch.bool])
@pytest.mark.parametrize("default", [torch.float32, torch.float64])
def test_whole_numbers_count_as_torchs_default_dtype(monkeypatch, dtype, default):
    """The circuit and its twins; at θ = 1 the slope of none is 0."""
    monkeypatch.setattr(torch, "get_default_dtype", lambda: default)
    angles = torch.tensor([[1], [0]]).to(dtype)
    for layer in (HybridLayer(), *(twin() for twin in TWINS.values())):
        real = angles.to(default)
        assert layer(angles).dtype == default
        assert torch.equal(layer(angles), layer(real))
        if isinstance(layer, ClassicalLayer):
            assert torch.equal(layer.slope(angles), layer.slope(real))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_real_numbers_keep_their_dtype(dtype):
    for layer in (HybridLayer("exact", 10), *(twin() for twin in TWINS.values())):
        assert layer(torch.ones(2, 1, dtype=dtype)).dtype == dtype


@pytest.mark.parametrize(
    ("angles", "got"),
    [
        ([[1.0]], "a torch.Tensor, got a list"),
        (1.0, "a torch.Tensor, got a float"),
        (np.zeros((1, 1)), "a torch.Tensor, got a ndarray"),
        (torch.zeros(1, 1, dtype=torch.complex64), "real numbers, got a tensor of torch.complex64"),
    ],
)
def test_what_is_no_tensor_of_real_numbers_is_refused(angles, got):
    for layer in (HybridLayer(), *(twin() for twin in TWINS.values())):
        with pytest.raises(AngleError, match=f"^angles must be {got}$"):
            layer(angles)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("angle", [1e13, -1e17])
def test_angles_too_large_for_a_shift_are_refused(dtype, angle):
    angles = torch.tensor([[0.0], [angle]], dtype=dtype, requires_grad=True)
    with pytest.raises(AngleError, match=r"between -1e\+12 and 1e\+12 radians, .*, got -?[19][.\de+]+ in row 1$"):
        HybridLayer()(angles)


@pytest.mark.parametrize("angle", [np.inf, -np.inf, np.nan])
def test_angles_that_are_not_finite_are_refused(angle):
    with pytest.raises(AngleError, match=rf"^angles must be finite, got {angle} in row 1$"):
        HybridLayer()(torch.tensor([[0.0], [angle]]))


def test_large_angles_that_resolve_the_shift_are_measured():
    """At 10^12 float64 has steps of 10^-4, so θ ± s is as exact."""
    angles = torch.tensor([[3e8], [-1e12]], dtype=torch.float64, requires_grad=True)
    HybridLayer()(angles).sum().backward()
    torch.testing.assert_close(angles.grad, torch.cos(angles.detach()) / 2, rtol=0, atol=1e-4)


@pytest.mark.parametrize("shape", [(), (3,), (3, 2), (3, 1, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"angles must have the shape \(batch, 1\), got"):
        HybridLayer()(torch.zeros(shape))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "x"}, "engine must be 'aer', 'exact', 'noisy' or 'ibm', got 'x'"),
        (
            {"engine": "aer", "settings": Noise(readout_e0=0.1)},
            "readout_e0 must be left out unless the engine is 'noisy'",
        ),
        ({"shots": 1.5}, "shots must be a whole number, got 1.5"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"seed": 1.5}, "seed must be a whole number of at least 0, got 1.5"),
        ({"seed": True}, "seed must be a whole number of at least 0, got True"),
        ({"shots": 0}, "shots must be between 1 and 100000, got 0"),
        ({"shift": pi}, "shift must have"),
        ({"gradient_rule": "x"}, "gradient_rule must be"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises((ConfigError, ValueError), match=message):
        HybridLayer(**options)
