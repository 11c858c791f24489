"""The task of a worker: train a run, and follow the orders of the server."""

import json
import logging
import traceback
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from hqnn.config import RunConfig
from hqnn.environment import PACKAGE
from hqnn.errors import HqnnError
from hqnn.jobs.cluster import TOPIC
from hqnn.jobs.orders import NO_TURN, Orders, Outcome, checkpoint_name, orders_name
from hqnn.records import EpochRecord, ProbeRecord, StepRecord

log = logging.getLogger(__name__)

#: Seconds between two messages of a run: 10 per second look live and cost the scheduler little.
STREAM_SECONDS = 0.1
#: Most steps per second of which the viewers see each one.
LIVE_PACE = 20
#: Seconds between two checks for orders; a check is a round trip of about 1 ms.
ORDERS_SECONDS = 0.2
#: Seconds between two checkpoints, which a crashed worker loses at most; one takes about 5 ms and 1 MB.
CHECKPOINT_SECONDS = 5.0
#: Seconds until the first checkpoint. Viewers may want to use the network soon.
FIRST_CHECKPOINT_SECONDS = 1.0
#: Errors of Dask when the scheduler is lost: a broken connection, or a closed client or event loop.
LOST = (OSError, RuntimeError, AttributeError, CancelledError)


def train_run(run_id: str, turn: int, settings: str, steps: int | None = None, probes: bool = True) -> Outcome:
    """Train a run from its last checkpoint, and stream the records.

    Args:
        run_id: id of the run.
        turn: how often the run was assigned to a worker.
        settings: its config as JSON.
        steps: optimiser steps after which to leave it; None for all.
        probes: whether it records the probe images, as every run that a viewer may watch.
    """
    from distributed import Reschedule, Status, get_worker

    try:
        return _train(_Line(run_id, turn), RunConfig(**json.loads(settings)), steps, probes)
    except HqnnError as error:
        return Outcome("failed", error=str(error))
    except Exception as error:
        if get_worker().status is not Status.running:
            raise Reschedule from error  # the worker ends, not the run
        log.exception("run %s failed", run_id)
        sentence = f"The run failed with an unexpected error ({type(error).__name__})."
        return Outcome("failed", error=sentence, details=_where(error))


def network_so_far(run_id: str, settings: str) -> tuple[bytes, int] | None:
    """Return the network of a run at its last checkpoint.

    Args:
        run_id: id of the run.
        settings: its config as JSON.

    Returns:
        Content of the run file without history, and its optimiser steps; None if there is no checkpoint.
    """
    from distributed import Variable

    from hqnn.network.training import Training, TrainResult
    from hqnn.runs import Run, to_bytes

    variable: Any = Variable(checkpoint_name(run_id))
    try:
        checkpoint = variable.get(timeout=1)
    except TimeoutError:
        return None
    if not checkpoint:
        return None
    training = Training(RunConfig(**json.loads(settings)), checkpoint, probes=False)
    result = TrainResult(training.config, training.fit.model, None, completed=False, versions=training.versions)
    return to_bytes(Run.of([result])), training.fit.step


def _train(line: "_Line", config: RunConfig, steps: int | None, probes: bool) -> Outcome:
    from hqnn.network.training import CheckpointError, Training, TrainResult
    from hqnn.runs import Run, to_bytes

    if line.given_up():
        return Outcome("left")
    try:
        training = Training(config, line.last_checkpoint(), probes=probes)
    except CheckpointError:
        training = Training(config, probes=probes)
    line.begin(training.fit.step, training.fit.recorded, training.fit.looks.last)
    records = training.records(line.stop_asked)
    for record in records:
        if isinstance(record, TrainResult):
            run = Run.of([record])
            line.send(run.evaluation)
            how = "failed" if run.error else "finished" if run.completed else "stopped"
            kept = training.checkpoint() if how == "stopped" else None
            return Outcome(how, to_bytes(run), run.error, checkpoint=kept)
        fit = training.fit
        line.send(record, more=fit.probe_due)
        if steps is not None and isinstance(record, StepRecord):
            steps -= 1
        if probes and isinstance(record, StepRecord) and not fit.probe_due and (steps == 0 or line.is_slow()):
            line.send_live(fit.look())
        if line.given_up():
            return Outcome("left")
        stepped = steps == 0 and not (fit.probe_due or fit.epoch_trained or fit.finished)
        if stepped or line.leave_asked():
            records.close()
            line.flush()
            line.keep(training.checkpoint())
            return Outcome("left")
        due = record.step > 0 and not (fit.probe_due or isinstance(record, EpochRecord))
        if due and steps is None:  # a single step ignores the pace
            line.rest()
        if line.checkpoint_due():
            line.flush()
            line.keep(training.checkpoint())
    raise AssertionError("a run ends with its result")


class _Line:
    """Connection of a run to the server: it sends records in batches, receives orders and keeps checkpoints."""

    def __init__(self, run_id: str, turn: int) -> None:
        from distributed import Status, Variable, get_worker

        self._worker, self._run_id, self._turn = get_worker(), run_id, turn
        self._ending = {Status.closing, Status.closed}
        self._orders: Any = Variable(orders_name(run_id))
        self._checkpoint: Any = Variable(checkpoint_name(run_id))
        self._order: Orders = {"wish": "go", "turn": turn, "pace": None}
        self._outbox: list[dict[str, Any]] = []
        self._last_send = self._last_step = monotonic()
        self._checkpoint_due = monotonic() + FIRST_CHECKPOINT_SECONDS
        self._last_look = 0.0
        self._look()

    def last_checkpoint(self) -> bytes | None:
        """Return the last checkpoint; None if there is none or the scheduler was lost."""
        try:
            return self._checkpoint.get(timeout=1) or None
        except TimeoutError:
            return None

    def begin(self, step: int, recorded: int, probed: int) -> None:
        """Report that the run starts, after so many steps, after the recorded epoch and after the probed step."""
        begins = [step, recorded, probed]
        self._worker.log_event(TOPIC, {"run": self._run_id, "turn": self._turn, "begins": begins})

    def send(self, record: Any, *, more: bool = False) -> None:
        """Send a record, now or with the next ones; never now if the next one comes without a step between."""
        if record is not None:
            self._outbox.append(record.model_dump())
        small = isinstance(record, StepRecord | EpochRecord | ProbeRecord) and record.step > 1
        if not more and (not small or monotonic() - self._last_send >= STREAM_SECONDS):
            self.flush()

    def send_live(self, look: ProbeRecord) -> None:
        """Send a look at the probe images that is shown and not kept, after the records."""
        self.flush()
        self._worker.log_event(TOPIC, {"run": self._run_id, "turn": self._turn, "live": look.model_dump()})

    def is_slow(self) -> bool:
        """Return whether the ordered pace is so slow that every step can be seen."""
        pace = self._look()["pace"]
        return pace is not None and pace <= LIVE_PACE

    def flush(self) -> None:
        """Send the waiting records."""
        if self._outbox:
            self._worker.log_event(TOPIC, {"run": self._run_id, "turn": self._turn, "records": self._outbox})
        self._outbox, self._last_send = [], monotonic()

    def rest(self) -> None:
        """Wait until the next step is due at the ordered pace."""
        while (pace := self._look()["pace"]) is not None and self._order["wish"] == "go" and not self.given_up():
            left = self._last_step + 1 / pace - monotonic()
            if left <= 0:
                break
            self.flush()
            sleep(min(left, ORDERS_SECONDS / 2))
        self._last_step = monotonic()

    def checkpoint_due(self) -> bool:
        """Return whether a new checkpoint is due, if the run still belongs to this worker."""
        if monotonic() < self._checkpoint_due:
            return False
        self._last_look = 0.0
        return not self.given_up()

    def keep(self, checkpoint: bytes) -> None:
        """Keep a checkpoint for any worker, unless the run has ended meanwhile."""
        with suppress(*LOST):  # an older checkpoint, or none, serves as well
            self._checkpoint.set(checkpoint, timeout=5)
            self._order = self._newest_orders()
            if self._order["turn"] == NO_TURN:
                self._checkpoint.delete()
        self._checkpoint_due = monotonic() + CHECKPOINT_SECONDS

    def given_up(self) -> bool:
        """Return whether this worker no longer has the run: it is closing, or was thought to be lost."""
        return self._worker.status in self._ending or self._look()["turn"] != self._turn

    def stop_asked(self) -> bool:
        """Return whether to stop the run and test its network."""
        return self._look()["wish"] == "stop"

    def leave_asked(self) -> bool:
        """Return whether to leave the run."""
        return self._look()["wish"] == "leave"

    def _look(self) -> Orders:
        if monotonic() - self._last_look >= ORDERS_SECONDS:
            with suppress(*LOST):  # continue as before
                self._order = self._newest_orders()
            self._last_look = monotonic()
        return self._order

    def _newest_orders(self) -> Orders:
        try:
            return self._orders.get(timeout=5)
        except TimeoutError:  # there are none
            return {**self._order, "turn": NO_TURN}


def _where(error: Exception) -> str:
    """Return the error and where it occurred, without paths of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_short(Path(frame.filename))}, line {frame.lineno}, in {frame.name}" for frame in frames]
    return "\n".join([f"{type(error).__name__}: {error}", *reversed(places)])


def _short(path: Path) -> Path:
    """Return a path from this package on, or its last two parts."""
    above = PACKAGE.parent
    return path.relative_to(above) if path.is_relative_to(above) else Path(*path.parts[-2:])
