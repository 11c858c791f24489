"""Repeated measurements of P(1) against the binomial distribution."""

from math import pi, sin, sqrt

import numpy as np
import pytest

from hqnn.circuit.estimates import measure, measurements
from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.errors import ConfigError

NOISE = Noise(depolarizing_1q=0.05, readout_e1=0.1)
ENGINES = [{"engine": "aer"}, {"engine": "exact"}, {"engine": "noisy", "settings": NOISE.model_dump()}]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine["engine"])
def test_estimates_are_distributed_as_shares_of_shots(engine):
    """Mean within 5 standard errors; the variance too, whose own standard error is that of a binomial's."""
    theta, shots, repeats = 0.6, 50, 2000
    measured = measure(theta, shots=shots, repeats=repeats, seed=1, **engine)
    p = (1 + sin(theta)) / 2
    if engine["engine"] == "noisy":
        kept = (1 - 0.05) ** 2
        p = 0.9 * (1 + kept * sin(theta)) / 2
    variance = p * (1 - p) / shots
    assert abs(measured.mean() - p) < 5 * sqrt(variance / repeats)
    kurtosis = 3 + (1 - 6 * p * (1 - p)) / (shots * p * (1 - p))
    assert abs(measured.var(ddof=1) - variance) < 5 * variance * sqrt((kurtosis - 1) / repeats)
    np.testing.assert_allclose(measured * shots, np.round(measured * shots), atol=1e-9)


def test_shapes_are_kept_and_every_angle_has_its_own_shots():
    assert measure(0.3, shots=10, repeats=4, seed=0).shape == (4,)
    assert measure([[0.1, 0.2, 0.3]], shots=10, repeats=4, seed=0).shape == (4, 1, 3)
    same = measure([0.0] * 200, shots=1000, repeats=1, seed=0)
    assert len(np.unique(same)) > 20


def test_seeds_repeat_and_differ():
    first, again, other = (measure(0.3, shots=1000, repeats=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5


@pytest.mark.parametrize(("theta", "share"), [(pi / 2, 1), (-pi / 2, 0)])
def test_at_the_poles_every_shot_is_the_same(theta, share):
    assert (measure(theta, shots=100, repeats=10, seed=0) == share).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"shots": 0}, "shots must be"),
        ({"engine": "abacus"}, "engine must be"),
        ({"engine": "noisy", "settings": {"readout_e0": 0.9}}, "readout_e0 must be"),
    ],
)
def test_what_cannot_be_is_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        measure(0.0, **({"shots": 10, "repeats": 1, "seed": 0} | arguments))


def test_a_measurement_is_the_same_whichever_it_is_asked_for_with():
    together = measurements(0.4, 100, 7, range(6), ENGINES)
    assert together.shape == (3, 6)
    apart = [measurements(0.4, 100, 7, numbers, ENGINES) for numbers in (range(1), range(1, 4), range(4, 6))]
    np.testing.assert_array_equal(together, np.concatenate(apart, axis=1))
    assert len(set(measurements(0.4, 1000, 7, range(20), ENGINES[:1])[0])) > 8


@pytest.mark.parametrize("response", [IDEAL, Response.of(NOISE)])
def test_the_standard_error_is_the_binomials(response):
    theta = np.array([-1.0, 0.0, 0.7, pi / 2, -pi / 2])
    p = response.probability(theta)
    np.testing.assert_allclose(response.standard_error(theta, 40) ** 2, p * (1 - p) / 40, atol=1e-15)
    np.testing.assert_allclose(response.standard_error(theta, 160), response.standard_error(theta, 40) / 2)
