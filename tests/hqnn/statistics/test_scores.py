"""Scores against counts by hand, against SciPy, and against the spread of many drawn samples."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest, mannwhitneyu

from hqnn.statistics.intervals import wilson
from hqnn.statistics.scores import bins_of, calibration, histogram, ordered, roc

HAND_P = np.array([0.0, 0.05, 0.1, 0.12, 0.95, 1.0, 0.3, 0.7, 0.95])
HAND_LABELS = np.array([0, 0, 1, 0, 1, 1, 0, 1, 0])


def sample(seed: int, n0: int, n1: int, shots: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities with many ties, those of label 1 larger on average."""
    rng = np.random.default_rng(seed)
    exact = np.concatenate((rng.beta(2, 3, n0), rng.beta(3, 2, n1)))
    return rng.binomial(shots, exact) / shots, np.repeat((0, 1), (n0, n1))


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (3, 7), (50, 100), (2000, 2038), (0, 40)])
def test_wilsons_interval_is_scipys(k, n):
    expected = binomtest(k, n).proportion_ci(method="wilson")
    assert [float(end) for end in wilson(k, n)] == pytest.approx([expected.low, expected.high], abs=1e-12)


def test_a_share_of_nothing_has_no_interval():
    low, high = wilson([0, 1], [0, 2])
    assert np.isnan(low[0])
    assert np.isnan(high[0])
    assert low[1] < 0.5 < high[1]


def test_bins_hold_their_lower_edge_and_the_last_one_both():
    edges = [ones / 100 for ones in range(0, 101, 10)]
    assert bins_of(edges, 10).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert bins_of([0.0999, 0.299999, 0.9999], 10).tolist() == [0, 2, 9]


def test_a_histogram_by_hand():
    counts = histogram(HAND_P, HAND_LABELS, 10)
    assert counts.tolist() == [[2, 1, 0, 1, 0, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0, 0, 1, 0, 2]]


def test_calibration_by_hand():
    found = calibration(HAND_P, HAND_LABELS)
    assert found.count.tolist() == [2, 2, 0, 1, 0, 0, 0, 1, 0, 3]
    assert found.predicted[[0, 1, 3, 7, 9]] == pytest.approx([0.025, 0.11, 0.3, 0.7, 2.9 / 3])
    assert found.observed[[0, 1, 3, 7, 9]] == pytest.approx([0, 0.5, 0, 1, 2 / 3])
    assert np.isnan(found.predicted[2])
    gaps = 2 * 0.025 + 2 * 0.39 + 0.3 + 0.3 + 3 * 0.3
    assert found.error == pytest.approx(gaps / 9)
    expected = binomtest(2, 3).proportion_ci(method="wilson")
    assert (found.low[9], found.high[9]) == pytest.approx((expected.low, expected.high))


def test_answers_drawn_with_the_probability_that_is_said_are_calibrated():
    """Every bin's share of ones is within five standard errors of what was said; one that is too sure is not."""
    rng = np.random.default_rng(2)
    said = rng.uniform(0, 1, 40_000)
    labels = rng.uniform(size=len(said)) < said
    fair = calibration(said, labels)
    error = np.sqrt(fair.predicted * (1 - fair.predicted) / fair.count)
    assert (np.abs(fair.observed - fair.predicted) < 5 * error).all()
    sure = calibration(np.clip(1.5 * said - 0.25, 0, 1), labels)
    assert sure.error > 10 * fair.error


def brute_force(probabilities, labels) -> tuple[float, float]:
    """Area and its standard error from all pairs and triples, chance deciding where two are equal."""
    zeros, ones = probabilities[labels == 0], probabilities[labels == 1]
    area = np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(ones, zeros)])
    q1 = np.mean([_beats(sorted((a - z, b - z))) for a, b, z in product(ones, ones, zeros)])
    q2 = np.mean([_beats(sorted((a - y, a - z))) for a, y, z in product(ones, zeros, zeros)])
    n0, n1 = len(zeros), len(ones)
    variance = area * (1 - area) + (n1 - 1) * (q1 - area**2) + (n0 - 1) * (q2 - area**2)
    return float(area), float(np.sqrt(variance / (n0 * n1)))


def _beats(leads: list[float]) -> float:
    """How probably both leads are won: of two that are zero, chance wins both in a third of the orders of three."""
    less, more = leads
    return 0.0 if less < 0 else 1.0 if less > 0 else 0.5 if more > 0 else 1 / 3


@pytest.mark.parametrize("shots", [1, 3, 10])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_area_and_its_error_are_those_of_all_pairs_and_triples(seed, shots):
    probabilities, labels = sample(seed, 14, 19, shots)
    found = roc(probabilities, labels)
    assert (found.area, found.error) == pytest.approx(brute_force(probabilities, labels), abs=1e-12)


def test_the_area_is_the_mann_whitney_count():
    probabilities, labels = sample(3, 400, 300)
    count = mannwhitneyu(probabilities[labels == 1], probabilities[labels == 0]).statistic
    assert roc(probabilities, labels).area == pytest.approx(count / (400 * 300), abs=1e-12)


def test_the_standard_error_is_the_spread_of_the_area_without_ties():
    """Of 1000 samples; a standard deviation of m values has the relative error 1/√(2(m − 1))."""
    rng = np.random.default_rng(4)
    labels = np.repeat((0, 1), (40, 60))
    found = [roc(np.concatenate((rng.normal(0, 1, 40), rng.normal(1, 1, 60))), labels) for _ in range(1000)]
    spread = np.std([each.area for each in found], ddof=1)
    said = np.sqrt(np.mean([each.error**2 for each in found]))
    assert said == pytest.approx(spread, rel=5 / np.sqrt(2 * 999))


def test_the_curve_by_hand():
    found = roc([0.2, 0.6, 0.6, 0.9], [0, 0, 1, 1])
    assert found.threshold.tolist() == [np.inf, 0.9, 0.6, 0.2]
    assert found.false_positive.tolist() == [0, 0, 0.5, 1]
    assert found.true_positive.tolist() == [0, 0.5, 1, 1]
    assert found.area == pytest.approx((2 + 0.5 + 1) / 4)


@pytest.mark.parametrize(("probabilities", "area"), [([0.1, 0.9], 1.0), ([0.9, 0.1], 0.0)])
def test_perfect_and_reversed_answers_have_no_error(probabilities, area):
    found = roc(probabilities, [0, 1])
    assert (found.area, found.error) == (area, 0.0)


def test_answers_that_are_all_the_same_are_a_coin():
    found = roc(np.full(20, 0.4), np.repeat((0, 1), 10))
    assert found.area == 0.5
    # chance orders 10 and 10: the variance of the Mann-Whitney count is (n₀ + n₁ + 1)/(12 n₀ n₁)
    assert found.error == pytest.approx(np.sqrt(21 / 1200))


def test_one_label_alone_has_no_curve():
    with pytest.raises(ValueError, match="labels must include both 0 and 1"):
        roc([0.1, 0.2], [1, 1])


def test_orders_by_hand():
    probabilities = np.array([0.1, 0.9, 0.5, 0.4, 0.6, 0.0])
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert ordered(probabilities, labels, "mnist").tolist() == [0, 1, 2, 3, 4, 5]
    assert ordered(probabilities, labels, "sure").tolist() == [5, 0, 1, 3, 4, 2]
    assert ordered(probabilities, labels, "wrong").tolist() == [5, 1, 3, 2, 4, 0]
    assert ordered(probabilities, labels, "undecided").tolist() == [2, 3, 4, 0, 1, 5]
