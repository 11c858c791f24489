"""Warms a worker process before it takes work: the heavy imports, the data, and one tiny training.

What is imported with this module is loaded once for all workers that are forked from the same process.
"""

import gc
import logging
import multiprocessing
import os
import signal

import torch
from distributed import Worker

from hqnn.config import ENGINES, RunConfig
from hqnn.engines import get_engine
from hqnn.inference.neither import references
from hqnn.network.training import train
from hqnn.processes import NICENESS

SIMULATORS = [name for name, kind in ENGINES.items() if not kind.hardware]
for name in SIMULATORS:
    get_engine(name)


def dask_setup(worker: Worker) -> None:
    """Called by Dask when the worker process starts; it registers with the scheduler when this is done."""
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it, and which ends it
    torch.set_num_threads(1)
    logging.getLogger("distributed.worker").addFilter(_is_news)
    if "training" in worker.state.total_resources and hasattr(os, "nice"):
        os.nice(max(0, NICENESS - os.nice(0)))
    for engine in SIMULATORS:
        for _ in train(RunConfig(n_train=1, n_test=1, epochs=1, engine=engine)):
            pass
    if "desk" in worker.state.total_resources:
        references()
    gc.freeze()


def dask_teardown(_worker: Worker) -> None:
    """Called by Dask when a worker ends, before its connections are closed, which a heartbeat may be about to use."""
    if multiprocessing.parent_process() is not None:
        logging.disable()  # all that could be said now is that nobody answers any more


def _is_news(record: logging.LogRecord) -> bool:
    """Whether nobody else is told: an error of a task goes to whoever asked, who says or logs it."""
    return "Compute Failed" not in str(record.msg)
