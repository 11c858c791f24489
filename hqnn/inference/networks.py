"""Trained networks that are asked again and again: a process reads each run's file once."""

from functools import lru_cache
from typing import NamedTuple

from hqnn.config import RunConfig, check_circuit
from hqnn.network.model import HybridNet
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.runs import from_bytes
from hqnn.states import State
from hqnn.sweeps.comparison import Compared

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


def compared(content: bytes, most_history: int | None = None) -> Compared:
    """A run's file as far as comparing needs it; arguments and errors as of `from_bytes`."""
    run = from_bytes(content, most_history)
    state = State.FAILED if run.error else State.FINISHED if run.completed else State.STOPPED
    steps = [record for record in run.history if isinstance(record, StepRecord)]
    epochs = [record for record in run.history if isinstance(record, EpochRecord)]
    return Compared.of(run.config, state, steps, epochs, run.evaluation, run.versions)
