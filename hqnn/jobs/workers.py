"""The worker processes of this machine: how many, and how they are started."""

import os
import signal
from multiprocessing import resource_tracker

import psutil

from hqnn.errors import ConfigError

#: Bytes that a worker takes of its own when it computes, and what is left to the web process and the system.
WORKER_BYTES = 450_000_000


RESERVED_BYTES = 1_000_000_000


MAX_WORKERS = 256


#: Seconds after which a worker that has died and has not come back by itself is replaced.
REPLACE_SECONDS = 60


#: How many workers may die on one training before it counts as what kills them.
ALLOWED_FAILURES = 10


def block_interrupts() -> None:
    """Have no interrupt reach what this thread starts: Ctrl-C is for this process, which ends the others.

    Workers that still load could only answer it with a traceback.
    """
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # which would lift the block where it is started
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def workers_wanted() -> int:
    """Worker processes for trainings: what $HQNN_WORKERS says, or else `default_workers`.

    Raises:
        ConfigError: if it says anything but a number that can be.
    """
    said = os.environ.get("HQNN_WORKERS", "").strip()
    if not said:
        return default_workers()
    if not said.isdecimal() or not 1 <= int(said) <= MAX_WORKERS:
        raise ConfigError(f"HQNN_WORKERS must be a whole number between 1 and {MAX_WORKERS}, got {said!r}")
    return int(said)


def default_workers() -> int:
    """As many as this process may use cores; fewer where memory is short, but one at least.

    Each takes WORKER_BYTES, as does the one that is kept for short questions; RESERVED_BYTES are left free.
    """
    from dask.system import CPU_COUNT
    from distributed.system import MEMORY_LIMIT

    free = min(psutil.virtual_memory().available, MEMORY_LIMIT) - RESERVED_BYTES
    return max(1, min(CPU_COUNT, int(free // WORKER_BYTES) - 1))
