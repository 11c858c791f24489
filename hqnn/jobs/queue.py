"""Rules of the queue: which run is next, and which one makes way. They need no threads, workers or clock.

First come, first served, one run per viewer. While others wait, a run that has had its worker for SLICE_SECONDS makes
way and waits again. Background runs are behind all runs of viewers, and make way at once.
"""

from collections.abc import Callable

from hqnn.config import ENGINES
from hqnn.jobs.job import Job, TooManyError
from hqnn.states import Action

#: Seconds for which a run keeps its worker while others wait.
SLICE_SECONDS = 10.0
#: Most active runs of one viewer, and of all viewers together.
MAX_OF_VIEWER, MAX_ACTIVE = 5, 500
#: Most ended runs in memory, and most of their steps, about 2 kB each. Others are read from the history.
MAX_IN_MEMORY, MAX_STEPS_IN_MEMORY = 24, 50_000
#: Most replaced runs whose links still lead to their successors.
MAX_SUCCESSORS = 10_000


class Queue:
    """All runs of a server, and those that wait for a worker. All times are in seconds."""

    def __init__(self) -> None:
        #: All runs by id, the longest unused first.
        self.known: dict[str, Job] = {}
        #: Waiting runs in the order of the queue. Viewers who have a worker already are skipped.
        self.waiting: list[Job] = []
        #: Which run took the place of another, by ids.
        self._successors: dict[str, str] = {}

    @property
    def active(self) -> list[Job]:
        """Runs that have not ended."""
        return [job for job in self.known.values() if job.active]

    @property
    def training(self) -> list[Job]:
        """Runs with a worker for runs."""
        return [job for job in self.known.values() if job.slot == "training"]

    def check_room(self, viewer: str) -> None:
        """Check the limits of a viewer and of the server before another run.

        Raises:
            TooManyError: if a limit is reached.
        """
        active = [job for job in self.active if not job.background]
        if viewer and sum(job.viewer == viewer for job in active) >= MAX_OF_VIEWER:
            raise TooManyError(
                f"You have {MAX_OF_VIEWER} unfinished runs, which is the limit. Stop one before starting another."
            )
        if len(active) >= MAX_ACTIVE:
            raise TooManyError(f"This server has {MAX_ACTIVE} unfinished runs, which is the limit. Try again later.")

    def use(self, run_id: str) -> Job | None:
        """Return the run of an id, if it is known. An ended run is then dropped last."""
        job = self.known.get(run_id)
        if job is not None and not job.active:
            self.known[run_id] = self.known.pop(run_id)
        return job

    def enqueue(self, job: Job, *, first: bool = False) -> None:
        """Add a run to the queue, last or first of its kind: runs of viewers, or background runs."""
        self.known[job.id] = job
        self.waiting.insert(0 if first else len(self.waiting), job)
        self.waiting.sort(key=lambda each: each.background)

    def replace(self, old: Job, job: Job) -> None:
        """Forget a run, and give another one its place in the queue; the last place if it did not wait.

        So a viewer who changes settings again and again neither falls behind others nor gets ahead of them.
        """
        place = self.place(old)
        self.known.pop(old.id, None)
        self._successors[old.id] = job.id
        for earliest in list(self._successors)[:-MAX_SUCCESSORS]:
            del self._successors[earliest]
        self.enqueue(job)
        if place:
            self.waiting.remove(job)
            self.waiting[place - 1] = job

    def newest(self, run_id: str) -> str:
        """Return the id of the run that took the place of a run in the end, or its own id."""
        while run_id in self._successors:
            run_id = self._successors[run_id]
        return run_id

    def drop(self, job: Job) -> bool:
        """Remove a run from the queue, and return whether it was in it."""
        waits = job in self.waiting
        if waits:
            self.waiting.remove(job)
        return waits

    def place(self, job: Job) -> int:
        """Return the place of a run, from 1; 0 if it does not wait."""
        return self.waiting.index(job) + 1 if job in self.waiting else 0

    def next(self) -> list[Job]:
        """Return the first waiting run of each viewer who has no run with a worker."""
        busy = {job.viewer for job in self.training if job.viewer}
        found = []
        for job in self.waiting:
            if job.viewer not in busy:
                found.append(job)
                busy |= {job.viewer} if job.viewer else set()
        return found

    def for_free_workers(self, slots: int) -> list[Job]:
        """Return the runs for free workers, of so many workers in total."""
        return self.next()[: max(0, slots - len(self.training))]

    def to_make_room(self, slots: int, now: float) -> list[Job]:
        """Return the runs that make way for waiting runs of viewers: background runs, then those past their time."""
        holders = self.training
        if len(holders) < slots:
            return []
        waiting = sum(not job.background for job in self.next())
        waiting -= sum(job.leave_asked or job.stop_asked for job in holders)
        long = [job for job in holders if _has_had_its_time(job, now)]
        return sorted(long, key=lambda each: (not each.background, each.held_since))[: max(0, waiting)]

    def seconds_to_wait(self, job: Job, slots: int, now: float, seconds_left: Callable[[Job], float]) -> float:
        """Return the estimated seconds until a run gets a worker.

        Args:
            job: the run.
            slots: number of workers for runs.
            now: the time.
            seconds_left: gives the estimated remaining seconds of a run.
        """
        ends = sorted(
            min(seconds_left(other), max(0.0, slice_of(other) - (now - other.held_since))) for other in self.training
        )
        free = [0.0] * max(0, slots - len(ends)) + ends or [0.0]
        for other in self.waiting:
            free.sort()
            if other is job:
                break
            free[0] += min(seconds_left(other), SLICE_SECONDS)
        return free[0]

    def forget_oldest(self, is_kept: Callable[[str], bool]) -> None:
        """Drop ended runs beyond the limit in memory, the longest unused first.

        Args:
            is_kept: whether the run of an id can be read from the history. Others stay.
        """
        ended = [job for job in self.known.values() if not job.active]
        steps = 0
        for number, job in enumerate(reversed(ended)):
            steps += len(job.steps)
            fits = number == 0 or (number < MAX_IN_MEMORY and steps <= MAX_STEPS_IN_MEMORY)
            if not fits and is_kept(job.id):
                del self.known[job.id]


def slice_of(job: Job) -> float:
    """Return the seconds for which a run keeps its worker while runs of viewers wait."""
    return 0.0 if job.background else SLICE_SECONDS


def _has_had_its_time(job: Job, now: float) -> bool:
    """Return whether a run must make way. A session on a device is never interrupted."""
    return (
        (job.begun or job.background)
        and now - job.held_since >= slice_of(job)
        and job.allows(Action.PAUSE)
        and not ENGINES[job.config.engine].hardware
    )
