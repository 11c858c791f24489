"""Qiskit Aer without noise: a whole batch of angles in one single-threaded job, several angles to a circuit.

A job with default threads takes 3 to 15 times as long for circuits this small, and a circuit of its own for every
angle costs more than the simulation: hence lanes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate, Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import generate_preset_pass_manager
from qiskit.transpiler.passes import RemoveBarriers
from qiskit_aer import AerSimulator

from hqnn.engines.base import Engine, unmeasured
from hqnn.engines.lanes import lane_angles, lane_counts, lanes_for, side_by_side
from hqnn.settings import EngineError


class AerEngine(Engine):
    """Aer's state vector, every shot of it sampled."""

    #: Qubits of the packed circuit. Measured for 24 to 600 angles of one qubit: 6 to 8 are fastest, half of the time
    #: of two lanes.
    lane_qubits = 6
    method = "statevector"

    def __init__(self) -> None:
        super().__init__()
        # Angles bound while it runs save copies of the circuit: a fifth of a job's time, from 24 angles on.
        self._simulator = simulator(method=self.method, runtime_parameter_bind_enable=True)
        self._translation = generate_preset_pass_manager(optimization_level=0, backend=self._simulator)

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        saving, parameters = self._prepare(circuit, 0, lambda: self._saving(circuit))
        result = self._run(saving, parameters, angles)
        return np.array([data.data.probabilities for data in result.results])

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        lanes = lanes_for(len(angles), circuit.num_qubits, self.lane_qubits)
        packed, parameters = self._prepare(circuit, lanes, lambda: self._packed(circuit, lanes))
        seed = int(rng.integers(2**31))
        result = self._run(packed, parameters, lane_angles(angles, lanes), shots=shots, seed_simulator=seed)
        counts = (data.data.counts for data in result.results)
        return lane_counts(counts, lanes, circuit.num_qubits)[: len(angles)] / shots

    def _physical(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The circuit up to its measurement, as this engine's qubits go through it."""
        return unmeasured(circuit)

    def _saving(self, circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[Any]]:
        saving: Any = self._physical(circuit)
        saving.save_probabilities()  # Aer adds it to the class
        return self._translated(saving), list(circuit.parameters)

    def _packed(self, circuit: QuantumCircuit, lanes: int) -> tuple[QuantumCircuit, list[Any]]:
        packed, parameters = side_by_side(self._physical(circuit), lanes)
        packed.measure_all()
        return self._translated(packed), parameters

    def _translated(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """In the simulator's gates, without what takes time and changes nothing: barriers, and the phase of it all."""
        translated: Any = self._translation.run(RemoveBarriers()(circuit))
        translated.global_phase = 0
        return translated

    def _run(self, circuit: QuantumCircuit, parameters: list[Any], angles: NDArray[np.float64], **options: Any) -> Any:
        if parameters:
            options["parameter_binds"] = [dict(zip(parameters, angles.T.tolist(), strict=True))]
        copies = 1 if parameters else len(angles)
        result: Any = self._simulator.run([circuit] * copies, **options).result()
        if not result.success:
            raise EngineError(f"Aer failed: {result.status}")
        return result


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
