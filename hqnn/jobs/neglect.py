"""Trainings that nobody watches: they are paused, and after a while ended."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

from hqnn.jobs.job import Job, NotNowError
from hqnn.states import Action, State

#: Seconds without anybody watching after which a training is paused, and after which it is ended.
ABANDONED_SECONDS, DROPPED_SECONDS = 60.0, 600.0


def mind(
    jobs: Iterable[Job],
    is_present: Callable[[str], bool],
    pause: Callable[[Job], None],
    stop: Callable[[Job], None],
) -> None:
    """Pause trainings that nobody watches, and end those of which that has lasted.

    Args:
        jobs: the trainings.
        is_present: whether somebody who has watched a training still does.
        pause: pauses a training.
        stop: ends one.
    """
    for job in jobs:
        now = monotonic()
        note_watchers(job, is_present, now)
        with suppress(NotNowError):
            match neglected(job, now):
                case Action.STOP:
                    job.note = f"Nobody had watched it for {DROPPED_SECONDS / 60:.0f} minutes."
                    stop(job)
                case Action.PAUSE:
                    pause(job)
                    job.note, job.paused_alone = "It was paused because nobody watched it.", True


def neglected(job: Job, now: float) -> Action | None:
    """What is to be done to a training that nobody has watched for a while.

    Args:
        job: the training.
        now: the time, seconds.
    """
    alone = now - job.watched
    if alone >= DROPPED_SECONDS and job.state is State.PAUSED:
        return Action.STOP
    if alone >= ABANDONED_SECONDS and job.allows(Action.PAUSE):
        return Action.PAUSE
    return None


def note_watchers(job: Job, is_present: Callable[[str], bool], now: float) -> None:
    """Note who of a training's watchers still watches."""
    job.watchers = set(filter(is_present, job.watchers.copy()))
    if job.watchers or job.stay:
        job.watched = now
