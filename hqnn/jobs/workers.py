"""The worker processes of this machine: their number and their start."""

import logging
import multiprocessing
import os
import signal
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

import psutil

from hqnn.errors import ConfigError
from hqnn.network import mnist_files
from hqnn.versions import OF_PROCESSORS, mismatches

if TYPE_CHECKING:
    from distributed import SpecCluster

#: Memory of a computing worker, and memory left free for the web process and the system, bytes.
WORKER_BYTES = 450_000_000
RESERVED_BYTES = 1_000_000_000
MAX_WORKERS = 256
#: Seconds after which a crashed worker that has not restarted by itself is replaced.
REPLACE_SECONDS = 60
#: How many workers may crash on one run before the run counts as the cause.
ALLOWED_FAILURES = 10


def _block_interrupts() -> None:
    """Keep interrupts from all processes that this thread starts. Ctrl-C is for this process, which ends the others.

    Loading workers would only print a traceback.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # starting it later would lift the block
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def workers_wanted() -> int:
    """Return the number of worker processes for runs: $HQNN_WORKERS, or else `default_workers`.

    Raises:
        ConfigError: if $HQNN_WORKERS is not a possible number.
    """
    said = os.environ.get("HQNN_WORKERS", "").strip()
    if not said:
        return default_workers()
    if not said.isdecimal() or not 1 <= int(said) <= MAX_WORKERS:
        raise ConfigError(f"HQNN_WORKERS must be a whole number between 1 and {MAX_WORKERS}, got {said!r}")
    return int(said)


def default_workers() -> int:
    """Return one worker per core of this process, fewer if memory is short, but at least one.

    Each needs WORKER_BYTES, also the worker for short tasks. RESERVED_BYTES stay free.
    """
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT

    free = min(psutil.virtual_memory().available, MEMORY_LIMIT) - RESERVED_BYTES
    return max(1, min(CPU_COUNT, int(free // WORKER_BYTES) - 1))


def said_of(worker: str, here: dict[str, str], there: object) -> str:
    """Return a warning about the versions of a worker; empty if they are the same as here.

    Args:
        worker: its address.
        here: versions here.
        there: versions of the worker, or its error.
    """
    if not isinstance(there, dict):
        return f"The worker at {worker} has no working hqnn."
    if not (differing := mismatches(here, there)):
        return ""
    said = f"The worker at {worker} has {', '.join(differing)}"
    if mismatches({name: here[name] for name in here if name not in OF_PROCESSORS}, there):
        return f"{said}, so the same seed may give another run there."
    return f"{said}. This is no error, but the same seed may give another run there."


def start_workers(number: int) -> "SpecCluster":
    """Start so many workers for runs, and one for short tasks, in a thread that starts nothing else."""
    import dask.config
    from distributed import Nanny, Scheduler, SpecCluster
    from distributed.utils import get_mp_context

    mnist_files.unpacked()  # once for all workers, which would crash on its errors
    _block_interrupts()
    logging.getLogger("distributed").setLevel(logging.ERROR)
    dask.config.set(
        {
            "distributed.admin.low-level-log-length": 100,  # messages of records among them
            "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
            "distributed.deploy.lost-worker-timeout": REPLACE_SECONDS,
            # Dask's own value returns memory after every step and requests it again
            "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
            # Only Dask's own dashboard needs these; without them idle workers take a quarter of the time
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
    resources = {"desk": {"desk": 1}} | {f"trainer-{n}": {"training": 1} for n in range(number)}
    return SpecCluster(
        {
            name: {"cls": Nanny, "options": here | worker | {"resources": resource}}
            for name, resource in resources.items()
        },
        {"cls": Scheduler, "options": here | {"port": 0}},
    )


def replace_lost(own: "SpecCluster") -> None:
    """Restart workers that have ended and do not come back by themselves, such as after a crash at their start."""
    for name, nanny in list(own.workers.items()):
        if nanny.status.name in ("closed", "failed"):
            del own.workers[name]
    if len(own.workers) < len(own.worker_spec):
        own.scale(len(own.worker_spec))
