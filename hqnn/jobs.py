"""Trainings in worker processes: submit, stream records, stop, result.

One dask.distributed cluster does all the work: one worker process per core for trainings, and one more kept for short
questions, which so never wait behind a training. The process that submits needs neither torch nor Qiskit.
"""

import json
import logging
import os
import secrets
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future as LocalFuture
from dataclasses import dataclass, field
from pkgutil import resolve_name
from time import monotonic
from typing import Any, Literal

import dask.config
from distributed import Client, Event, Future, Nanny, Scheduler, SpecCluster, as_completed, get_worker

from hqnn.config import RunConfig
from hqnn.records import RECORD, EpochRecord, Evaluation, StepRecord

log = logging.getLogger(__name__)

State = Literal["queued", "running", "finished", "stopped", "failed"]

#: Seconds between two messages of a run: 10 a second feel live and cost the scheduler little.
STREAM_SECONDS = 0.1
#: Seconds between two looks at a run's stop flag; a look is a round trip of about 1 ms.
STOP_SECONDS = 0.2
#: Runs remembered before the oldest ended ones are forgotten; one of 10 epochs holds about 0.5 MB.
MAX_JOBS = 200


@dataclass
class Job:
    """A training on the cluster. Its fields grow while it runs; read them through `snapshot`."""

    config: RunConfig
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: State = "queued"
    steps: list[StepRecord] = field(default_factory=list)
    epochs: list[EpochRecord] = field(default_factory=list)
    evaluation: Evaluation | None = None
    #: The run as a file's content (`hqnn.runs`), once it has ended.
    run_file: bytes | None = None
    #: One sentence, once it has failed.
    error: str | None = None
    stop_asked: bool = False
    #: Seconds on the monotonic clock when the first step began, and when the run ended.
    started: float | None = None
    ended: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ("queued", "running")

    def snapshot(self) -> tuple[list[StepRecord], list[EpochRecord]]:
        """Copies of the records so far."""
        with self._lock:
            return list(self.steps), list(self.epochs)

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole run."""
        return self.config.epochs * self.config.steps_per_epoch

    @property
    def seconds(self) -> float:
        """Time since the run's start, until its end; 0 if it has not started."""
        return 0.0 if self.started is None else (self.ended or monotonic()) - self.started

    def _receive(self, message: dict[str, Any]) -> None:
        with self._lock:
            if message.get("started"):  # a run whose worker died starts anew
                self.steps.clear()
                self.epochs.clear()
                self.state, self.started = "running", monotonic()
            for data in message.get("records", ()):
                record = RECORD.validate_python(data)
                if isinstance(record, StepRecord):
                    self.steps.append(record)
                elif isinstance(record, EpochRecord):
                    self.epochs.append(record)
                else:
                    self.evaluation = record

    def _end(self, state: State, *, run_file: bytes | None = None, error: str | None = None) -> None:
        with self._lock:
            self.state, self.run_file, self.error, self.ended = state, run_file, error, monotonic()


class Jobs:
    """The job engine. Its cluster starts in the background: making one takes no time."""

    def __init__(self, workers: int | None = None) -> None:
        """
        Args:
            workers: worker processes for trainings; as many as cores by default.
        """
        self._workers = workers or os.cpu_count() or 1
        self._jobs: dict[str, Job] = {}
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
        return self.ready and len(self._client.result().scheduler_info()["workers"]) > self._workers

    def wait_until_warm(self) -> None:
        """Wait until every worker has loaded what it needs."""
        self._client.result().wait_for_workers(self._workers + 1)

    def submit(self, config: RunConfig) -> Job:
        """Queue a training; returns at once."""
        job = Job(config)
        self._forget_oldest()
        self._jobs[job.id] = job
        self._client.add_done_callback(lambda client: self._submit(client, job))
        return job

    def get(self, job_id: str | None) -> Job | None:
        """The job of an id, if it is known."""
        return self._jobs.get(job_id) if job_id else None

    def stop(self, job: Job) -> None:
        """Ask a training to end after its present step; it is then evaluated as it stands."""
        job.stop_asked = True
        if self.ready and job.active:
            Event(f"stop-{job.id}", client=self._client.result()).set()

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call a function, named "module:function", on the worker that is kept for short work; wait for its answer."""
        client = self._client.result()
        return client.submit(_call, function, arguments, resources={"desk": 1}, pure=False).result()

    def evaluations(self, configs: Iterable[RunConfig]) -> Iterator[tuple[RunConfig, Evaluation]]:
        """Train every config on the workers; each with its evaluation, as they end."""
        by_future = {self._submit_training(config, secrets.token_urlsafe(16)): config for config in configs}
        for future in as_completed(list(by_future), loop=self._client.result().loop):
            from hqnn.runs import from_bytes  # needs torch, which a page's process never loads

            yield by_future[future], from_bytes(future.result()).evaluation

    def close(self) -> None:
        """End the workers; one that is just starting is ended once it has."""
        self._starter.join()
        if self.ready:
            self._client.result().close()
        if self._cluster is not None:
            self._cluster.close()

    def _start(self) -> None:
        try:
            logging.getLogger("distributed").setLevel(logging.ERROR)
            dask.config.set({"distributed.admin.low-level-log-length": 1000})
            here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "dashboard": False}
            nanny = here | {
                "nthreads": 1,
                "preload": ["hqnn.worker"],
                "memory_limit": 0,
                "silence_logs": logging.ERROR,
            }
            specification = {
                "desk": {"cls": Nanny, "options": nanny | {"resources": {"desk": 1}}},
            } | {
                f"trainer-{number}": {"cls": Nanny, "options": nanny | {"resources": {"training": 1}}}
                for number in range(self._workers)
            }
            scheduler = {"cls": Scheduler, "options": here | {"port": 0}}
            self._cluster = SpecCluster(specification, scheduler)
            self._client.set_result(Client(self._cluster, set_as_default=False))
        except Exception as error:
            log.exception("the workers could not be started")
            self._client.set_exception(error)

    def _submit(self, client: LocalFuture[Client], job: Job) -> None:
        if client.exception() is not None:
            job._end("failed", error="The worker processes could not be started; the server's log says why.")
            return
        client.result().subscribe_topic(f"run-{job.id}", lambda event: job._receive(event[1]))
        if job.stop_asked:
            self.stop(job)
        self._submit_training(job.config, job.id).add_done_callback(lambda future: self._finish(job, future))

    def _submit_training(self, config: RunConfig, job_id: str) -> Future:
        settings = config.model_dump_json()
        return self._client.result().submit(
            _train, job_id, settings, key=f"train-{job_id}", resources={"training": 1}, pure=False
        )

    def _finish(self, job: Job, future: Future) -> None:
        self._client.result().unsubscribe_topic(f"run-{job.id}")
        error: Any = future.exception()
        if error is not None:
            log.error("run %s failed", job.id, exc_info=error)
            job._end("failed", error=str(error) or type(error).__name__)
        else:
            job._end("stopped" if job.stop_asked else "finished", run_file=future.result())

    def _forget_oldest(self) -> None:
        ended = [job for job in self._jobs.values() if not job.active]
        for job in ended[: max(0, len(self._jobs) - MAX_JOBS + 1)]:
            del self._jobs[job.id]


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    return resolve_name(function)(*arguments)


def _train(job_id: str, settings: str) -> bytes:
    """In a worker: train, stream the records, and return the run as a file's content."""
    from hqnn.runs import Run, to_bytes
    from hqnn.training import train

    stream = _Stream(job_id)
    records = train(RunConfig(**json.loads(settings)), should_stop=stream.stop_asked)
    return to_bytes(Run.of(map(stream.send, records)))


class _Stream:
    """A run's line to whoever submitted it: records out, in batches, and the stop flag in."""

    def __init__(self, job_id: str) -> None:
        self._worker = get_worker()
        self._topic = f"run-{job_id}"
        self._stop = Event(f"stop-{job_id}")
        self._stopped, self._last_look = bool(self._stop.is_set()), monotonic()
        self._outbox: list[dict[str, Any]] = []
        self._last_send = monotonic()
        self._worker.log_event(self._topic, {"started": True})

    def send(self, record: Any) -> Any:
        """Send a record that `train` yields, now or with the next ones, and give it back."""
        last = not isinstance(record, StepRecord | EpochRecord)
        self._outbox.append((record.evaluation if last else record).model_dump())
        if last or record.step == 1 or monotonic() - self._last_send >= STREAM_SECONDS:
            self._worker.log_event(self._topic, {"records": self._outbox})
            self._outbox, self._last_send = [], monotonic()
        return record

    def stop_asked(self) -> bool:
        if not self._stopped and monotonic() - self._last_look >= STOP_SECONDS:
            self._stopped, self._last_look = bool(self._stop.is_set()), monotonic()
        return self._stopped
