"""Estimated durations of runs: measured with the same engine and batch size, or guessed before that."""

from collections import deque

from hqnn.config import RunConfig
from hqnn.jobs.job import Job

#: Guessed seconds per step and per image, before the first measured runs.
STEP_SECONDS, IMAGE_SECONDS = 0.004, 0.0005
#: Fewest steps of a run that counts as a measurement.
ENOUGH_STEPS = 10
#: Number of latest measured runs behind the shortest estimate.
LATEST = 3


class Durations:
    """Measured seconds per step, by engine and batch size."""

    def __init__(self) -> None:
        self._a_step: dict[tuple[str, int], float] = {}
        self._latest: dict[tuple[str, int], deque[float]] = {}

    def note(self, job: Job) -> None:
        """Learn from an ended run."""
        if len(job.steps) >= ENOUGH_STEPS and job.pace is None:
            a_step = job.seconds / len(job.steps)
            self._a_step[_kind(job.config)] = a_step
            self._latest.setdefault(_kind(job.config), deque(maxlen=LATEST)).append(a_step)

    def left(self, job: Job) -> float:
        """Return the estimated remaining seconds of a run."""
        measured = len(job.steps) >= ENOUGH_STEPS and job.seconds > 0
        a_step = job.seconds / len(job.steps) if measured else self._of_a_step(job.config)
        return (job.total_steps - len(job.steps)) * max(a_step, 1 / job.pace if job.pace else 0.0)

    def alone(self, config: RunConfig) -> float:
        """Return the estimated seconds of a run with its own worker."""
        return config.epochs * config.steps_per_epoch * self._of_a_step(config)

    def at_best(self, config: RunConfig) -> float:
        """Return the shortest estimated seconds of a run with its own worker.

        It is that of the fastest of the latest runs, because a busy machine slows down some of them. The guess counts
        as one of them until there are enough.
        """
        measured = list(self._latest.get(_kind(config), ()))
        guess = [] if len(measured) == LATEST else [_guess(config)]
        return config.epochs * config.steps_per_epoch * min(measured + guess)

    def _of_a_step(self, config: RunConfig) -> float:
        return self._a_step.get(_kind(config), _guess(config))


def _guess(config: RunConfig) -> float:
    return STEP_SECONDS + IMAGE_SECONDS * config.batch_size


def _kind(config: RunConfig) -> tuple[str, int]:
    return config.engine if config.head == "circuit" else config.head, config.batch_size
