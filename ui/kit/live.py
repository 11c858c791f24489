"""What is drawn again and again while something goes on."""

from hqnn.jobs.job import Job
from hqnn.states import State

#: Seconds between two pictures of a training: while a worker has it, and while it waits.
LIVE_SECONDS, WAITING_SECONDS = 0.4, 1.0


def seconds_between(job: Job | None) -> float | None:
    """Between two pictures of a training; None if nothing of it changes any more."""
    if job is None or not job.active:
        return None
    return LIVE_SECONDS if job.state in (State.STARTING, State.RUNNING) else WAITING_SECONDS
