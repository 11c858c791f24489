"""Derivatives of every order against torch's of the closed form, under every transform; what is measured for them."""

import logging
import warnings
from math import pi

import numpy as np
import pytest
import torch
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vmap
from torch.utils.checkpoint import checkpoint

from hqnn import HybridLayer
from hqnn.errors import ConfigError
from tests.engines import SETTINGS, engines, exact_engines, ideal

THETA = torch.linspace(-3, 3, 5, dtype=torch.float64)[:, None]
RULES = [("parameter-shift", pi / 2), ("parameter-shift", 0.7), ("published", pi / 2), ("published", pi)]


def sine(angles: torch.Tensor) -> torch.Tensor:
    """What the circuit's P(1) is."""
    return (1 + torch.sin(angles)) / 2


@pytest.fixture
def rows(monkeypatch) -> list[int]:
    """The angles of each call of the exact engine from now on."""
    engine, calls = ideal("exact"), []
    asked = engine.probabilities
    monkeypatch.setattr(engine, "probabilities", lambda *a, **k: calls.append(len(a[1])) or asked(*a, **k))
    return calls


@pytest.mark.parametrize("order", range(1, 7))
@pytest.mark.parametrize(("rule", "shift"), RULES)
def test_a_derivative_of_any_order_is_that_of_what_the_one_before_returns(order, rule, shift):
    angles = THETA.clone().requires_grad_()
    value = HybridLayer(shift=shift, gradient_rule=rule)(angles)
    expected = sine(angles)
    for _ in range(order):
        (value,) = torch.autograd.grad(value.sum(), angles, create_graph=True)
        (expected,) = torch.autograd.grad(expected.sum(), angles, create_graph=True)
    factor = 2 * np.sin(shift) if rule == "published" else 1
    torch.testing.assert_close(value, factor * expected)


@exact_engines
def test_gradcheck_and_gradgradcheck_pass_on_every_engine(name):
    angles = THETA[:2].clone().requires_grad_()
    layer = HybridLayer(name, settings=SETTINGS.get(name))
    assert torch.autograd.gradcheck(layer, (angles,), check_batched_grad=True)
    assert torch.autograd.gradgradcheck(layer, (angles,), check_batched_grad=True)


@pytest.mark.parametrize("vectorize", [False, True])
def test_the_hessian_of_one_qubit(vectorize):
    layer = HybridLayer()
    found = torch.autograd.functional.hessian(lambda t: layer(t).sum(), THETA, vectorize=vectorize)
    torch.testing.assert_close(torch.as_tensor(found).reshape(5, 5), torch.diag(-torch.sin(THETA[:, 0]) / 2))


def cubed(layer, angles):
    return layer(angles).pow(3).sum()


TRANSFORMED = {
    "grad": lambda f: grad(lambda t: cubed(f, t))(THETA),
    "grad of grad": lambda f: grad(lambda t: grad(lambda u: cubed(f, u))(t).sum())(THETA),
    "jacrev": lambda f: jacrev(f)(THETA),
    "jacfwd": lambda f: jacfwd(f)(THETA),
    "jvp": lambda f: jvp(f, (THETA,), (THETA,))[1],
    "hessian": lambda f: hessian(lambda t: cubed(f, t))(THETA),
    "jacrev of jacrev": lambda f: jacrev(jacrev(lambda t: cubed(f, t)))(THETA),
    "jacrev of jacfwd": lambda f: jacrev(jacfwd(lambda t: cubed(f, t)))(THETA),
    "vmap": lambda f: vmap(f)(torch.stack([THETA, 2 * THETA, THETA + 1])),
    "vmap along another dimension": lambda f: vmap(f, in_dims=1, out_dims=2)(torch.stack([THETA, 2 * THETA], 1)),
    "vmap of vmap": lambda f: vmap(vmap(f))(THETA.expand(2, 3, 5, 1)),
    "vmap over something else": lambda f: vmap(lambda t, u: f(t) + u, in_dims=(None, 0))(THETA, torch.arange(2.0)),
    "vmap of grad": lambda f: vmap(grad(lambda t: cubed(f, t)))(torch.stack([THETA, 2 * THETA])),
    "vmap of hessian": lambda f: vmap(hessian(lambda t: cubed(f, t)))(torch.stack([THETA, 2 * THETA])),
    "grad of vmap": lambda f: grad(lambda t: vmap(lambda k: f(k * t))(torch.arange(3.0)).pow(2).sum())(THETA),
}


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")  # torch's own, as it loads what jvp needs
@pytest.mark.parametrize("transform", TRANSFORMED)
def test_torchs_transforms_see_a_sine(transform):
    wanted = TRANSFORMED[transform]
    torch.testing.assert_close(wanted(HybridLayer()), wanted(sine))


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_forward_mode_twice_is_refused_for_torch_would_say_0():
    with pytest.raises(NotImplementedError, match=r"cannot be taken twice by torch\.func\.jvp or jacfwd"):
        jacfwd(jacfwd(HybridLayer()))(THETA)


def test_a_training_step_asks_once_and_a_second_derivative_once_more(rows):
    angles = THETA.clone().requires_grad_()
    layer = HybridLayer("exact", 100)
    layer(angles).sum().backward()
    assert rows == [15]
    (slope,) = torch.autograd.grad(layer(angles).sum(), angles, create_graph=True)
    assert rows == [15, 15]
    slope.sum().backward()
    assert rows == [15, 15, 4 * 5]


def test_a_graph_that_nobody_follows_changes_no_number():
    found = []
    for create_graph in (False, True):
        angles = THETA.clone().requires_grad_()
        layer = HybridLayer("aer", 100, seed=3)
        value = layer(angles)
        (slope,) = torch.autograd.grad(value.square().sum(), angles, create_graph=create_graph)
        found.append((value.tolist(), slope.tolist(), layer(angles).tolist()))
    assert found[0] == found[1]


@pytest.mark.slow
@engines
@pytest.mark.parametrize(("rule", "factor"), [("parameter-shift", 1), ("published", 2 * np.sin(0.5))])
def test_measured_second_derivatives_scatter_about_the_true_one(name, rule, factor):
    """Of 2000, within 5 standard errors of −sin θ / 2: variances of four measurements, over (4 sin s)²."""
    theta, shots, repeats, shift = 0.6, 100, 2000, 0.5
    layer = HybridLayer(name, shots, shift, rule, seed=1, settings=SETTINGS.get(name))
    angles = torch.full((repeats, 1), theta, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(layer(angles).sum(), angles, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), angles)
    at = theta + np.add.outer((pi / 2, -pi / 2), (shift, -shift))
    variance = factor**2 * np.sum(np.cos(at) ** 2) / (4 * shots * (4 * np.sin(shift)) ** 2)
    assert second.mean().item() == pytest.approx(-factor * np.sin(theta) / 2, abs=5 * np.sqrt(variance / repeats))
    assert second.std().item() == pytest.approx(np.sqrt(variance), rel=5 / np.sqrt(2 * repeats))


def test_rows_of_a_vmap_draw_shots_of_their_own_in_one_call(rows):
    found = vmap(HybridLayer("exact", 1000))(torch.zeros(6, 2, 1))
    assert rows == [12]
    assert len(set(found.flatten().tolist())) > 6
    assert found.mean().item() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(12_000))
    with pytest.raises(ConfigError, match="randomness of a vmap over a layer with shots must be 'different'"):
        vmap(HybridLayer("exact", 1000), randomness="same")(torch.zeros(6, 2, 1))


@pytest.mark.slow
def test_a_compiled_network_leaves_the_layer_out_without_a_warning(caplog):
    network = torch.nn.Sequential(torch.nn.Linear(3, 1), HybridLayer("aer", 10), torch.nn.Linear(1, 1))
    compiled = torch.compile(network, backend="eager")
    with warnings.catch_warnings(record=True) as warned:  # torch hides some of its own, which no error may be made of
        warnings.simplefilter("always")
        for batch in (4, 2, 7):
            compiled(torch.randn(batch, 3)).sum().backward()
    assert not warned
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert all(weights.grad is not None for weights in network.parameters())


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_layer_with_shots_is_not_measured_again_by_a_checkpoint(reentrant):
    def through(shots: int | None) -> torch.Tensor | None:
        angles, layer = THETA.clone().requires_grad_(), HybridLayer("exact", shots)
        checkpoint(lambda t: layer(t).square(), angles, use_reentrant=reentrant).sum().backward()  # pyright: ignore[reportOptionalMemberAccess]
        return angles.grad

    torch.testing.assert_close(through(None), sine(THETA) * torch.cos(THETA))
    with pytest.raises(ConfigError, match=r"^shots must be None for a layer .* torch\.utils\.checkpoint .* got 10$"):
        through(10)
