"""Noise against closed forms, and against Aer's own noise model put together independently."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator, Pauli, Statevector
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, depolarizing_error, thermal_relaxation_error
from qiskit_ibm_runtime import fake_provider
from scipy.stats import chi2

from hqnn.circuit.circuits import hadamard_ry, probability_of_one
from hqnn.circuit.response import IDEAL, Response, bloch_vectors
from hqnn.config import NOISE_PRESETS, Noise
from hqnn.engines import get_engine
from hqnn.engines.noisy import device_noise

THETA = np.linspace(-4, 4, 17)[:, None]

rates = st.floats(0, 1)
halves = st.floats(0, 0.5)
times = st.floats(0.1, 1000)


@st.composite
def noises(draw):
    t1 = draw(st.none() | times)
    t2 = draw(st.none() | times.map(lambda t2: t2 if t1 is None else min(t2, 2 * t1)))
    return Noise(
        depolarizing_1q=draw(rates),
        depolarizing_2q=draw(rates),
        readout_e0=draw(halves),
        readout_e1=draw(halves),
        t1_us=t1,
        t2_us=t2,
        gate_time_1q_ns=draw(st.floats(0, 1e4)),
        gate_time_2q_ns=draw(st.floats(0, 1e4)),
    )


def exact_ones(noise, theta=THETA):
    return probability_of_one(get_engine("noisy", noise).probabilities(hadamard_ry(), theta, shots=None))


def test_no_noise_is_the_ideal_circuit():
    np.testing.assert_allclose(exact_ones(Noise()), (1 + np.sin(THETA)) / 2, atol=1e-12)
    assert Response.of(Noise()) == IDEAL


@pytest.mark.parametrize(("e0", "e1"), [(0.1, 0.0), (0.0, 0.2), (0.03, 0.08), (0.5, 0.5)])
def test_readout_error_mixes_the_outcomes(e0, e1):
    p = (1 + np.sin(THETA)) / 2
    np.testing.assert_allclose(exact_ones(Noise(readout_e0=e0, readout_e1=e1)), (1 - e1) * p + e0 * (1 - p), atol=1e-12)


@pytest.mark.parametrize("rate", [0.01, 0.2, 1.0])
def test_depolarizing_shrinks_the_sine_once_a_gate(rate):
    np.testing.assert_allclose(
        exact_ones(Noise(depolarizing_1q=rate)), (1 + (1 - rate) ** 2 * np.sin(THETA)) / 2, atol=1e-12
    )


def test_relaxation_follows_its_times():
    """After H, x fades by exp(−t/T2) and z grows to 1 − exp(−t/T1); RY turns them; z is drawn up again."""
    t1, t2, t = 50_000, 30_000, 4_000
    x, z = np.exp(-t / t2), 1 - np.exp(-t / t1)
    turned = z * np.cos(THETA) - x * np.sin(THETA)
    drawn = 1 + (turned - 1) * np.exp(-t / t1)
    noise = Noise(t1_us=50, t2_us=30, gate_time_1q_ns=t)
    np.testing.assert_allclose(exact_ones(noise), (1 - drawn) / 2, atol=1e-12)


@pytest.mark.slow
@given(noise=noises())
@settings(max_examples=100, deadline=None)
def test_the_response_is_what_the_engine_simulates(noise):
    """Aer leaves out an error's terms that are rarer than 1e-8."""
    np.testing.assert_allclose(exact_ones(noise), Response.of(noise).probability(THETA), rtol=0, atol=1e-7)


def bloch(state):
    return [state.expectation_value(Operator(Pauli(axis))).real for axis in "XYZ"]


@pytest.mark.parametrize("theta", [-3.0, -0.7, 0.0, 0.4, np.pi / 2, np.pi])
def test_bloch_vectors_are_those_of_qiskits_states(theta):
    circuit = QuantumCircuit(1)
    circuit.h(0)
    after_h = bloch(Statevector(circuit))
    circuit.ry(theta, 0)
    np.testing.assert_allclose(bloch_vectors(theta), (after_h, bloch(Statevector(circuit))), atol=1e-12)


@given(noise=noises(), theta=st.floats(-4, 4))
@settings(max_examples=50, deadline=None)
def test_bloch_vectors_with_noise_are_those_of_aers_density_matrices(noise, theta):
    relaxation = thermal_relaxation_error(noise.t1_ns, noise.t2_ns, noise.gate_time_1q_ns)
    model = NoiseModel(basis_gates=["h", "ry"])
    model.add_all_qubit_quantum_error(depolarizing_error(noise.depolarizing_1q, 1).compose(relaxation), ["h", "ry"])
    circuit = QuantumCircuit(1)
    circuit.h(0)
    circuit.save_density_matrix(label="after h")  # pyright: ignore[reportAttributeAccessIssue]
    circuit.ry(theta, 0)
    circuit.save_density_matrix(label="after ry")  # pyright: ignore[reportAttributeAccessIssue]
    states = AerSimulator(method="density_matrix", noise_model=model).run(circuit).result().data(0)
    expected = [bloch(states[moment]) for moment in ("after h", "after ry")]
    np.testing.assert_allclose(bloch_vectors(theta, noise), expected, atol=1e-7)


def two_qubit_circuit():
    b, a = Parameter("b"), Parameter("a")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ry(b, 1)
    circuit.cx(0, 1)
    circuit.barrier()
    circuit.rx(a, 0)
    circuit.crz(b, 1, 0)
    circuit.sx(1)
    return circuit


def aers_own(circuit, noise, rows):
    """Probabilities from a density matrix under Aer's noise model, and the readout's matrix on each qubit."""
    relaxation = [
        thermal_relaxation_error(noise.t1_ns, noise.t2_ns, time)
        for time in (noise.gate_time_1q_ns, noise.gate_time_2q_ns)
    ]
    model = NoiseModel(basis_gates=["h", "ry", "rx", "sx", "cx", "unitary"])
    model.add_all_qubit_quantum_error(
        depolarizing_error(noise.depolarizing_1q, 1).compose(relaxation[0]), ["h", "ry", "rx", "sx"]
    )
    model.add_all_qubit_quantum_error(
        depolarizing_error(noise.depolarizing_2q, 2).compose(relaxation[1].tensor(relaxation[1])), ["cx", "crz_unitary"]
    )
    simulator = AerSimulator(method="density_matrix", noise_model=model)
    flips = np.array([[1 - noise.readout_e0, noise.readout_e1], [noise.readout_e0, 1 - noise.readout_e1]])
    found = []
    for row in rows:
        bound = QuantumCircuit(2)
        for instruction in circuit.assign_parameters(row).data:
            if instruction.operation.name == "crz":
                bound.unitary(instruction.operation.to_matrix(), instruction.qubits, label="crz_unitary")
            else:
                bound.append(instruction)
        bound.save_probabilities()  # pyright: ignore[reportAttributeAccessIssue]
        result = simulator.run(transpile(bound, optimization_level=0)).result()
        found.append(np.kron(flips, flips) @ result.data(0)["probabilities"])
    return np.array(found)


@pytest.mark.slow
@given(noise=noises())
@settings(max_examples=15, deadline=None)
def test_two_qubits_have_the_noise_of_aers_own_model(noise):
    circuit, rows = two_qubit_circuit(), np.array([[0.3, 1.1], [-2.0, 0.4]])
    found = get_engine("noisy", noise).probabilities(circuit, rows, shots=None)
    np.testing.assert_allclose(found, aers_own(circuit, noise, rows), atol=1e-10)


@pytest.mark.parametrize("name", NOISE_PRESETS)
def test_measured_ones_are_distributed_as_the_response_says(name):
    """Chi-square over 17 angles of 50,000 shots, which sees 0.3 % off."""
    noise, shots = Noise.preset(name), 50_000
    measured = get_engine("noisy", noise).probabilities(hadamard_ry(), THETA, shots=shots, rng=np.random.default_rng(1))
    p = Response.of(noise).probability(THETA[:, 0])
    clear = p * (1 - p) * shots > 10
    statistic = (shots * (measured[:, 1] - p)[clear] ** 2 / (p * (1 - p))[clear]).sum()
    assert 1e-6 < chi2.sf(statistic, clear.sum()) < 1 - 1e-6


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("yorktown", fake_provider.FakeYorktownV2),
        ("manila", fake_provider.FakeManilaV2),
        ("sherbrooke", fake_provider.FakeSherbrooke),
        ("torino", fake_provider.FakeTorino),
    ],
)
def test_presets_are_the_devices_calibrations(name, backend):
    assert Noise.preset(name) == device_noise(backend())


def test_a_devices_noise_has_the_gate_errors_that_it_states():
    """The mean infidelity of an sx with the preset's depolarizing and relaxation is the device's own number."""
    from qiskit.quantum_info import SuperOp, average_gate_fidelity

    backend, noise = fake_provider.FakeManilaV2(), Noise.preset("manila")
    stated = np.median([properties.error for properties in backend.target["sx"].values()])
    relaxation = thermal_relaxation_error(noise.t1_ns, noise.t2_ns, noise.gate_time_1q_ns)
    error = depolarizing_error(noise.depolarizing_1q, 1).compose(relaxation)
    assert 1 - average_gate_fidelity(SuperOp(error)) == pytest.approx(stated, rel=0.01)


def test_a_gate_on_three_qubits_is_refused():
    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    with pytest.raises(ValueError, match="gates of the noisy engine must act on one or two qubits, got 'ccx' on 3"):
        get_engine("noisy").probabilities(circuit, np.empty((1, 0)), shots=None)
