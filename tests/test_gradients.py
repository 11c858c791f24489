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


def test_signal_to_noise_is_the_ratio_of_means():
    noise = slope_deviation([0.0, 1.0], 1.0, 100)
    assert signal_to_noise([0.0, 1.0], 3 * noise * [1, -1], 1.0, 100) == pytest.approx(3)
