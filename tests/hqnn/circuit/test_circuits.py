"""The circuit and the names of what it gives, against Qiskit's own state vector."""

from math import pi

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator, Statevector

from hqnn.circuit.circuits import CIRCUITS, hadamard_ry, probability_of_one


def unmeasured(circuit: QuantumCircuit, theta: float) -> QuantumCircuit:
    bound = circuit.assign_parameters([theta])
    bound.remove_final_measurements()
    return bound


@pytest.mark.parametrize("num_qubits", [1, 2, 3])
@pytest.mark.parametrize("theta", [-pi / 2, 0, 0.3, pi / 2, pi, 4])
def test_the_circuit_has_the_closed_form_of_p1(num_qubits, theta):
    probabilities = Statevector(unmeasured(hadamard_ry(num_qubits), theta)).probabilities()[None]
    p1 = np.full((1, num_qubits), (1 + np.sin(theta)) / 2)
    np.testing.assert_allclose(probability_of_one(probabilities), p1, atol=1e-12)


def test_qubit_0_is_the_lowest_bit():
    np.testing.assert_array_equal(probability_of_one([[0, 1, 0, 0]]), [[1, 0]])
    np.testing.assert_array_equal(probability_of_one([[0, 0, 0, 0, 0.5, 0, 0.5, 0]]), [[0, 0.5, 1]])


@pytest.mark.parametrize("name", CIRCUITS)
def test_every_circuit_is_measured_whole(name):
    circuit = CIRCUITS[name](num_qubits=2)
    assert circuit.count_ops()["measure"] == circuit.num_qubits == 2
    assert circuit.num_parameters == 1
    assert Operator(unmeasured(circuit, 1.0)).is_unitary()


def test_a_circuit_needs_a_qubit():
    with pytest.raises(ValueError, match="num_qubits must be at least 1, got 0"):
        hadamard_ry(0)
