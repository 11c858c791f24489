"""Runs that no page shows: they are paused, and after a while stopped."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic

from hqnn.jobs.job import Job, NotNowError
from hqnn.states import Action, State

#: Seconds without a page after which a run is paused, and after which it is stopped.
ABANDONED_SECONDS, DROPPED_SECONDS = 60.0, 600.0


def mind(
    jobs: Iterable[Job],
    is_present: Callable[[str], bool],
    pause: Callable[[Job], None],
    stop: Callable[[Job], None],
) -> None:
    """Pause runs that no page shows, and stop them after a while.

    Args:
        jobs: the runs.
        is_present: whether a viewer of a run still has a page open.
        pause: pauses a run.
        stop: stops a run.
    """
    for job in jobs:
        now = monotonic()
        note_watchers(job, is_present, now)
        with suppress(NotNowError):
            match neglected(job, now):
                case Action.STOP:
                    job.note = f"The run was stopped because no page showed it for {DROPPED_SECONDS / 60:.0f} minutes."
                    stop(job)
                case Action.PAUSE:
                    pause(job)
                    job.note, job.paused_alone = "The run was paused because no page showed it.", True


def neglected(job: Job, now: float) -> Action | None:
    """Return the action for a run that no page has shown for a while.

    Args:
        job: the run.
        now: the time, seconds.
    """
    alone = now - job.watched
    if alone >= DROPPED_SECONDS and job.state is State.PAUSED:
        return Action.STOP
    if alone >= ABANDONED_SECONDS and job.allows(Action.PAUSE):
        return Action.PAUSE
    return None


def note_watchers(job: Job, is_present: Callable[[str], bool], now: float) -> None:
    """Update the viewers of a run."""
    job.watchers = set(filter(is_present, job.watchers.copy()))
    if job.watchers or job.stay:
        job.watched = now
