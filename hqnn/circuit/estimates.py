"""Repeated measurements of P(1) of H → RY(θ)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.circuit.circuits import one_qubit, probability_of_one
from hqnn.circuit.slope_rules import three_points
from hqnn.config import ENGINES, check_engine
from hqnn.engines import get_engine


def measure(
    theta: ArrayLike,
    *,
    shots: int,
    repeats: int,
    seed: int | Sequence[int],
    engine: str = "aer",
    settings: dict[str, float] | None = None,
) -> NDArray[np.float64]:
    """Measure P(1), each repeat with its own shots, in one engine call.

    Args:
        theta: any shape, radians.
        shots: N, measurements of the circuit at each angle in each repeat.
        repeats: number of measurements of each angle.
        seed: random seed of the shots.
        engine: a name from `hqnn.engines.engine_names`.
        settings: settings of this engine, if it has any (`hqnn.config.noise.Noise` by field).

    Returns:
        (repeats, *theta.shape), shares of ones.

    Raises:
        ConfigError: (a ValueError) for an unknown engine, or shots or settings out of bounds.
    """
    check_engine(engine)
    kind = ENGINES[engine].settings
    theta = np.asarray(theta, dtype=np.float64)
    rows = np.tile(theta.ravel(), repeats)[:, None]
    outcomes = get_engine(engine, kind(**(settings or {})) if kind else None).probabilities(
        one_qubit(), rows, shots=shots, rng=np.random.default_rng(seed)
    )
    return probability_of_one(outcomes).reshape(repeats, *theta.shape)


def measure_around(theta: float, shift: float, options: dict[str, Any]) -> NDArray[np.float64]:
    """Run `measure` at θ − s, θ and θ + s, (repeats, 3). A worker gets the options as one dictionary."""
    return measure(three_points(theta, shift), **options)


def count_right(theta: ArrayLike, labels: ArrayLike, options: dict[str, Any]) -> NDArray[np.int64]:
    """Count the correct predictions for each label. An image gets label 1 if more than half of its shots give 1.

    Args:
        theta: (n,), radians.
        labels: (n,), 0 or 1.
        options: options of `measure`, in one dictionary.

    Returns:
        (repeats, 2).
    """
    labels = np.asarray(labels)
    right = (measure(theta, **options) > 0.5) == (labels == 1)
    return np.stack([right[:, labels == label].sum(1) for label in (0, 1)], axis=1)


def measurements(
    theta: float, shots: int, seed: int, numbers: Sequence[int], engines: Sequence[Mapping[str, Any]]
) -> NDArray[np.float64]:
    """Return numbered measurements. Each has its own random numbers, which do not depend on the others.

    Args:
        theta: radians.
        shots: number of shots of each measurement.
        seed: random seed of all measurements.
        numbers: numbers of the measurements.
        engines: arguments `engine` and `settings` of `measure`.

    Returns:
        (engines, numbers), measured P(1).
    """
    values = [
        [measure(theta, shots=shots, repeats=1, seed=(seed, number), **engine)[0] for number in numbers]
        for engine in engines
    ]
    return np.array(values).reshape(len(engines), len(numbers))
