"""The ideal Aer simulator: a whole batch of angles in one single-threaded job, several angles to a circuit.

A job with default threads takes 3 to 15 times as long for circuits this small, and a circuit of its own for every
angle costs more than the simulation. So independent copies of the circuit ("lanes") sit side by side on the qubits of
one wider circuit: the state is a product, so each lane's outcomes are distributed as if it ran alone.
"""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_aer import AerSimulator

from hqnn.engines.base import Engine, unmeasured

#: Qubits of the packed circuit. Measured for 24 to 600 angles of one qubit: 6 to 8 are fastest (a quarter of the time
#: of one angle a circuit); from 10 on the wider state costs more than the saved circuits.
LANE_QUBITS = 8


class AerEngine(Engine):
    """Qiskit Aer without noise."""

    def __init__(self) -> None:
        super().__init__()
        self._simulator = AerSimulator(max_parallel_threads=1)
        self._translation = generate_preset_pass_manager(optimization_level=0, backend=self._simulator)

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        saving, parameters = self._prepare(circuit, 0, lambda: self._saving_probabilities(circuit))
        result = self._run(saving, dict(zip(parameters, angles.T.tolist(), strict=True)))
        return np.array([data.data.probabilities for data in result.results])

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        batch, num_parameters = angles.shape
        runs = ceil(batch / max(1, LANE_QUBITS // circuit.num_qubits))
        lanes = ceil(batch / runs)
        packed, parameters = self._prepare(circuit, lanes, lambda: self._side_by_side(circuit, lanes))
        padded = np.zeros((runs * lanes, num_parameters))
        padded[:batch] = angles
        columns = padded.reshape(runs, lanes * num_parameters).T.tolist()
        result = self._run(
            packed,
            dict(zip(parameters, columns, strict=True)),
            shots=shots,
            seed_simulator=int(rng.integers(2**31)),
        )
        counts = [data.data.counts for data in result.results]
        return _lane_counts(counts, lanes, circuit.num_qubits)[:batch] / shots

    def _run(self, circuit: QuantumCircuit, binds: dict[Any, list[float]], **options: int):
        return self._simulator.run([circuit], parameter_binds=[binds] if binds else None, **options).result()

    def _saving_probabilities(self, circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[Any]]:
        saving: Any = unmeasured(circuit)
        saving.save_probabilities()  # Aer adds it to the class
        return self._translation.run(saving), list(circuit.parameters)

    def _side_by_side(self, circuit: QuantumCircuit, lanes: int) -> tuple[QuantumCircuit, list[Any]]:
        """Copies of the circuit on qubits of their own, and all their parameters, the first lane's first."""
        one, width = unmeasured(circuit), circuit.num_qubits
        packed, parameters = QuantumCircuit(lanes * width), []
        for lane in range(lanes):
            own = [Parameter(f"{parameter.name}_{lane}") for parameter in circuit.parameters]
            copy = one.assign_parameters(dict(zip(circuit.parameters, own, strict=True)))
            packed.compose(copy, range(lane * width, (lane + 1) * width), inplace=True)
            parameters += own
        packed.measure_all()
        return self._translation.run(packed), parameters


def _lane_counts(counts: list[dict[str, int]], lanes: int, width: int) -> NDArray[np.int64]:
    """Counts of each lane's outcomes from the counts of whole runs.

    Args:
        counts: one dict a run, outcome of all qubits (hexadecimal) to its count.
        lanes: lanes in a run.
        width: qubits in a lane.

    Returns:
        (runs * lanes, 2**width).
    """
    size = 2**width
    run = np.repeat(np.arange(len(counts)), [len(of_run) for of_run in counts])
    outcome = np.array([int(key, 16) for of_run in counts for key in of_run])
    weight = np.array([count for of_run in counts for count in of_run.values()])
    lane_outcome = outcome[:, None] >> (width * np.arange(lanes)) & (size - 1)
    cell = (run[:, None] * lanes + np.arange(lanes)) * size + lane_outcome
    flat = np.bincount(cell.ravel(), np.repeat(weight, lanes), minlength=len(counts) * lanes * size)
    return flat.reshape(-1, size).astype(np.int64)


def create() -> AerEngine:
    """The engine, for `hqnn.engines.get_engine`."""
    return AerEngine()
