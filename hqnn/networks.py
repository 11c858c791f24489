"""Trained networks that are asked again and again: a process reads each run's file once."""

from functools import lru_cache
from typing import NamedTuple

from hqnn.config import RunConfig, check_circuit
from hqnn.model import HybridNet
from hqnn.records import Evaluation
from hqnn.runs import from_bytes

#: Networks kept by a process; each takes about 1 MB, and its file as much.
KEPT = 16


class Trained(NamedTuple):
    """What a run's file says of its network."""

    config: RunConfig
    #: None if it has not been tested.
    evaluation: Evaluation | None
    #: Without dropout. Shared: do not write to it.
    model: HybridNet


@lru_cache(maxsize=KEPT)
def trained(run_file: bytes) -> Trained:
    """The network of a run's file.

    Args:
        run_file: the file's content (`hqnn.runs`).

    Raises:
        ConfigError: (a ValueError) if it has a classical twin in the circuit's place, which cannot be measured.
        RunFileError: if the file is no whole run.
    """
    run = from_bytes(run_file)
    check_circuit(run.config)
    return Trained(run.config, run.evaluation, run.network())


def summary(run_file: bytes) -> tuple[RunConfig, Evaluation | None]:
    """What a run's file says of its network, without it; arguments and errors as of `trained`."""
    config, evaluation, _ = trained(run_file)
    return config, evaluation
