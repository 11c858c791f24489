"""Classify a drawing with a trained network: predicted digit, confidence, and the pixels that matter most."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hqnn.circuit.response import Response, bloch_vectors
from hqnn.config import RunConfig, check_shots
from hqnn.inference.neither import likeness
from hqnn.inference.networks import trained
from hqnn.inference.shot_accuracy import answers_one
from hqnn.inference.types import Answer
from hqnn.inference.whole_test import measure
from hqnn.network.evaluation import score
from hqnn.network.model import label_probabilities
from hqnn.records import Evaluation

#: Repeat measurements of a drawing.
REPEATS = 200

#: Most shots of all repeats that are simulated one by one: 10 ms on Aer.
AT_ONCE = 100_000


def answer(run_file: bytes, pixels: NDArray[np.uint8], shots: int | None, seed: int) -> Answer:
    """Classify one image with a run's network.

    A run on a device is measured with Aer instead, which costs nothing.

    Args:
        run_file: content of a run file (`hqnn.runs`).
        pixels: (28, 28), grey 0 to 255, a bright digit on black.
        shots: measurements of the circuit, or None for exact probabilities.
        seed: of the shots.

    Raises:
        ConfigError: (a ValueError) for shots out of bounds.
        RunFileError: if the file is no complete run.
    """
    check_shots(shots)
    config, _, model = trained(run_file)
    image = _images(pixels[None]).requires_grad_()
    angle = model.angle(image)
    (saliency,) = torch.autograd.grad(angle.sum(), image)
    theta, response = angle.item(), Response.of(config.noise)
    times = 1 if shots is None else 1 + REPEATS  # exact probabilities are the same every time
    measurements = _measured(np.full(times, theta), config, shots, seed)
    measured, repeats = measurements[0], np.resize(measurements[-REPEATS:], REPEATS)
    exact = float(response.probability(theta))
    label = int(measured > 0.5)
    one = float(answers_one(exact, shots))
    distance, limit = likeness(pixels, config.digits)
    return Answer(
        label=label,
        engine=config.simulator[0],
        shots=shots,
        ones=None if shots is None else round(shots * measured),
        theta=theta,
        measured=float(measured),
        exact=exact,
        error=0.0 if shots is None else float(response.standard_error(theta, shots)),
        bloch=bloch_vectors(theta, config.noise),
        saliency=saliency[0, 0].numpy(),
        repeats=repeats,
        flips=1 - one if label else one,
        distance=distance,
        limit=limit,
    )


def evaluate_images(
    run_file: bytes, pixels: NDArray[np.uint8], labels: list[int], shots: int | None, seed: int
) -> Evaluation:
    """Test a run's network on the viewer's own images.

    Args:
        run_file: content of a run file (`hqnn.runs`).
        pixels: (n, 28, 28), grey 0 to 255.
        labels: of each image, 0 or 1.
        shots: measurements of each image, or None for exact probabilities.
        seed: of the shots.

    Raises:
        ConfigError: (a ValueError) for shots out of bounds.
        RunFileError: if the file is no complete run.
        ValueError: for no images, or different numbers of labels and images.
    """
    check_shots(shots)
    config, _, model = trained(run_file)
    with torch.no_grad():
        theta = model.angle(_images(pixels))[:, 0].double().numpy()
    probabilities = label_probabilities(torch.from_numpy(_measured(theta, config, shots, seed))[:, None])
    return score(probabilities, torch.tensor(labels), shots=shots, loss=config.loss, seed=seed)


def _images(pixels: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(pixels.astype(np.float32))[:, None] / 255


def _measured(theta: NDArray[np.float64], config: RunConfig, shots: int | None, seed: int) -> NDArray[np.float64]:
    """(n,), P(1)."""
    engine, settings = config.simulator
    own = None if settings is None else settings.model_dump()
    return measure(theta, engine, shots, own, np.random.default_rng(seed), AT_ONCE)[:, 0]
