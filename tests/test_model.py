"""The network's shapes and size, and its classical twin."""

import torch

from hqnn import HybridLayer, HybridNet
from hqnn.model import SineLayer


def test_every_image_has_its_own_answer():
    images = torch.rand(5, 1, 28, 28)
    model = HybridNet().eval()
    probabilities = model(images)
    assert probabilities.shape == (5, 2)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(5))
    alone = torch.cat([model(image[None]) for image in images])
    torch.testing.assert_close(probabilities, alone)


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


def test_the_sine_twin_is_the_exact_circuit():
    angles = torch.linspace(-4, 4, 9, dtype=torch.float64)[:, None]
    exact, twin = angles.clone().requires_grad_(), angles.clone().requires_grad_()
    probability, slope = SineLayer().measure(twin)
    measured, measured_slope = HybridLayer().measure(exact)
    probability.sum().backward()
    torch.testing.assert_close(probability, measured)
    torch.testing.assert_close(slope, measured_slope)
    torch.testing.assert_close(twin.grad, slope)
