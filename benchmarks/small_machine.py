"""Measure the memory of a dashboard on one core with one worker and five viewers: `python -m benchmarks.small_machine`.

All viewers train at the same time. The figure is the sum of the proportional set sizes (PSS) of the server and of all
its processes, so that memory that they share counts once.
"""

import argparse
import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import psutil

from benchmarks.viewers import one_round
from tests.browser import serving_process

MB = 1_000_000


@contextmanager
def on_one_core() -> Iterator[None]:
    """Processes that start meanwhile use one core only."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def total_pss(server: psutil.Process) -> int:
    """Return the PSS of a process and of all its descendants, in bytes."""
    found = 0
    for process in (server, *server.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            found += process.memory_full_info().pss
    return found


async def highest_pss(server: psutil.Process, address: str, viewers: int) -> tuple[int, int, float]:
    """Let viewers train; return the highest PSS in bytes, the finished runs, and the seconds that they took."""
    highest = total_pss(server)
    watching = asyncio.create_task(one_round(address, viewers, seed=0))
    while not watching.done():
        highest = max(highest, total_pss(server))
        await asyncio.wait([watching], timeout=0.5)
    people, seconds = watching.result()
    return max(highest, total_pss(server)), sum(each.finished is not None for each in people), seconds


def main() -> None:
    """Measure and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=5)
    viewers = parser.parse_args().viewers
    with ExitStack() as until_measured:
        with on_one_core():
            address, process = until_measured.enter_context(serving_process(HQNN_WORKERS="1"))
        highest, finished, seconds = asyncio.run(highest_pss(psutil.Process(process.pid), address, viewers))
    print(f"{viewers} viewers: at most {highest / MB:,.0f} MB of PSS; {finished} runs finished within {seconds:.0f} s")


if __name__ == "__main__":
    main()
