"""Jobs through Aer's public interface, for versions of Aer without the names that `hqnn.engines.aer_direct` needs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

from hqnn.errors import EngineError


class Prepared(NamedTuple):
    """A circuit, and the column of each of its parameters in the rows of angles."""

    circuit: QuantumCircuit
    columns: dict[Any, int]


class PublicJobs:
    """Jobs of one simulator."""

    def __init__(self, simulator: AerSimulator) -> None:
        self._simulator = simulator

    def prepare(self, circuit: QuantumCircuit, parameters: list[Any]) -> Prepared:
        """Prepare a circuit in the simulator's gates, to run it at rows of these parameters."""
        return Prepared(circuit, {parameter: parameters.index(parameter) for parameter in circuit.parameters})

    def run(self, prepared: Prepared, rows: NDArray[np.float64], **options: int) -> Iterator[dict[str, Any]]:
        """Run one job, and yield the data of each row of angles. Arguments and errors as for `DirectJobs.run`."""
        circuit, columns = prepared
        circuits, binds = [circuit] * len(rows), None
        if columns:
            circuits, binds = circuit, [{parameter: rows[:, column].tolist() for parameter, column in columns.items()}]
        result = self._simulator.run(circuits, parameter_binds=binds, **options).result()
        if not result.success:
            raise EngineError(f"Aer failed: {result.status}")
        return (result.data(row) for row in range(len(rows)))
