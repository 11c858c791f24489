"""Qiskit Aer without noise: a whole batch of angles in one single-threaded job, several angles to a circuit.

For circuits this small, nearly all the time of `AerSimulator.run` is spent around the simulation: in threads (3 to 15
times the rest, with the default number), in a circuit of its own for every angle (hence lanes), and in reading the
circuit anew for every job (hence jobs that are given to Aer's controller, in versions of Aer that have it).
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
except (ImportError, AttributeError):  # its names are private ones of Aer, which another version may have no more
    from hqnn.engines.aer_public import PublicJobs as Jobs


class AerEngine(Engine):
    """Aer's state vector, every shot of it sampled."""

    #: Qubits of the packed circuit. Measured for 24 to 600 angles of one qubit: 6 to 8 are fastest, half of the time
    #: of two lanes.
    lane_qubits = 6
    method = "statevector"

    def __init__(self) -> None:
        super().__init__()
        # Angles bound while it runs save copies of the circuit: a fifth of a job's time, from 24 angles on.
        self._simulator: Any = simulator(method=self.method, runtime_parameter_bind_enable=True)
        # A whole preset loads the plugins of every stage, IBM's runtime among them: an eighth of a worker's start.
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
        """The gates as this engine's qubits go through them."""
        return circuit

    def _saving(self, circuit: QuantumCircuit) -> Any:
        saving: Any = self._physical(circuit).copy()
        saving.save_probabilities()  # Aer adds it to the class
        return self._jobs.prepare(self._translated(saving), list(circuit.parameters))

    def _packed(self, circuit: QuantumCircuit, lanes: int) -> Any:
        packed, parameters = side_by_side(self._physical(circuit), lanes)
        packed.measure_all()
        return self._jobs.prepare(self._translated(packed), parameters)

    def _translated(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """In the simulator's gates, without what takes time and changes nothing: barriers, and the phase of it all."""
        translated: Any = self._translation.run(RemoveBarriers()(circuit))
        translated.global_phase = 0
        return translated


def simulator(**options: Any) -> AerSimulator:
    """Aer on one thread, without the gates whose free angle its jobs leave unbound and say nothing: crx, cp and others
    that are controlled; a transpiler puts them in terms of the rest.
    """
    backend, standard = AerSimulator(max_parallel_threads=1, **options), get_standard_gate_name_mapping()
    gates = [standard[name] for name in backend.configuration().basis_gates if isinstance(standard.get(name), Gate)]
    bound = [gate.name for gate in gates if not (isinstance(gate, ControlledGate) and gate.params)]
    backend.set_options(basis_gates=["unitary", *bound])
    return backend


def create() -> AerEngine:
    """The engine, for `hqnn.engines.get_engine`."""
    return AerEngine()
