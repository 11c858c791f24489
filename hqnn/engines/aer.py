"""Qiskit Aer without noise: a whole batch of angles in one single-threaded job, several angles to a circuit.

For circuits this small, nearly all the time of `AerSimulator.run` is spent around the simulation: in threads (3 to 15
times the rest, with the default number), in a circuit of its own for every angle (hence lanes), and in reading the
circuit anew for every job. So the circuit is assembled once, and its jobs are given to Aer's controller.
"""

from collections.abc import Iterator
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate, Gate
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler.passes import RemoveBarriers
from qiskit.transpiler.preset_passmanagers import generate_translation_passmanager
from qiskit_aer import AerSimulator
from qiskit_aer.backends.aer_compiler import assemble_circuits, generate_aer_config
from qiskit_aer.backends.backend_utils import cpp_execute_circuits
from qiskit_aer.backends.controller_wrappers import aer_controller_execute  # pyright: ignore[reportMissingModuleSource]

from hqnn.engines.base import Engine
from hqnn.engines.free_angles import Values, is_free, values_of
from hqnn.engines.lanes import lane_angles, lane_counts, lanes_for, side_by_side
from hqnn.errors import EngineError


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
        self._controller = aer_controller_execute()
        self._one_at_a_time = Lock()

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        assembled = self._prepare(circuit, 0, lambda: self._saving(circuit))
        return np.array([data["probabilities"] for data in self._run(assembled, angles)])

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        lanes = lanes_for(len(angles), circuit.num_qubits, self.lane_qubits)
        assembled = self._prepare(circuit, lanes, lambda: self._packed(circuit, lanes))
        results = self._run(assembled, lane_angles(angles, lanes), shots=shots, seed_simulator=int(rng.integers(2**31)))
        counts = (data["counts"] for data in results)
        return lane_counts(counts, lanes, circuit.num_qubits)[: len(angles)] / shots

    def _physical(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """The gates as this engine's qubits go through them."""
        return circuit

    def _saving(self, circuit: QuantumCircuit) -> "Assembled":
        saving: Any = self._physical(circuit).copy()
        saving.save_probabilities()  # Aer adds it to the class
        return self._assembled(saving, list(circuit.parameters))

    def _packed(self, circuit: QuantumCircuit, lanes: int) -> "Assembled":
        packed, parameters = side_by_side(self._physical(circuit), lanes)
        packed.measure_all()
        return self._assembled(packed, parameters)

    def _assembled(self, circuit: QuantumCircuit, parameters: list[Any]) -> "Assembled":
        """In the simulator's gates, without what takes time and changes nothing: barriers, and the phase of it all."""
        translated: Any = self._translation.run(RemoveBarriers()(circuit))
        translated.global_phase = 0
        native, (places,) = assemble_circuits([translated])
        angles = [
            ((place, position), values_of(angle, parameters))
            for place, instruction in zip(places, translated.data, strict=True)
            for position, angle in enumerate(instruction.operation.params)
            if is_free(angle)
        ]
        return Assembled(translated, native, generate_aer_config([translated], self._simulator.options), angles)

    def _run(self, assembled: "Assembled", rows: NDArray[np.float64], **options: Any) -> Iterator[dict[str, Any]]:
        """One job; what each row of angles gives."""
        circuit, native, config, angles = assembled
        if angles:
            options["parameterizations"] = [[(place, values(rows).tolist()) for place, values in angles]]
        else:
            native, _ = assemble_circuits([circuit] * len(rows))
        with self._one_at_a_time:
            for name, value in options.items():
                setattr(config, name, value)
            output = cpp_execute_circuits(self._controller, native, None, config)
        if not output["success"]:
            raise EngineError(f"Aer failed: {output['status']}")
        return (result["data"] for result in output["results"])


class Assembled(NamedTuple):
    """A circuit, as it is run."""

    circuit: QuantumCircuit
    native: list[Any]
    config: Any
    #: Where in the native circuit each free angle stands (gate, parameter), and its values of rows of parameters.
    angles: list[tuple[tuple[int, int], Values]]


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
