"""Every engine against closed forms and Qiskit's state vector: exact to rounding, sampled by chi-square."""

from math import pi
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from scipy.stats import chi2, chi2_contingency, chisquare

from hqnn.circuit.circuits import hadamard_ry, probability_of_one
from hqnn.config import ENGINES, Hardware, Noise
from hqnn.engines import EngineError, get_engine
from hqnn.engines.aer import AerEngine
from tests.circuits import ALL_GATES, TWO_QUBITS_AT_MOST, between_rotations, circuits, statevector, turns
from tests.engines import engines, exact_engines, ideal

THETA = np.linspace(-4, 4, 21)[:, None]


def closed_form(theta):
    return (1 + np.sin(theta)) / 2


def two_qubit_circuit():
    """Entangled, asymmetric between its qubits, two parameters whose names sort against their order of use."""
    b, a = Parameter("b"), Parameter("a")
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ry(b, 1)
    circuit.cx(0, 1)
    circuit.rx(a, 0)
    circuit.rz(2 * a + 0.5, 1)
    circuit.rzz(b, 1, 0)
    circuit.sx(1)
    circuit.ry(0.7, 0)
    circuit.measure_all()
    return circuit


@engines
def test_theta_pi_gives_one_half_as_in_the_post(name):
    measured = ideal(name).probabilities(hadamard_ry(), [[pi]], shots=100, rng=np.random.default_rng(0))
    assert probability_of_one(measured) == pytest.approx(0.5, abs=5 * 0.05)


@exact_engines
def test_no_shots_means_exact(name):
    engine, angles = ideal(name), np.random.default_rng(1).uniform(-4, 4, (9, 2))
    np.testing.assert_allclose(
        probability_of_one(engine.probabilities(hadamard_ry(), THETA, shots=None)), closed_form(THETA), atol=1e-12
    )
    circuit = two_qubit_circuit()
    np.testing.assert_allclose(
        engine.probabilities(circuit, angles, shots=None), statevector(circuit, angles), atol=1e-10
    )


@engines
@pytest.mark.parametrize("gate", ALL_GATES)
def test_every_gate_by_itself(name, gate):
    circuit = between_rotations(gate)
    if name == "noisy" and gate not in TWO_QUBITS_AT_MOST:
        pytest.skip("its errors are those of one and two qubits")
    angles = np.linspace(-7, 7, 5)[:, None] if circuit.num_parameters else np.empty((1, 0))
    expected = statevector(circuit, angles)
    if not ENGINES[name].hardware:
        found = ideal(name).probabilities(circuit, angles, shots=None)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
    sampled = ideal(name).probabilities(circuit, angles, shots=10_000, rng=np.random.default_rng(7))
    deviation = np.sqrt(expected * (1 - expected) / 10_000)
    assert (np.abs(sampled - expected) < 5 * deviation + 1e-4).all()


@pytest.mark.slow
@exact_engines
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_random_circuits_are_the_state_vectors(name, data):
    circuit = data.draw(circuits(TWO_QUBITS_AT_MOST if name == "noisy" else ALL_GATES))
    row = st.lists(turns, min_size=circuit.num_parameters, max_size=circuit.num_parameters)
    drawn = data.draw(st.lists(row, min_size=1, max_size=3))
    rows = np.array(drawn).reshape(len(drawn), circuit.num_parameters)
    found = ideal(name).probabilities(circuit, rows, shots=None)
    np.testing.assert_allclose(found, statevector(circuit, rows), rtol=0, atol=1e-10)


@pytest.mark.slow
@engines
@pytest.mark.parametrize("shots", [1, 100, 10_000])
def test_counts_are_distributed_as_the_closed_form_says(name, shots):
    """Chi-square of the angles whose two counts are both expected above 5; at 10,000 shots 1 % off fails."""
    repeats = 20
    clear = np.abs(np.sin(THETA[:, 0])) < 1 - 10 / (shots * repeats)
    angles = THETA[clear]
    theta = np.repeat(angles, repeats, axis=0)
    rng = np.random.default_rng(2)
    measured = probability_of_one(ideal(name).probabilities(hadamard_ry(), theta, shots=shots, rng=rng))
    ones = shots * measured.reshape(len(angles), repeats).sum(1)
    total, expected = shots * repeats, closed_form(angles[:, 0])
    statistic = ((ones - total * expected) ** 2 / (total * expected * (1 - expected))).sum()
    assert 1e-6 < chi2.sf(statistic, len(angles)) < 1 - 1e-6


@engines
def test_noise_falls_as_one_over_the_square_root_of_the_shots(name):
    rng, theta = np.random.default_rng(3), np.full((2000, 1), 0.4)
    deviations = [
        probability_of_one(ideal(name).probabilities(hadamard_ry(), theta, shots=shots, rng=rng)).std()
        for shots in (25, 400)
    ]
    p = closed_form(0.4)
    for deviation, shots in zip(deviations, (25, 400), strict=True):
        expected = np.sqrt(p * (1 - p) / shots)
        assert deviation == pytest.approx(expected, abs=5 * expected / np.sqrt(2 * 2000))


@engines
def test_two_qubits_are_sampled_jointly(name):
    circuit, angles = two_qubit_circuit(), np.array([[0.3, 1.1]])
    measured = ideal(name).probabilities(circuit, angles, shots=20_000, rng=np.random.default_rng(4))
    fit: Any = chisquare(20_000 * measured[0], 20_000 * statevector(circuit, angles)[0])
    assert fit.pvalue > 1e-6


@engines
def test_calls_never_repeat_their_noise_and_seeds_always_do(name):
    engine, rng = ideal(name), np.random.default_rng(5)
    first, second = (engine.probabilities(hadamard_ry(), THETA, shots=100, rng=rng) for _ in range(2))
    again = engine.probabilities(hadamard_ry(), THETA, shots=100, rng=np.random.default_rng(5))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, again)


@pytest.mark.slow
@engines
def test_angles_of_one_call_are_measured_independently(name):
    """Correlations between the rows of a call are no larger than chance, also between lanes of one circuit."""
    rows, calls = 17, 400  # more than fit one circuit
    rng = np.random.default_rng(6)
    engine, circuit, theta = ideal(name), hadamard_ry(), np.zeros((rows, 1))
    ones = np.array([engine.probabilities(circuit, theta, shots=50, rng=rng)[:, 1] for _ in range(calls)])
    correlations = np.asarray(np.corrcoef(ones.T))[np.triu_indices(rows, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(calls)


@engines
@pytest.mark.parametrize(
    ("angles", "options", "message"),
    [
        ([1.0], {"shots": 1}, r"angles must have the shape \(batch, 1\), got \(1,\)"),
        ([[1.0, 2.0]], {"shots": 1}, r"angles must have the shape \(batch, 1\), got \(1, 2\)"),
        ([[1.0], [np.nan]], {"shots": 1}, "angles must be finite, got nan in row 1"),
        ([[1.0]], {"shots": 0}, "shots must be between 1 and 100000, got 0"),
        ([[1.0]], {"shots": 1.5}, "shots must be between 1 and 100000, got 1.5"),
        ([[1.0]], {"shots": 10}, "rng must be given with shots, got None with 10 shots"),
    ],
)
def test_bad_calls_are_refused(name, angles, options, message):
    with pytest.raises(ValueError, match=message):
        ideal(name).probabilities(hadamard_ry(), angles, **options)


@engines
def test_an_empty_batch_gives_an_empty_answer(name):
    assert ideal(name).probabilities(hadamard_ry(), np.empty((0, 1)), shots=10).shape == (0, 2)


@engines
def test_a_circuit_that_is_too_wide_is_refused(name):
    engine = ideal(name)
    circuit = hadamard_ry(engine.max_qubits + 1)
    with pytest.raises(ValueError, match=f"circuit must have 1 to {engine.max_qubits} qubits for this engine, got"):
        engine.probabilities(circuit, [[1.0]], shots=10, rng=np.random.default_rng(0))


@engines
def test_a_circuit_without_parameters_and_one_with_a_barrier_run(name):
    circuit = QuantumCircuit(2)
    circuit.x(1)
    circuit.barrier()
    circuit.measure_all()
    measured = ideal(name).probabilities(circuit, np.empty((9, 0)), shots=10, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(measured, [[0, 0, 1, 0]] * 9)


@engines
def test_each_engine_agrees_with_every_other(name):
    """Chi-square of two samples, 12 outcomes of three angles: against the state vector's, at 20,000 shots each."""
    circuit, angles, shots = two_qubit_circuit(), np.array([[0.3, 1.1], [-2.0, 0.4], [1.6, 2.2]]), 20_000
    counts = [
        shots * engine.probabilities(circuit, angles, shots=shots, rng=np.random.default_rng(seed))
        for seed, engine in ((7, ideal(name)), (8, ideal("exact")))
    ]
    fit: Any = chi2_contingency(np.stack(counts).reshape(2, -1))
    assert fit.pvalue > 1e-6


def test_an_engine_is_made_once_for_its_settings():
    assert get_engine("noisy") is get_engine("noisy", Noise())
    assert get_engine("noisy", Noise(readout_e0=0.1)) is not get_engine("noisy")


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("ear", None, "engine must be 'aer', 'exact', 'noisy' or 'ibm', got 'ear'"),
        ("aer", Noise(), "settings of the 'aer' engine must be left out, got Noise"),
        ("noisy", Hardware(), "settings of the 'noisy' engine must be Noise, got Hardware"),
    ],
)
def test_unknown_engines_and_foreign_settings_are_refused(name, settings, message):
    with pytest.raises(ValueError, match=message):
        get_engine(name, settings)


def test_a_job_that_aer_gives_up_is_an_error_not_an_empty_answer():
    engine = AerEngine()
    engine._simulator.set_options(max_memory_mb=1)
    circuit = QuantumCircuit(20)
    circuit.h(range(20))
    with pytest.raises(EngineError, match=r"^Aer failed: .*Insufficient memory"):
        engine.probabilities(circuit, np.empty((1, 0)), shots=10, rng=np.random.default_rng(0))
