"""Trained networks in use. A process reads each run file once."""

from functools import lru_cache
from typing import NamedTuple

from hqnn.config import RunConfig, check_circuit
from hqnn.network.model import HybridNet
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.runs import from_bytes
from hqnn.sweeps.comparison import Compared

#: Most networks in a process; each takes about 1 MB, and its file as much.
KEPT = 16


class Trained(NamedTuple):
    """The network of a run file, with its settings and test."""

    config: RunConfig
    #: None if the network was not tested.
    evaluation: Evaluation | None
    #: Without dropout. It is shared, so never change it.
    model: HybridNet


@lru_cache(maxsize=KEPT)
def trained(run_file: bytes) -> Trained:
    """Return the network of a run file.

    Args:
        run_file: content of the file (`hqnn.runs`).

    Raises:
        ConfigError: (a ValueError) if it has a classical replacement of the circuit, which cannot be measured.
        RunFileError: if the file is no complete run.
    """
    run = from_bytes(run_file)
    check_circuit(run.config)
    return Trained(run.config, run.evaluation, run.network())


def summary(run_file: bytes) -> tuple[RunConfig, Evaluation | None]:
    """Return settings and test of a run file; arguments and errors as for `trained`."""
    config, evaluation, _ = trained(run_file)
    return config, evaluation


def compared(content: bytes, most_history: int | None = None) -> Compared:
    """Return the parts of a run file that a comparison needs; arguments and errors as for `from_bytes`."""
    run = from_bytes(content, most_history)
    steps = [record for record in run.history if isinstance(record, StepRecord)]
    epochs = [record for record in run.history if isinstance(record, EpochRecord)]
    return Compared.of(run.config, run.state, steps, epochs, run.evaluation, run.versions)
