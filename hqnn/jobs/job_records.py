"""The records of a run on the server, in memory."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from hqnn.records import EpochRecord, Evaluation, HistoryRecord, ProbeRecord, StepRecord


@dataclass(eq=False, kw_only=True)
class JobRecords:
    """The records of a run so far. They come from another thread; read steps and epochs together with `snapshot`."""

    steps: list[StepRecord] = field(default_factory=list, repr=False)
    epochs: list[EpochRecord] = field(default_factory=list, repr=False)
    probes: list[ProbeRecord] = field(default_factory=list, repr=False)
    #: Newest look at the probe images, while it is newer than those in `probes`. It is never kept.
    live: ProbeRecord | None = field(default=None, repr=False)
    evaluation: Evaluation | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def recorded(self) -> int:
        """Number of the last recorded epoch, -1 before any."""
        epochs = self.epochs
        return epochs[-1].epoch if epochs else -1

    @property
    def probed(self) -> int:
        """Step of the last probe record, -1 before any."""
        probes = self.probes
        return probes[-1].step if probes else -1

    def snapshot(self) -> tuple[list[StepRecord], list[EpochRecord]]:
        """Return copies of the records so far."""
        with self._lock:
            return list(self.steps), list(self.epochs)

    def append(self, records: Iterable[HistoryRecord | Evaluation]) -> None:
        """Add records from its worker."""
        with self._lock:
            for record in records:
                if isinstance(record, StepRecord):
                    self.steps.append(record)
                elif isinstance(record, EpochRecord):
                    self.epochs.append(record)
                elif isinstance(record, ProbeRecord):
                    self.probes.append(record)
                    self.live = None
                else:
                    self.evaluation = record

    def show(self, look: ProbeRecord) -> None:
        """Note a look at the probe images that is not kept."""
        with self._lock:
            self.live = look if look.step > self.probed else None

    def forget_beyond(self, step: int, epoch: int, probed: int) -> None:
        """Remove the records after a step, after an epoch and after a probed step, which will be made again."""
        with self._lock:
            if self.live is not None and self.live.step > step:
                self.live = None
            del self.steps[step:]
            self.probes = [record for record in self.probes if record.step <= probed]
            self.epochs = [record for record in self.epochs if record.epoch <= epoch]
