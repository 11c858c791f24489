"""A Dask cluster as somebody else would run it: a scheduler and two workers, each a process of its own."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
TRAINER, DESK = "training=1", "desk=1"
#: What one worker needs to be both.
BOTH = (f"{TRAINER} {DESK}", "--nthreads", "2")


def free_port() -> int:
    """A port of this machine that nobody uses, below those that systems give to whoever asks for any."""
    while True:
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port := secrets.choice(range(12_000, 32_000))))
            return port


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Dask's, until the end of the block."""
    command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
    paths = (str(ROOT), os.environ.get("PYTHONPATH"))
    process = subprocess.Popen(
        command,
        cwd=tempfile.gettempdir(),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))} | environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@contextmanager
def scheduler(port: int, *options: str) -> Iterator[str]:
    """A scheduler; gives its address."""
    with running("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", *options):
        yield f"tcp://127.0.0.1:{port}"


def worker(address: str, resource: str, *options: str, preload: str = "hqnn.jobs.worker_preload", **environment: str):
    """A worker that offers a resource; with the option --nanny, one that comes back when it is killed.

    One that preloads nothing is there sooner, and loads what it needs with its first task.
    """
    here = ("--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", "--no-nanny")
    ours = {"DASK_DISTRIBUTED__WORKER__PRELOAD": preload} if preload else {}
    return running("worker", address, *here, "--resources", resource, *options, **ours | environment)


@contextmanager
def dask_cluster() -> Iterator[str]:
    """A scheduler, a worker for trainings and one for short questions, which loads what they need with the first of
    them; gives the scheduler's address."""
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(free_port()))
        stack.enter_context(worker(address, TRAINER, "--nanny"))
        stack.enter_context(worker(address, DESK, preload=""))
        yield address
