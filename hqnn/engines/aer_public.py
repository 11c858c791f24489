"""Aer's jobs by its public interface alone: for versions in which `hqnn.engines.aer_direct` finds its names no more."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from hqnn.errors import EngineError


class Prepared(NamedTuple):
    """A circuit, and which column of the rows each of its own parameters has."""

    circuit: QuantumCircuit
    columns: dict[Any, int]


class PublicJobs:
    """Jobs of one simulator."""

    def __init__(self, simulator: AerSimulator) -> None:
        self._simulator = simulator

    def prepare(self, circuit: QuantumCircuit, parameters: list[Any]) -> Prepared:
        """A circuit in the simulator's gates, to be run at rows of these parameters."""
        return Prepared(circuit, {parameter: parameters.index(parameter) for parameter in circuit.parameters})

    def run(self, prepared: Prepared, rows: NDArray[np.float64], **options: int) -> Iterator[dict[str, Any]]:
        """One job; what each row of angles gives. Arguments and errors are those of `DirectJobs.run`."""
        circuit, columns = prepared
        circuits, binds = [circuit] * len(rows), None
        if columns:
            circuits, binds = circuit, [{parameter: rows[:, column].tolist() for parameter, column in columns.items()}]
        result = self._simulator.run(circuits, parameter_binds=binds, **options).result()
        if not result.success:
            raise EngineError(f"Aer failed: {result.status}")
        return (result.data(row) for row in range(len(rows)))
