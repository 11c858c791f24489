"""Lanes: parallel copies of a circuit on separate qubits of a wider circuit, each with its own angles.

Their state is a product, so each lane's outcomes are distributed as if it ran alone. One run of the wide circuit
measures all lanes.
"""

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def lanes_for(batch: int, qubits: int, limit: int) -> int:
    """Return the lanes per circuit: as few runs as `limit` qubits allow, with the rows spread evenly over them."""
    runs = ceil(batch / max(1, limit // qubits))
    return ceil(batch / runs)


def side_by_side(circuit: QuantumCircuit, lanes: int) -> tuple[QuantumCircuit, list[Any]]:
    """Return parallel copies of a circuit without measurements, and their parameters, lane by lane."""
    width = circuit.num_qubits
    packed, parameters = QuantumCircuit(lanes * width), []
    for lane in range(lanes):
        own = [Parameter(f"{parameter.name}_{lane}") for parameter in circuit.parameters]
        copy = circuit.assign_parameters(dict(zip(circuit.parameters, own, strict=True)))
        packed.compose(copy, range(lane * width, (lane + 1) * width), inplace=True)
        parameters += own
    return packed, parameters


def lane_angles(angles: NDArray[np.float64], lanes: int) -> NDArray[np.float64]:
    """Return angles (batch, parameters) as rows of runs, (runs, lanes * parameters). Zeros fill the last one."""
    batch, num_parameters = angles.shape
    runs = ceil(batch / lanes)
    padded = np.zeros((runs * lanes, num_parameters))
    padded[:batch] = angles
    return padded.reshape(runs, lanes * num_parameters)


def lane_counts(counts: Iterable[Mapping[str, int]], lanes: int, width: int) -> NDArray[np.int64]:
    """Return the counts of each lane's outcomes from the counts of whole runs.

    Args:
        counts: one mapping per run, from an outcome of all qubits (hexadecimal) to its count.
        lanes: lanes per run.
        width: qubits per lane.

    Returns:
        (runs * lanes, 2**width).
    """
    runs = [(list(map(_from_hex, of_run)), list(of_run.values())) for of_run in counts]
    size, run = 2**width, np.repeat(np.arange(len(runs)), [len(outcomes) for outcomes, _ in runs])
    outcome = np.array([outcome for outcomes, _ in runs for outcome in outcomes])
    weight = np.array([count for _, of_run in runs for count in of_run])
    lane_outcome = outcome[:, None] >> (width * np.arange(lanes)) & (size - 1)
    cell = (run[:, None] * lanes + np.arange(lanes)) * size + lane_outcome
    flat = np.bincount(cell.ravel(), np.repeat(weight, lanes), minlength=len(runs) * lanes * size)
    return flat.reshape(-1, size).astype(np.int64)


def _from_hex(outcome: Any) -> int:
    return int(outcome, 16)
