"""The exact engine against Qiskit's Statevector, on random circuits of every gate that it names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import Statevector, random_unitary

from hqnn.engines import exact, get_engine

STANDARD = get_standard_gate_name_mapping()
FIXED = ("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "cx", "cz", "swap", "ccx")
ONE_ANGLE = ("rx", "ry", "rz", "p", "crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "rzx")

angles = st.floats(-20, 20)


@st.composite
def circuits(draw, names=(*FIXED, *ONE_ANGLE, "barrier")):
    """A circuit of up to four qubits and twelve gates, whose angles are numbers, parameters or expressions of them."""
    qubits = draw(st.integers(1, 4))
    circuit, parameters = QuantumCircuit(qubits), [Parameter(name) for name in "cab"]
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=12)):
        places = draw(st.permutations(range(qubits)))
        if name == "barrier":
            circuit.barrier()
            continue
        gate = STANDARD[name]
        if gate.num_qubits > qubits:
            continue
        values = st.one_of(angles, st.sampled_from(parameters), st.sampled_from([2 * p + 0.5 for p in parameters]))
        gate = gate.base_class(*[draw(values) for _ in gate.params])
        circuit.append(gate, places[: gate.num_qubits])
    circuit.measure_all()
    return circuit


def statevector(circuit, rows):
    unmeasured = circuit.remove_final_measurements(inplace=False)
    return np.array([Statevector(unmeasured.assign_parameters(row)).probabilities() for row in rows])


@given(data=st.data(), circuit=circuits())
@settings(max_examples=300, deadline=None)
def test_random_circuits_are_the_state_vectors(data, circuit):
    row = st.lists(angles, min_size=circuit.num_parameters, max_size=circuit.num_parameters)
    drawn = data.draw(st.lists(row, min_size=1, max_size=3))
    rows = np.array(drawn).reshape(len(drawn), circuit.num_parameters)
    found = get_engine("exact").probabilities(circuit, rows, shots=None)
    np.testing.assert_allclose(found, statevector(circuit, rows), rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", [*FIXED, *ONE_ANGLE])
def test_every_named_gate_alone(name):
    """Between rotations that make every phase visible."""
    gate = STANDARD[name]
    circuit = QuantumCircuit(gate.num_qubits)
    for qubit in range(gate.num_qubits):
        circuit.u(0.4 + qubit, 0.7, 1.9 * qubit, qubit)
    circuit.append(gate.base_class(*[Parameter("a") for _ in gate.params]), range(gate.num_qubits))
    for qubit in range(gate.num_qubits):
        circuit.u(1.4, 0.3 + qubit, 0.9, qubit)
    rows = np.linspace(-7, 7, 5)[:, None] if gate.params else np.empty((1, 0))
    found = get_engine("exact").probabilities(circuit, rows, shots=None)
    np.testing.assert_allclose(found, statevector(circuit, rows), rtol=0, atol=1e-12)


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


@pytest.mark.parametrize(
    ("gate", "named"),
    [
        (STANDARD["u"].base_class(Parameter("a"), 0.0, 0.0), "'u' with 1 free angles"),
        (STANDARD["reset"], "'reset' with 0 free angles"),
        (STANDARD["measure"], "'measure' with 0 free angles"),
        (Squared(Parameter("a")), "'squared' with 1 free angles"),
        (Gate("black_box", 1, []), "'black_box' with 0 free angles"),
    ],
    ids=lambda value: getattr(value, "name", "named"),
)
def test_a_gate_that_it_cannot_run_is_named(gate, named):
    circuit = QuantumCircuit(1, 1)
    circuit.append(gate, [0], [0] if gate.name == "measure" else [])
    circuit.h(0)
    with pytest.raises(ValueError, match=f"the exact engine runs gates of fixed numbers, .*; it cannot run {named}"):
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
    monkeypatch.setattr(exact, "_probabilities", lambda *a: seen.append(len(a[2])) or compute(*a))
    np.testing.assert_array_equal(get_engine("exact").probabilities(circuit, rows, shots=None), whole)
    assert seen == [3] * 6 + [2]


def test_as_many_qubits_as_it_says():
    engine = get_engine("exact")
    circuit = QuantumCircuit(engine.max_qubits)
    circuit.x(engine.max_qubits - 1)
    circuit.ry(Parameter("a"), 0)
    found = engine.probabilities(circuit, [[1.0], [2.0]], shots=None)
    top = 2 ** (engine.max_qubits - 1)
    np.testing.assert_allclose(found[:, [top, top + 1]], [[np.cos(a / 2) ** 2, np.sin(a / 2) ** 2] for a in (1.0, 2.0)])
