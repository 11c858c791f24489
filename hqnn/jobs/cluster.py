"""Where the work is done: worker processes of this machine, or a Dask cluster by its address.

Workers offer one of two resources: "training", for whole trainings, or "desk", for short questions, which so never wait
behind a training. The process that submits loads Dask in the background, and neither torch nor Qiskit ever.
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

#: The one topic on which all trainings' records travel, each message with its run's id.
TOPIC = "hqnn-records"
#: Seconds between two looks at whether nothing is to be waited for any more.
STOP_SECONDS = 0.2
#: Seconds between two looks at the cluster, and for a scheduler to answer.
LOOK_SECONDS = 0.5
CONNECT_SECONDS = 5
#: Seconds that workers have to end.
END_SECONDS = 15


class Cluster:
    """The workers, from `start` to `close`."""

    def __init__(self, *, workers: int | None = None, address: str | None = None) -> None:
        """
        Args:
            workers: worker processes for trainings on this machine; by default what $HQNN_WORKERS says, or else
                `default_workers`.
            address: of the scheduler of a running cluster to be used instead; by default $HQNN_SCHEDULER.
        """
        self.address = address or os.environ.get("HQNN_SCHEDULER") or None
        #: Why nothing can be trained now, in one sentence, if so.
        self.problem: str | None = None
        #: What somebody who keeps the cluster should mend, one sentence each.
        self.warnings: list[str] = []
        #: Trainings that its workers can do at once.
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
        """Begin to start or find the workers, in the background.

        Args:
            on_message: called with every message of a training.
            on_look: called twice a second, whether the cluster is up or not, and when it has come up.
        """
        self._on_message, self._on_look = on_message, on_look
        self._keeper.start()

    @property
    def up(self) -> bool:
        """Whether work can be handed to it; what comes before its workers are warm waits for them."""
        return is_running(self._client)

    @property
    def failed(self) -> bool:
        """Whether it will never be up."""
        return self.problem is not None and self.address is None

    @property
    def warm(self) -> bool:
        """Whether its workers have loaded what they need."""
        return self.up and self._desks > 0 and self.slots >= (self._workers or 1)

    def wait_until_warm(self, timeout: float = 120, stop: Callable[[], bool] = lambda: False) -> None:
        """Wait until its workers have loaded what they need.

        Args:
            timeout: seconds.
            stop: asked a few times a second; once it answers True, nothing is waited for any more.

        Raises:
            ClusterError: if that takes too long, or cannot be.
        """
        end = monotonic() + timeout
        with self._changed:
            while not self.warm and not stop():
                if self.failed or monotonic() >= end:
                    raise ClusterError(self.problem or f"the workers were not ready within {timeout:g} s")
                self._changed.wait(min(STOP_SECONDS, max(0, end - monotonic())))

    def submit(self, function: Callable[..., Any], *arguments: Any, resource: str, key: str | None = None) -> "Future":
        """Have a worker that offers the resource call a function.

        Raises:
            ClusterError: if there is no cluster now.
        """
        return self.client().submit(function, *arguments, key=key, resources={resource: 1}, pure=False)

    def has(self, future: "Future") -> bool:
        """Whether what was submitted is still known; nothing is of a scheduler that has been lost."""
        return future.client is self._client

    def ask(self, question: Callable[[*Ts], R], *args: *Ts) -> R:
        """Call a function on the worker that is kept for short work, and wait for its answer.

        Raises:
            ClusterError: if there are no workers, or their scheduler is lost on the way.
            Exception: whatever the function raises.
        """
        return answer(self.submit(question, *args, resource="desk"))

    def client(self, timeout: float = 60) -> "Client":
        """Dask's client, once the cluster is up.

        Raises:
            ClusterError: if it is not up in time.
        """
        with self._changed:
            if self.address is None:
                self._changed.wait_for(lambda: self.up or self.failed or self._closing.is_set(), timeout)
        if self._client is None or not self.up:
            raise ClusterError(self.problem or "The workers are not there.")
        return self._client

    @property
    def closing(self) -> bool:
        """Whether it ends, or has ended: then nobody need be told that its workers do not answer."""
        return self._closing.is_set()

    def close(self) -> None:
        """End the workers, if they are its own; of a cluster that is just starting, once it has started."""
        self._closing.set()
        self._keeper.join()
        if self._client is not None:
            with suppress(TimeoutError):
                self._client.close(timeout=2)
        if self._own is not None:
            with suppress(TimeoutError):  # what does not end by itself ends with this process
                self._own.close(timeout=END_SECONDS)

    def _keep(self) -> None:
        """Start or find the workers, then look after them until the end."""
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
                    self.problem = f"The scheduler of the workers is lost; trying to reach it again at {self.address}."
                self.warnings = []
                self._client.close(timeout=1)
                self._client = None
            client = self._connect() if self.address else self._start()
        except Exception as error:
            if self.address is None:
                if not isinstance(error, HqnnError):  # which says all, and is said to everybody
                    log.exception("the workers could not be started")
                self.problem = str(error) or type(error).__name__
            elif self.problem is None:
                log.error("no scheduler answers at %s: %s", self.address, error)
                self.problem = f"No scheduler of workers answers at {self.address}; trying again."
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
        """Count the workers, and compare the versions of new ones with one's own."""
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
                self.slots = self._workers or 0  # one that has died is started again
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
        self.warnings += [f"No worker of the cluster offers the resource {kind!r}." for kind in lacking]
