"""The Circuit lab's figures and words: what is drawn is what was measured and what is exact."""

from math import comb, pi, sin, sqrt

import numpy as np
import pytest

from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.statistics.intervals import wilson
from ui.circuit import figures
from ui.circuit import words as circuit_words
from ui.kit import scatter_figure
from ui.kit.angles import in_words
from ui.kit.scatter_figure import Reading
from ui.session.lab_controls import SHOTS

NO_NOISE = Noise()
NOISE = Noise(depolarizing_1q=0.1, readout_e1=0.1)
IDEAL_READING = Reading("ideal", IDEAL, pi / 6, 100, 0.71)
NOISY_READING = Reading("noisy", Response.of(NOISE), pi / 6, 100, 0.6)
BOTH = [IDEAL_READING, NOISY_READING]


def series(chart, name):
    return next(one["data"] for one in chart["series"] if one.get("name") == name)


def error_bars(chart):
    return [one["data"] for one in chart["series"] if one.get("symbol") == "rect" and one["type"] == "line"]


def test_the_curve_is_the_sine_with_the_measured_point_and_its_error_bar_on_it():
    chart = figures.curve([IDEAL_READING], "light")
    line = np.array(series(chart, "exact"))
    np.testing.assert_allclose(line[:, 1], (1 + np.sin(line[:, 0])) / 2, atol=1e-4)
    assert (line[0, 0], line[-1, 0]) == pytest.approx((-pi, pi), abs=1e-4)
    assert series(chart, "measured")[0] == pytest.approx([pi / 6, 0.71], abs=1e-4)
    ((low, high),) = error_bars(chart)
    assert (low[1], high[1]) == pytest.approx([float(end) for end in wilson(71, 100)], abs=1e-4)


def test_with_noise_both_curves_and_both_points_are_there():
    chart = figures.curve(BOTH, "dark")
    for reading, kept, read in ((IDEAL_READING, 1, 1), (NOISY_READING, 0.9**2, 0.9)):
        line = np.array(series(chart, reading.name))
        np.testing.assert_allclose(line[:, 1], read * (1 + kept * np.sin(line[:, 0])) / 2, atol=1e-4)
        assert series(chart, f"{reading.name}, measured")[0][1] == reading.measured
    assert len(error_bars(chart)) == 2


@pytest.mark.parametrize("measured", [0.0, 1.0])
def test_an_error_bar_ends_where_probabilities_do(measured):
    """Also where the exact P(1) is 0 or 1: a few shots that all agree do not show that."""
    for theta in (0.0, pi * (measured - 0.5)):
        reading = Reading("ideal", IDEAL, theta, 1, measured)
        ((low, high),) = error_bars(figures.curve([reading], "light"))
        assert 0 <= low[1] < high[1] <= 1
        assert high[1] - low[1] == pytest.approx(0.793, abs=1e-3)
        wide = "(0.000–0.793)" if measured == 0 else "(0.207–1.000)"
        said = [figure.value for figure in circuit_words.figures(reading)]
        assert said[0] == f"{measured:.3f} {wide}"
        assert "±" not in "".join(said) + circuit_words.curve([reading]) + circuit_words.counts([reading])


def test_counts_are_whole_and_add_up_and_have_their_intervals():
    chart = figures.counts([IDEAL_READING], "light")
    assert [bar["value"] for bar in series(chart, "counts")] == [29, 71]
    assert [mean for _, mean in series(chart, "exact mean")] == pytest.approx([25, 75])
    for (low, high), count in zip(error_bars(chart), (29, 71), strict=True):
        assert (low[1], high[1]) == pytest.approx([100 * float(end) for end in wilson(count, 100)], abs=1e-4)


def test_the_line_across_the_bars_is_named():
    assert figures.counts(BOTH, "light")["legend"]["data"] == ["exact mean"]


def test_the_bars_say_each_engines_error_in_words():
    said = circuit_words.counts(BOTH)
    assert "29 zeros and 71 ones (95%: 61.5–79.0), exact mean 75.0 ones" in said
    assert "40 zeros and 60 ones (95%: 50.2–69.1), exact mean 63.2 ones" in said


@pytest.mark.parametrize("shots", SHOTS)
def test_counts_are_marked_by_whole_numbers(shots):
    marks = figures.counts([Reading("ideal", IDEAL, 0.5, shots, 0.0)], "light")["yAxis"]["interval"]
    assert marks == int(marks) >= 1
    assert 1 <= shots / marks <= 5


def said_at(degrees, shots=100, noise=NO_NOISE):
    theta = degrees * pi / 180
    readings = [Reading("ideal", IDEAL, theta, shots, 0.5)]
    if noise != NO_NOISE:
        readings.append(Reading("noisy", Response.of(noise), theta, shots, 0.5))
    return circuit_words.status(readings, noise)


@pytest.mark.parametrize(
    ("degrees", "said"),
    [
        (0, "RY(θ) leaves it there, so P(1) = ½."),
        (30, "RY(θ) rotates it towards |1⟩, so P(1) = (1 + sin θ)/2 = 0.750."),
        (-30, "RY(θ) rotates it towards |0⟩, so P(1) = (1 + sin θ)/2 = 0.250."),
        (90, "RY(θ) rotates it to |1⟩, so P(1) = (1 + sin θ)/2 = 1.000."),
        (-90, "RY(θ) rotates it to |0⟩, so P(1) = (1 + sin θ)/2 = 0.000."),
    ],
)
def test_the_sentence_says_where_the_angle_turns_the_qubit(degrees, said):
    assert said_at(degrees).endswith(said)


def test_the_posts_own_test_is_told_with_as_many_shots_at_least():
    assert "This is the original post’s test: 100 shots give about 0.5, like tossing a coin." in said_at(180)
    assert "The original post’s test is similar: 2,000 shots give about 0.5, like tossing a coin." in said_at(
        -180, 2000
    )
    for shots in (1, 2, 50):
        assert "shot" not in said_at(180, shots)
    assert "post" not in said_at(180, noise=Noise(readout_e1=0.3))


@pytest.mark.parametrize(
    ("degrees", "noise", "exact"),
    [
        (90, Noise(readout_e1=0.3), "0.700"),
        (180, Noise(readout_e1=0.3), "0.350"),
        (-90, Noise(depolarizing_1q=1), "0.500"),
    ],
)
def test_with_noise_the_sentence_says_which_of_it_holds_without(degrees, noise, exact):
    said = said_at(degrees, noise=noise)
    assert said.startswith("Without noise, H rotates")
    assert f"With this noise P(1) = {exact}." in said
    assert ("without readout errors" in said) == (noise.readout_e1 > 0)


def test_the_axes_stay_while_the_dial_moves():
    charts = [figures.curve([Reading("ideal", IDEAL, at, 100, 0.5)], "light") for at in (-2.0, 0.0, 3.0)]
    for axis in ("xAxis", "yAxis"):
        assert len({(chart[axis]["min"], chart[axis]["max"]) for chart in charts}) == 1


@pytest.mark.parametrize("shots", [1, 2, 7, 100, 5000, 100_000])
@pytest.mark.parametrize("theta", [-pi / 2, -1.4, 0.0, 0.5, 1.5, pi / 2])
def test_every_bar_of_the_histogram_holds_as_many_steps_of_the_shots(shots, theta):
    reading = Reading("ideal", IDEAL, theta, shots, 0.5)
    edges = scatter_figure.bin_edges(reading) * shots
    widths = np.diff(edges)
    assert widths == pytest.approx(np.full(len(widths), round(widths[0])), abs=1e-6)
    np.testing.assert_allclose(edges + 0.5, np.round(edges + 0.5), atol=1e-6)
    assert 1 <= len(widths) <= 45
    assert edges[0] <= reading.exact * shots <= edges[-1]
    half = widths[0] / 2 + 1e-6
    assert -half <= edges[0] < edges[-1] <= shots + half


@pytest.mark.parametrize(("shots", "theta"), [(1, 0.3), (10, 1.2), (100, 0.7), (10_000, -1.0)])
def test_every_estimate_is_in_the_histogram_and_scatters_as_its_curve(shots, theta):
    """Their chi-square is what `tests/hqnn/circuit/test_estimates.py` looks at; here none may be lost."""
    p = (1 + sin(theta)) / 2
    estimates = np.random.default_rng(0).binomial(shots, p, 200) / shots
    reading = Reading("ideal", IDEAL, theta, shots, estimates[-1])
    bars = np.array(scatter_figure.histogram_bars(estimates, reading))
    assert bars[:, 1].sum() == 200
    mean = (bars[:, 0] * bars[:, 1]).sum() / 200
    assert mean == pytest.approx(estimates.mean(), abs=bars[1, 0] - bars[0, 0])


def test_what_is_expected_has_the_width_and_the_area_of_the_normal_curve_with_many_shots():
    reading = Reading("ideal", IDEAL, 0.5, 10_000, 0.7)
    chart = scatter_figure.histogram([0.7] * 50, reading, 200, "light")
    width = np.diff(scatter_figure.bin_edges(reading))[0]
    for name, number in (("expected for 200", 200), ("expected so far", 50)):
        x, y = np.array(series(chart, name)).T
        area = np.trapezoid(y, x)
        assert area / width == pytest.approx(number, rel=0.01)
        assert sqrt(np.trapezoid(y * (x - reading.exact) ** 2, x) / area) == pytest.approx(reading.error, rel=0.01)


@pytest.mark.parametrize(("shots", "theta"), [(1, pi), (2, 0.3), (5, 80 * pi / 180)])
def test_with_few_shots_every_share_is_expected_as_binomial_and_nothing_leaves_the_picture(shots, theta):
    reading = Reading("ideal", IDEAL, theta, shots, 0.0)
    chart = scatter_figure.histogram([0.0], reading, 200, "light")
    p = (1 + sin(theta)) / 2
    marks = np.array(series(chart, "expected for 200"), dtype=float).reshape(-1, 3, 2)
    assert np.isnan(marks[:, 2, 1]).all()  # no line from one share to the next: there is nothing between them
    np.testing.assert_array_equal(marks[:, 0, 1], marks[:, 1, 1])
    for share, height in zip(marks[:, :2, 0].mean(axis=1), marks[:, 0, 1], strict=True):
        ones = round(share * shots)
        assert ones / shots == pytest.approx(share, abs=1e-6)
        assert height == pytest.approx(200 * comb(shots, ones) * p**ones * (1 - p) ** (shots - ones), abs=1e-3)
        assert height <= chart["yAxis"]["max"]
    assert -0.06 < chart["xAxis"]["min"] < chart["xAxis"]["max"] < 1.06


@pytest.mark.parametrize(("shots", "theta"), [(1, pi), (2, 0.3), (5, 1.4), (100, 1.4), (100, 0.3), (100_000, -1.4)])
def test_every_bar_has_its_whole_width_and_goes_no_further_than_shares_do(shots, theta):
    p = (1 + sin(theta)) / 2
    estimates = np.random.default_rng(0).binomial(shots, p, 200) / shots
    reading = Reading("ideal", IDEAL, theta, shots, estimates[-1])
    chart = scatter_figure.histogram(estimates, reading, 200, "light")
    corners = np.array(series(chart, "estimates")).reshape(-1, 3, 2)  # a bar's lower end twice, then its upper end
    np.testing.assert_array_equal(corners[:, [0, 2], 1], 0)
    np.testing.assert_array_equal(corners[:, 0, 0], corners[:, 1, 0])
    assert corners[:, 1, 1].sum() == 200
    widths = corners[:, 2, 0] - corners[:, 1, 0]
    assert widths == pytest.approx(np.full(len(widths), widths[0]), abs=1e-6)
    assert widths[0] == pytest.approx(min(0.1, np.diff(scatter_figure.bin_edges(reading))[0]), abs=1e-6)
    half = widths[0] / 2 + 1e-6
    assert -half <= chart["xAxis"]["min"] <= corners[:, 0, 0].min() + 1e-6
    assert corners[:, 2, 0].max() - 1e-6 <= chart["xAxis"]["max"] <= 1 + half


@pytest.mark.parametrize(("theta", "exact"), [(pi / 2, 1), (-pi / 2, 0)])
@pytest.mark.parametrize("shots", [1, 100, 100_000])
def test_where_nothing_scatters_there_is_one_bar_and_no_curve_and_that_is_said(theta, exact, shots):
    reading = Reading("ideal", IDEAL, theta, shots, float(exact))
    chart = scatter_figure.histogram([float(exact)] * 7, reading, 200, "light")
    assert series(chart, "expected so far") == series(chart, "expected for 200") == []
    assert chart["legend"]["data"] == []
    (low, zero), (_, seven), (high, _) = series(chart, "estimates")
    assert (zero, seven, (low + high) / 2) == pytest.approx((0, 7, exact), abs=1e-6)
    assert (chart["xAxis"]["min"], chart["xAxis"]["max"], chart["yAxis"]["max"]) == (-0.025, 1.025, 200)
    said = circuit_words.scatter(np.full(7, float(exact)), reading)
    assert f"all the same: P(1) is exactly {exact}, so every shot gives {exact}." in said
    assert "four times" not in circuit_words.shots_table(reading)


def test_figures_are_named_and_have_their_errors():
    values = {figure.name: figure.value for figure in circuit_words.figures(IDEAL_READING)}
    assert values == {
        "P(1) measured (95% interval)": "0.710 (0.615–0.790)",
        "P(1) exact": "0.750",
        "⟨Z⟩ = 1 − 2 P(1)": "−0.420 (−0.580 to −0.229)",
    }


def test_both_engines_stand_side_by_side_in_numbers():
    table = circuit_words.comparison(BOTH, NOISE)
    noisy = 0.9 * (1 + 0.81 * 0.5) / 2
    for number in ("0.750", f"{noisy:.3f}", "0.600", "1.000", "0.900", "0.810", "71 of 100", "60 of 100"):
        assert f"<td>{number}" in table, number


def test_four_times_the_shots_halve_the_error_in_the_table():
    table = circuit_words.shots_table(IDEAL_READING)
    assert "Halving the error takes four times as many shots." in table
    for shots, error in ((25, 0.0866), (100, 0.0433), (400, 0.0217), (1600, 0.0108)):
        assert f"<td>{shots:,}</td><td>{error:.4f}</td>" in table
    assert "<tr class=chosen><td>100<" in table


@pytest.mark.parametrize(
    ("degrees", "words"),
    [
        (45, "θ = 45° = 0.785 rad = π/4"),
        (-90, "θ = −90° = −1.571 rad = −π/2"),
        (180, "θ = 180° = 3.142 rad = π"),
        (150, "θ = 150° = 2.618 rad = 5π/6"),
        (0, "θ = 0° = 0.000 rad"),
        (47, "θ = 47° = 0.820 rad"),
    ],
)
def test_an_angle_is_said_in_degrees_and_radians(degrees, words):
    assert in_words(degrees) == words


def test_the_measured_scatter_stands_beside_the_expected_one():
    said = circuit_words.scatter(np.array([0.7, 0.8, 0.75]), IDEAL_READING)
    assert said == "3 estimates: standard deviation 0.0500, expected 0.0433."
