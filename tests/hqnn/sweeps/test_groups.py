"""What a sweep says: means over seeds with their intervals, against epochs and shots, against scipy and by hand."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, t

from hqnn import RunConfig
from hqnn.config.words import spoken
from hqnn.statistics.means import Mean, mean
from hqnn.sweeps.grid import Progress, Trained, grid
from hqnn.sweeps.groups import final, groups, in_common, recorded, without_epoch_0
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.summaries import curve, heat_map, reach
from tests.hqnn.sweeps.test_results import epoch, evaluation

CONFIG = RunConfig(n_train=10, n_test=5, epochs=3)
SHOTS, PAIRS, SEEDS = (10, 1000, None), ((3, 7), (0, 1)), range(4)
EXACT = ("exact_train_loss", "exact_test_loss", "exact_train_accuracy", "exact_test_accuracy")
#: Accuracy on the test images after each epoch, by seed; the last one is stuck.
COURSES = ((0.6, 0.8, 0.9), (0.7, 0.9, 0.95), (0.8, 0.95, 0.85), (0.5, 0.5, 0.5))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """All but those of 1000 shots on 0 and 1, in no order, one of them failed."""
    header = Header(kind="sweep", config=CONFIG, vary={"shots": SHOTS, "digits": PAIRS}, seeds=tuple(SEEDS))
    path: Path = tmp_path_factory.mktemp("results") / "file"
    writing = Results.open(path, header)
    for config in reversed(grid(CONFIG, seed=SEEDS, shots=SHOTS, digits=PAIRS)):
        course = COURSES[config.seed]
        epochs = [epoch(number, accuracy) for number, accuracy in enumerate(course, 1)]
        if (config.shots, config.digits) == (None, (0, 1)) and config.seed == 0:
            writing.add(Result.of(Trained(config, [], epochs[:1], None, "it broke", 0.1)))
        elif (config.shots, config.digits) != (1000, (0, 1)):
            writing.add(Result.of(Trained(config, [], epochs, evaluation(course[-1]), None, 1.0)))
    return Results.read(path)


def test_groups_come_in_the_order_that_was_asked_for_and_their_seeds_in_theirs(results):
    found = groups(results)
    assert [(group.values["shots"], group.values["digits"]) for group in found] == [
        (10, (3, 7)),
        (10, (0, 1)),
        (1000, (3, 7)),
        (None, (3, 7)),
        (None, (0, 1)),
    ]
    assert [[result.config.seed for result in group.results] for group in found] == [[0, 1, 2, 3]] * 4 + [[1, 2, 3]]


def test_an_interval_is_students():
    values = np.random.default_rng(0).normal(size=(3, 7))
    middle, low, high = mean(values)
    expected = t.interval(0.95, 6, loc=values.mean(1), scale=values.std(1, ddof=1) / np.sqrt(7))
    assert np.allclose([middle, low, high], [values.mean(1), *expected])
    assert np.isnan(mean([[0.3]])[1:]).all()


def test_a_curve_is_the_mean_over_seeds_against_epochs_and_shots(results):
    found = curve(groups(results)[2])
    assert found.epochs.tolist() == [1, 2, 3]
    assert found.shots is not None
    assert found.shots.tolist() == [3 * 20 * 1000 * number for number in (1, 2, 3)]
    courses = np.array(COURSES)
    assert np.allclose(found.mean, courses.mean(0))
    low, high = t.interval(0.95, 3, loc=courses.mean(0), scale=courses.std(0, ddof=1) / 2)
    assert np.allclose([found.low, found.high], np.clip([low, high], 0, 1))
    assert high.max() > 1
    assert np.allclose([found.lowest, found.highest], [courses.min(0), courses.max(0)])
    assert curve(groups(results)[3]).shots is None
    assert np.allclose(curve(groups(results)[0], "exact_train_loss").mean, [0.4, 0.5, 0.6])


@pytest.fixture
def mixed(tmp_path) -> Results:
    """Two groups of four seeds: all of the first have epoch 0, and two of the second."""
    header = Header(kind="sweep", config=CONFIG, vary={"shots": (10, None)}, seeds=tuple(SEEDS))
    writing = Results.open(tmp_path / "file", header)
    for config in grid(CONFIG, seed=SEEDS, shots=(10, None)):
        course = COURSES[config.seed]
        epochs = [epoch(number, accuracy) for number, accuracy in enumerate((0.92, *course))]
        first = 0 if config.shots or config.seed > 1 else 1
        writing.add(Result.of(Trained(config, [], epochs[first:], evaluation(course[-1]), None, 1.0)))
    return Results.read(writing.path)


def test_epochs_are_paired_by_their_numbers(mixed):
    """Where one training has no epoch 0, the curve begins with the first epoch that all have."""
    ten, exact = (curve(group) for group in groups(mixed))
    assert (ten.epochs.tolist(), exact.epochs.tolist()) == ([0, 1, 2, 3], [1, 2, 3])
    assert ten.shots is not None
    assert ten.shots.tolist() == [0, 600, 1200, 1800]
    assert np.allclose(ten.mean, [0.92, *np.mean(COURSES, 0)])
    assert np.allclose(exact.mean, np.mean(COURSES, 0))
    assert [[point.epoch for point in at] for at in in_common(groups(mixed)[1].results)] == [[1] * 4, [2] * 4, [3] * 4]
    have = list(mixed.have.values())
    assert without_epoch_0(have) == 2
    assert without_epoch_0([each for each in have if each.curve[0].epoch == 0]) == 0
    assert without_epoch_0([each for each in have if each.curve[0].epoch == 1]) == 0


def test_what_a_network_gets_right_before_its_first_step_it_has_not_reached(mixed, results):
    """Of epoch 0 92 % are right: runs with and without it have taken the same."""
    with_it, without = (reach(groups(found)[0], 0.9) for found in (mixed, results))
    assert (with_it.reached, with_it.epochs, with_it.shots) == (without.reached, without.epochs, without.shots)


def test_networks_are_tested_exactly_or_with_their_own_shots(results):
    """At the same θ, and the end, what it took and the heat map follow."""
    own, exact = groups(results)[0], groups(results, exact=True)[0]
    better = (1 + np.array(COURSES)) / 2
    assert np.allclose(curve(exact, exact.measure).mean, better.mean(0))
    assert final(own).accuracy.value == pytest.approx(np.mean(COURSES, 0)[-1])
    assert final(exact).accuracy.value == pytest.approx(better.mean(0)[-1])
    assert (final(exact).stuck, final(exact).lowest) == (0, 0.75)
    assert (reach(own, 0.95).reached, reach(exact, 0.95).reached) == (2, 3)
    assert heat_map(results, "digits", "shots", exact=True).accuracy[0, 0] == pytest.approx(better.mean(0)[-1])


def test_what_is_not_recorded_is_left_out_but_where_a_test_without_shots_has_said_it(results):
    older = {
        config: result.model_copy(
            update={"curve": tuple(point.model_copy(update=dict.fromkeys(EXACT)) for point in result.curve)}
        )
        for config, result in results.have.items()
    }
    found = Results(results.path, results.header, older)
    assert [group.values["shots"] for group in groups(found, exact=True)] == [None, None]
    without_shots = groups(found)[3]
    assert np.allclose(curve(without_shots, "exact_test_accuracy").mean, curve(without_shots).mean)
    assert np.allclose(curve(without_shots, "exact_test_loss").mean, 0.3)
    for group, there in zip(groups(found), (0, 0, 0, 4, 3), strict=True):
        assert len(recorded(group, "exact_test_accuracy").results) == there
        assert not recorded(group, "exact_train_loss").results


def test_the_end_counts_stuck_runs_and_does_not_hide_them(results):
    found, ends = final(groups(results)[0]), [course[-1] for course in COURSES]
    assert (found.runs, found.stuck, found.lowest, found.highest) == (4, 1, 0.5, 0.95)
    assert found.accuracy.value == pytest.approx(np.mean(ends))
    wilson = binomtest(1, 4).proportion_ci(method="wilson")
    assert (found.stuck_low, found.stuck_high) == pytest.approx((wilson.low, wilson.high))
    assert str(Mean(0.9, 0.85, 0.95)) == "90.00% (85.00% to 95.00%)"
    assert str(Mean(0.9, float("nan"), float("nan"))) == "90.00%"


def test_what_it_takes_to_reach_an_accuracy_counts_those_that_never_do_as_the_slowest(results):
    # 90 % after 3, 2, 2 epochs and never: the lower median of 2, 2, 3, never is 2
    ten, _, _, exact, three = (reach(group, 0.9) for group in groups(results))
    assert (ten.runs, ten.reached, ten.epochs, ten.shots) == (4, 3, 2, 2 * 3 * 20 * 10)
    assert ten.seconds == pytest.approx(20 / 40 + 20 / 80)
    wilson = binomtest(3, 4).proportion_ci(method="wilson")
    assert (ten.reached_low, ten.reached_high) == pytest.approx((wilson.low, wilson.high))
    assert (exact.epochs, exact.shots) == (2, None)
    assert (three.runs, three.reached, three.epochs) == (3, 2, 2)
    most = reach(groups(results)[0], 0.95)
    assert (most.reached, most.epochs) == (2, 3)
    none = reach(groups(results)[0], 0.96)
    assert (none.reached, none.epochs, none.shots, none.seconds) == (0, None, None, None)


def test_a_heat_map_has_the_mean_of_every_combination(results):
    found = heat_map(results, "digits", "shots")
    assert [tuple(row) for row in found.rows] == [(3, 7), (0, 1)]
    assert found.columns == (10, 1000, None)
    assert found.runs.tolist() == [[4, 4, 4], [4, 0, 3]]
    expected = [[0.8, 0.8, 0.8], [0.8, np.nan, (0.95 + 0.85 + 0.5) / 3]]
    assert np.allclose(found.accuracy, expected, equal_nan=True)


def test_values_are_spoken():
    assert [spoken("shots", value) for value in (10, 100_000, None)] == ["10", "100,000", "exact"]
    assert spoken("digits", [3, 7]) == "3 vs 7"
    assert spoken("n_test", None) == "all"
    assert [spoken(name, None) for name in ("t1_us", "t2_us", "backend")] == ["no decay", "2 × T1", "the least busy"]
    assert spoken("shift", 1.5707963) == "1.571"
    assert spoken("engine", "aer") == "aer"


def test_the_time_left_is_as_fast_as_the_others_were():
    configs = grid(CONFIG, seed=range(4), epochs=(2, 6))
    progress = Progress(configs)
    assert (progress.varied, progress.total, progress.done) == (["epochs"], 8, 0)
    for config in configs:
        if config.epochs == 2:
            progress.note(config)
    assert progress.done == 4
    assert progress.seconds_left(10.0) == pytest.approx(30.0)  # 24 epochs after 8
