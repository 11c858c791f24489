"""Slopes against finite differences of the state vector, their noise against binomials drawn by NumPy."""

from math import inf, pi

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import Statevector

from hqnn.circuit.circuits import hadamard_ry
from hqnn.circuit.gradients import measure_jacobian, signal_to_noise, slope_deviation
from hqnn.circuit.response import Response
from hqnn.config import Noise
from hqnn.engines import get_engine
from tests.engines import engines, ideal


def three_qubit_circuit():
    angles = ParameterVector("a", 6)
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.ry(angles[3], 1)
    circuit.rx(angles[0], 0)
    circuit.cx(0, 1)
    circuit.rzz(angles[1], 1, 2)
    circuit.p(angles[2], 0)
    circuit.ryy(angles[5], 2, 0)
    circuit.rz(0.3, 1)
    circuit.rx(angles[4], 2)
    circuit.h(1)
    circuit.measure_all()
    return circuit


def exact_slopes(circuit, rows, step=1e-5):
    """Probabilities, and their central differences along every parameter, from Qiskit's state vector."""
    bare = circuit.remove_final_measurements(inplace=False)
    moves = step * np.eye(rows.shape[1])

    def at(row):
        return Statevector(bare.assign_parameters(row)).probabilities()

    slopes = [[(at(row + move) - at(row - move)) / (2 * step) for move in moves] for row in rows]
    return np.array([at(row) for row in rows]), np.array(slopes)


@pytest.mark.parametrize("shift", [pi / 2, 0.4, 2.5])
def test_the_jacobian_is_the_state_vectors(shift):
    circuit, rows = three_qubit_circuit(), np.random.default_rng(0).uniform(-3, 3, (4, 6))
    found = measure_jacobian(get_engine("exact"), circuit, rows, shots=None, shift=shift)
    for mine, theirs in zip(found, exact_slopes(circuit, rows), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-9)


@engines
def test_a_measured_jacobian_lies_within_five_standard_errors_in_one_call(name, monkeypatch):
    """With N shots a slope at s = π/2 has a variance of at most 1 / 8N."""
    engine, circuit = ideal(name), three_qubit_circuit()
    rows, shots, calls = np.random.default_rng(1).uniform(-3, 3, (3, 6)), 20_000, []
    sampled = engine._sampled
    monkeypatch.setattr(engine, "_sampled", lambda *a: calls.append(a) or sampled(*a))
    _, slopes = measure_jacobian(engine, circuit, rows, shots=shots, rng=np.random.default_rng(2))
    np.testing.assert_allclose(slopes, exact_slopes(circuit, rows)[1], atol=5 / np.sqrt(8 * shots))
    assert len(calls) == 1


def twice():
    circuit, angle = QuantumCircuit(2), Parameter("a")
    circuit.ry(angle, 0)
    circuit.rx(angle, 1)
    return circuit


def scaled():
    circuit = QuantumCircuit(1)
    circuit.ry(2 * Parameter("a"), 0)
    return circuit


def controlled():
    circuit = QuantumCircuit(2)
    circuit.crx(Parameter("a"), 0, 1)
    return circuit


@pytest.mark.parametrize(
    ("circuit", "got"),
    [(twice(), r"ry\(a\), rx\(a\)"), (scaled(), r"ry\(2(.0)?\*a\)"), (controlled(), r"crx\(a\)")],
    ids=["twice", "scaled", "controlled"],
)
def test_a_circuit_for_which_the_rule_does_not_hold_is_refused(circuit, got):
    with pytest.raises(ValueError, match=f"parameter a must be the angle of exactly one gate of rx, .*, got {got}"):
        measure_jacobian(get_engine("exact"), circuit, [[1.0]], shots=None)


def test_angles_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"angles must have the shape \(batch, 1\), got \(3,\)"):
        measure_jacobian(get_engine("exact"), hadamard_ry(), [1.0, 2.0, 3.0], shots=None)


def test_the_deviation_under_noise_is_that_of_drawn_binomials():
    repeats, rng, theta, shift, shots = 20_000, np.random.default_rng(0), 0.4, 1.2, 100
    response = Response.of(Noise(depolarizing_1q=0.2, readout_e0=0.05, readout_e1=0.2))
    plus, minus = (rng.binomial(shots, response.probability(theta + s), repeats) / shots for s in (shift, -shift))
    drawn = (plus - minus) / (2 * np.sin(shift))
    assert slope_deviation(theta, shift, shots, response=response) == pytest.approx(
        drawn.std(), rel=5 / np.sqrt(2 * repeats)
    )
    assert slope_deviation(theta, shift, shots) != pytest.approx(drawn.std(), rel=5 / np.sqrt(2 * repeats))


@pytest.mark.parametrize("rule", ["parameter-shift", "published"])
@pytest.mark.parametrize(("theta", "shift", "shots"), [(0.0, pi / 2, 100), (0.7, 0.4, 50), (-1.2, 2.5, 1000)])
def test_the_deviation_is_that_of_drawn_binomials(rule, theta, shift, shots):
    repeats, rng = 20_000, np.random.default_rng(0)
    plus, minus = (rng.binomial(shots, (1 + np.sin(theta + s)) / 2, repeats) / shots for s in (shift, -shift))
    drawn = (plus - minus) / (2 * np.sin(shift) if rule == "parameter-shift" else 1)
    assert slope_deviation(theta, shift, shots, rule) == pytest.approx(drawn.std(), rel=5 / np.sqrt(2 * repeats))


@pytest.mark.parametrize("rule", ["parameter-shift", "published"])
def test_signal_to_noise_is_the_slope_over_its_deviation(rule):
    """θ = 0, s = π/4, 50 shots: slope 1/2, variance [1/2 + 1/2] / (16 · 50 · 1/2) = 1/400; their ratio is 10."""
    theta, shots, shift, rng = 0.0, 50, pi / 4, np.random.default_rng(1)
    plus, minus = (rng.binomial(shots, (1 + np.sin(theta + s)) / 2, 50_000) / shots for s in (shift, -shift))
    gradient = (plus - minus) / (2 * np.sin(shift) if rule == "parameter-shift" else 1)
    assert signal_to_noise(np.full(50_000, theta), gradient, shift, shots, rule) == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize("theta", [0.0, pi, 2 * pi, -5 * pi])
def test_slopes_without_noise_have_an_infinite_signal(theta):
    """Both points of the rule are certain there, 0 and 1: the shots all agree."""
    assert signal_to_noise(np.full(3, theta), np.full(3, 0.5), pi / 2, 100) == inf


def test_pure_noise_has_no_signal():
    """At θ = π/2 the slope is 0, and what is measured there is shot noise alone."""
    shots, shift, rng = 100, 1.0, np.random.default_rng(2)
    p = (1 + np.sin(pi / 2 + shift)) / 2
    plus, minus = rng.binomial(shots, p, (2, 50_000)) / shots
    assert signal_to_noise(np.full(50_000, pi / 2), (plus - minus) / (2 * np.sin(shift)), shift, shots) < 0.15
