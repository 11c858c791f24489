"""What the stage needs to know of a run that does not change while it trains."""

from math import pi
from typing import Any

import numpy as np

from hqnn.circuit.gradients import slope_deviation
from hqnn.circuit.response import Response, bloch_vectors
from hqnn.circuit.slope_rules import expected_slope
from hqnn.config import Noise, RunConfig
from hqnn.network.probe import probe_steps
from ui.kit.digits import NAMES

#: Seconds for the first epoch and for the rest when a whole run is played at normal speed.
EARLY_SECONDS, LATE_SECONDS = 4.0, 8.0
#: Angles at which the browser knows the circuit's gradient; it interpolates between them.
SLOPE_POINTS = 72


def facts(config: RunConfig, source: str) -> dict[str, Any]:
    """Return the constants of a run, JSON-able.

    Args:
        config: the run.
        source: where its frames come from: "probes", "epochs" or "none" (`ui.train.stage.frames`).
    """
    response = Response.of(config.noise)
    early, late = _intervals(config, source)
    return {
        "source": source,
        "digits": config.digits,
        "names": [NAMES[digit] for digit in config.digits],
        "shots": config.shots,
        "total": config.epochs * config.steps_per_epoch,
        "stepsPerEpoch": config.steps_per_epoch,
        "early": early,
        "late": late,
        "earlySeconds": EARLY_SECONDS,
        "lateSeconds": LATE_SECONDS,
        "response": list(response),
        "waves": _waves(config),
        "half": _z_of_half(config.noise),
        "slopes": _slopes(config, response),
    }


def _intervals(config: RunConfig, source: str) -> tuple[int, int]:
    """Return the number of intervals between frames in the first epoch and after it."""
    if source != "probes":
        return 0, config.epochs
    steps = probe_steps(config)
    early = sum(0 < step <= config.steps_per_epoch for step in steps)
    return early, len(steps) - 1 - early


def _waves(config: RunConfig) -> list[list[float]]:
    """Return x and z of the state after RY(θ), each as its constant and its parts of cos θ and sin θ."""
    start, quarter, half = (np.array(bloch_vectors(angle, config.noise)[1])[[0, 2]] for angle in (0, pi / 2, pi))
    constant = (start + half) / 2
    return np.column_stack([constant, start - constant, quarter - constant]).round(6).tolist()


def _z_of_half(noise: Noise) -> float:
    """Return the z at which the readout gives P(1) = ½. Without readout errors it is 0."""
    contrast = 1 - noise.readout_e0 - noise.readout_e1
    return 1 - 2 * (0.5 - noise.readout_e0) / contrast if contrast else 0.0


def _slopes(config: RunConfig, response: Response) -> list[list[float]]:
    """Return expected dP(1)/dθ and its standard deviation by shots (0 without shots), from θ = 0 on, one turn."""
    theta = np.arange(SLOPE_POINTS) * 2 * pi / SLOPE_POINTS
    slopes = [expected_slope(angle, config.shift, config.gradient_rule, response) for angle in theta]
    if config.shots is None:
        errors = np.zeros(SLOPE_POINTS)
    else:
        errors = slope_deviation(theta, config.shift, config.shots, config.gradient_rule, response)
    return np.round(np.column_stack([slopes, errors]), 4).tolist()
