"""Evaluation of a trained network on all MNIST test images, with its run's shots and engine or with others.

The network reduces an image to θ, which is computed once. Then shots turn θ into a prediction as often as needed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from hqnn.circuit.circuits import one_qubit, probability_of_one
from hqnn.config import ENGINES, check_engine
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.inference.networks import trained
from hqnn.inference.types import WholeTest
from hqnn.network.data import all_test_images
from hqnn.network.evaluation import CHUNK, score
from hqnn.network.model import in_fastest_layout, label_probabilities
from hqnn.network.training import Seeds
from hqnn.records import Evaluation

#: Most shots that are simulated one by one, in 2.5 s. More are drawn from the engine's exact probabilities.
MAX_SIMULATED = 25_000_000


def whole_test(run_file: bytes) -> WholeTest:
    """Test a run's network on all test images of its pair, with the run's own engine, shots, loss and seed.

    A run on a device is measured with Aer instead, which costs nothing. If the run was tested on all these images, and
    not on a device, the result is the same.

    Raises:
        ConfigError: (a ValueError) if the run has a classical replacement of the circuit.
        RunFileError: if the file is no complete run.
    """
    config, earlier, _ = trained(run_file)
    seed = Seeds.of(config.seed).evaluation if earlier is None else earlier.seed
    of_digits = angles(run_file, config.digits)
    theta, labels = np.concatenate(of_digits), np.repeat((0, 1), [len(each) for each in of_digits])
    engine, settings = config.simulator
    own = None if settings is None else settings.model_dump()
    return WholeTest(theta, evaluation(theta, labels, engine, config.tested_shots, own, config.loss, seed))


def angles(run_file: bytes, digits: Sequence[int]) -> list[NDArray[np.float64]]:
    """Return θ of all test images of some digits in a run's network, without dropout.

    Args:
        run_file: content of a run file (`hqnn.runs`).
        digits: any digits, not only the pair of the run.

    Returns:
        (n,) for each digit, radians, in MNIST's order.

    Raises:
        RunFileError: if the file is no complete run.
        ConfigError: (a ValueError) if a value is no digit.
    """
    model, test = trained(run_file).model, all_test_images(digits)
    with torch.inference_mode():
        found = torch.cat([model.angle(in_fastest_layout(chunk)) for chunk in test.images.split(CHUNK)])
    theta = found[:, 0].double().numpy()
    return [theta[(test.labels == place).numpy()] for place in range(len(digits))]


def evaluation(
    theta: ArrayLike,
    labels: ArrayLike,
    engine: str = "aer",
    shots: int | None = 100,
    settings: Mapping[str, Any] | None = None,
    loss: str = "cross-entropy",
    seed: int = 0,
    simulated: int = MAX_SIMULATED,
) -> Evaluation:
    """Measure angles, and evaluate the predictions.

    Args:
        theta: (n,), radians.
        labels: (n,), 0 or 1: the digit of each image.
        engine: a name from `hqnn.engines.engine_names`, no device.
        shots: measurements of each angle, or None for exact probabilities.
        settings: of the engine, if it has any (`hqnn.config.noise.Noise` by field).
        loss: which loss is reported as `loss`.
        seed: of the shots.
        simulated: most shots of all angles together that are simulated one by one. More are drawn from the engine's
            exact probabilities.

    Raises:
        ConfigError: (a ValueError) for an unknown engine or a device, or shots or settings out of bounds.
        ValueError: for no angles, different numbers of labels and angles, or an unknown loss.
    """
    check_engine(engine)
    if ENGINES[engine].hardware:
        raise ConfigError(f"engine must be a simulator, got {engine!r}")
    # float32 as the network's own layer has it: the same probabilities, to the last bit
    rng, theta = np.random.default_rng(seed), np.asarray(theta, dtype=np.float64)
    measured = measure(theta, engine, shots, settings, rng, simulated)
    probabilities = label_probabilities(torch.from_numpy(measured).float())
    return score(probabilities, torch.as_tensor(labels).long(), shots=shots, loss=loss, seed=seed)


def measure(
    theta: NDArray[np.float64],
    engine: str,
    shots: int | None,
    settings: Mapping[str, Any] | None,
    rng: np.random.Generator,
    most: int = MAX_SIMULATED,
) -> NDArray[np.float64]:
    """Measure P(1) of angles in the chunks of `hqnn.network.evaluation.evaluate`, so with the same shots per seed.

    Args:
        theta: (n,), radians.
        engine: a name from `hqnn.engines.engine_names`, no device.
        shots: measurements of each angle, or None for exact probabilities.
        settings: of the engine, if it has any (`hqnn.config.noise.Noise` by field).
        rng: of the shots.
        most: most shots of all angles together that are simulated one by one. More are drawn from the engine's exact
            probabilities.

    Returns:
        (n, 1).
    """
    kind = ENGINES[engine].settings
    made, simulated = get_engine(engine, kind(**(settings or {})) if kind else None), shots
    if len(theta) * (shots or 0) > most:
        simulated = None
    chunks = [theta[first : first + CHUNK, None] for first in range(0, len(theta), CHUNK)]
    outcomes = [made.probabilities(one_qubit(), chunk, shots=simulated, rng=rng) for chunk in chunks]
    measured = np.concatenate([probability_of_one(each) for each in outcomes]) if outcomes else np.empty((0, 1))
    if shots == simulated or shots is None:
        return measured
    return rng.binomial(shots, measured.clip(0, 1)) / shots
