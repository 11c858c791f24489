"""All 45 pairs: the accuracy of each with its interval, their summary, and the command that trains them."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from hqnn.__main__ import main
from hqnn.commands.atlas import as_json, lines
from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.pairs import Atlas
from hqnn.sweeps.result import Figures, Result
from hqnn.sweeps.results_file import Results
from tests.hqnn.commands.test_swap_command import _jobs_here  # noqa: F401 (a fixture)

CONFIG = RunConfig(n_train=10, n_test=None, epochs=1)


def wrong(digits: tuple[int, int], seed: int = 0) -> int:
    """How many of 2000 test images a made-up training gets wrong: most of 5 vs 8, none of 0 vs 1."""
    a, b = digits
    return {(0, 1): 0, (5, 8): 900}.get(digits, 2 * (a + b) + 2) + 3 * seed * (a % 2)


def made_up(seeds: int = 1, without: int = 0) -> Results:
    header = experiments.atlas(CONFIG, range(seeds))
    have = {}
    configs = experiments.configs(header)
    for config in configs[: len(configs) - without]:
        interval = binomtest(2000 - wrong(config.digits, config.seed), 2000).proportion_ci(method="wilson")
        figures = Figures(
            n=2000,
            accuracy=1 - wrong(config.digits, config.seed) / 2000,
            accuracy_low=interval.low,
            accuracy_high=interval.high,
            cross_entropy=0.1,
            published=-0.9,
        )
        have[config] = Result(config=config, evaluation=figures, curve=(), seconds=1.0)
    return Results(Path("made up"), header, have)


def test_one_seed_has_wilsons_intervals_and_the_mean_no_narrower_one_than_pairs_that_err_together():
    found = Atlas.of(made_up())
    assert [pair.digits for pair in found.pairs] == list(experiments.PAIRS)
    assert (found.lowest.digits, found.highest.digits, found.stuck) == ((5, 8), (0, 1), 1)
    low, high = binomtest(1100, 2000).proportion_ci(method="wilson")
    assert (found.lowest.accuracy.value, found.lowest.interval) == (0.55, "Wilson")
    assert (found.lowest.accuracy.low, found.lowest.accuracy.high) == pytest.approx((low, high))
    right = [2000 - wrong(pair) for pair in experiments.PAIRS]
    ends = [binomtest(k, 2000).proportion_ci(method="wilson") for k in right]
    assert found.mean.value == pytest.approx(np.mean(right) / 2000)
    assert found.mean.low == pytest.approx(np.mean([each.low for each in ends]))
    assert found.mean.high == pytest.approx(np.mean([each.high for each in ends]))


def test_several_seeds_have_students_intervals():
    found = Atlas.of(made_up(seeds=3))
    pair = found.pair((1, 4))
    assert pair is not None
    assert (pair.seeds, pair.interval) == (3, "Student")
    right = [1 - wrong((1, 4), seed) / 2000 for seed in range(3)]
    interval = ttest_1samp(right, 0).confidence_interval(0.95)
    assert pair.accuracy.value == pytest.approx(np.mean(right))
    assert (pair.accuracy.low, pair.accuracy.high) == pytest.approx((interval.low, min(1, interval.high)))
    means = [np.mean([1 - wrong(digits, seed) / 2000 for digits in experiments.PAIRS]) for seed in range(3)]
    interval = ttest_1samp(means, 0).confidence_interval(0.95)
    assert found.mean.value == pytest.approx(np.mean(means))
    assert (found.mean.low, found.mean.high) == pytest.approx((interval.low, interval.high))


def test_pairs_that_are_not_there_yet_are_left_out():
    found = Atlas.of(made_up(without=5))
    assert len(found.pairs) == 40
    assert found.pair((8, 9)) is None
    table = found.table()
    assert (np.isnan(table).sum(), table[5, 8], table[8, 5]) == (10 + 2 * 5, 0.55, 0.55)
    assert Atlas.of(made_up(without=45)).pairs == ()


def test_it_is_printed_as_a_table_and_as_json():
    found = Atlas.of(made_up())
    said = list(lines(found))
    assert said[0] == "| accuracy, % | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |"
    assert said[2] == "| 0 | – | 100.0 | 99.7 | 99.6 | 99.5 | 99.4 | 99.3 | 99.2 | 99.1 | 99.0 |"
    low, high = binomtest(1100, 2000).proportion_ci(method="wilson")
    assert said[-3] == f"lowest: 5 vs 8: 55.00% (95% interval {low:.2%} to {high:.2%})"
    assert said[-1] == "stuck runs (final test accuracy below 70%), included above: 1"
    summary = json.loads(as_json(found, {"torch": "2.0"}))
    assert (summary["kind"], summary["stuck"], len(summary["pairs"])) == ("atlas", 1, 45)
    assert summary["pairs"][0] == {
        "digits": [0, 1],
        "seeds": 1,
        "accuracy": pytest.approx(summary["pairs"][0]["accuracy"]),
    }
    assert summary["mean"]["value"] == pytest.approx(found.mean.value)
    assert list(lines(Atlas(())))[-1] == "| 9 | – | – | – | – | – | – | – | – | – | – |"


@pytest.mark.slow
def test_the_command_trains_every_pair_once_with_all_test_images(capsys, tmp_path, monkeypatch):
    file = tmp_path / "atlas.jsonl"
    monkeypatch.setattr("hqnn.sweeps.experiments.PAIRS", ((0, 1), (3, 7)))
    command = ["pairs", "--n-train", "4", "--epochs", "1", "--engine", "exact", "--preset", "published-01"]
    assert main([*command, "--batch-size", "8", "--out", str(file)]) == 0
    results = Results.read(file)
    config = RunConfig.preset("published-01").replace(
        digits=(3, 7), n_train=4, n_test=None, epochs=1, engine="exact", batch_size=8
    )
    assert results.header == experiments.atlas(config, (0,))
    assert [result.evaluation.n for result in results.have.values() if result.evaluation] == [2115, 2038]
    assert capsys.readouterr().out.splitlines() == list(lines(Atlas.of(results)))
    assert main([*command, "--batch-size", "8", "--out", str(file), "--json"]) == 0
    *trainings, found = map(json.loads, capsys.readouterr().out.splitlines())
    assert (len(trainings), found["kind"]) == (2, "atlas")


def test_digits_are_refused_in_one_line(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["pairs", "--digits", "3", "7"])
    assert ended.value.code == 2
    assert capsys.readouterr().err == "hqnn: error: this command trains all 45 pairs of digits: leave out --digits\n"
