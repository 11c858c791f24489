"""Follow one image through a trained network: forward to the loss, and backward to the most important pixels.

The saliency of a pixel is the derivative of θ with respect to its grey: Simonyan, Vedaldi and Zisserman 2013,
arXiv:1312.6034.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from hqnn.circuit.gradients import measure_jacobian, slope_deviation
from hqnn.circuit.response import Response, bloch_vectors
from hqnn.config import RunConfig, alternatives
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.inference.networks import trained
from hqnn.inference.types import Trip
from hqnn.network.data import load_pair
from hqnn.network.layer import HybridLayer
from hqnn.network.losses import LOSSES
from hqnn.network.model import label_probabilities
from hqnn.shift import combine, shifted_angles

PARTS = ("train", "test")


def trip(run_file: bytes, part: str, place: int, seed: int) -> Trip:
    """Follow one image through the network of an ended run.

    A run on a device is measured with Aer instead, which costs nothing.

    Args:
        run_file: content of a run file (`hqnn.runs`).
        part: "train" or "test", the set of the run's own images.
        place: of the image in the set, from 0. Images of the first digit come first.
        seed: of the shots.

    Raises:
        ConfigError: (a ValueError) for another part, or a place beyond its images.
        RunFileError: if the file is no complete run.
    """
    config, _, model = trained(run_file)
    image, label = _image(config, part, place)
    image.requires_grad_()
    features = model.features(image)
    (saliency,) = torch.autograd.grad(features.theta.sum(), image)
    theta = features.theta.item()
    answer = _measurement(config, theta, seed)
    return Trip(
        label=label,
        pixels=image.detach()[0, 0].numpy(),
        maps1=features.maps1.detach()[0].numpy(),
        maps2=features.maps2.detach()[0].numpy(),
        hidden=features.hidden.detach()[0].numpy(),
        weights=model.fc2.weight.detach()[0].numpy(),
        bias=model.fc2.bias.item(),
        theta=theta,
        bloch=bloch_vectors(theta, config.noise),
        saliency=saliency[0, 0].numpy(),
        **answer,
        **_loss(config, label, answer),
    )


def _image(config: RunConfig, part: str, place: int) -> tuple[Tensor, int]:
    if part not in PARTS:
        raise ConfigError(f"part must be {alternatives(PARTS)}, got {part!r}")
    images = getattr(load_pair(config.digits, config.n_train, config.n_test), part)
    if not 0 <= place < len(images):
        raise ConfigError(f"place must be between 0 and {len(images) - 1} in the {part} images, got {place}")
    return images.images[place : place + 1].clone(), int(images.labels[place])


def _measurement(config: RunConfig, theta: float, seed: int) -> dict[str, Any]:
    """Return P(1) and its derivative at θ, measured and exact."""
    engine, settings = config.simulator
    layer = HybridLayer(engine, config.shots, config.shift, config.gradient_rule, seed, settings)
    endless = HybridLayer(engine, None, config.shift, config.gradient_rule, settings=settings)
    angles = np.array([theta, *shifted_angles(theta, layer.shift)])
    (measured, *shifted), (exact, *shifted_exact) = (each.run(angles).tolist() for each in (layer, endless))
    slope, slope_of_rule = (float(combine(pair, layer.shift, layer.gradient_rule)) for pair in (shifted, shifted_exact))
    error, slope_error = _errors(config, theta)
    _, slope_exact = measure_jacobian(get_engine(engine, settings), layer.circuit, [[theta]], shots=None)
    return {
        "engine": engine,
        "shots": config.shots,
        "ones": None if config.shots is None else round(config.shots * measured),
        "measured": measured,
        "exact": exact,
        "error": error,
        "shift": layer.shift,
        "gradient_rule": layer.gradient_rule,
        "shifted": tuple(shifted),
        "shifted_exact": tuple(shifted_exact),
        "slope": slope,
        "slope_error": slope_error,
        "slope_of_rule": slope_of_rule,
        "slope_exact": float(slope_exact[0, 0, 1]),
    }


def _loss(config: RunConfig, label: int, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the loss of a measurement, and its gradient with respect to θ."""
    losses, loss_slope = _losses(answer["measured"], label, config.shots, config.loss)
    _, loss_slope_exact = _losses(answer["exact"], label, None, config.loss)
    direction = 2 * label - 1  # the right digit's p is P(1), or 1 − P(1)
    return {
        "probability": answer["measured"] if label else 1 - answer["measured"],
        "losses": losses,
        "loss": config.loss,
        "loss_slope": loss_slope,
        "gradient": loss_slope * direction * answer["slope"],
        "gradient_exact": loss_slope_exact * direction * answer["slope_exact"],
    }


def _losses(
    probability_of_one: float, label: int, shots: int | None, trained_on: str
) -> tuple[dict[str, float], float]:
    """Return both losses, and the derivative of one with respect to the probability of the right digit."""
    probabilities = label_probabilities(torch.tensor([[probability_of_one]], dtype=torch.float64)).requires_grad_()
    losses = {name: of(probabilities, torch.tensor([label]), shots) for name, of in LOSSES.items()}
    (slope,) = torch.autograd.grad(losses[trained_on], probabilities)
    return {name: loss.item() for name, loss in losses.items()}, slope[0, label].item()


def _errors(config: RunConfig, theta: float) -> tuple[float, float]:
    """Return the standard errors of P(1) and of its derivative."""
    if config.shots is None:
        return 0.0, 0.0
    response = Response.of(config.noise)
    slope_error = slope_deviation(theta, config.shift, config.shots, config.gradient_rule, response)
    return float(response.standard_error(theta, config.shots)), float(slope_error)
