"""Runs on the server, independent of pages: submit, watch, pause, step, stop and continue, with queue and history.

A run has an id. It waits in a queue of this process until a worker is free (`hqnn.jobs.queue`). A run that no page
shows is paused, and after a while stopped.

Many runs at once (`Jobs.trained`) work in the background. They wait behind all runs of viewers, and make way as soon as
one of those waits. They are not written to the history.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

from hqnn.config import RunConfig
from hqnn.environment import RESULTS
from hqnn.jobs.background import Background
from hqnn.jobs.cluster import Cluster
from hqnn.jobs.desk import Desk
from hqnn.jobs.dispatch import Dispatcher
from hqnn.jobs.durations import Durations
from hqnn.jobs.history import History
from hqnn.jobs.job import Job, NotNowError
from hqnn.jobs.neglect import mind
from hqnn.jobs.opened import Opening
from hqnn.jobs.queue import Queue
from hqnn.jobs.rights import Rights
from hqnn.states import Action, State
from hqnn.sweeps.grid import Trained


class Jobs(Rights, Opening):
    """The job engine. Its workers start in the background, so creating it takes no time."""

    def __init__(
        self,
        workers: int | None = None,
        *,
        address: str | None = None,
        history: Path | None = None,
        is_present: Callable[[str], bool] | None = None,
    ) -> None:
        """
        Args:
            workers: worker processes for runs on this machine (`hqnn.jobs.workers.workers_wanted` by default).
            address: of the scheduler of a running Dask cluster to use instead; by default $HQNN_SCHEDULER.
            history: folder of the history; by default $HQNN_HISTORY, or else the user's own.
            is_present: whether a viewer of a run still has a page open; without it, runs need no viewer.
        """
        self._is_present = is_present
        self.history, self.queue, self.durations = History(history), Queue(), Durations()
        self.cluster = Cluster(workers=workers, address=address)
        self.dispatch = Dispatcher(self.cluster, self.queue, self.history, self.durations)
        self.desk, self._lock = Desk(self.cluster), self.dispatch.lock
        self._background = Background(self.cluster, self.queue, self.dispatch, self.desk, self.stop)
        self.cluster.start(self.dispatch.hear, self._look_after)

    @property
    def problems(self) -> list[str]:
        """Problems that every viewer should know, one sentence each."""
        unwritten, unkept = self.history.problem, RESULTS.problem()
        lost = f"Runs continue, but they would be lost if the server stopped: {unwritten}." if unwritten else None
        stopped = f"Experiments cannot run: {unkept}." if unkept else None
        return [said for said in (self.cluster.problem, lost, stopped, *self.cluster.warnings) if said]

    def submit(self, config: RunConfig, *, viewer: str = "", pace: float | None = None) -> Job:
        """Queue a run, and return it at once.

        Raises:
            TooManyError: if the viewer or the server has reached the limit.
        """
        with self._lock:
            self.queue.check_room(viewer)
            job = Job(config, viewer, pace=pace)
            self.queue.enqueue(job)
            self.queue.forget_oldest(self.history.holds)
        self.dispatch.write_and_fill(job)
        return job

    def replace(self, old: Job, config: RunConfig, *, viewer: str = "", pace: float | None = None) -> Job:
        """Queue a run in the place of another one, which ends at once without a test.

        Nothing keeps the other run. Its links lead to the new one, with the same rights. A run that has ended, or is
        about to stop, stays.

        Raises:
            TooManyError: as `submit` does, if the other run stays.
        """
        with self._lock:
            if not old.allows(Action.REPLACE):
                return self.submit(config, viewer=viewer, pace=pace)
            job = Job(config, viewer, pace=pace, stay=old.stay, holders=old.holders)
            self.dispatch.abandon(old)
            self.queue.replace(old, job)
        for holder in job.holders:
            self.history.permit(job.id, holder)
        self.dispatch.write_and_fill(job)
        return job

    def get(self, run_id: str | None) -> Job | None:
        """Return the run of an id, or the one in its place, from memory or the history; None if it is unknown."""
        if not run_id or len(run_id) > 100:
            return None
        with self._lock:
            run_id = self.queue.newest(run_id)
            if (job := self.queue.use(run_id)) is not None:
                return job
        found = self.history.get(run_id)
        if found is None:
            return None
        job = Job.remembered(*found)
        job.holders = self.history.holders(run_id)
        if not job.elsewhere:
            with self._lock:
                job = self.queue.known.setdefault(run_id, job)
                self.queue.forget_oldest(self.history.holds)
        return job

    def of_viewer(self, viewer: str, limit: int = 20) -> list[Job]:
        """Return a viewer's latest runs, newest first. Those from the history have no records."""
        with self._lock:
            mine = [job for job in self.queue.known.values() if job.viewer == viewer and not job.background]
            here = {job.id: job for job in mine}
        stored = self.history.of_viewer(viewer, limit) if viewer else []
        every = here | {each.id: Job.remembered(each) for each in stored if each.id not in here}
        return sorted(every.values(), key=lambda job: -job.created)[:limit]

    def watch(self, job: Job, watcher: str) -> None:
        """Note that a page shows a run. A run that was paused without a page continues."""
        job.watchers.add(watcher)
        job.watched = monotonic()
        if job.paused_alone and job.state is State.PAUSED:
            with suppress(NotNowError):
                self.resume(job)

    def pause(self, job: Job) -> None:
        """Pause a run: it leaves its worker or the queue.

        Raises:
            NotNowError: if its state does not allow it, as for every action.
        """
        with self._lock:
            job.check(Action.PAUSE)
            job.paused_alone = False
            self.dispatch.leave(job)

    def resume(self, job: Job) -> None:
        """Resume a paused run: it waits for a worker."""
        with self._lock:
            job.check(Action.RESUME)
            job.paused_alone, job.note = False, None
            job.become(State.QUEUED)
            self.queue.enqueue(job)
        self.dispatch.write_and_fill(job)

    def step(self, job: Job) -> None:
        """Train one optimiser step of a paused run, on the worker for short tasks and without the queue."""
        with self._lock:
            job.check(Action.STEP)
            job.paused_alone, job.note = False, None
            self.dispatch.take(job, "desk", steps=1)

    def stop(self, job: Job) -> None:
        """Stop a run after its present step, and test its network. A run without steps ends at once."""
        with self._lock:
            job.check(Action.STOP)
            job.stop_asked = True
            if job.slot is not None:
                self.dispatch.order(job)
                return
            self.queue.drop(job)
            if job.steps and self.cluster.up:
                self.dispatch.take(job, "desk")
                return
            self.dispatch.end(job, State.STOPPED)
        self.dispatch.write(job)

    def go_on(self, job: Job) -> None:
        """Undo a stop: continue a run from its checkpoint, to the end that it would have had.

        Raises:
            TooManyError: as `submit` does.
            NotNowError: if it is not stopped, or its checkpoint is unknown.
        """
        with self._lock:
            job = self.queue.known.setdefault(job.id, job)
            job.check(Action.CONTINUE)
            self.queue.check_room(job.viewer)
            self.dispatch.uncleared.discard(job.id)
            job.stop_asked, job.note, job.watched = False, None, monotonic()
            job.evaluation = job.weights_file = None
            job.become(State.QUEUED)
            self.queue.enqueue(job)
        self.dispatch.write_and_fill(job)

    def set_pace(self, job: Job, pace: float | None) -> None:
        """Limit the steps per second of a run; None for no limit."""
        job.pace = pace
        if job.slot is not None:
            self.dispatch.order(job)

    def place_in_queue(self, job: Job) -> int:
        """Return the place of a run in the queue, from 1; 0 if it does not wait."""
        with self._lock:
            return self.queue.place(job)

    def waits_for_own(self, job: Job) -> bool:
        """Return whether a queued run must wait for another run of the same viewer."""
        with self._lock:
            return self.queue.place(job) > 0 and job not in self.queue.next()

    def seconds_to_wait(self, job: Job) -> float:
        """Return the estimated seconds until a queued run gets a worker."""
        with self._lock:
            return self.queue.seconds_to_wait(job, self.cluster.slots, monotonic(), self.durations.left)

    def seconds_for(self, configs: Iterable[RunConfig]) -> float:
        """Return the estimated seconds of many runs on all workers."""
        return sum(map(self.durations.alone, configs)) / max(1, self.cluster.slots)

    def trained(self, configs: Iterable[RunConfig], stop: Callable[[], bool] = lambda: False) -> Iterator[Trained]:
        """Train every config on the workers, in the background.

        Args:
            configs: of the runs. A duplicate is trained twice.
            stop: called a few times a second. When it returns True or the iterator is closed, unfinished runs are
                dropped.

        Yields:
            Each run as it ends. Several work at once, so the order changes. No other part of the server knows them.
        """
        return self._background.trained(configs, stop)

    def close(self) -> None:
        """End the workers, and close the history once everything is written."""
        self.cluster.close()
        self.dispatch.close()
        self.desk.close()
        self.history.close()

    def _look_after(self) -> None:
        """Check viewers, time slices and the queue. Called twice a second."""
        with self._lock:
            active = self.queue.active
        if self._is_present is not None:
            mind(active, self._is_present, self.pause, self.stop)
        self.dispatch.look_after()
        with self._lock:
            self.queue.forget_oldest(self.history.holds)
        self.dispatch.fill()
