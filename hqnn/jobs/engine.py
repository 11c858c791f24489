"""Trainings that outlive pages: submit, watch, pause, step, stop, go on; queued fairly, and written to the history.

A training is known by its id, and by its key to whoever may control it. It waits in a queue of this process until a
worker is free: first come, first served, one a viewer. While others wait, one that has held its worker for
SLICE_SECONDS makes room and queues again. One that nobody watches is paused, and after a while ended.

Many trainings at once (`Jobs.trained`) are done in the background: behind all viewers' ones in the queue, and one that
has a worker makes room as soon as a viewer's waits. They are not written to the history.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

from hqnn.config import ENGINES, RunConfig
from hqnn.environment import RESULTS, FolderError
from hqnn.errors import HqnnError
from hqnn.jobs.cluster import STOP_SECONDS, Cluster, ClusterError, answer
from hqnn.jobs.history import History
from hqnn.jobs.job import Job, NotNowError, key_hash
from hqnn.jobs.study import Study
from hqnn.jobs.worker_task import Orders, Outcome, checkpoint_name, orders_name, train_run
from hqnn.records import HISTORY, RECORD, Evaluation
from hqnn.states import Action, State
from hqnn.sweeps.grid import Trained
from hqnn.versions import versions_here, versions_in

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger(__name__)

#: Seconds for which a training has a worker to itself while others wait.
SLICE_SECONDS = 10.0
#: Seconds without anybody watching after which a training is paused, and after which it is ended.
ABANDONED_SECONDS, DROPPED_SECONDS = 60.0, 600.0
#: Active trainings that one viewer, and that all of them together, may have.
MAX_OF_VIEWER, MAX_ACTIVE = 5, 500
#: Viewers and links that may control one training, beside the viewer who started it.
MAX_HOLDERS = 100
#: Ended trainings kept in memory, and steps of them; a step takes about 2 kB. The others are read from the history.
MAX_IN_MEMORY, MAX_STEPS_IN_MEMORY = 24, 50_000
#: Seconds for the scheduler to take an order: a busy machine may stall for a while, and a closed client never answers.
ORDER_SECONDS = 30
#: Of many trainings in the background, those that are queued at once for each worker: so those of several callers mix.
AHEAD = 2
#: Seconds for a step of a batch, and for an image of it, before the first trainings have shown how long they take.
STEP_SECONDS, IMAGE_SECONDS = 0.004, 0.0005


class TooManyError(HqnnError):
    """A viewer, or the server, has as many trainings as may be."""


class Jobs:
    """The job engine. Its workers start in the background: making one takes no time."""

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
            workers: worker processes for trainings on this machine (`hqnn.jobs.workers.workers_wanted` by default).
            address: of the scheduler of a running Dask cluster to be used instead; by default $HQNN_SCHEDULER.
            history: folder of the history; by default $HQNN_HISTORY, or else the user's own.
            is_present: whether somebody who has watched a training still does; by default nobody is expected to.
        """
        self.history = History(history)
        self._is_present = is_present
        self._jobs: dict[str, Job] = {}
        self._queue: list[Job] = []
        self._lock = threading.RLock()
        #: Measured seconds a step, by engine and batch size.
        self._step_seconds: dict[tuple[str, int], float] = {}
        #: Ended trainings of which the cluster still holds orders and a checkpoint.
        self._uncleared: set[str] = set()
        self._calls = ThreadPoolExecutor(1, "call-cluster")
        self._studies = ThreadPoolExecutor(1, "studies")
        self.cluster = Cluster(self._hear, self._look_after, workers=workers, address=address)
        self.cluster.start()

    @property
    def problems(self) -> list[str]:
        """What every viewer should know, one sentence each."""
        unwritten = self.history.problem
        lost = f"Trainings go on, but would be lost if the server ended: {unwritten}." if unwritten else None
        return [said for said in (self.cluster.problem, lost, _results_problem(), *self.cluster.warnings) if said]

    def submit(self, config: RunConfig, *, viewer: str = "", pace: float | None = None) -> Job:
        """Queue a training; returns at once.

        Raises:
            TooManyError: if the viewer, or the server, has as many as may be.
        """
        with self._lock:
            self._check_room(viewer)
            job = Job(config, viewer, pace=pace)
            self._jobs[job.id] = job
            self._enqueue(job)
            self._forget_oldest()
        self._write(job)
        self._fill()
        return job

    def get(self, run_id: str | None) -> Job | None:
        """The training of an id, from memory or from the history, if it is known."""
        if not run_id or len(run_id) > 100:
            return None
        with self._lock:
            job = self._jobs.get(run_id)
            if job is not None and not job.active:
                self._jobs[run_id] = self._jobs.pop(run_id)  # used last, so forgotten last
        if job is not None:
            return job
        found = self.history.get(run_id)
        if found is None:
            return None
        job = Job.remembered(*found)
        job.holders = self.history.holders(run_id)
        if not job.elsewhere:
            with self._lock:
                job = self._jobs.setdefault(run_id, job)
                self._forget_oldest()
        return job

    def of_viewer(self, viewer: str, limit: int = 20) -> list[Job]:
        """A viewer's latest trainings, the newest first; those read from the history without their records."""
        with self._lock:
            mine = [job for job in self._jobs.values() if job.viewer == viewer and not job.background]
            here = {job.id: job for job in mine}
        stored = self.history.of_viewer(viewer, limit) if viewer else []
        every = here | {each.id: Job.remembered(each, [], []) for each in stored if each.id not in here}
        return sorted(every.values(), key=lambda job: -job.created)[:limit]

    def permit(self, job: Job, holder: str) -> None:
        """Let somebody control a training beside the viewer who started it; this outlives the server.

        Args:
            job: the training.
            holder: a viewer, or the hash of the key in a link that controls it (`hqnn.jobs.job.key_hash`).

        Raises:
            TooManyError: if as many control it as may.
        """
        with self._lock:
            if job.obeys(holder):
                return
            if len(job.holders) >= MAX_HOLDERS:
                raise TooManyError(f"{MAX_HOLDERS} others control this run already, which is the limit.")
            job.holders |= {holder}
        self.history.permit(job.id, holder)

    def admit(self, viewer: str, run_id: str, key: str) -> None:
        """Let a viewer control a training if the key is one of its links'; else nothing happens."""
        job = self.get(run_id)
        if job is not None and key and job.obeys(key_hash(key)):
            with suppress(TooManyError):
                self.permit(job, viewer)

    def watch(self, job: Job, watcher: str) -> None:
        """Note that somebody looks at a training; one that was paused because nobody did goes on."""
        job.watchers.add(watcher)
        job.watched = monotonic()
        if job.paused_alone and job.state is State.PAUSED:
            with suppress(NotNowError):
                self.resume(job)

    def pause(self, job: Job) -> None:
        """Have a training leave its worker, or its place in the queue, to go on later.

        Raises:
            NotNowError: if its state does not allow it, as of every action.
        """
        with self._lock:
            job.check(Action.PAUSE)
            job.paused_alone = False
            self._leave(job)

    def resume(self, job: Job) -> None:
        """Have a paused training queue for a worker."""
        with self._lock:
            job.check(Action.RESUME)
            job.paused_alone, job.note = False, None
            job.become(State.QUEUED)
            self._enqueue(job)
        self._write(job)
        self._fill()

    def step(self, job: Job) -> None:
        """Have a paused training make one optimiser step, without queueing: the worker for short work does it."""
        with self._lock:
            job.check(Action.STEP)
            job.paused_alone, job.note = False, None
            self._take(job, "desk", steps=1)

    def stop(self, job: Job) -> None:
        """Have a training end after its present step, tested as it stands; one that has made none ends at once."""
        with self._lock:
            job.check(Action.STOP)
            job.stop_asked = True
            if job.slot is not None:
                self._order(job)
                return
            if job in self._queue:
                self._queue.remove(job)
            if job.steps and self.cluster.up:
                self._take(job, "desk")
                return
            self._end(job, State.STOPPED)
        self._write(job)

    def go_on(self, job: Job) -> None:
        """Undo a stop: have a training go on from its checkpoint, to the end that it would have had.

        Raises:
            TooManyError: as `submit` does.
            NotNowError: if it has not been stopped, or its checkpoint is not known.
        """
        with self._lock:
            job = self._jobs.setdefault(job.id, job)
            job.check(Action.CONTINUE)
            self._check_room(job.viewer)
            self._uncleared.discard(job.id)
            job.stop_asked, job.note, job.watched = False, None, monotonic()
            job.evaluation = job.weights_file = None
            job.become(State.QUEUED)
            self._enqueue(job)
        self._write(job)
        self._fill()

    def set_pace(self, job: Job, pace: float | None) -> None:
        """Have a training make at most so many steps a second; None for as many as it can."""
        job.pace = pace
        if job.slot is not None:
            self._order(job)

    def place_in_queue(self, job: Job) -> int:
        """1 for the next training that a worker will take, and so on; 0 if it does not wait."""
        with self._lock:
            return self._queue.index(job) + 1 if job in self._queue else 0

    def waits_for_own(self, job: Job) -> bool:
        """Whether a queued training has to wait until another one of the same viewer has left its worker."""
        with self._lock:
            return job in self._queue and job not in self._next()

    def seconds_to_wait(self, job: Job) -> float:
        """About how long a queued training will wait for a worker, as fast as the others have been so far."""
        with self._lock:
            holders = [other for other in self._jobs.values() if other.slot == "training"]
            ends = sorted(
                min(self.seconds_left(other), max(0.0, _slice(other) - (monotonic() - other.held_since)))
                for other in holders
            )
            free = [0.0] * max(0, self.cluster.slots - len(ends)) + ends or [0.0]
            for other in self._queue:
                free.sort()
                if other is job:
                    break
                free[0] += min(self.seconds_left(other), SLICE_SECONDS)
            return free[0]

    def seconds_left(self, job: Job) -> float:
        """About how long a training still needs of a worker."""
        left = job.total_steps - len(job.steps)
        if len(job.steps) >= 10 and job.seconds > 0:
            a_step = job.seconds / len(job.steps)
        else:
            a_step = self._seconds_a_step(job.config)
        return left * max(a_step, 1 / job.pace if job.pace else 0.0)

    def seconds_alone(self, config: RunConfig) -> float:
        """About how long a training takes with a worker to itself."""
        return config.epochs * config.steps_per_epoch * self._seconds_a_step(config)

    def seconds_for(self, configs: Iterable[RunConfig]) -> float:
        """About how long many trainings take with all workers to themselves."""
        return sum(map(self.seconds_alone, configs)) / max(1, self.cluster.slots)

    def run_file(self, job: Job) -> bytes:
        """An ended training as a file's content (`hqnn.runs`).

        Raises:
            ClusterError: if there is no worker to put it together.
        """
        steps, epochs = job.snapshot()
        records = sorted([*steps, *epochs], key=lambda record: (record.step, record.kind == "epoch"))
        return self.cluster.ask("hqnn.runs.file:with_history", job.weights_file or b"", HISTORY.dump_json(records))

    def network(self, job: Job) -> tuple[bytes, int | None] | None:
        """A training's network, as a run's file without its history.

        Returns:
            The file's content, and the optimiser steps behind it if it still trains; None if there is none yet, or
            none any more.

        Raises:
            ClusterError: if there is no worker to put it together.
        """
        if job.weights_file is not None:
            return job.weights_file, None
        if not job.active or not job.steps:
            return None
        return self.cluster.ask("hqnn.jobs.worker_task:network_so_far", job.id, job.config.model_dump_json())

    def versions(self, job: Job) -> dict[str, str]:
        """What computed a training (`hqnn.versions`), or computes it; empty where that is not known."""
        if job.weights_file is not None:
            return versions_in(job.weights_file)
        return versions_here() if job.active and not job.elsewhere and self.cluster.address is None else {}

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call a function, named "module:function", on the worker that is kept for short work (`Cluster.ask`)."""
        return self.cluster.ask(function, *arguments)

    def study(self, function: str, parts: Sequence[tuple[Any, ...]]) -> Study:
        """Ask a function part after part on the worker for short work, in the background (`hqnn.jobs.study.Study`)."""
        return Study(self.cluster.ask, function, parts, self._studies)

    def trained(self, configs: Iterable[RunConfig], stop: Callable[[], bool] = lambda: False) -> Iterator[Trained]:
        """Train every config on the workers, in the background.

        Args:
            configs: the trainings; one that is there twice is done twice.
            stop: asked a few times a second; once it answers True, those that have not ended are given up, as they are
                when the iterator is closed.

        Yields:
            Each training as it ends: several at once, so not in the order given. It is known nowhere else.
        """
        ended: SimpleQueue[Job] = SimpleQueue()
        waiting = (Job(config, stay=True, ended_into=ended) for config in configs)
        left: dict[str, Job] = {}
        try:
            while True:
                self._add(islice(waiting, max(0, AHEAD * max(1, self.cluster.slots) - len(left))), left)
                if not left or (job := _next_of(ended, stop)) is None:
                    return
                del left[job.id]
                versions = self.versions(job) or None
                yield Trained(job.config, *job.snapshot(), job.evaluation, job.error, job.seconds, versions)
        finally:
            self._give_up(left.values())

    def close(self) -> None:
        """End the workers, and the history once everything is in it."""
        self.cluster.close()
        self._calls.shutdown(cancel_futures=True)
        self._studies.shutdown(cancel_futures=True)
        self.history.close()

    def _check_room(self, viewer: str) -> None:
        """Refuse another training of a viewer who has as many as may be, and on a server that has."""
        active = [job for job in self._jobs.values() if job.active and not job.background]
        if viewer and sum(job.viewer == viewer for job in active) >= MAX_OF_VIEWER:
            raise TooManyError(
                f"You have {MAX_OF_VIEWER} trainings that have not ended; stop one before you start another."
            )
        if len(active) >= MAX_ACTIVE:
            raise TooManyError(f"This server has {MAX_ACTIVE} trainings that have not ended; try again later.")

    def _seconds_a_step(self, config: RunConfig) -> float:
        """As measured with the same engine and batch size, or guessed."""
        return self._step_seconds.get(_kind(config), STEP_SECONDS + IMAGE_SECONDS * config.batch_size)

    def _write(self, job: Job) -> None:
        if not job.background:
            self.history.put(job.stored(self.history.server))

    def _add(self, jobs: Iterable[Job], to: dict[str, Job]) -> None:
        """Queue trainings in the background."""
        with self._lock:
            for job in jobs:
                self._jobs[job.id] = to[job.id] = job
                self._enqueue(job)
        self._fill()

    def _give_up(self, jobs: Iterable[Job]) -> None:
        """End trainings in the background; one that has a worker leaves it after its present step."""
        with self._lock:
            for job in jobs:
                if job in self._queue:
                    self._queue.remove(job)
                    self._end(job, State.STOPPED)
                elif job.allows(Action.STOP):
                    self.stop(job)

    def _enqueue(self, job: Job, *, first: bool = False) -> None:
        """Queue a training, behind or before all others of its kind: viewers' ones, or those in the background."""
        self._queue.insert(0 if first else len(self._queue), job)
        self._queue.sort(key=lambda each: each.background)

    def _look_after(self) -> None:
        """Twice a second: who is watched, who has had its time, who is next."""
        with self._lock:
            active = [job for job in self._jobs.values() if job.active]
        for job in active:
            if job.future is not None and not self.cluster.has(job.future):
                self._lose(job, job.turn)
            if self._is_present is not None:
                self._mind(job, self._is_present)
        with self._lock:
            if self.cluster.failed:
                for job in self._queue:
                    self._end(
                        job, State.FAILED, Outcome("failed", error=f"There are no workers: {self.cluster.problem}")
                    )
                self._queue.clear()
            self._forget_oldest()
            if self.cluster.up:
                for run_id in self._uncleared.copy():
                    self._calls.submit(self._clear, run_id)
        self._fill()

    def _mind(self, job: Job, is_present: Callable[[str], bool]) -> None:
        """Pause a training that nobody watches, and end it when that has lasted."""
        job.watchers = {watcher for watcher in job.watchers.copy() if is_present(watcher)}
        if job.watchers or job.stay:
            job.watched = monotonic()
        alone = monotonic() - job.watched
        with suppress(NotNowError):
            if alone >= DROPPED_SECONDS and job.state is State.PAUSED:
                job.note = f"Nobody had watched it for {DROPPED_SECONDS / 60:.0f} minutes."
                self.stop(job)
            elif alone >= ABANDONED_SECONDS and job.allows(Action.PAUSE):
                self.pause(job)
                job.note, job.paused_alone = "It was paused because nobody watched it.", True

    def _make_room(self) -> None:
        """Where viewers' trainings wait, have others leave: those in the background, then who has had its time."""
        holders = [job for job in self._jobs.values() if job.slot == "training"]
        waiting = sum(not job.background for job in self._next())
        waiting -= sum(job.leave_asked or job.stop_asked for job in holders)
        if len(holders) < self.cluster.slots:
            return
        long = [
            job
            for job in holders
            if (job.begun or job.background)
            and monotonic() - job.held_since >= _slice(job)
            and job.allows(Action.PAUSE)
            and not ENGINES[job.config.engine].hardware  # a device's session is not given up for others
        ]
        for job in sorted(long, key=lambda each: (not each.background, each.held_since))[: max(0, waiting)]:
            self._leave(job, requeue=True)

    def _next(self) -> list[Job]:
        """Queued trainings whose viewers have none with a worker: the first of each viewer's."""
        busy = {job.viewer for job in self._jobs.values() if job.slot == "training" and job.viewer}
        found = []
        for job in self._queue:
            if job.viewer not in busy:
                found.append(job)
                busy |= {job.viewer} if job.viewer else set()
        return found

    def _fill(self) -> None:
        """Hand queued trainings to free workers."""
        with self._lock:
            if not self.cluster.up:
                return
            free = self.cluster.slots - sum(job.slot == "training" for job in self._jobs.values())
            for job in self._next()[: max(0, free)]:
                self._queue.remove(job)
                self._take(job, "training")
            self._make_room()

    def _take(self, job: Job, slot: str, *, steps: int | None = None) -> None:
        """Hand a training to a worker, for some steps or for all that are left."""
        job.slot, job.held_since, job.heard = slot, monotonic(), monotonic()
        job.leave_asked = job.requeue = job.begun = False
        job.turn += 1
        job.become(State.STARTING)
        self._calls.submit(self._hand_over_job, job, steps)

    def _leave(self, job: Job, *, requeue: bool = False) -> None:
        if job.slot is not None:
            job.leave_asked, job.requeue = True, requeue
            self._order(job)
            return
        self._queue.remove(job)
        job.become(State.PAUSED)
        self._write(job)

    def _order(self, job: Job) -> None:
        self._calls.submit(self._send_orders, job)

    def _send_orders(self, job: Job) -> None:
        try:
            self._variable(orders_name(job.id)).set(_orders(job), callback_timeout=ORDER_SECONDS)
        except (ClusterError, OSError, TimeoutError):
            if not self.cluster.closing:
                log.warning("training %s: its worker cannot be told what to do", job.id)

    def _hand_over_job(self, job: Job, steps: int | None) -> None:
        turn = job.turn
        start = b"" if job.attempts == 0 or job.afresh else job.checkpoint
        job.afresh, job.checkpoint = False, None
        try:
            job.future = self._hand_over(job.id, job.config, _orders(job), job.slot or "training", steps, start=start)
            job.future.add_done_callback(lambda future: self._finish(job, future, turn))
        except Exception as error:
            if not isinstance(error, ClusterError | OSError) and not self.cluster.closing:
                log.exception("training %s could not be handed over", job.id)
            job.checkpoint = start or None
            self._lose(job, turn)

    def _hand_over(
        self,
        run_id: str,
        config: RunConfig,
        orders: Orders,
        resource: str = "training",
        steps: int | None = None,
        *,
        start: bytes | None = b"",
    ) -> "Future":
        """Hand a training to a worker, which goes on from a checkpoint.

        Args:
            run_id: the training's.
            config: its settings.
            orders: its first ones.
            resource: of the worker.
            steps: optimiser steps after which to leave it; None for all there are.
            start: the checkpoint, empty to begin; None for the one that the cluster keeps.
        """
        self._variable(orders_name(run_id)).set(orders, callback_timeout=ORDER_SECONDS)
        if start is not None:
            self._variable(checkpoint_name(run_id)).set(start, callback_timeout=ORDER_SECONDS)
        key = f"train-{run_id}-{secrets.token_hex(4)}"
        return self.cluster.submit(
            train_run, run_id, orders["turn"], config.model_dump_json(), steps, resource=resource, key=key
        )

    def _variable(self, name: str) -> Any:
        from distributed import Variable

        return Variable(name, client=self.cluster.client())

    def _clear(self, run_id: str) -> None:
        with suppress(ClusterError, OSError):
            self._variable(orders_name(run_id)).delete()
            self._variable(checkpoint_name(run_id)).delete()
            self._uncleared.discard(run_id)

    def _hear(self, message: dict[str, Any]) -> None:
        """What a worker says of a training."""
        job = self._jobs.get(message["run"])
        if job is None:
            return
        with self._lock:
            if job.slot is None or message["turn"] != job.turn:
                return
            job.heard = monotonic()
            if "begins" in message:
                self._begin(job, *message["begins"])
            else:
                self._receive(job, message["records"])

    def _begin(self, job: Job, step: int, recorded: int) -> None:
        """A worker takes a training up; one whose worker has died, from its last checkpoint.

        A checkpoint may be beyond the records that came before a connection was lost: then it begins anew.
        """
        job.afresh = step > len(job.steps) or recorded > job.recorded
        if job.afresh:
            self._leave(job, requeue=True)
            return
        if job.begun:
            job.attempts += 1
            if job.state is State.RUNNING:
                job.become(State.STARTING)
        elif job.attempts == 0:
            job.attempts = 1
        if job.begun or step < len(job.steps):
            job.note = f"Its worker was lost; it went on from {f'step {step}' if step else 'its beginning'}."
        job.begun, job.held_since = True, monotonic()
        job.forget_beyond(step, recorded)
        self._write(job)

    def _receive(self, job: Job, records: list[dict[str, Any]]) -> None:
        if job.afresh:
            return
        said = [RECORD.validate_python(record) for record in records]
        job.append(said)
        if job.state is State.STARTING:
            job.become(State.RUNNING)
            self._write(job)
        if not job.background:
            self.history.add(job.id, (record for record in said if not isinstance(record, Evaluation)))

    def _finish(self, job: Job, future: "Future", turn: int) -> None:
        """A worker has left a training, or has been lost with it for good; of an earlier turn that means nothing."""
        from distributed import KilledWorker

        try:
            outcome: Outcome = answer(future)
        except ClusterError:
            self._lose(job, turn)
            return
        except KilledWorker as error:
            lost = error.allowed_failures + 1
            outcome = Outcome("failed", error=f"It was given up: {lost} workers were lost while they trained it.")
        except Exception as error:
            log.exception("training %s failed", job.id)
            outcome = Outcome(
                "failed", error=f"Its worker could not do it ({type(error).__name__}).", details=str(error)
            )
        with self._lock:
            if turn != job.turn or job.slot is None:
                return
            unasked = job.slot == "training" and not job.leave_asked
            job.slot = job.future = None
            if outcome.how != "left":
                self._end(job, State(outcome.how), outcome)
            elif job.stop_asked and job.background:
                self._end(job, State.STOPPED)
            elif job.stop_asked:
                self._take(job, "desk")
            elif job.requeue or unasked:
                job.become(State.QUEUED)
                self._enqueue(job, first=job.background)
            else:
                job.become(State.PAUSED)
            job.leave_asked = False
        self._write(job)
        self._fill()

    def _lose(self, job: Job, turn: int) -> None:
        """Its scheduler is gone: it queues for a worker of the next one, before all others."""
        with self._lock:
            if turn != job.turn or job.slot is None:
                return
            slot, job.slot, job.future, job.leave_asked = job.slot, None, None, False
            if job.stop_asked:
                self._end(job, State.STOPPED)
            elif slot == "desk":
                job.become(State.PAUSED)
            else:
                job.note = "The scheduler of its workers was lost; it goes on when there is one."
                job.become(State.QUEUED)
                self._enqueue(job, first=True)
        self._write(job)

    def _end(self, job: Job, state: State, outcome: Outcome | None = None) -> None:
        if outcome is not None:
            job.weights_file, job.error, job.details = outcome.run_file, outcome.error, outcome.details
            job.checkpoint = outcome.checkpoint
        if len(job.steps) >= 10 and job.pace is None:
            self._step_seconds[_kind(job.config)] = job.seconds / len(job.steps)
        job.become(state)
        if job.turn:
            self._uncleared.add(job.id)
        if job.ended_into is not None:
            self._jobs.pop(job.id, None)
            job.ended_into.put(job)

    def _forget_oldest(self) -> None:
        """Ended trainings beyond what is kept in memory, the longest unused first, if the history holds them."""
        ended = [job for job in self._jobs.values() if not job.active]
        steps = 0
        for number, job in enumerate(reversed(ended)):
            steps += len(job.steps)
            kept = number == 0 or (number < MAX_IN_MEMORY and steps <= MAX_STEPS_IN_MEMORY)
            if not kept and self.history.holds(job.id):
                del self._jobs[job.id]


def _results_problem() -> str | None:
    """Why no experiment's results can be kept, as far as that is known before."""
    try:
        RESULTS.check()
    except FolderError as error:
        return f"Experiments cannot be run: {error}."
    return None


def _orders(job: Job) -> Orders:
    wish = "stop" if job.stop_asked else "leave" if job.leave_asked else "go"
    return {"wish": wish, "turn": job.turn, "pace": job.pace}


def _slice(job: Job) -> float:
    """Seconds for which a training has a worker to itself while viewers' ones wait."""
    return 0.0 if job.background else SLICE_SECONDS


def _next_of(ended: SimpleQueue[Job], stop: Callable[[], bool]) -> Job | None:
    """The next training that ends; None once it is to be stopped."""
    while not stop():
        with suppress(Empty):
            return ended.get(timeout=STOP_SECONDS)
    return None


def _kind(config: RunConfig) -> tuple[str, int]:
    return config.engine if config.head == "circuit" else config.head, config.batch_size
