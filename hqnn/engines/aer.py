"""Qiskit Aer without noise: a whole batch of angles in one single-threaded job, with several angles per circuit.

For such small circuits, `AerSimulator.run` spends nearly all its time outside the simulation: on threads (3 to 15 times
the rest, with the default number), on a separate circuit for every angle (so copies share a circuit here), and on
reading the circuit again for every job (so jobs go to Aer's controller here, if Aer's version has it).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate, Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler.passes import RemoveBarriers
from qiskit.transpiler.preset_passmanagers import generate_translation_passmanager
from qiskit_aer import AerSimulator

from hqnn.engines.base import Engine
from hqnn.engines.lanes import lane_angles, lane_counts, lanes_for, side_by_side

try:
    from hqnn.engines.aer_direct import DirectJobs as Jobs
except (ImportError, AttributeError):  # Aer's private names, which another version may lack
    from hqnn.engines.aer_public import PublicJobs as Jobs


class AerEngine(Engine):
    """Aer's state vector, with every shot sampled from it."""

    #: Qubits of the packed circuit. Measured for 24 to 600 angles of one qubit: 6 to 8 are fastest, twice as fast as 2.
    lane_qubits = 6
    method = "statevector"

    def __init__(self) -> None:
        super().__init__()
        # Binding angles at run time saves copies of the circuit: a fifth of a job's time, from 24 angles on.
        self._simulator: Any = simulator(method=self.method, runtime_parameter_bind_enable=True)
        # A preset would load the plugins of every stage, also IBM's runtime: an eighth of a worker's start.
        self._translation = generate_translation_passmanager(self._simulator.target)
        self._jobs = Jobs(self._simulator)

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        prepared = self._prepare(circuit, 0, lambda: self._saving(circuit))
        return np.array([data["probabilities"] for data in self._jobs.run(prepared, angles)])

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        lanes = lanes_for(len(angles), circuit.num_qubits, self.lane_qubits)
        prepared = self._prepare(circuit, lanes, lambda: self._packed(circuit, lanes))
        seed = int(rng.integers(2**31))
        results = self._jobs.run(prepared, lane_angles(angles, lanes), shots=shots, seed_simulator=seed)
        counts = (data["counts"] for data in results)
        return lane_counts(counts, lanes, circuit.num_qubits)[: len(angles)] / shots

    def _physical(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Return the gates with this engine's errors."""
        return circuit

    def _saving(self, circuit: QuantumCircuit) -> Any:
        saving: Any = self._physical(circuit).copy()
        saving.save_probabilities()  # Aer adds this method to the class
        return self._jobs.prepare(self._translated(saving), list(circuit.parameters))

    def _packed(self, circuit: QuantumCircuit, lanes: int) -> Any:
        packed, parameters = side_by_side(self._physical(circuit), lanes)
        packed.measure_all()
        return self._jobs.prepare(self._translated(packed), parameters)

    def _translated(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Translate into the simulator's gates, without barriers and global phase, which only take time."""
        translated: Any = self._translation.run(RemoveBarriers()(circuit))
        translated.global_phase = 0
        return translated


def simulator(**options: Any) -> AerSimulator:
    """Return Aer on one thread, without controlled gates that have an angle (crx, cp, …).

    Aer's jobs leave a free angle of those gates unbound without an error. A transpiler replaces them by other gates.
    """
    backend, standard = AerSimulator(max_parallel_threads=1, **options), get_standard_gate_name_mapping()
    gates = [standard[name] for name in backend.configuration().basis_gates if isinstance(standard.get(name), Gate)]
    bound = [gate.name for gate in gates if not (isinstance(gate, ControlledGate) and gate.params)]
    backend.set_options(basis_gates=["unitary", *bound])
    return backend


def create() -> AerEngine:
    """Create the engine, for `hqnn.engines.get_engine`."""
    return AerEngine()
