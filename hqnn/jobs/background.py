"""Many runs in the background, behind those that viewers wait for."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue

from hqnn.config import RunConfig
from hqnn.jobs.cluster import STOP_SECONDS, Cluster
from hqnn.jobs.desk import Desk
from hqnn.jobs.dispatch import Dispatcher
from hqnn.jobs.job import Job
from hqnn.jobs.queue import Queue
from hqnn.states import Action, State
from hqnn.sweeps.grid import Trained

#: Queued runs per worker. A small number lets runs of several callers mix.
AHEAD = 2


class Background:
    """Trains many configs on workers that viewers do not use."""

    def __init__(
        self, cluster: Cluster, queue: Queue, dispatch: Dispatcher, desk: Desk, stop: Callable[[Job], None]
    ) -> None:
        self._cluster, self._queue, self._dispatch, self._desk, self._stop = cluster, queue, dispatch, desk, stop

    def trained(self, configs: Iterable[RunConfig], stop: Callable[[], bool]) -> Iterator[Trained]:
        """Do what `hqnn.jobs.Jobs.trained` describes."""
        ended: SimpleQueue[Job] = SimpleQueue()
        waiting = (Job(config, stay=True, ended_into=ended) for config in configs)
        left: dict[str, Job] = {}
        try:
            while True:
                self._add(islice(waiting, max(0, AHEAD * max(1, self._cluster.slots) - len(left))), left)
                if not left or (job := _next_of(ended, stop)) is None:
                    return
                del left[job.id]
                versions = self._desk.versions(job) or None
                yield Trained(job.config, *job.snapshot(), job.evaluation, job.error, job.seconds, versions)
        finally:
            self._give_up(left.values())

    def _add(self, jobs: Iterable[Job], to: dict[str, Job]) -> None:
        with self._dispatch.lock:
            for job in jobs:
                to[job.id] = job
                self._queue.enqueue(job)
        self._dispatch.fill()

    def _give_up(self, jobs: Iterable[Job]) -> None:
        """End runs. A run with a worker leaves it after its present step."""
        with self._dispatch.lock:
            for job in jobs:
                if self._queue.drop(job):
                    self._dispatch.end(job, State.STOPPED)
                elif job.allows(Action.STOP):
                    self._stop(job)


def _next_of(ended: SimpleQueue[Job], stop: Callable[[], bool]) -> Job | None:
    """Return the next run that ends; None after a stop."""
    while not stop():
        with suppress(Empty):
            return ended.get(timeout=STOP_SECONDS)
    return None
