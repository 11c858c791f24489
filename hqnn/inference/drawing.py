"""What a trained network says of a drawing: its answer, how sure it is, and which pixels it hangs on."""

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

#: How often a drawing is measured again.
REPEATS = 200

#: Shots of them all that are simulated one by one: 10 ms on Aer.
AT_ONCE = 100_000


def answer(run_file: bytes, pixels: NDArray[np.uint8], shots: int | None, seed: int) -> Answer:
    """Ask a run's network about one image.

    A run of a device is measured by Aer instead, which costs nothing.

    Args:
        run_file: a run as a file's content (`hqnn.runs`).
        pixels: (28, 28), grey 0 to 255, a bright digit on black.
        shots: measurements of the circuit, or None for exact probabilities.
        seed: of the shots.

    Raises:
        ConfigError: (a ValueError) for shots out of bounds.
        RunFileError: if the file is no whole run.
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
    """Test a run's network on images of one's own.

    Args:
        run_file: a run as a file's content (`hqnn.runs`).
        pixels: (n, 28, 28), grey 0 to 255.
        labels: of each image, 0 or 1.
        shots: measurements of each, or None for exact probabilities.
        seed: of the shots.

    Raises:
        ConfigError: (a ValueError) for shots out of bounds.
        RunFileError: if the file is no whole run.
        ValueError: for no images, or another number of labels than of images.
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
