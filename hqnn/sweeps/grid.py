"""Many runs from one config: grids of settings, each with the same seeds, and what they amount to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean, stdev
from typing import Any

from hqnn.config import RunConfig
from hqnn.records import EpochRecord, Evaluation, StepRecord

#: A run that ends below this accuracy has not learned: guessing gives 50 %, healthy runs end above 85 %.
STUCK_BELOW = 0.7


def grid(config: RunConfig, **values: Iterable[Any]) -> list[RunConfig]:
    """One config for every combination of the values given, the last setting varying fastest.

    >>> [c.seed for c in grid(RunConfig(), seed=range(3))]
    [0, 1, 2]
    """
    return [config.replace(**dict(zip(values, combination, strict=True))) for combination in product(*values.values())]


@dataclass(frozen=True)
class Trained:
    """One training of many, as it ended."""

    config: RunConfig
    steps: list[StepRecord]
    epochs: list[EpochRecord]
    #: On the test images; none if it failed.
    evaluation: Evaluation | None
    #: Why it failed, in one sentence, if so.
    error: str | None
    #: Time that it ran, without waiting for a worker.
    seconds: float
    #: What computed it (`hqnn.versions`), if that is known.
    versions: dict[str, str] | None = None


@dataclass(frozen=True)
class Summary:
    """Several runs of one kind: accuracies and losses are fractions and means over test images."""

    runs: int
    stuck: int
    mean_accuracy: float
    lowest_accuracy: float
    #: Standard error of the mean accuracy over runs.
    accuracy_error: float
    mean_published_loss: float
    mean_cross_entropy: float


def summarize(evaluations: Sequence[Evaluation]) -> Summary:
    """What several runs' evaluations amount to, stuck ones included. Needs two or more."""
    accuracies = [evaluation.accuracy for evaluation in evaluations]
    return Summary(
        runs=len(evaluations),
        stuck=sum(accuracy < STUCK_BELOW for accuracy in accuracies),
        mean_accuracy=fmean(accuracies),
        lowest_accuracy=min(accuracies),
        accuracy_error=stdev(accuracies) / len(accuracies) ** 0.5,
        mean_published_loss=fmean(evaluation.published for evaluation in evaluations),
        mean_cross_entropy=fmean(evaluation.cross_entropy for evaluation in evaluations),
    )


class Progress:
    """How far many trainings are."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        self.total, self.done = len(configs), 0
        #: The settings in which they differ, but for the seed.
        self.varied = [
            name for name in RunConfig.model_fields if name != "seed" and len({getattr(c, name) for c in configs}) > 1
        ]
        self._work, self._done = sum(map(_work, configs)), 0.0

    def note(self, config: RunConfig) -> None:
        """One of them has ended."""
        self.done += 1
        self._done += _work(config)

    def seconds_left(self, seconds: float) -> float:
        """About how long the others need, as fast as they have been in the seconds that have passed."""
        return (self._work - self._done) * seconds / self._done if self._done else 0.0


def _work(config: RunConfig) -> float:
    """About how long a training takes, in steps of one image; a step takes as long as eight images more."""
    return config.epochs * (config.n_images + 8.0 * config.steps_per_epoch)
