"""Many runs from one config: grids of settings with the same seeds, and their summary."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean, stdev
from typing import Any

from hqnn.config import RunConfig
from hqnn.records import EpochRecord, Evaluation, StepRecord

#: A run that ends below this test accuracy is stuck. Guessing gives 50 %, and healthy runs end above 85 %.
STUCK_BELOW = 0.7


def grid(config: RunConfig, **values: Iterable[Any]) -> list[RunConfig]:
    """Return one config for every combination of the values. The last setting varies fastest.

    >>> [c.seed for c in grid(RunConfig(), seed=range(3))]
    [0, 1, 2]
    """
    return [config.replace(**dict(zip(values, combination, strict=True))) for combination in product(*values.values())]


@dataclass(frozen=True)
class Trained:
    """One ended run of many."""

    config: RunConfig
    steps: list[StepRecord]
    epochs: list[EpochRecord]
    #: On the test images; None if the run failed.
    evaluation: Evaluation | None
    #: Why it failed, in one sentence.
    error: str | None
    #: Running time in seconds, without waiting for a worker.
    seconds: float
    #: Versions that computed it (`hqnn.versions`), if known.
    versions: dict[str, str] | None = None


@dataclass(frozen=True)
class Summary:
    """Summary of several runs. Accuracies are fractions, losses are means over test images."""

    runs: int
    stuck: int
    mean_accuracy: float
    lowest_accuracy: float
    #: Standard error of the mean accuracy over runs.
    accuracy_error: float
    mean_published_loss: float
    mean_cross_entropy: float


def summarize(evaluations: Sequence[Evaluation]) -> Summary:
    """Summarise the evaluations of two or more runs, stuck ones included."""
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
    """Progress of many runs."""

    def __init__(self, configs: Sequence[RunConfig]) -> None:
        self.total, self.done = len(configs), 0
        #: The settings that differ, without the seed.
        self.varied = [
            name for name in RunConfig.model_fields if name != "seed" and len({getattr(c, name) for c in configs}) > 1
        ]
        self._work, self._done = sum(map(_work, configs)), 0.0

    def note(self, config: RunConfig) -> None:
        """Note that a run has ended."""
        self.done += 1
        self._done += _work(config)

    def seconds_left(self, seconds: float) -> float:
        """Estimate the remaining seconds from the seconds that have passed."""
        return (self._work - self._done) * seconds / self._done if self._done else 0.0


def _work(config: RunConfig) -> float:
    """Return the estimated work of a run, in images. The overhead of a step counts as eight images."""
    return config.epochs * (config.n_images + 8.0 * config.steps_per_epoch)
