"""Who is next, and who makes room: rules alone, without threads, workers, or a clock of their own.

First come, first served, one a viewer. While others wait, a training that has had its worker for SLICE_SECONDS makes
room and queues again. Those in the background are behind all viewers' ones, and make room at once.
"""

from collections.abc import Callable

from hqnn.config import ENGINES
from hqnn.jobs.job import Job, TooManyError
from hqnn.states import Action

#: Seconds for which a training has a worker to itself while others wait.
SLICE_SECONDS = 10.0
#: Active trainings that one viewer, and that all of them together, may have.
MAX_OF_VIEWER, MAX_ACTIVE = 5, 500
#: Ended trainings kept in memory, and steps of them; a step takes about 2 kB. The others are read from the history.
MAX_IN_MEMORY, MAX_STEPS_IN_MEMORY = 24, 50_000


class Queue:
    """The trainings that a server knows, and those of them that wait for a worker. All times are in seconds."""

    def __init__(self) -> None:
        #: All of them by id, the longest unused first.
        self.known: dict[str, Job] = {}
        #: In the order in which workers take them, but for viewers who have a worker already.
        self.waiting: list[Job] = []

    @property
    def active(self) -> list[Job]:
        """Those that have not ended."""
        return [job for job in self.known.values() if job.active]

    @property
    def training(self) -> list[Job]:
        """Those that a worker for trainings has."""
        return [job for job in self.known.values() if job.slot == "training"]

    def check_room(self, viewer: str) -> None:
        """Refuse another training of a viewer who has as many as may be, and on a server that has.

        Raises:
            TooManyError: if so.
        """
        active = [job for job in self.active if not job.background]
        if viewer and sum(job.viewer == viewer for job in active) >= MAX_OF_VIEWER:
            raise TooManyError(
                f"You have {MAX_OF_VIEWER} trainings that have not ended; stop one before you start another."
            )
        if len(active) >= MAX_ACTIVE:
            raise TooManyError(f"This server has {MAX_ACTIVE} trainings that have not ended; try again later.")

    def use(self, run_id: str) -> Job | None:
        """The training of an id, if it is known; one that has ended is then forgotten last."""
        job = self.known.get(run_id)
        if job is not None and not job.active:
            self.known[run_id] = self.known.pop(run_id)
        return job

    def enqueue(self, job: Job, *, first: bool = False) -> None:
        """Have a training wait, behind or before all others of its kind: viewers' ones, or those in the background."""
        self.known[job.id] = job
        self.waiting.insert(0 if first else len(self.waiting), job)
        self.waiting.sort(key=lambda each: each.background)

    def drop(self, job: Job) -> bool:
        """Have a training wait no more; gives whether it did."""
        waits = job in self.waiting
        if waits:
            self.waiting.remove(job)
        return waits

    def place(self, job: Job) -> int:
        """1 for the next training that a worker will take, and so on; 0 if it does not wait."""
        return self.waiting.index(job) + 1 if job in self.waiting else 0

    def next(self) -> list[Job]:
        """Those that wait and whose viewers have none with a worker: the first of each viewer's."""
        busy = {job.viewer for job in self.training if job.viewer}
        found = []
        for job in self.waiting:
            if job.viewer not in busy:
                found.append(job)
                busy |= {job.viewer} if job.viewer else set()
        return found

    def for_free_workers(self, slots: int) -> list[Job]:
        """Those that free workers may take now, of so many workers for trainings."""
        return self.next()[: max(0, slots - len(self.training))]

    def to_make_room(self, slots: int, now: float) -> list[Job]:
        """Where viewers' trainings wait, who has to leave: those in the background, then who has had its time."""
        holders = self.training
        if len(holders) < slots:
            return []
        waiting = sum(not job.background for job in self.next())
        waiting -= sum(job.leave_asked or job.stop_asked for job in holders)
        long = [job for job in holders if _has_had_its_time(job, now)]
        return sorted(long, key=lambda each: (not each.background, each.held_since))[: max(0, waiting)]

    def seconds_to_wait(self, job: Job, slots: int, now: float, seconds_left: Callable[[Job], float]) -> float:
        """About how long a training will wait for a worker, as fast as the others have been so far.

        Args:
            job: the training.
            slots: workers for trainings.
            now: the time.
            seconds_left: about how long a training still needs of a worker.
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
        """Forget ended trainings beyond what is kept in memory, the longest unused first.

        Args:
            is_kept: whether the training of an id can be read elsewhere; others stay.
        """
        ended = [job for job in self.known.values() if not job.active]
        steps = 0
        for number, job in enumerate(reversed(ended)):
            steps += len(job.steps)
            fits = number == 0 or (number < MAX_IN_MEMORY and steps <= MAX_STEPS_IN_MEMORY)
            if not fits and is_kept(job.id):
                del self.known[job.id]


def slice_of(job: Job) -> float:
    """Seconds for which a training has a worker to itself while viewers' ones wait."""
    return 0.0 if job.background else SLICE_SECONDS


def _has_had_its_time(job: Job, now: float) -> bool:
    """A device's session is not given up for others."""
    return (
        (job.begun or job.background)
        and now - job.held_since >= slice_of(job)
        and job.allows(Action.PAUSE)
        and not ENGINES[job.config.engine].hardware
    )
