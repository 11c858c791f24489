"""Any circuit on every engine: classical bits, gates of one's own, circuits that change, and what is refused."""

from math import pi
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import (
    AnnotatedOperation,
    CircuitInstruction,
    Clbit,
    ControlModifier,
    Gate,
    Instruction,
    InverseModifier,
    Parameter,
    PowerModifier,
    Qubit,
)
from qiskit.circuit.library import (
    CRXGate,
    CUGate,
    CXGate,
    HGate,
    MCXGate,
    PauliEvolutionGate,
    PermutationGate,
    RXGate,
    RYGate,
    SGate,
    StatePreparation,
    UGate,
    UnitaryGate,
    XGate,
    real_amplitudes,
)
from qiskit.quantum_info import Clifford, Kraus, Pauli, SparsePauliOp, Statevector, SuperOp, random_unitary
from qiskit_aer.noise import depolarizing_error

from hqnn import RunConfig
from hqnn.circuit.gradients import measure_jacobian
from hqnn.config import ENGINES, Hardware, Noise
from hqnn.engines import get_engine
from hqnn.shift import shifted_angles
from tests.circuits import STANDARD
from tests.engines import engines, exact_engines, ideal

A, B, C = (Parameter(name) for name in "abc")
SHOTS = 4000


def agree(name: str, circuit: QuantumCircuit, rows: Any, expected: Any) -> None:
    """The engine's exact and sampled probabilities are the expected ones, at five standard errors."""
    engine, expected = ideal(name), np.asarray(expected)
    if not ENGINES[name].hardware:
        np.testing.assert_allclose(engine.probabilities(circuit, rows, shots=None), expected, rtol=0, atol=1e-9)
    sampled = engine.probabilities(circuit, rows, shots=SHOTS, rng=np.random.default_rng(1))
    assert (np.abs(sampled - expected) <= 5 * np.sqrt(np.clip(expected * (1 - expected), 0, 1) / SHOTS) + 1e-3).all()


def statevector(circuit: QuantumCircuit, rows: Any) -> Any:
    """Qiskit's own; it has no measurements to remove, which Qiskit would find by their names."""
    return np.array([Statevector(circuit.assign_parameters(row)).probabilities() for row in rows])


def one_bit_and_all():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure_all()
    return circuit


def registers_of_names_in_use():
    circuit = QuantumCircuit(QuantumRegister(2, "q"), ClassicalRegister(3, "c"), ClassicalRegister(2, "meas"))
    circuit.x(1)
    circuit.measure([0, 1], [2, 0])
    return circuit


def loose_bits_crossed_and_partial():
    circuit = QuantumCircuit([Qubit(), Qubit(), Qubit()], [Clbit(), Clbit()])
    circuit.x([0, 2])
    circuit.measure([2, 1], [0, 1])
    circuit.barrier()
    return circuit


def measured_again_while_another_goes_on():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 1)
    circuit.x(1)
    circuit.measure([0, 1], [0, 0])
    return circuit


def measured_within_a_wrapped_instruction():
    inner, circuit = QuantumCircuit(1, 1), QuantumCircuit(2, 3)
    inner.x(0)
    inner.measure(0, 0)
    circuit.append(inner.to_instruction(), [1], [2])
    return circuit


@engines
@pytest.mark.parametrize(
    ("make", "outcome"),
    [
        (one_bit_and_all, 1),
        (registers_of_names_in_use, 2),
        (loose_bits_crossed_and_partial, 5),
        (measured_again_while_another_goes_on, 3),
        (measured_within_a_wrapped_instruction, 2),
    ],
)
def test_classical_bits_change_nothing(name, make, outcome):
    circuit = make()
    expected = np.tile(np.eye(2**circuit.num_qubits)[outcome], (9, 1))
    agree(name, circuit, np.empty((9, 0)), expected)


def of(build, qubits=2, bits=2):
    circuit = QuantumCircuit(qubits, bits)
    circuit.h(0)
    build(circuit)
    return circuit


def conditional(circuit):
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)


def loop(circuit):
    with circuit.for_loop(range(2)):
        circuit.x(1)


def store(circuit):
    circuit.store(circuit.clbits[0], True)


def wrapped_reset(circuit):
    inner = QuantumCircuit(1, name="inner")
    inner.reset(0)
    circuit.append(inner.to_instruction(), [1])


REFUSED = {
    "measured before a gate": (
        lambda c: (c.measure(0, 0), c.barrier(), c.cx(0, 1), c.measure_all()),
        "'measure' on qubit 0 at position 1, before 'cx' at position 3",
    ),
    "measured before another's turn": (lambda c: (c.measure(0, 0), c.ry(-A, 0)), "'measure' on qubit 0 at position 1"),
    "reset": (lambda c: c.reset(1), "'reset' on qubit 1 at position 1"),
    "wrapped reset": (wrapped_reset, "'inner' on qubit 1 at position 1, which holds 'reset'"),
    "initialize": (lambda c: c.initialize([0, 1], 1), "'initialize' on qubit 1 at position 1, which holds 'reset'"),
    "kraus": (lambda c: c.append(Kraus(SuperOp(depolarizing_error(0.1, 1))), [0]), "'kraus' on qubit 0 at position 1"),
    "aer's channel": (lambda c: c.append(depolarizing_error(0.1, 1), [0]), "'quantum_channel' on qubit 0"),
    "save": (lambda c: c.save_statevector(), "'save_statevector' on qubits 0 and 1 at position 1"),
    "set": (lambda c: c.set_statevector(np.eye(4)[0]), "'set_statevector' on qubits 0 and 1 at position 1"),
    "delay": (lambda c: c.delay(10, 0), "'delay' on qubit 0 at position 1"),
    "store": (store, "'store' on no qubit at position 1"),
    "if": (conditional, "'if_else' on qubit 1 at position 2"),
    "for": (loop, "'for_loop' on qubit 1 at position 1"),
    "gate without a definition": (
        lambda c: c.append(Gate("x", 1, []), [0]),
        "'x' on qubit 0 at position 1, which has neither a definition nor a matrix",
    ),
    "instruction without one": (lambda c: c.append(Instruction("h", 1, 0, []), [0]), "'h' on qubit 0 at position 1"),
    "definition of other qubits": (
        lambda c: c.append(defined("wide", 1, lambda d: None, of_qubits=2), [0]),
        "'wide' on qubit 0 at position 1, whose definition is of 2 qubits",
    ),
    "no unitary": (
        lambda c: c.append(UnitaryGate(np.ones((2, 2)), check_input=False), [0]),
        "'unitary' on qubit 0 at position 1, whose matrix is not unitary",
    ),
    "an angle that is none": (lambda c: c.ry(np.nan, 0), "'ry' on qubit 0 at position 1, whose angle is nan"),
}


@engines
@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("shots", [None, 10])
def test_what_is_no_gate_is_refused_by_one_sentence(name, case, shots):
    build, got = REFUSED[case]
    circuit = of(build)
    rows = np.zeros((2, circuit.num_parameters))
    with pytest.raises(ValueError, match="circuit must hold only unitary gates, barriers and measurements at its") as e:
        ideal(name).probabilities(circuit, rows, shots=shots, rng=np.random.default_rng(0))
    assert f"got {got}" in str(e.value)
    assert "\n" not in str(e.value)


def defined(name, qubits, build, params=(), of_qubits=None):
    """A gate of one's own, whose definition `build` fills."""
    gate, definition = Gate(name, qubits, list(params)), QuantumCircuit(of_qubits or qubits)
    build(definition)
    gate.definition = definition
    return gate


@engines
def test_a_parameter_that_only_a_definition_knows_is_refused(name):
    circuit = QuantumCircuit(1, global_phase=B)
    circuit.append(defined("hidden", 1, lambda d: d.rx(A, 0)), [0])
    with pytest.raises(ValueError, match=r"circuit must list the parameters of its gates' definitions .* got a$"):
        ideal(name).probabilities(circuit, [[1.0]], shots=10, rng=np.random.default_rng(0))


def replaced(circuit):
    circuit.data[1] = CircuitInstruction(RXGate(A), circuit.data[1].qubits)


def replaced_by_a_gate_of_its_name(circuit):
    circuit.data[1] = CircuitInstruction(defined("ry", 1, lambda d: d.rx(2 * A, 0), [A]), circuit.data[1].qubits)


def appended_and_popped(circuit):
    circuit.data.pop()
    circuit.ry(1.0, 1)


def another_parameter(circuit):
    circuit.data[1] = CircuitInstruction(RYGate(B), circuit.data[1].qubits)


def bound(circuit):
    circuit.assign_parameters({A: 0.7}, inplace=True)


def other_qubits(circuit):
    circuit.data[3] = circuit.data[3].replace(qubits=circuit.qubits[::-1])


def a_qubit_more(circuit):
    circuit.add_register(QuantumRegister(1, "more"))


def a_phase(circuit):
    circuit.global_phase = C


def matrix_in_place(circuit):
    """Which Qiskit takes for no change: a circuit holds a matrix of its own."""
    circuit.data[0].operation.params[0][:] = [[0, 1], [1, 0]]


def another_matrix(circuit):
    circuit.data[0] = CircuitInstruction(UnitaryGate(RYGate(1e-4).to_matrix()), circuit.data[0].qubits)


def a_matrix_that_is_nearly_the_same(circuit):
    circuit.data[0] = CircuitInstruction(UnitaryGate(RYGate(1e-8).to_matrix()), circuit.data[0].qubits)


def own_gates_angle(circuit):
    circuit.data[2].operation.params[0] = 2.0


def own_gates_definition(circuit):
    circuit.data[2].operation.definition.x(0)


class Turn(Gate):
    """A gate whose definition follows its angle."""

    def __init__(self, angle):
        super().__init__("turn", 1, [angle])

    def _define(self):
        self.definition = QuantumCircuit(1)
        self.definition.rx(self.params[0], 0)


def changing():
    circuit = QuantumCircuit(2)
    circuit.unitary(np.eye(2), [0])
    circuit.ry(A, 0)
    circuit.append(Turn(0.3), [1])
    circuit.cx(0, 1)
    circuit.rx(0.2, 0)
    return circuit


def standard_only():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ry(A, 0)
    circuit.ry(0.4, 1)
    circuit.cx(0, 1)
    circuit.rx(0.2, 0)
    return circuit


EVERYWHERE = [replaced, replaced_by_a_gate_of_its_name, appended_and_popped, another_parameter, bound, other_qubits]
EVERYWHERE += [a_qubit_more, a_phase]
HARMLESS = [a_phase, another_parameter, matrix_in_place]
OWN = [matrix_in_place, another_matrix, a_matrix_that_is_nearly_the_same, own_gates_angle, own_gates_definition]


@exact_engines
@pytest.mark.parametrize(
    ("make", "change"),
    [(standard_only, change) for change in EVERYWHERE] + [(changing, change) for change in EVERYWHERE + OWN],
)
def test_a_circuit_changed_in_place_runs_as_it_is_now(name, make, change):
    circuit, engine = make(), ideal(name)

    def checked():
        rows = np.random.default_rng(2).uniform(-3, 3, (3, circuit.num_parameters))
        expected = statevector(circuit, rows)
        np.testing.assert_allclose(engine.probabilities(circuit, rows, shots=None), expected, rtol=0, atol=1e-10)
        return expected

    before = checked()
    change(circuit)
    after = checked()
    assert change in HARMLESS or before.shape != after.shape or not np.allclose(before, after, rtol=0, atol=1e-9)


@engines
def test_a_measured_circuit_changed_in_place_is_sampled_as_it_is_now(name):
    circuit, rows = QuantumCircuit(1, 1), np.full((9, 1), pi)
    circuit.ry(A, 0)
    circuit.measure(0, 0)
    agree(name, circuit, rows, [[0, 1]] * 9)
    circuit.data[0] = CircuitInstruction(RYGate(2 * A), circuit.qubits)
    agree(name, circuit, rows, [[1, 0]] * 9)


@engines
def test_equal_circuits_are_prepared_once(name, monkeypatch):
    engine, made = ideal(name), []
    prepare = engine._prepare
    monkeypatch.setattr(engine, "_prepare", lambda gates, *a: made.append(gates) or prepare(gates, *a))
    for _ in range(2):
        circuit = QuantumCircuit(2, 1)
        circuit.ry(A, 0)
        circuit.append(defined("h", 1, lambda d: d.x(0)), [1])
        engine.probabilities(circuit, [[0.3]], shots=10, rng=np.random.default_rng(0))
    assert made[0] is made[1]


def test_no_definition_is_left_in_the_callers_gate():
    circuit = QuantumCircuit(1)
    circuit.append(Turn(0.3), [0])
    get_engine("exact").probabilities(circuit, np.empty((1, 0)), shots=None)
    assert circuit.data[0].operation._definition is None


def inner():
    circuit = QuantumCircuit(2, global_phase=0.7)
    circuit.ry(A, 0)
    circuit.append(defined("h", 1, lambda d: d.x(0)), [0])
    circuit.cx(0, 1)
    circuit.append(UGate(A, B, 0.3), [1])
    return circuit


OWN_GATES = {
    "an x called h": defined("h", 1, lambda d: d.x(0)),
    "an rx called ry": defined("ry", 1, lambda d: d.rx(2 * A, 0), [A]),
    "an x called barrier": defined("barrier", 1, lambda d: d.x(0)),
    "an x called measure": defined("measure", 1, lambda d: d.x(0)),
    "an x called unitary": defined("unitary", 1, lambda d: d.x(0)),
    "a cx from right to left called cx": defined("cx", 2, lambda d: d.cx(1, 0)),
    "real amplitudes": real_amplitudes(3, reps=1).to_gate(),
    "an instruction": real_amplitudes(2, reps=1, parameter_prefix="t").to_instruction(),
    "a state": StatePreparation(np.array([1, 2, 3, 4]) / np.sqrt(30)),
    "mcx": MCXGate(4),
    "mcx open": MCXGate(3, ctrl_state=5),
    "cx open": CXGate(ctrl_state=0),
    "crx open": CRXGate(A, ctrl_state=0),
    "cu open": CUGate(A, B, 0.3, C, ctrl_state=0),
    "u": UGate(A, B, C),
    "u in part": UGate(A, 0.4, A),
    "cu": CUGate(A, B, C, 2 * A),
    "evolution": PauliEvolutionGate(SparsePauliOp(["XX", "ZZ"]), A),
    "pauli": Pauli("XY"),
    "clifford": Clifford(CXGate()),
    "permutation": PermutationGate([1, 0]),
    "wrapped": inner().to_gate(),
    "wrapped, inverse": inner().to_gate().inverse(),
    "controlled": RYGate(A).control(2, ctrl_state=1, annotated=False),
    "controlled u": UGate(A, B, C).control(1, annotated=False),
    "power": HGate().power(0.5),
    "mutable, renamed": XGate().to_mutable(),
    "annotated": AnnotatedOperation(SGate(), [InverseModifier(), ControlModifier(2, 1)]),
    "annotated ry": AnnotatedOperation(RYGate(A), [ControlModifier(1), PowerModifier(-3), InverseModifier()]),
    "annotated power": AnnotatedOperation(HGate(), [PowerModifier(0.3), ControlModifier(1)]),
    "annotated x called h": AnnotatedOperation(defined("h", 1, lambda d: d.x(0)), ControlModifier(1, 0)),
    "annotated with a phase": AnnotatedOperation(QuantumCircuit(1, global_phase=0.7).to_gate(), ControlModifier(1)),
    "annotated twice": AnnotatedOperation(AnnotatedOperation(SGate(), ControlModifier(1)), InverseModifier()),
}
OWN_GATES["mutable, renamed"].name = "h"


#: The state vector of an evolution gate, Qiskit's own, warns of its sparse matrices.
of_qiskits_own = pytest.mark.filterwarnings("ignore::scipy.sparse.SparseEfficiencyWarning")


def visible(gate):
    """The gate between turns that make every phase visible."""
    circuit = QuantumCircuit(gate.num_qubits)
    for qubit in range(gate.num_qubits):
        circuit.u(0.4 + qubit, 0.7, 1.9 * qubit, qubit)
    circuit.append(gate, range(gate.num_qubits - 1, -1, -1))
    for qubit in range(gate.num_qubits):
        circuit.u(1.4, 0.3 + qubit, 0.9, qubit)
    return circuit


@of_qiskits_own
@engines
@pytest.mark.parametrize("gate", OWN_GATES.values(), ids=OWN_GATES)
def test_a_gate_is_its_definition_whatever_its_name_is(name, gate):
    circuit = visible(gate)
    rows = np.random.default_rng(3).uniform(-3, 3, (2, circuit.num_parameters))
    agree(name, circuit, rows, statevector(circuit, rows))


@engines
@pytest.mark.parametrize("gate", [g for g in STANDARD.values() if isinstance(g, Gate) and g.num_qubits], ids=str)
def test_every_standard_gate_with_all_its_angles_free(name, gate):
    if name == "noisy" and gate.num_qubits > 2:
        pytest.skip("its errors are those of one and two qubits")
    circuit = visible(gate.base_class(*[2 * p - 0.3 for p in (A, B, C, Parameter("d"))[: len(gate.params)]]))
    rows = np.random.default_rng(4).uniform(-3, 3, (2, circuit.num_parameters))
    agree(name, circuit, rows, statevector(circuit, rows))


@st.composite
def any_circuits(draw):
    """One to five qubits, up to eight gates: standard, one's own, or wrapped once more."""
    qubits = draw(st.integers(1, 5))
    circuit = QuantumCircuit(qubits, draw(st.integers(0, 3)), global_phase=draw(st.sampled_from([0.0, 0.3])))
    pool = [gate for gate in OWN_GATES.values() if gate.num_qubits <= min(qubits, 4)]
    pool += [UnitaryGate(random_unitary(2, seed=1)), *[STANDARD[name] for name in ("h", "sx", "t")]]
    for gate in draw(st.lists(st.sampled_from(pool), min_size=1, max_size=8)):
        places = draw(st.permutations(range(qubits)))[: gate.num_qubits]
        wrapped = QuantumCircuit(gate.num_qubits)
        wrapped.append(gate, range(gate.num_qubits))
        circuit.append(wrapped.to_instruction() if draw(st.booleans()) else gate, places)
    return circuit


@of_qiskits_own
@exact_engines
@given(circuit=any_circuits(), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_random_circuits_of_any_gates_are_the_state_vectors(name, circuit, seed):
    rows = np.random.default_rng(seed).uniform(-3, 3, (2, circuit.num_parameters))
    expected = statevector(circuit, rows)
    circuit.measure_all()
    np.testing.assert_allclose(ideal(name).probabilities(circuit, rows, shots=None), expected, rtol=0, atol=1e-9)


@engines
@pytest.mark.parametrize("places", [range(12), [0] * 12, [2, 0, 1] * 4], ids=["each its own", "one", "three"])
def test_twelve_plain_parameters_are_bound_in_the_circuits_order(name, places):
    width = min(ideal(name).max_qubits, max(places) + 1)
    circuit, angles = QuantumCircuit(width), [Parameter(f"p{number}") for number in range(12)]
    for angle, place in zip(angles, places, strict=True):
        circuit.ry(angle, place % width)
        circuit.rz(0.3, place % width)
    rows = np.random.default_rng(5).uniform(0.2, 1.2, (1, 12))
    agree(name, circuit, rows, statevector(circuit, rows))


@engines
def test_a_parameter_of_the_phase_alone_takes_its_column_and_changes_nothing(name):
    circuit = QuantumCircuit(1, global_phase=A)
    circuit.ry(B, 0)
    agree(name, circuit, [[2.0, 0.5]], [[np.cos(0.25) ** 2, np.sin(0.25) ** 2]])


def test_the_noise_of_a_wrapped_gate_is_that_of_its_gates():
    drawn, wrapped = QuantumCircuit(2), QuantumCircuit(2)
    drawn.ry(0.4, 0)
    drawn.cx(0, 1)
    wrapped.append(drawn.to_gate(), [0, 1])
    engine = get_engine("noisy", Noise(depolarizing_1q=0.1, depolarizing_2q=0.2, readout_e0=0.05))
    found = [engine.probabilities(circuit, np.empty((1, 0)), shots=None) for circuit in (drawn, wrapped)]
    np.testing.assert_allclose(*found, rtol=0, atol=1e-12)


def test_the_noise_of_a_gate_on_three_qubits_within_another_is_refused():
    circuit = QuantumCircuit(3)
    circuit.append(defined("three", 3, lambda d: d.ccx(0, 1, 2)), range(3))
    with pytest.raises(ValueError, match="gates of the noisy engine must act on one or two qubits, got 'ccx' on 3"):
        get_engine("noisy").probabilities(circuit, np.empty((1, 0)), shots=None)


def test_the_shift_rule_looks_at_gates_not_names():
    circuit = QuantumCircuit(1)
    circuit.append(defined("ry", 1, lambda d: d.ry(2 * A, 0), [A]), [0])
    with pytest.raises(ValueError, match="parameter a must be the angle of exactly one gate of rx, "):
        measure_jacobian(get_engine("exact"), circuit, [[0.3]], shots=None)
    wrapped, plain = QuantumCircuit(1, global_phase=B), QuantumCircuit(1)
    plain.ry(A, 0)
    wrapped.append(plain.to_gate(), [0])
    _, slopes = measure_jacobian(get_engine("exact"), wrapped, [[0.3, 5.0]], shots=None)
    np.testing.assert_allclose(slopes, [[[-np.sin(0.3) / 2, np.sin(0.3) / 2], [0, 0]]], atol=1e-12)


def test_a_chip_takes_no_circuit_wider_than_itself():
    with pytest.raises(ValueError, match="circuit must have 1 to 5 qubits for this engine, got 6"):
        get_engine("ibm", Hardware(backend="fake_manila")).probabilities(
            QuantumCircuit(6), np.empty((1, 0)), shots=10, rng=np.random.default_rng(0)
        )


NO_ANGLES: list[Any] = [
    [[1j]],
    np.array([[1 + 0j]]),
    [["1.0"]],
    [[None]],
    np.array([[1.0]], dtype=object),
    [[1.0], [1.0, 2.0]],
    [[True]],
    None,
    "angles",
]


@engines
@pytest.mark.parametrize("angles", NO_ANGLES, ids=repr)
def test_angles_that_are_no_real_numbers_are_refused(name, angles):
    circuit = standard_only()
    message = "^angles must be an array of real numbers, got "
    with pytest.raises(ValueError, match=message):
        ideal(name).probabilities(circuit, angles, shots=10, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        measure_jacobian(ideal(name), circuit, angles, shots=10, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        shifted_angles(angles, 1.0)


RNGS: list[Any] = [0, np.random.RandomState(0), np.random.PCG64(0), np.random, "seed"]


@engines
@pytest.mark.parametrize("rng", RNGS, ids=lambda rng: type(rng).__name__)
@pytest.mark.parametrize("shots", [None, 10])
def test_an_rng_that_is_no_generator_is_refused(name, rng, shots):
    with pytest.raises(ValueError, match=r"^rng must be a numpy\.random\.Generator, got "):
        ideal(name).probabilities(standard_only(), [[1.0]], shots=shots, rng=rng)


@engines
@pytest.mark.parametrize("shots", [True, False, np.True_, "10", np.array(5), [5], 10j])
def test_shots_that_are_no_number_are_refused(name, shots):
    with pytest.raises(ValueError, match=r"^shots must be a whole number between 1 and 100000, got ") as e:
        ideal(name).probabilities(standard_only(), [[1.0]], shots=shots, rng=np.random.default_rng(0))
    assert repr(shots) in str(e.value)


@pytest.mark.parametrize("shots", [True, np.True_])
def test_a_run_takes_no_truth_for_shots(shots):
    with pytest.raises(ValueError, match=r"^shots must be a whole number between 1 and 100000, got "):
        RunConfig(shots=shots)


@engines
@pytest.mark.parametrize("shots", [100.0, 10.5, np.float64(3), float("nan"), float("inf"), np.int64(0), 100_001])
def test_shots_out_of_bounds_are_refused(name, shots):
    with pytest.raises(ValueError, match=r"^shots must be between 1 and 100000, got "):
        ideal(name).probabilities(standard_only(), [[1.0]], shots=shots, rng=np.random.default_rng(0))


@engines
@pytest.mark.parametrize("kind", [np.int64, np.int8, np.uint8, np.uint64])
def test_numpys_whole_numbers_are_shots_and_angles(name, kind):
    engine, circuit = ideal(name), standard_only()
    measured = [
        engine.probabilities(circuit, [[angle]] * 9, shots=shots, rng=np.random.default_rng(6))
        for angle, shots in ((1.0, 100), (kind(1), kind(100)))
    ]
    np.testing.assert_array_equal(measured[0], measured[1])


@engines
@pytest.mark.parametrize("circuit", [None, "circuit", RYGate(0.1), hash], ids=repr)
def test_what_is_no_circuit_is_refused(name, circuit):
    with pytest.raises(ValueError, match=r"^circuit must be a qiskit\.QuantumCircuit, got "):
        ideal(name).probabilities(circuit, [[1.0]], shots=10, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^circuit must be a qiskit\.QuantumCircuit, got "):
        measure_jacobian(ideal(name), circuit, [[1.0]], shots=10, rng=np.random.default_rng(0))
