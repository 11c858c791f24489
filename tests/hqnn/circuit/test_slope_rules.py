"""Rules for a slope against numerical differentiation of the sine, and against binomials drawn by NumPy."""

from math import isnan, pi, sin, sqrt

import numpy as np
import pytest

from hqnn.circuit.gradients import slope_deviation
from hqnn.circuit.response import IDEAL, Response
from hqnn.circuit.slope_rules import (
    RULES,
    deviation_error,
    expected_slope,
    measured_slope,
    ratio,
    slope_variance,
    three_points,
    true_slope,
    weights,
)
from hqnn.config import Noise
from hqnn.errors import ConfigError

NOISY = Response.of(Noise(depolarizing_1q=0.1, readout_e0=0.05, readout_e1=0.2, t1_us=1))
CASES = [(0.0, pi / 4), (0.7, pi / 2), (-1.2, 2.5), (2.0, 0.3), (0.4, 5 * pi / 4)]

cases = pytest.mark.parametrize(("theta", "shift"), CASES)
rules = pytest.mark.parametrize("rule", RULES)
responses = pytest.mark.parametrize("response", [IDEAL, NOISY], ids=["ideal", "noisy"])


def p_of(theta, response):
    return response.offset + response.sine * np.sin(theta) + response.cosine * np.cos(theta)


def by_hand(rule, points, shift):
    """Each rule as it is written, from P at θ − s, θ and θ + s, each one value or many."""
    before, here, after = points
    return {
        "published": after - before,
        "parameter-shift": (after - before) / (2 * np.sin(shift)),
        "forward": (after - here) / shift,
        "central": (after - before) / (2 * shift),
    }[rule]


def drawn(theta, shift, shots, repeats, response, seed=0):
    """(repeats, 3) shares of ones at θ − s, θ, θ + s."""
    p = p_of(np.array([theta - shift, theta, theta + shift]), response)
    return np.random.default_rng(seed).binomial(shots, p, (repeats, 3)) / shots


@responses
@pytest.mark.parametrize("theta", [0.0, 0.7, -2.5, pi / 2])
def test_the_true_slope_is_the_numerical_derivative(theta, response):
    step = 1e-5
    numerical = (p_of(theta + step, response) - p_of(theta - step, response)) / (2 * step)
    assert true_slope(theta, response) == pytest.approx(numerical, abs=1e-9)


@rules
@responses
@cases
def test_on_average_a_rule_gives_what_is_written(rule, theta, shift, response):
    points = [p_of(angle, response) for angle in (theta - shift, theta, theta + shift)]
    assert expected_slope(theta, shift, rule, response) == pytest.approx(by_hand(rule, points, shift), abs=1e-12)


@responses
@cases
def test_ratios_to_the_true_slope(theta, shift, response):
    """1 for the corrected rule, 2 sin s for the published one, sin s / s for the central difference, at any noise."""
    assert ratio(theta, shift, "parameter-shift", response) == pytest.approx(1)
    assert ratio(theta, shift, "published", response) == pytest.approx(2 * sin(shift))
    assert ratio(theta, shift, "central", response) == pytest.approx(sin(shift) / shift)
    for rule in ("forward", "central"):
        assert ratio(theta, 1e-6, rule, response) == pytest.approx(1, abs=1e-5)


@rules
def test_there_is_no_ratio_to_a_slope_of_zero(rule):
    assert ratio(pi / 2, 1.0, rule) is None
    assert ratio(-pi / 2, 1.0, rule) is None


@rules
@responses
@cases
def test_means_and_scatter_are_those_of_drawn_binomials(rule, theta, shift, response):
    """Five standard errors; that of a deviation from the drawn slopes' own fourth moment."""
    repeats, shots = 40_000, 60
    slopes = by_hand(rule, drawn(theta, shift, shots, repeats, response).T, shift)
    deviation = sqrt(slope_variance(theta, shift, shots, rule, response))
    assert expected_slope(theta, shift, rule, response) == pytest.approx(
        slopes.mean(), abs=5 * slopes.std() / sqrt(repeats)
    )
    fourth = ((slopes - slopes.mean()) ** 4).mean()
    tolerance = 5 * sqrt((fourth - slopes.var() ** 2) / repeats) / (2 * slopes.std())
    assert tolerance < 0.05 * deviation / 2
    assert deviation == pytest.approx(slopes.std(), abs=tolerance)


@cases
def test_the_corrected_rules_scatter_has_its_closed_form(theta, shift):
    shots = 250
    closed = (np.cos(theta + shift) ** 2 + np.cos(theta - shift) ** 2) / (16 * shots * np.sin(shift) ** 2)
    assert slope_variance(theta, shift, shots, "parameter-shift") == pytest.approx(closed)
    for rule in ("parameter-shift", "published"):
        deviation = slope_deviation(theta, shift, shots, rule, NOISY)
        assert sqrt(slope_variance(theta, shift, shots, rule, NOISY)) == pytest.approx(float(deviation))


@rules
@pytest.mark.parametrize(("shots", "repeats"), [(1, 30), (20, 10), (100, 100)])
def test_the_error_of_a_deviation_is_that_of_many_deviations(rule, shots, repeats):
    """To first order: the deviations' own deviation over 4,000 studies, its standard error about 1/√8,000."""
    theta, shift, studies = 0.9, 1.1, 4000
    slopes = drawn(theta, shift, shots, repeats * studies, IDEAL) @ weights(rule, shift)
    found = slopes.reshape(studies, repeats).std(axis=1, ddof=1).std()
    assert deviation_error(theta, shift, shots, repeats, rule) == pytest.approx(found, rel=0.12)


@rules
def test_what_was_measured_is_summed_up(rule):
    points = drawn(0.3, 0.8, 50, 40, IDEAL)
    slopes = by_hand(rule, points.T, 0.8)
    found = measured_slope(points, 0.3, 0.8, 50, rule)
    assert found.mean == pytest.approx(slopes.mean())
    assert found.deviation == pytest.approx(np.std(slopes, ddof=1))
    assert found.repeats == 40


@rules
@pytest.mark.parametrize(("shots", "repeats"), [(1, 2), (50, 40)])
def test_the_error_of_a_mean_is_that_of_many_means(rule, shots, repeats):
    """Of means over 4,000 studies; five standard errors of their deviation, about 5/√8,000."""
    points = drawn(0.3, 0.8, shots, repeats * 4000, IDEAL)
    means = by_hand(rule, points.T, 0.8).reshape(4000, repeats).mean(axis=1)
    assert measured_slope(points[:repeats], 0.3, 0.8, shots, rule).error == pytest.approx(means.std(), rel=0.056)


@rules
def test_equal_repeats_do_not_claim_to_be_certain(rule):
    found = measured_slope(np.zeros((2, 3)), 0.3, 0.8, 1, rule)
    assert found.deviation == 0
    assert found.error == pytest.approx(sqrt(slope_variance(0.3, 0.8, 1, rule) / 2))
    assert found.error > 0.05


@rules
def test_one_repeat_has_the_expected_error_and_no_scatter(rule):
    found = measured_slope(drawn(0.3, 0.8, 50, 1, IDEAL), 0.3, 0.8, 50, rule)
    assert found.error == pytest.approx(sqrt(slope_variance(0.3, 0.8, 50, rule)))
    assert isnan(found.deviation)
    assert isnan(found.deviation_error)


def test_certain_points_do_not_scatter():
    assert slope_variance(0.0, pi / 2, 100, "parameter-shift") == pytest.approx(0, abs=1e-15)


def test_a_rounding_error_makes_no_variance_negative():
    response = Response(sine=0.5000000000000002)
    assert response.probability(pi / 2) > 1
    assert slope_variance(0.0, pi / 2, 100, "published", response) == pytest.approx(0, abs=1e-15)


def test_the_three_points():
    np.testing.assert_allclose(three_points(0.5, 0.2), [0.3, 0.5, 0.7])


def test_what_cannot_be_is_refused():
    with pytest.raises(ConfigError, match=r"shift must have \|sin\(shift\)\| of at least 0.01, .*, got 3.14159"):
        weights("parameter-shift", pi)
    with pytest.raises(ConfigError, match="shift must not be 0, because a finite difference divides by it, got 0"):
        weights("forward", 0)
    with pytest.raises(
        ConfigError,
        match="rule must be 'parameter-shift', 'published', 'forward' or 'central', got 'backward'",
    ):
        weights("backward", 1.0)
