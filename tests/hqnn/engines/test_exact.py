"""The exact engine: gates of one's own, gates that it cannot run, batches and circuits as large as it says."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.quantum_info import random_unitary

from hqnn.engines import exact, get_engine
from tests.circuits import statevector


def test_a_unitary_of_ones_own_runs():
    circuit = QuantumCircuit(2)
    circuit.unitary(random_unitary(4, seed=1), [1, 0])
    np.testing.assert_allclose(
        get_engine("exact").probabilities(circuit, np.empty((1, 0)), shots=None), statevector(circuit, [[]]), atol=1e-12
    )


class Squared(Gate):
    """A gate of one angle that is no exponential of it."""

    def __init__(self, angle):
        super().__init__("squared", 1, [angle])

    def __array__(self, dtype=None, copy=None):
        return np.diag([1, np.exp(1j * float(self.params[0]) ** 2)]).astype(dtype)


def test_a_gate_with_a_matrix_and_no_definition_runs_once_its_angle_is_a_number():
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.append(Squared(0.7), [0])
    circuit.h(0)
    np.testing.assert_allclose(
        get_engine("exact").probabilities(circuit, np.empty((1, 0)), shots=None), statevector(circuit, [[]]), atol=1e-12
    )


@pytest.mark.parametrize("gate", [Squared(Parameter("a")), Gate("black_box", 1, [])], ids=lambda gate: gate.name)
def test_a_gate_that_it_cannot_run_is_named(gate):
    circuit = QuantumCircuit(1)
    circuit.append(gate, [0])
    message = f"got '{gate.name}' on qubit 0 at position 0, which has neither a definition nor a matrix"
    with pytest.raises(ValueError, match=message):
        get_engine("exact").probabilities(circuit, np.zeros((1, circuit.num_parameters)), shots=None)


def test_a_batch_too_large_for_memory_is_computed_in_parts(monkeypatch):
    circuit = QuantumCircuit(3)
    circuit.h(range(3))
    circuit.rzz(Parameter("a"), 0, 2)
    circuit.rx(Parameter("b"), 2)
    rows = np.random.default_rng(0).uniform(-3, 3, (20, 2))
    whole = get_engine("exact").probabilities(circuit, rows, shots=None)
    seen, compute = [], exact._probabilities
    monkeypatch.setattr(exact, "MAX_BYTES", 3 * 16 * 8)
    monkeypatch.setattr(exact, "_probabilities", lambda *a: seen.append(len(a[1])) or compute(*a))
    np.testing.assert_allclose(get_engine("exact").probabilities(circuit, rows, shots=None), whole, rtol=1e-13)
    assert seen == [3] * 6 + [2]


def test_as_many_qubits_as_it_says():
    engine = get_engine("exact")
    circuit = QuantumCircuit(engine.max_qubits)
    circuit.x(engine.max_qubits - 1)
    circuit.ry(Parameter("a"), 0)
    found = engine.probabilities(circuit, [[1.0], [2.0]], shots=None)
    top = 2 ** (engine.max_qubits - 1)
    np.testing.assert_allclose(found[:, [top, top + 1]], [[np.cos(a / 2) ** 2, np.sin(a / 2) ** 2] for a in (1.0, 2.0)])
