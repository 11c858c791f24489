"""Accuracy with N shots: against sums of binomials and brute force, and against what the engines measure."""

from itertools import product
from math import asin, comb

import numpy as np
import pytest
import torch

from hqnn.circuit.estimates import count_right
from hqnn.circuit.response import IDEAL, Response
from hqnn.config import Noise
from hqnn.inference.shot_accuracy import (
    AT_ONCE,
    LINE,
    MAX_TESTS,
    SHOTS,
    SHOTS_OF_TESTS,
    answers_one,
    expected,
    flip_probability,
    gathered,
    parts,
    repeats,
)
from hqnn.inference.whole_test import evaluation
from hqnn.network.evaluation import score

#: Threes and sevens, some doubtful, some on the wrong side.
THETA = np.array([-1.2, -0.05, 0.3, -0.4, 0.02, 0.9, -0.3, 1.4])
LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 1])
NOISE = {"readout_e0": 0.02, "readout_e1": 0.15, "depolarizing_1q": 0.05}


def more_than_half(p: float, shots: int) -> float:
    """P(K > N/2), by its definition."""
    return sum(comb(shots, k) * p**k * (1 - p) ** (shots - k) for k in range(shots + 1) if 2 * k > shots)


@pytest.mark.parametrize("shots", [1, 2, 3, 4, 5, 10, 21, 100, 101])
def test_answers_are_sums_of_binomials(shots):
    p = np.array([0.0, 0.03, 0.3, 0.499, 0.5, 0.501, 0.8, 1.0])
    assert answers_one(p, shots) == pytest.approx([more_than_half(each, shots) for each in p], abs=1e-12)
    others = [more_than_half(p, shots) if p <= 0.5 else 1 - more_than_half(p, shots) for p in p.tolist()]
    assert flip_probability(p, shots) == pytest.approx(others, abs=1e-12)


def test_two_shots_make_a_tie_count_as_the_first_digit():
    assert answers_one([0.3], 2) == pytest.approx([0.09])
    assert answers_one([0.3], 1) == pytest.approx([0.3])


def test_a_tie_is_the_first_digit_where_a_network_is_tested_too():
    tie = score(torch.tensor([[0.5, 0.5]]), torch.tensor([1]), shots=2, loss="cross-entropy", seed=0)
    assert tie.predictions == (0,)
    of_two = evaluation(np.zeros(4000), np.ones(4000, int), "exact", 2, None)
    ties = np.array(of_two.predictions)[np.array(of_two.probabilities) == 0.5]
    assert len(ties) > 1000
    assert not ties.any()


def test_infinitely_many_shots_say_what_the_sine_says():
    found = expected(THETA, LABELS, (1,))
    right = ((1 + np.sin(THETA)) / 2 > 0.5) == LABELS
    assert found.limit == right.mean() == 6 / 8
    assert found.limit_of_label == (3 / 4, 3 / 4)
    assert (found.wrong, found.n) == (2, 8)
    assert answers_one([0.5], None) == [0]


@pytest.mark.parametrize("shots", [1, 2, 3])
def test_mean_and_deviation_are_those_of_every_possible_outcome(shots):
    theta, labels = THETA[[1, 2, 4]], np.array([0, 0, 1])
    p = (1 + np.sin(theta)) / 2
    of_all = []
    for ones in product(range(shots + 1), repeat=3):
        weight = np.prod([comb(shots, k) * q**k * (1 - q) ** (shots - k) for k, q in zip(ones, p, strict=True)])
        said = [int(2 * k > shots) for k in ones]
        of_all.append((weight, np.mean(said == labels), [said[0] == 0, said[1] == 0], said[2] == 1))
    weights, accuracy, first, second = (np.array(each, dtype=float) for each in zip(*of_all, strict=True))
    found = expected(theta, labels, (shots,))
    mean = weights @ accuracy
    assert weights.sum() == pytest.approx(1)
    assert found.accuracy[0] == pytest.approx(mean)
    assert found.deviation[0] == pytest.approx(np.sqrt(weights @ (accuracy - mean) ** 2))
    assert found.of_label[0] == pytest.approx([weights @ first.mean(1), weights @ second])


def test_odd_numbers_of_shots_gain_nothing_from_ties():
    """With fair ties 2m shots are as good as 2m − 1; what a tie gives the first digit it takes from the second."""
    symmetric = np.array([-0.4, 0.4])
    found = expected(symmetric, [0, 1], (1, 2, 3, 4))
    assert found.accuracy[[0, 2]] == pytest.approx(found.accuracy[[1, 3]])
    first, second = found.of_label.T
    assert first[1] > first[0] > second[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "settings"), [("aer", None), ("exact", None), ("noisy", NOISE)], ids=("aer", "exact", "noisy")
)
@pytest.mark.parametrize("shots", [1, 2, 5, 20])
def test_what_engines_measure_agrees_with_what_is_expected(engine, settings, shots):
    times = 2000
    options = {"shots": shots, "repeats": times, "seed": (shots, 7), "engine": engine, "settings": settings}
    right = count_right(THETA, LABELS, options)
    assert right.shape == (times, 2)
    found = expected(THETA, LABELS, (shots,), Response.of(Noise(**settings)) if settings else IDEAL)
    accuracy = right.sum(1) / len(THETA)
    assert abs(accuracy.mean() - found.accuracy[0]) < 5 * found.deviation[0] / np.sqrt(times)
    fourth = np.mean((accuracy - accuracy.mean()) ** 4)
    error = np.sqrt((fourth - found.deviation[0] ** 4) / times)
    assert abs(accuracy.var() - found.deviation[0] ** 2) < 5 * error
    of_label = right.mean(0) / 4
    assert np.abs(of_label - found.of_label[0]).max() < 5 * np.sqrt(0.25 / (4 * times))


def test_noise_moves_the_limit():
    theta = np.array([asin(0.04), -0.5])
    readout = Response.of(Noise(readout_e1=0.2))
    assert expected(theta, [1, 0], (1,)).limit == 1
    assert expected(theta, [1, 0], (1,), readout).limit == 0.5


def test_enough_shots_are_those_from_which_on_less_than_one_image_flips():
    theta, labels = np.repeat([0.2, -0.2], 100), np.repeat([1, 0], 100)
    found = expected(theta, labels)
    flips = [
        100 * (1 - more_than_half((1 + np.sin(0.2)) / 2, n) + more_than_half((1 - np.sin(0.2)) / 2, n))
        for n in LINE[:50]
    ]
    assert found.flipped[:50] == pytest.approx(flips)
    assert found.enough in LINE
    place = LINE.index(found.enough)
    assert found.flipped[place - 1] >= 1 > max(found.flipped[place:])
    assert expected([0.0001, -0.5], [1, 0], (1, 10)).enough == 1
    assert expected(np.full(9, 0.0001), np.arange(9) % 2, (1, 10)).enough is None


def test_lines_reach_from_one_shot_to_the_most_there_are():
    assert (LINE[0], LINE[-1]) == (1, 100_000)
    assert sorted(set(LINE)) == list(LINE)
    assert set(range(1, 51)) <= set(LINE)


def test_parts_of_a_study_measure_every_image_in_every_test_once():
    n = 2038
    theta, labels = np.arange(n) / n, np.repeat((0, 1), n // 2)
    every = parts(theta, labels, (3,), {"engine": "exact"})
    assert {options["shots"] for _, _, options in every} == set(SHOTS)
    for shots in SHOTS:
        mine = [(of, options["repeats"]) for of, _, options in every if options["shots"] == shots]
        counts = np.sum([times * np.isin(theta, of) for of, times in mine], axis=0)
        assert (counts == repeats(shots)).all()
        assert max(len(of) * times * (20e-6 + shots * 0.25e-6) for of, times in mine) <= 0.3
    assert len({options["seed"] for _, _, options in every}) == len(every)
    assert repeats(1) == MAX_TESTS
    assert repeats(200) * 200 == SHOTS_OF_TESTS
    assert repeats(10_000) == 1


def test_a_study_agrees_with_what_is_expected_and_leaves_out_tests_that_are_not_done():
    theta, labels = np.tile(THETA, 250), np.tile(LABELS, 250)
    every = parts(theta, labels, (5,), {"engine": "exact"})
    results = [(part, count_right(*part)) for part in every]
    found = gathered(results, len(theta))
    wanted = expected(theta, labels, SHOTS)
    for place, shots in enumerate(SHOTS):
        right = found[shots].sum(1)
        assert len(right) == repeats(shots)
        error = wanted.deviation[place] / np.sqrt(len(right))
        assert abs(right.mean() / len(theta) - wanted.accuracy[place]) < 5 * error
    assert 10_000 not in gathered(results[:-1], len(theta))
    assert gathered([], 3) == {}


def test_shots_that_would_take_too_long_are_drawn_from_the_engines_exact_probabilities():
    n = 200
    assert n * 10_000 > AT_ONCE
    found = evaluation(np.full(n, 0.1), np.ones(n, int), "aer", 10_000, None, seed=3, simulated=AT_ONCE)
    p = (1 + np.sin(0.1)) / 2
    shares = np.array(found.probabilities)
    assert abs(shares.mean() - p) < 5 * np.sqrt(p * (1 - p) / (10_000 * n))
    again = evaluation(np.full(n, 0.1), np.ones(n, int), "aer", 10_000, None, seed=3)
    assert again.probabilities != found.probabilities
