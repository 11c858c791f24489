"""Metrics of a run, from its records. Nothing here draws."""

from collections.abc import Sequence
from math import isfinite

from hqnn.circuit.gradients import signal_to_noise
from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.records import EpochRecord, Evaluation, StepRecord
from ui.kit.words import LOSS_NAMES, Figure, decimal, interval


def figures(
    config: RunConfig,
    steps: Sequence[StepRecord],
    epochs: Sequence[EpochRecord],
    evaluation: Evaluation | None = None,
) -> list[Figure]:
    """Return the four metrics of a run so far: loss, accuracy, gradient signal-to-noise and speed.

    Args:
        config: the run.
        steps: its steps so far.
        epochs: its epochs so far.
        evaluation: the test at the end of the run, None before.
    """
    last, recent = (epochs[-1] if epochs else None), steps[-config.steps_per_epoch :]
    return [
        Figure(
            f"Training {LOSS_NAMES[config.loss]}",
            decimal(last.loss) if last and last.loss is not None else "–",
            "Mean over the steps of the last complete epoch, measured with dropout.",
        ),
        Figure(
            "Test accuracy (95% interval)",
            _accuracy(last, evaluation),
            "Share of test images that the network gets right, with a 95% Wilson interval. Test images are never used "
            "for training. Measured before the first step, after each complete epoch and at the end of the run.",
        ),
        Figure(
            "Gradient signal-to-noise",
            _signal(config, recent) if last and last.epoch > 0 else "–",
            "How large the circuit's gradients dP(1)/dθ are compared with their shot noise: the ratio of root mean "
            "squares over the last epoch of steps. Below 1, noise dominates.",
        ),
        Figure(
            "Training speed",
            f"{_speed(steps):,.0f} images/s" if steps else "–",
            "Training images per second, over the last 50 optimiser steps.",
        ),
    ]


def _accuracy(last: EpochRecord | None, evaluation: Evaluation | None) -> str:
    if evaluation is not None:
        return interval(evaluation.accuracy, evaluation.accuracy_low, evaluation.accuracy_high)
    return interval(last.test_accuracy, last.test_accuracy_low, last.test_accuracy_high) if last else "–"


def _signal(config: RunConfig, steps: Sequence[StepRecord]) -> str:
    if config.shots is None or config.head != "circuit":
        return "no noise"
    theta, gradient = ([value for step in steps for value in getattr(step, name)] for name in ("theta", "gradient"))
    response = Response.of(config.noise)
    ratio = signal_to_noise(theta, gradient, config.shift, config.shots, config.gradient_rule, response)
    return f"{ratio:.1f}" if isfinite(ratio) else "no noise"


def _speed(steps: Sequence[StepRecord]) -> float:
    recent = steps[-50:]
    return sum(len(step.theta) for step in recent) / sum(len(step.theta) / step.images_per_second for step in recent)
