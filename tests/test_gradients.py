"""The noise of measured slopes, against binomials drawn by NumPy."""

from math import pi

import numpy as np
import pytest

from hqnn.gradients import signal_to_noise, slope_deviation


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


def test_pure_noise_has_no_signal():
    """At θ = π/2 the slope is 0, and what is measured there is shot noise alone."""
    shots, shift, rng = 100, 1.0, np.random.default_rng(2)
    p = (1 + np.sin(pi / 2 + shift)) / 2
    plus, minus = rng.binomial(shots, p, (2, 50_000)) / shots
    assert signal_to_noise(np.full(50_000, pi / 2), (plus - minus) / (2 * np.sin(shift)), shift, shots) < 0.15
