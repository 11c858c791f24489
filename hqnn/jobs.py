"""Trainings in worker processes: submit, stream records, stop, result.

One dask.distributed cluster does all the work: one worker process per core for trainings, and one more kept for short
questions, which so never wait behind a training. The process that submits needs neither torch nor Qiskit, and Dask only
once the cluster starts, in the background.
"""

import json
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future as LocalFuture
from dataclasses import dataclass, field
from pkgutil import resolve_name
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from hqnn.config import RunConfig
from hqnn.records import RECORD, EpochRecord, Evaluation, StepRecord

if TYPE_CHECKING:
    from distributed import Client, Future, SpecCluster

log = logging.getLogger(__name__)

State = Literal["queued", "running", "finished", "stopped", "failed"]

#: The one topic on which all runs' records travel, each message with its run's id.
TOPIC = "hqnn-records"
#: Seconds between two messages of a run: 10 a second feel live and cost the scheduler little.
STREAM_SECONDS = 0.1
#: Seconds between two looks at a run's stop flag; a look is a round trip of about 1 ms.
STOP_SECONDS = 0.2
#: Runs remembered before the oldest ended ones are forgotten; one of 10 epochs holds about 0.7 MB.
MAX_JOBS = 200


@dataclass
class Job:
    """A training on the cluster. Its fields grow while it runs; read its records through `snapshot`."""

    config: RunConfig
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: State = "queued"
    steps: list[StepRecord] = field(default_factory=list)
    epochs: list[EpochRecord] = field(default_factory=list)
    evaluation: Evaluation | None = None
    #: The run as a file's content (`hqnn.runs`), once it has ended.
    run_file: bytes | None = None
    #: One sentence, once it has failed. It has a run file even then if its engine failed on the way.
    error: str | None = None
    stop_asked: bool = False
    #: Seconds on the monotonic clock when a worker took it, and when it ended.
    started: float | None = None
    ended: float | None = None
    #: How often a worker has begun it: more than once if a worker died on it.
    attempts: int = 0
    _heard: float = 0.0
    _future: "Future | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole run."""
        return self.config.epochs * self.config.steps_per_epoch

    @property
    def seconds(self) -> float:
        """Time since the run's start, until its end; 0 if it has not started."""
        return 0.0 if self.started is None else (self.ended or monotonic()) - self.started

    @property
    def silence(self) -> float:
        """Seconds since its worker was last heard of; 0 if none has it."""
        return monotonic() - self._heard if self.state == "running" else 0.0

    def snapshot(self) -> tuple[list[StepRecord], list[EpochRecord]]:
        """Copies of the records so far."""
        with self._lock:
            return list(self.steps), list(self.epochs)

    def _begin(self) -> None:
        """A worker takes it; one whose worker has died starts anew."""
        with self._lock:
            if not self.active:
                return
            self.steps.clear()
            self.epochs.clear()
            self.started = self._heard = monotonic()
            self.state, self.attempts = "running", self.attempts + 1

    def _receive(self, records: list[dict[str, Any]]) -> None:
        with self._lock:
            self._heard = monotonic()
            for record in map(RECORD.validate_python, records):
                if isinstance(record, StepRecord):
                    self.steps.append(record)
                elif isinstance(record, EpochRecord):
                    self.epochs.append(record)
                else:
                    self.evaluation = record

    def _end(self, state: State, *, run_file: bytes | None = None, error: str | None = None) -> None:
        with self._lock:
            if not self.active:
                return
            self.state, self.run_file, self.error, self.ended = state, run_file, error, monotonic()


class Jobs:
    """The job engine. Its cluster starts in the background: making one takes no time."""

    def __init__(self, workers: int | None = None) -> None:
        """
        Args:
            workers: worker processes for trainings; as many as this process may use cores by default. Each takes about
                0.9 GB, much of it libraries that they share.
        """
        self._workers = workers
        self._jobs: dict[str, Job] = {}
        self._jobs_lock = threading.Lock()
        self._client: LocalFuture[Client] = LocalFuture()
        self._cluster: SpecCluster | None = None
        self._starter = threading.Thread(target=self._start, name="start-cluster", daemon=True)
        self._starter.start()

    @property
    def ready(self) -> bool:
        """Whether the cluster takes work; what comes before its workers are warm waits for them."""
        return self._client.done() and self._client.exception() is None

    @property
    def warm(self) -> bool:
        """Whether every worker has loaded what it needs."""
        return self.ready and len(self._client.result().scheduler_info()["workers"]) > (self._workers or 0)

    @property
    def problem(self) -> str | None:
        """Why the cluster could not be started, if so."""
        error = self._client.exception() if self._client.done() else None
        return None if error is None else str(error) or type(error).__name__

    def wait_until_warm(self) -> None:
        """Wait until every worker has loaded what it needs."""
        self._client.result().wait_for_workers((self._workers or 0) + 1)

    def submit(self, config: RunConfig) -> Job:
        """Queue a training; returns at once."""
        job = Job(config)
        with self._jobs_lock:
            self._forget_oldest()
            self._jobs[job.id] = job
        self._client.add_done_callback(lambda _: self._submit(job))
        return job

    def get(self, job_id: str | None) -> Job | None:
        """The job of an id, if it is known."""
        return self._jobs.get(job_id) if job_id else None

    def stop(self, job: Job) -> None:
        """Ask a training to end after its present step, to be evaluated as it stands; in the queue it ends at once."""
        job.stop_asked = True
        if self.ready and job.active:
            self._stop_flag(job.id).set()
        if job.state == "queued":
            job._end("stopped")
            if job._future is not None:
                job._future.cancel()

    def place_in_queue(self, job: Job) -> int:
        """1 for the next training that a worker will take, and so on; 0 if a worker is free for it."""
        with self._jobs_lock:
            active = [other.id for other in self._jobs.values() if other.active]
        return max(0, active.index(job.id) - (self._workers or 0) + 1) if job.id in active else 0

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call a function, named "module:function", on the worker that is kept for short work; wait for its answer.

        Raises:
            Exception: whatever the function raises, or what kept the cluster from starting.
        """
        client = self._client.result()
        return client.submit(_call, function, arguments, resources={"desk": 1}, pure=False).result()

    def evaluations(self, configs: Iterable[RunConfig]) -> Iterator[tuple[RunConfig, Evaluation]]:
        """Train every config on the workers; each with its evaluation, as they end."""
        from distributed import as_completed

        from hqnn.runs import from_bytes

        by_future = {self._submit_training(config, secrets.token_urlsafe(16)): config for config in configs}
        for future in as_completed(list(by_future), loop=self._client.result().loop):
            run_file, _, _ = future.result()
            run = from_bytes(run_file)
            if run.evaluation is None:
                raise RuntimeError(run.error)
            yield by_future[future], run.evaluation

    def close(self) -> None:
        """End the workers; of a cluster that is just starting, once it has started."""
        self._starter.join()
        if self.ready:
            self._client.result().close()
        if self._cluster is not None:
            self._cluster.close()

    def _start(self) -> None:
        try:
            import dask.config
            from dask.system import CPU_COUNT
            from distributed import Client, Nanny, Scheduler, SpecCluster

            logging.getLogger("distributed").setLevel(logging.ERROR)
            dask.config.set({"distributed.admin.low-level-log-length": 1000})
            self._workers = self._workers or CPU_COUNT
            here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "dashboard": False}
            worker = {"nthreads": 1, "preload": ["hqnn.worker"], "memory_limit": 0, "silence_logs": logging.ERROR}
            resources = {"desk": {"desk": 1}} | {f"trainer-{n}": {"training": 1} for n in range(self._workers)}
            self._cluster = SpecCluster(
                {
                    name: {"cls": Nanny, "options": here | worker | {"resources": resource}}
                    for name, resource in resources.items()
                },
                {"cls": Scheduler, "options": here | {"port": 0}},
            )
            client = Client(self._cluster, set_as_default=False)
            client.subscribe_topic(TOPIC, lambda event: self._dispatch(event[1]))
            self._client.set_result(client)
        except Exception as error:
            log.exception("the workers could not be started")
            self._client.set_exception(error)

    def _dispatch(self, message: dict[str, Any]) -> None:
        job = self._jobs.get(message["run"])
        if job is None:
            return
        if message.get("started"):
            job._begin()
        job._receive(message.get("records", []))

    def _submit(self, job: Job) -> None:
        try:
            if not job.active:
                return
            job._future = self._submit_training(job.config, job.id)
            job._future.add_done_callback(lambda future: self._finish(job, future))
        except Exception as error:
            log.exception("run %s could not be submitted", job.id)
            job._end("failed", error=f"It could not be given to a worker: {error}")

    def _submit_training(self, config: RunConfig, job_id: str) -> "Future":
        settings = config.model_dump_json()
        return self._client.result().submit(
            _train, job_id, settings, key=f"train-{job_id}", resources={"training": 1}, pure=False
        )

    def _finish(self, job: Job, future: "Future") -> None:
        job._future = None
        if not job.active:
            return
        try:
            run_file, completed, error = future.result()
        except Exception as error:
            log.exception("run %s failed", job.id)
            job._end("failed", error=str(error) or type(error).__name__)
        else:
            job._end("failed" if error else "finished" if completed else "stopped", run_file=run_file, error=error)
        self._stop_flag(job.id).clear()

    def _stop_flag(self, job_id: str) -> Any:
        from distributed import Event

        return Event(f"stop-{job_id}", client=self._client.result())

    def _forget_oldest(self) -> None:
        ended = [job for job in self._jobs.values() if not job.active]
        for job in ended[: max(0, len(self._jobs) - MAX_JOBS + 1)]:
            del self._jobs[job.id]


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    return resolve_name(function)(*arguments)


def _train(job_id: str, settings: str) -> tuple[bytes, bool, str | None]:
    """In a worker: train, stream the records. The run as a file's content, whether it was completed, what failed."""
    from hqnn.runs import Run, to_bytes
    from hqnn.training import train

    stream = _Stream(job_id)
    records = train(RunConfig(**json.loads(settings)), should_stop=stream.stop_asked)
    run = Run.of(map(stream.send, records))
    return to_bytes(run), run.completed, run.error


class _Stream:
    """A run's line to whoever submitted it: records out, in batches, and the stop flag in."""

    def __init__(self, job_id: str) -> None:
        from distributed import Event, get_worker

        self._worker, self._job_id = get_worker(), job_id
        self._stop = Event(f"stop-{job_id}")
        self._stopped, self._last_look = bool(self._stop.is_set()), monotonic()
        self._outbox: list[dict[str, Any]] = []
        self._last_send = monotonic()
        self._worker.log_event(TOPIC, {"run": job_id, "started": True})

    def send(self, record: Any) -> Any:
        """Send a record that `train` yields, now or with the next ones, and give it back."""
        last = not isinstance(record, StepRecord | EpochRecord)
        said = record.evaluation if last else record
        if said is not None:
            self._outbox.append(said.model_dump())
        if last or record.step == 1 or monotonic() - self._last_send >= STREAM_SECONDS:
            self._worker.log_event(TOPIC, {"run": self._job_id, "records": self._outbox})
            self._outbox, self._last_send = [], monotonic()
        return record

    def stop_asked(self) -> bool:
        """Whether somebody wants the run to end."""
        if not self._stopped and monotonic() - self._last_look >= STOP_SECONDS:
            self._stopped, self._last_look = bool(self._stop.is_set()), monotonic()
        return self._stopped
