"""Between queue and workers: assigns runs to workers, receives their messages, and takes runs back."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING, Any

from hqnn.jobs.answer import ClusterError
from hqnn.jobs.cluster import Cluster
from hqnn.jobs.durations import Durations
from hqnn.jobs.handover import Handover, outcome_of
from hqnn.jobs.history import History
from hqnn.jobs.job import Job
from hqnn.jobs.orders import Outcome
from hqnn.jobs.queue import Queue
from hqnn.records import RECORD, Evaluation, ProbeRecord
from hqnn.states import State

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger(__name__)


class Dispatcher:
    """Moves runs between the queue, a worker and the end. Its lock guards the queue and the runs."""

    def __init__(self, cluster: Cluster, queue: Queue, history: History, durations: Durations) -> None:
        self.lock = threading.RLock()
        #: Ended runs whose orders and checkpoint are still on the cluster.
        self.uncleared: set[str] = set()
        self._cluster, self._queue, self._history, self._durations = cluster, queue, history, durations
        self._workers, self._calls = Handover(cluster), ThreadPoolExecutor(1, "call-cluster")

    def close(self) -> None:
        """Assign no more runs."""
        self._calls.shutdown(cancel_futures=True)

    def fill(self) -> None:
        """Assign waiting runs to free workers, and have other runs make way."""
        with self.lock:
            if not self._cluster.up:
                return
            for job in self._queue.for_free_workers(self._cluster.slots):
                self._queue.drop(job)
                self.take(job, "training")
            for job in self._queue.to_make_room(self._cluster.slots, monotonic()):
                self.leave(job, requeue=True)

    def take(self, job: Job, slot: str, *, steps: int | None = None) -> None:
        """Assign a run to a worker.

        Args:
            job: the run.
            slot: resource of the worker.
            steps: after which the worker leaves the run; None for all remaining steps.
        """
        job.slot, job.held_since, job.heard = slot, monotonic(), monotonic()
        job.leave_asked = job.requeue = job.begun = False
        job.turn += 1
        job.become(State.STARTING)
        self._calls.submit(self._hand_over, job, steps)

    def leave(self, job: Job, *, requeue: bool = False) -> None:
        """Take a run from its worker or from the queue, which pauses it.

        Args:
            job: the run.
            requeue: whether it waits again once its worker has left it.
        """
        if job.slot is not None:
            job.leave_asked, job.requeue = True, requeue
            self.order(job)
            return
        self._queue.drop(job)
        job.become(State.PAUSED)
        self.write(job)

    def order(self, job: Job) -> None:
        """Send the present orders to the worker of a run."""
        self._calls.submit(self._workers.send_orders, job)

    def write(self, job: Job) -> None:
        """Write a run to the history, without its records."""
        if not job.background:
            self._history.put(job.stored(self._history.server))

    def write_and_fill(self, job: Job) -> None:
        """Write a run to the history, and assign it if a worker is free."""
        self.write(job)
        self.fill()

    def end(self, job: Job, state: State, outcome: Outcome | None = None) -> None:
        """Note that a run has ended, and how."""
        if outcome is not None:
            job.weights_file, job.error, job.details = outcome.run_file, outcome.error, outcome.details
            job.checkpoint = outcome.checkpoint
        self._durations.note(job)
        job.become(state)
        if job.turn:
            self.uncleared.add(job.id)
        if job.ended_into is not None:
            self._queue.known.pop(job.id, None)
            job.ended_into.put(job)

    def abandon(self, job: Job) -> None:
        """End a run at once, without a test. A worker that has it leaves it, and is no longer listened to."""
        self._durations.note(job)
        job.replaced = job.leave_asked = True
        job.become(State.STOPPED)
        if job.slot is not None:
            job.slot, job.turn = None, job.turn + 1
            self.order(job)
        elif job.turn:
            self.uncleared.add(job.id)
        self._history.drop(job.id)

    def look_after(self) -> None:
        """Take back runs of a lost scheduler, clear ended runs, and fail runs whose workers never start."""
        with self.lock:
            active = self._queue.active
        for job in active:
            if job.future is not None and not self._cluster.has(job.future):
                self._lose(job, job.turn)
        with self.lock:
            if self._cluster.failed:
                problem = Outcome("failed", error=f"No workers are available: {self._cluster.problem}")
                for job in self._queue.waiting.copy():
                    self._queue.drop(job)
                    self.end(job, State.FAILED, problem)
            if self._cluster.up:
                for run_id in self.uncleared.copy():
                    self._calls.submit(self._clear, run_id)

    def hear(self, message: dict[str, Any]) -> None:
        """Receive a message of a worker about a run."""
        job = self._queue.known.get(message["run"])
        if job is None:
            return
        with self.lock:
            if job.slot is None or message["turn"] != job.turn:
                return
            job.heard = monotonic()
            if "begins" in message:
                self._begin(job, *message["begins"])
            elif "live" in message:
                job.show(ProbeRecord(**message["live"]))
            else:
                self._receive(job, message["records"])

    def _begin(self, job: Job, step: int, recorded: int, probed: int) -> None:
        """Note that a worker starts a run; after a crash it starts from the last checkpoint.

        If the checkpoint is ahead of the records, because a connection was lost, the run restarts.
        """
        job.afresh = step > len(job.steps) or recorded > job.recorded or probed > job.probed
        if job.afresh:
            self.leave(job, requeue=True)
            return
        if job.begun:
            job.attempts += 1
            if job.state is State.RUNNING:
                job.become(State.STARTING)
        elif job.attempts == 0:
            job.attempts = 1
        if job.begun or step < len(job.steps):
            again = f"resumed the run at step {step:,}" if step else "restarted the run from the beginning"
            job.note = f"A worker crashed. Another one {again}."
        job.begun, job.held_since = True, monotonic()
        job.forget_beyond(step, recorded, probed)
        self.write(job)

    def _receive(self, job: Job, records: list[dict[str, Any]]) -> None:
        if job.afresh:
            return
        said = [RECORD.validate_python(record) for record in records]
        job.append(said)
        if job.state is State.STARTING:
            job.become(State.RUNNING)
            self.write(job)
        if not job.background:
            self._history.add(job.id, (record for record in said if not isinstance(record, Evaluation)))

    def _hand_over(self, job: Job, steps: int | None) -> None:
        turn = job.turn
        if job.replaced:
            return
        start = b"" if job.attempts == 0 or job.afresh else job.checkpoint
        job.afresh, job.checkpoint = False, None
        try:
            job.future = self._workers.submit(job, steps, start)
            job.future.add_done_callback(lambda future: self._finish(job, future, turn))
        except Exception as error:
            if not isinstance(error, ClusterError | OSError) and not self._cluster.closing:
                log.exception("run %s could not be assigned", job.id)
            job.checkpoint = start or None
            self._lose(job, turn)

    def _finish(self, job: Job, future: "Future", turn: int) -> None:
        """Handle a worker that has left a run or crashed for good. Earlier turns are ignored."""
        if job.replaced:
            with self.lock:
                self.uncleared.add(job.id)
            return
        try:
            outcome = outcome_of(job, future)
        except ClusterError:
            self._lose(job, turn)
            return
        with self.lock:
            if turn != job.turn or job.slot is None:
                return
            unasked = job.slot == "training" and not job.leave_asked
            job.slot = job.future = None
            if outcome.how != "left":
                self.end(job, State(outcome.how), outcome)
            elif job.stop_asked and job.background:
                self.end(job, State.STOPPED)
            elif job.stop_asked:
                self.take(job, "desk")
            elif job.requeue or unasked:
                job.become(State.QUEUED)
                self._queue.enqueue(job, first=job.background)
            else:
                job.become(State.PAUSED)
            job.leave_asked = False
        self.write_and_fill(job)

    def _lose(self, job: Job, turn: int) -> None:
        """Handle a lost scheduler: the run waits for a worker of the next one, before all others."""
        with self.lock:
            if turn != job.turn or job.slot is None:
                return
            slot, job.slot, job.future, job.leave_asked = job.slot, None, None, False
            if job.stop_asked:
                self.end(job, State.STOPPED)
            elif slot == "desk":
                job.become(State.PAUSED)
            else:
                job.note = (
                    "The connection to the Dask scheduler was lost. The run continues when the scheduler is back."
                )
                job.become(State.QUEUED)
                self._queue.enqueue(job, first=True)
        self.write(job)

    def _clear(self, run_id: str) -> None:
        if self._workers.clear(run_id):
            self.uncleared.discard(run_id)
