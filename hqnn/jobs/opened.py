"""Run files of viewers, opened as ended runs."""

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING

from hqnn.config import RunConfig, check_circuit
from hqnn.errors import RunFileError
from hqnn.jobs import desk_questions
from hqnn.jobs.desk import Desk
from hqnn.jobs.dispatch import Dispatcher
from hqnn.jobs.history import History
from hqnn.jobs.job import OPENED, Job
from hqnn.jobs.queue import MAX_STEPS_IN_MEMORY, Queue
from hqnn.network.probe import PER_DIGIT, unpack_layers
from hqnn.records import HISTORY, LAYERS, Evaluation, HistoryRecord, ProbeRecord, StepRecord
from hqnn.states import State
from hqnn.sweeps.comparison import MAX_UPLOADED_HISTORY

if TYPE_CHECKING:
    from hqnn.runs import Run

#: Records that the web process reads at once. That takes 20 ms, in which it does nothing else.
AT_ONCE = 1000


@dataclass(frozen=True)
class OpenedRun:
    """The run in a file."""

    config: RunConfig
    state: State
    evaluation: Evaluation | None
    error: str | None
    #: Content of the file without its history.
    run_file: bytes
    #: All records in order, as JSON lists of at most `AT_ONCE`.
    records: tuple[bytes, ...]


class Opening(ABC):
    """Opens run files."""

    history: History
    queue: Queue
    dispatch: Dispatcher
    desk: Desk
    _lock: RLock

    def open_file(self, content: bytes, viewer: str) -> Job:
        """Add the run in a file to a viewer's ended runs, and return it. The history keeps it.

        Args:
            content: content of the file (`hqnn.runs`).
            viewer: who opens it.

        Raises:
            RunFileError: if the content is no complete run, has no steps, or is too large.
            ConfigError: if the run has a classical replacement of the circuit.
            ClusterError: if no workers are available.
        """
        found = self.desk.ask(desk_questions.opened, content)
        records = [record for part in found.records for record in HISTORY.validate_json(part)]
        job = _job(found, records, viewer)
        with self._lock:
            self.queue.known[job.id] = job
        self.dispatch.write(job)
        self.history.add(job.id, records)
        with self._lock:
            self.queue.forget_oldest(self.history.holds)
        return job


def read(content: bytes) -> OpenedRun:
    """Return the run in a file, if pages can show it; errors as for `Opening.open_file`. Only workers call it."""
    from hqnn.runs import file

    run = file.from_bytes(content, MAX_UPLOADED_HISTORY)
    _check(run)
    parts = (list(run.history[start : start + AT_ONCE]) for start in range(0, len(run.history), AT_ONCE))
    return OpenedRun(
        config=run.config,
        state=run.state,
        evaluation=run.evaluation,
        error=run.error,
        run_file=file.with_history(content, b"[]"),
        records=tuple(map(HISTORY.dump_json, parts)),
    )


def _job(found: OpenedRun, records: Sequence[HistoryRecord], viewer: str) -> Job:
    steps = [record for record in records if isinstance(record, StepRecord)]
    job = Job(
        found.config,
        viewer,
        state=found.state,
        evaluation=found.evaluation,
        error=found.error,
        weights_file=found.run_file,
        note=OPENED,
        _seconds=sum(len(step.theta) / step.images_per_second for step in steps),
    )
    job.append(records)
    return job


def _check(run: "Run") -> None:
    """Refuse a run that pages cannot show."""
    check_circuit(run.config)
    steps = [record.step for record in run.history if isinstance(record, StepRecord)]
    if not steps:
        raise RunFileError("the file has a network, but no steps; download a run after it has ended")
    most = min(MAX_STEPS_IN_MEMORY, run.config.epochs * run.config.steps_per_epoch)
    if len(steps) > most:
        raise RunFileError(f"its history must have at most {most:,} steps, got {len(steps):,}")
    if steps != list(range(1, len(steps) + 1)):
        raise RunFileError("its steps must be numbered from 1, in order and without gaps")
    for record in run.history:
        if not _fits(record, run.config):
            raise RunFileError(f"its {record.kind} record at step {record.step} does not fit its settings")


def _fits(record: HistoryRecord, config: RunConfig) -> bool:
    if isinstance(record, StepRecord):
        size = len(record.theta)
        return (
            record.images_per_second > 0
            and 0 < size == len(record.gradient) <= config.batch_size
            and len(record.images) in (0, size)
            and all(0 <= image < config.n_images for image in record.images)
            and len(record.gradient_norms) in (0, len(LAYERS))
        )
    if isinstance(record, ProbeRecord):
        return len(record.theta) == 2 * PER_DIGIT and (record.layers is None or _are_layers(record.layers))
    return len(record.train_theta) in (0, config.n_images)


def _are_layers(packed: str) -> bool:
    try:
        return len(unpack_layers(packed).hidden) == 2 * PER_DIGIT
    except ValueError:
        return False
