"""The network's shapes and size, and its classical twins."""

from math import cos, exp, sin

import pytest
import torch

from hqnn import HybridLayer, HybridNet, RunConfig
from hqnn.config import HEADS
from hqnn.network.model import TWINS, SineLayer, in_fastest_layout, make_head


def test_every_image_has_its_own_answer():
    images = torch.rand(5, 1, 28, 28)
    model = HybridNet().eval()
    probabilities = model(images)
    assert probabilities.shape == (5, 2)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(5))
    alone = torch.cat([model(image[None]) for image in images])
    torch.testing.assert_close(probabilities, alone)


@pytest.mark.parametrize(("number", "channels_last"), [(7, False), (8, True)])
def test_from_eight_images_on_channels_are_last_and_the_angles_stay(number, channels_last):
    model, images = HybridNet().eval(), torch.rand(number, 1, 28, 28)
    laid_out = in_fastest_layout(images)
    assert model.conv1(laid_out).is_contiguous(memory_format=torch.channels_last) == channels_last
    torch.testing.assert_close(model.angle(laid_out), model.angle(images))


def test_label_1_has_the_probability_of_measuring_1():
    model, images = HybridNet().eval(), torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(model(images)[:, 1:], (1 + torch.sin(model.angle(images))) / 2)


def test_the_network_has_the_posts_layers_and_the_circuit_no_weights():
    shapes = {name: tuple(weights.shape) for name, weights in HybridNet().named_parameters()}
    assert shapes == {
        "conv1.weight": (32, 1, 5, 5),
        "conv1.bias": (32,),
        "conv2.weight": (64, 32, 5, 5),
        "conv2.bias": (64,),
        "fc1.weight": (64, 1024),
        "fc1.bias": (64,),
        "fc2.weight": (1, 64),
        "fc2.bias": (1,),
    }
    assert sum(weights.numel() for weights in HybridNet().parameters()) == 117_761


def test_first_weights_of_a_generator_are_those_that_torch_gives_in_its_state():
    torch.manual_seed(7)
    usual, state = HybridNet().state_dict(), torch.get_rng_state()
    generator = torch.Generator().manual_seed(7)
    torch.manual_seed(8)
    before = torch.get_rng_state()
    own = HybridNet(generator=generator).state_dict()
    assert own.keys() == usual.keys()
    assert all(torch.equal(own[name], usual[name]) for name in usual)
    assert torch.equal(generator.get_state(), state)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("batch", [1, 5, 8, 32])
def test_dropout_of_a_generator_is_what_torch_drops_in_its_state(batch):
    model, images = HybridNet(), torch.rand(batch, 1, 28, 28)
    generator = torch.Generator().manual_seed(3)
    for _ in range(3):
        torch.set_rng_state(generator.get_state())
        usual = model.angle(images)
        state = torch.get_rng_state()
        torch.manual_seed(9)
        assert torch.equal(model.angle(images, generator), usual)
        assert torch.equal(generator.get_state(), state)
    model.eval()
    assert torch.equal(model.angle(images, generator), model.angle(images))


def test_by_itself_the_network_drops_as_any_module_of_torch():
    model, images = HybridNet(), torch.rand(4, 1, 28, 28)
    torch.manual_seed(3)
    first, second = model(images), model(images)
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    assert torch.equal(model(images), first)
    assert torch.equal(model.eval()(images), model(images))


def test_the_sine_twin_is_the_exact_circuit():
    angles = torch.linspace(-4, 4, 9, dtype=torch.float64)[:, None]
    exact, twin = angles.clone().requires_grad_(), angles.clone().requires_grad_()
    probability, slope = SineLayer().measure(twin)
    measured, measured_slope = HybridLayer().measure(exact)
    probability.sum().backward()
    torch.testing.assert_close(probability, measured)
    torch.testing.assert_close(slope, measured_slope)
    torch.testing.assert_close(twin.grad, slope)


@pytest.mark.parametrize(
    ("head", "values", "slopes"),
    [
        ("sigmoid", (1 / (1 + exp(2)), 0.5, exp(1) / (1 + exp(1))), (exp(2) / (1 + exp(2)) ** 2, 0.25, 0.196611933)),
        ("sine", ((1 - sin(2)) / 2, 0.5, (1 + sin(1)) / 2), (cos(2) / 2, 0.5, cos(1) / 2)),
        ("linear", (-0.5, 0.5, 1.0), (0.5, 0.5, 0.5)),
    ],
)
def test_a_twin_has_its_formulas_values_and_slopes(head, values, slopes):
    angles = torch.tensor([[-2.0], [0.0], [1.0]], dtype=torch.float64, requires_grad=True)
    value, slope = TWINS[head]().measure(angles)
    value.sum().backward()
    assert value[:, 0].tolist() == pytest.approx(values)
    assert slope[:, 0].tolist() == pytest.approx(slopes)
    assert not slope.requires_grad
    torch.testing.assert_close(angles.grad, slope)


def test_every_head_has_what_it_says_after_the_angle_and_no_weights():
    heads = {head: make_head(RunConfig(head=head, shots=10), seed=0) for head in HEADS}
    assert isinstance(heads.pop("circuit"), HybridLayer)
    assert {head: type(layer) for head, layer in heads.items()} == TWINS
    assert not [each for layer in heads.values() for each in layer.parameters()]
