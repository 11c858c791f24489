"""Warm up a worker process: heavy imports, the data, and one tiny run.

Modules that this one imports are loaded once for all workers forked from the same process.
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
    """Prepare a worker process. Dask calls this before the worker registers with the scheduler."""
    if multiprocessing.parent_process() is not None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it and will end it
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
    """Silence the log of an ending worker. Dask calls this before it closes the connections."""
    if multiprocessing.parent_process() is not None:
        logging.disable()  # only lost connections could be logged now


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether to log a message. The caller of a task reports its errors."""
    return "Compute Failed" not in str(record.msg)
