"""Warms a worker process before it takes work: the heavy imports, the data, and one tiny training."""

import gc
from typing import get_args

import torch

from hqnn.config import EngineName, RunConfig
from hqnn.training import train


def dask_setup(_worker: object) -> None:
    """Called by Dask when the worker process starts; it registers with the scheduler when this is done."""
    torch.set_num_threads(1)
    for engine in get_args(EngineName):
        for _ in train(RunConfig(n_train=1, n_test=1, epochs=1, engine=engine)):
            pass
    gc.freeze()
