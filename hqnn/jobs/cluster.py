"""The workers: processes of this machine, or a Dask cluster at an address.

A worker has one of two resources: "training" for runs, or "desk" for short tasks, which so never wait for a run. The
submitting process loads Dask in the background, and never torch or Qiskit.
"""

import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from hqnn.errors import HqnnError
from hqnn.jobs.answer import ClusterError, answer, is_running
from hqnn.jobs.workers import replace_lost, said_of, start_workers, workers_wanted
from hqnn.versions import all_versions

if TYPE_CHECKING:
    from distributed import Client, Future, SpecCluster

log = logging.getLogger(__name__)

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

#: Dask topic of the records of all runs. Each message has the id of its run.
TOPIC = "hqnn-records"
#: Seconds between two checks for a stop.
STOP_SECONDS = 0.2
#: Seconds between two checks of the cluster, and time for a scheduler to respond.
LOOK_SECONDS = 0.5
CONNECT_SECONDS = 5
#: Seconds for workers to end.
END_SECONDS = 15


class Cluster:
    """The workers, from `start` to `close`."""

    def __init__(self, *, workers: int | None = None, address: str | None = None) -> None:
        """
        Args:
            workers: worker processes for runs on this machine; by default $HQNN_WORKERS, or else `default_workers`.
            address: of the scheduler of a running cluster to use instead; by default $HQNN_SCHEDULER.
        """
        self.address = address or os.environ.get("HQNN_SCHEDULER") or None
        #: Why no runs are possible now, in one sentence.
        self.problem: str | None = None
        #: Problems for the administrator of the cluster, one sentence each.
        self.warnings: list[str] = []
        #: Number of runs that its workers can train at once.
        self.slots = 0
        self._workers = workers
        self._client: Client | None = None
        self._own: SpecCluster | None = None
        self._checked: dict[str, str] = {}
        self._desks = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keep-cluster", daemon=True)

    def start(self, on_message: Callable[[dict[str, Any]], None], on_look: Callable[[], None]) -> None:
        """Start or find the workers, in the background.

        Args:
            on_message: called with every message of a run.
            on_look: called twice a second, also while the cluster is down, and when it has come up.
        """
        self._on_message, self._on_look = on_message, on_look
        self._keeper.start()

    @property
    def up(self) -> bool:
        """Whether work can be submitted. Early work waits until the workers are warm."""
        return is_running(self._client)

    @property
    def failed(self) -> bool:
        """Whether it will never be up."""
        return self.problem is not None and self.address is None

    @property
    def warm(self) -> bool:
        """Whether its workers have loaded their modules and data."""
        return self.up and self._desks > 0 and self.slots >= (self._workers or 1)

    def wait_until_warm(self, timeout: float = 120, stop: Callable[[], bool] = lambda: False) -> None:
        """Wait until its workers are warm.

        Args:
            timeout: seconds.
            stop: called a few times a second. The wait ends when it returns True.

        Raises:
            ClusterError: if it takes too long or is impossible.
        """
        end = monotonic() + timeout
        with self._changed:
            while not self.warm and not stop():
                if self.failed or monotonic() >= end:
                    raise ClusterError(self.problem or f"The workers were not ready within {timeout:g} s.")
                self._changed.wait(min(STOP_SECONDS, max(0, end - monotonic())))

    def submit(self, function: Callable[..., Any], *arguments: Any, resource: str, key: str | None = None) -> "Future":
        """Call a function on a worker with a resource.

        Raises:
            ClusterError: if no cluster is up.
        """
        return self.client().submit(function, *arguments, key=key, resources={resource: 1}, pure=False)

    def has(self, future: "Future") -> bool:
        """Return whether submitted work is still known. A lost scheduler loses all of it."""
        return future.client is self._client

    def ask(self, question: Callable[[*Ts], R], *args: *Ts) -> R:
        """Call a function on the worker for short tasks, and return its result.

        Raises:
            ClusterError: if no workers are available, or the scheduler is lost meanwhile.
            Exception: whatever the function raises.
        """
        return answer(self.submit(question, *args, resource="desk"))

    def client(self, timeout: float = 60) -> "Client":
        """Wait for the cluster, and return its Dask client.

        Raises:
            ClusterError: if it is not up in time.
        """
        with self._changed:
            if self.address is None:
                self._changed.wait_for(lambda: self.up or self.failed or self._closing.is_set(), timeout)
        if self._client is None or not self.up:
            raise ClusterError(self.problem or "No workers are available.")
        return self._client

    @property
    def closing(self) -> bool:
        """Whether it is closing or closed. Then errors of its workers need no report."""
        return self._closing.is_set()

    def close(self) -> None:
        """End its own workers; those of a starting cluster once it has started."""
        self._closing.set()
        self._keeper.join()
        if self._client is not None:
            with suppress(TimeoutError):
                self._client.close(timeout=2)
        if self._own is not None:
            with suppress(TimeoutError):  # the rest ends with this process
                self._own.close(timeout=END_SECONDS)

    def _keep(self) -> None:
        """Start or find the workers, then check them until the end."""
        while not self._closing.is_set():
            try:
                if not self.up and not self.failed:
                    self._come_up()
                self._look()
                self._on_look()
            except Exception:
                log.exception("looking after the cluster failed")
            self._closing.wait(LOOK_SECONDS)

    def _come_up(self) -> None:
        try:
            if self._client is not None:
                if self.address:
                    self.problem = f"The connection to the Dask scheduler at {self.address} was lost. Trying again."
                self.warnings = []
                self._client.close(timeout=1)
                self._client = None
            client = self._connect() if self.address else self._start()
        except Exception as error:
            if self.address is None:
                if not isinstance(error, HqnnError):  # which viewers see anyway
                    log.exception("the workers could not be started")
                self.problem = str(error) or type(error).__name__
            elif self.problem is None:
                log.error("no scheduler answers at %s: %s", self.address, error)
                self.problem = f"The Dask scheduler at {self.address} does not respond. Trying again."
        else:
            client.subscribe_topic(TOPIC, lambda event: self._on_message(event[1]))
            self._client, self.problem = client, None
        with self._changed:
            self._changed.notify_all()

    def _connect(self) -> "Client":
        from distributed import Client

        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        return Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)

    def _start(self) -> "Client":
        from distributed import Client

        if self._own is None:
            self._workers = self._workers or workers_wanted()
            self._own = start_workers(self._workers)
        return Client(self._own, set_as_default=False)

    def _look(self) -> None:
        """Count the workers, and compare the versions of new ones with those here."""
        if not self.up or self._client is None:
            return
        workers = self._client.scheduler_info()["workers"]
        offered = [info["resources"] for info in workers.values()]
        trainers, desks = (int(sum(each.get(kind, 0) for each in offered)) for kind in ("training", "desk"))
        changed = (trainers, desks) != (self.slots, self._desks)
        self._desks = desks
        if self._own is None:
            self.slots = trainers
            self._check(list(workers))
        else:
            if self._desks and trainers >= (self._workers or 0):
                self.slots = self._workers or 0  # a crashed one is started again
            replace_lost(self._own)
        if changed:
            with self._changed:
                self._changed.notify_all()

    def _check(self, workers: list[str]) -> None:
        new = [worker for worker in workers if worker not in self._checked]
        if new and self._client is not None:
            here = all_versions()
            answers: Any = self._client.run(all_versions, workers=new, on_error="return")
            for worker, there in answers.items():
                self._checked[worker] = said_of(worker, here, there)
        self._checked = {worker: self._checked.get(worker, "") for worker in workers}
        self.warnings = list(filter(None, self._checked.values()))
        lacking = [kind for kind, number in (("training", self.slots), ("desk", self._desks)) if not number]
        self.warnings += [f"No worker of the cluster has the resource {kind!r}." for kind in lacking]
