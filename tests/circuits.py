"""Random circuits of every gate that the engines name, and Qiskit's own probabilities for them."""

import numpy as np
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Statevector

STANDARD = get_standard_gate_name_mapping()
TWO_QUBITS_AT_MOST = (
    *("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "cx", "cz", "swap"),
    *("rx", "ry", "rz", "p", "crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "rzx"),
)
ALL_GATES = (*TWO_QUBITS_AT_MOST, "ccx")

turns = st.floats(-20, 20)


@st.composite
def circuits(draw, names):
    """A circuit of up to four qubits and twelve gates, whose angles are numbers, parameters or expressions of them."""
    qubits = draw(st.integers(1, 4))
    circuit, parameters = QuantumCircuit(qubits), [Parameter(name) for name in "cab"]
    for name in draw(st.lists(st.sampled_from((*names, "barrier")), min_size=1, max_size=12)):
        places = draw(st.permutations(range(qubits)))
        if name == "barrier":
            circuit.barrier()
            continue
        gate = STANDARD[name]
        if gate.num_qubits > qubits:
            continue
        values = st.one_of(turns, st.sampled_from(parameters), st.sampled_from([2 * p + 0.5 for p in parameters]))
        gate = gate.base_class(*[draw(values) for _ in gate.params])
        circuit.append(gate, places[: gate.num_qubits])
    circuit.measure_all()
    return circuit


def statevector(circuit, rows):
    unmeasured = circuit.remove_final_measurements(inplace=False)
    return np.array([Statevector(unmeasured.assign_parameters(row)).probabilities() for row in rows])


def between_rotations(name):
    """One gate, its angle free, between rotations that make every phase visible."""
    gate = STANDARD[name]
    circuit = QuantumCircuit(gate.num_qubits)
    for qubit in range(gate.num_qubits):
        circuit.u(0.4 + qubit, 0.7, 1.9 * qubit, qubit)
    circuit.append(gate.base_class(*[Parameter("a") for _ in gate.params]), range(gate.num_qubits))
    for qubit in range(gate.num_qubits):
        circuit.u(1.4, 0.3 + qubit, 0.9, qubit)
    circuit.measure_all()
    return circuit
