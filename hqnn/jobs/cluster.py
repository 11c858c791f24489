"""Where the work is done: worker processes of this machine, or a Dask cluster by its address.

Workers offer one of two resources: "training", for whole trainings, or "desk", for short questions, which so never wait
behind a training. The process that submits loads Dask in the background, and neither torch nor Qiskit ever.
"""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from contextlib import suppress
from pkgutil import resolve_name
from time import monotonic
from typing import TYPE_CHECKING, Any

from hqnn.errors import HqnnError
from hqnn.jobs.workers import ALLOWED_FAILURES, REPLACE_SECONDS, block_interrupts, workers_wanted
from hqnn.network import mnist_files
from hqnn.versions import OF_PROCESSORS, all_versions, mismatches

if TYPE_CHECKING:
    from distributed import Client, Future, SpecCluster

log = logging.getLogger(__name__)

#: The one topic on which all trainings' records travel, each message with its run's id.
TOPIC = "hqnn-records"
#: Seconds between two looks at whether nothing is to be waited for any more.
STOP_SECONDS = 0.2
#: Seconds between two looks at the cluster, and for a scheduler to answer.
LOOK_SECONDS = 0.5
CONNECT_SECONDS = 5
#: Seconds between two looks at whether somebody who was asked is still there: Dask waits forever on a closed client.
ANSWER_SECONDS = 5
#: Seconds that workers have to end.
END_SECONDS = 15


class ClusterError(HqnnError):
    """There are no workers to ask now."""


class Cluster:
    """The workers, from `start` to `close`."""

    def __init__(
        self,
        on_message: Callable[[dict[str, Any]], None],
        on_look: Callable[[], None],
        *,
        workers: int | None = None,
        address: str | None = None,
    ) -> None:
        """
        Args:
            on_message: called with every message of a training.
            on_look: called twice a second, whether the cluster is up or not, and when it has come up.
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
        self._workers, self._on_message, self._on_look = workers, on_message, on_look
        self._client: Client | None = None
        self._own: SpecCluster | None = None
        self._checked: dict[str, str] = {}
        self._desks = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="keep-cluster", daemon=True)

    def start(self) -> None:
        """Begin to start or find the workers, in the background."""
        self._keeper.start()

    @property
    def up(self) -> bool:
        """Whether work can be handed to it; what comes before its workers are warm waits for them."""
        return _is_running(self._client)

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

    def ask(self, function: str, *arguments: Any) -> Any:
        """Call a function, named "module:function", on the worker that is kept for short work; wait for its answer.

        Raises:
            ClusterError: if there are no workers, or their scheduler is lost on the way.
            Exception: whatever the function raises.
        """
        return answer(self.submit(_call, function, arguments, resource="desk"))

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
            self._own = self._start_workers()
        return Client(self._own, set_as_default=False)

    def _start_workers(self) -> "SpecCluster":
        import dask.config
        from distributed import Nanny, Scheduler, SpecCluster
        from distributed.utils import get_mp_context

        self._workers = self._workers or workers_wanted()
        mnist_files.unpacked()  # once for all workers, which could only die of what it refuses
        block_interrupts()
        logging.getLogger("distributed").setLevel(logging.ERROR)
        dask.config.set(
            {
                "distributed.admin.low-level-log-length": 100,  # messages of records among them
                "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
                "distributed.deploy.lost-worker-timeout": REPLACE_SECONDS,
                # Dask's own value gives memory back after every step, to be asked for anew
                "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
                # What its own dashboard would show; idle workers take a quarter of the time without
                "distributed.worker.profile.enabled": False,
                "distributed.admin.tick.interval": "500ms",
                "distributed.admin.system-monitor.interval": "5s",
            }
        )
        if "forkserver" in multiprocessing.get_all_start_methods():
            dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
            get_mp_context().set_forkserver_preload(["distributed", "hqnn.jobs.forkserver_preload"])
        here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "dashboard": False}
        worker = {
            "nthreads": 1,
            "preload": ["hqnn.jobs.worker_preload"],
            "memory_limit": 0,
            "silence_logs": logging.ERROR,
        }
        resources = {"desk": {"desk": 1}} | {f"trainer-{n}": {"training": 1} for n in range(self._workers)}
        return SpecCluster(
            {
                name: {"cls": Nanny, "options": here | worker | {"resources": resource}}
                for name, resource in resources.items()
            },
            {"cls": Scheduler, "options": here | {"port": 0}},
        )

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
            self._replace_lost(self._own)
        if changed:
            with self._changed:
                self._changed.notify_all()

    def _replace_lost(self, own: "SpecCluster") -> None:
        """Start workers anew that have ended and do not come back by themselves, as when they die while they start."""
        for name, nanny in list(own.workers.items()):
            if nanny.status.name in ("closed", "failed"):
                del own.workers[name]
        if len(own.workers) < len(own.worker_spec):
            own.scale(len(own.worker_spec))

    def _check(self, workers: list[str]) -> None:
        new = [worker for worker in workers if worker not in self._checked]
        if new and self._client is not None:
            here = all_versions()
            answers: Any = self._client.run(all_versions, workers=new, on_error="return")
            for worker, there in answers.items():
                self._checked[worker] = _said_of(worker, here, there)
        self._checked = {worker: self._checked.get(worker, "") for worker in workers}
        self.warnings = list(filter(None, self._checked.values()))
        lacking = [kind for kind, number in (("training", self.slots), ("desk", self._desks)) if not number]
        self.warnings += [f"No worker of the cluster offers the resource {kind!r}." for kind in lacking]


def answer(future: "Future") -> Any:
    """What a worker answered, once it has.

    Raises:
        ClusterError: if the connection to the workers was lost before.
        Exception: whatever the worker raised.
    """
    while not future.cancelled():
        try:
            return future.result(timeout=ANSWER_SECONDS)
        except Exception as error:
            if isinstance(error, CancelledError) or not _is_running(future.client):
                break
            if not isinstance(error, TimeoutError) or future.status == "error":
                raise
    raise ClusterError("The workers' scheduler was lost before they answered.")


def _said_of(worker: str, here: dict[str, str], there: object) -> str:
    """What everybody should know of what a worker computes with; nothing if it is what computes here.

    Args:
        worker: its address.
        here: what computes here.
        there: what the worker answered to the same question.
    """
    if not isinstance(there, dict):
        return f"The worker at {worker} has no hqnn that answers."
    if not (differing := mismatches(here, there)):
        return ""
    said = f"The worker at {worker} has {', '.join(differing)}"
    if mismatches({name: here[name] for name in here if name not in OF_PROCESSORS}, there):
        return f"{said}: the same seed may give another run there."
    return f"{said}. That is no fault, but the same seed may give another run there."


def _is_running(client: "Client | None") -> bool:
    return client is not None and client.status == "running"


def _call(function: str, arguments: tuple[Any, ...]) -> Any:
    return resolve_name(function)(*arguments)
