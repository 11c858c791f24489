"""Lanes: the same distribution as one circuit an angle, whole packing and unpacking."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit_aer import AerSimulator
from scipy.stats import chi2_contingency, chisquare

from hqnn.circuit.circuits import hadamard_ry
from hqnn.config import Noise
from hqnn.engines import Engine, get_engine
from hqnn.engines.aer import AerEngine
from hqnn.engines.base import unmeasured
from hqnn.engines.lanes import lane_angles, lane_counts, lanes_for, side_by_side
from hqnn.engines.noisy import NoisyEngine
from tests.engines import aer_jobs

SHOTS = 20_000


class OneLaneAer(AerEngine):
    lane_qubits = 1


class OneLaneNoisy(NoisyEngine):
    lane_qubits = 1


NOISE = Noise(depolarizing_1q=0.1, readout_e0=0.05, readout_e1=0.1)


def independence(table: Any) -> float:
    """The p value of a table's rows and columns having nothing to do with each other."""
    fit: Any = chi2_contingency(table, correction=False)
    return fit.pvalue


pairs = pytest.mark.parametrize(
    ("packed", "single"),
    [(get_engine("aer"), OneLaneAer()), (get_engine("noisy", NOISE), OneLaneNoisy(NOISE))],
    ids=["aer", "noisy"],
)


@pairs
def test_lanes_have_the_distribution_of_one_circuit_an_angle(packed: Engine, single: Engine):
    """Chi-square of ones and zeros at 21 angles, measured both ways."""
    angles = np.linspace(-3, 3, 21)[:, None]
    counts = [
        SHOTS * engine.probabilities(hadamard_ry(), angles, shots=SHOTS, rng=np.random.default_rng(seed))
        for seed, engine in enumerate((packed, single))
    ]
    values = np.array([independence([both[row] for both in counts]) for row in range(len(angles))])
    assert values.min() > 1e-5
    assert chisquare(np.histogram(values, 4, (0, 1))[0]).pvalue > 1e-5


@pytest.mark.parametrize("angles", [np.zeros(8), np.linspace(-1.2, 1.2, 8)], ids=["equal", "different"])
def test_lanes_of_one_run_are_independent_in_pairs(angles):
    """Joint outcomes of every pair of lanes in the same shot: chi-square of independence."""
    packed, parameters = side_by_side(unmeasured(hadamard_ry()), 8)
    packed.measure_all()
    bound = packed.assign_parameters(dict(zip(parameters, angles, strict=True)))
    job = AerSimulator(max_parallel_threads=1).run(bound, shots=SHOTS, memory=True, seed_simulator=1)
    shots = np.array([[int(bit) for bit in reversed(outcome)] for outcome in job.result().get_memory()])
    for one in range(8):
        for other in range(one):
            table = np.bincount(2 * shots[:, one] + shots[:, other], minlength=4).reshape(2, 2)
            assert independence(table) > 1e-6


@given(batch=st.integers(1, 300), qubits=st.integers(1, 12), limit=st.integers(1, 20))
def test_rows_fit_the_lanes_in_as_few_runs_as_possible(batch, qubits, limit):
    lanes = lanes_for(batch, qubits, limit)
    assert lanes == 1 or lanes * qubits <= limit
    assert -(-batch // lanes) == -(-batch // max(1, limit // qubits))


@given(batch=st.integers(1, 40), lanes=st.integers(1, 9), parameters=st.integers(0, 3))
def test_angles_lie_row_after_row(batch, lanes, parameters):
    angles = np.arange(batch * parameters, dtype=float).reshape(batch, parameters)
    runs = lane_angles(angles, lanes)
    assert runs.shape == (-(-batch // lanes), lanes * parameters)
    np.testing.assert_array_equal(runs.reshape(-1, parameters)[:batch] if parameters else angles, angles)


@given(data=st.data(), lanes=st.integers(1, 5), width=st.integers(1, 3))
def test_counts_come_back_lane_by_lane(data, lanes, width):
    outcomes = st.integers(0, 2 ** (lanes * width) - 1)
    runs = data.draw(st.lists(st.dictionaries(outcomes, st.integers(1, 50), min_size=1), min_size=1, max_size=4))
    found = lane_counts([{hex(key): count for key, count in run.items()} for run in runs], lanes, width)
    expected = np.zeros((len(runs) * lanes, 2**width), int)
    for number, run in enumerate(runs):
        for key, count in run.items():
            digits = np.base_repr(key, 2).zfill(lanes * width)[::-1]
            for lane in range(lanes):
                expected[number * lanes + lane, int(digits[lane * width : (lane + 1) * width][::-1], 2)] += count
    np.testing.assert_array_equal(found, expected)


def test_lanes_wider_than_a_machine_word_come_back():
    assert lane_counts([{hex(2**62): 3}], 63, 1)[62].tolist() == [0, 3]


@pytest.mark.parametrize("name", ["aer", "noisy"])
@pytest.mark.parametrize("batch", [1, 3, 24, 31])
def test_a_batch_is_one_job_on_one_thread(monkeypatch, name, batch):
    jobs = aer_jobs(monkeypatch)
    get_engine(name).probabilities(hadamard_ry(), np.zeros((batch, 1)), shots=10, rng=np.random.default_rng(0))
    assert len(jobs) == 1
    assert jobs[0].max_parallel_threads == 1
