"""The parameter-shift rule, tested on sines, with no simulator."""

from math import cos, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hqnn.circuit.circuits import hadamard_ry
from hqnn.circuit.gradients import measure_jacobian
from hqnn.circuit.slope_rules import three_points
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.shift import AngleError, combine, shifted_angles

angles = st.floats(-10, 10)
shifts = st.floats(-7, 7).filter(lambda s: abs(sin(s)) >= 0.01)


@given(theta=angles, shift=shifts, scale=angles, phase=angles, offset=angles)
def test_the_rule_is_exact_on_any_sine(theta, shift, scale, phase, offset):
    values = scale * np.sin(shifted_angles(theta, shift) + phase) + offset
    assert combine(values, shift) == pytest.approx(scale * cos(theta + phase), abs=1e-10)


@given(theta=angles, shift=shifts)
def test_the_published_difference_is_the_slope_times_twice_the_sine_of_the_shift(theta, shift):
    difference = combine(np.sin(shifted_angles(theta, shift)), shift, "published")
    assert difference == pytest.approx(2 * sin(shift) * cos(theta), abs=1e-12)


@pytest.mark.parametrize(("shift", "factor"), [(pi / 2, 2), (3 * pi / 4, 2**0.5), (pi, 0), (5 * pi / 4, -(2**0.5))])
def test_the_published_rule_scales_with_the_shift_and_turns_its_sign_past_pi(shift, factor):
    assert combine(np.sin(shifted_angles(0.0, shift)), shift, "published") == pytest.approx(factor, abs=1e-12)


def test_shapes_are_kept():
    theta = np.zeros((4, 3))
    assert shifted_angles(theta, 1.0).shape == (2, 4, 3)
    assert combine(shifted_angles(theta, 1.0), 1.0).shape == (4, 3)


@pytest.mark.parametrize("angle", [1.1e12, -1e17, float("nan"), float("inf")])
def test_angles_that_no_shift_changes_are_refused_wherever_a_shift_is_added(angle):
    circuit = hadamard_ry()
    for formed in (
        lambda: shifted_angles([0.0, angle], 1.0),
        lambda: three_points([0.0, angle], 1.0),
        lambda: measure_jacobian(get_engine("exact"), circuit, [[0.0], [angle]], shots=None),
    ):
        with pytest.raises(AngleError, match=r"^angles must be .* in row 1$"):
            formed()
    with pytest.raises(AngleError, match=r"^angles must be .*, got [-\w.+]+$"):
        shifted_angles(angle, 1.0)


def test_a_shift_without_a_sine_is_refused():
    with pytest.raises(ConfigError, match=r"shift must have \|sin\(shift\)\| of at least 0.01"):
        combine([1.0, 0.0], pi)
    with pytest.raises(ConfigError, match="gradient_rule must be 'parameter-shift' or 'published', got 'raw'"):
        combine([1.0, 0.0], 1.0, "raw")
