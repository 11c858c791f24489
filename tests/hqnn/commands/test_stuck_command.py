"""`hqnn stuck` as a user calls it."""

import json
import re

import pytest
from scipy.stats import binomtest

from hqnn.__main__ import main
from hqnn.statistics.intervals import Share

#: Two steps of exact probabilities amplify no rounding: of seeds 10 to 13 the second and the last give all images one
#: answer, and the others are right on 18 of 20 at least, also where all initial weights are changed by 1%.
SOME_STUCK = ["stuck", "--n-train", "20", "--n-test", "10", "--epochs", "2", "--batch-size", "64", "--shots", "exact"]


def test_the_share_has_wilsons_interval():
    low, high = binomtest(3, 20).proportion_ci(method="wilson")
    assert str(Share.of(3, 20)) == f"3 of 20, 15.0% (95% interval {low:.1%} to {high:.1%})"
    assert str(Share.of(0, 0)) == "0 of 0"


@pytest.mark.workers
def test_stuck_seeds_are_counted_named_and_kept(tmp_path, capsys):
    options = ["--loss", "published", "--engine", "exact", "--seeds", "4", "--seed", "10", "--workers", "1"]
    command = [*SOME_STUCK, *options, "--out", str(tmp_path / "results")]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert main([*command, "--json"]) == 0
    *results, found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["config"]["seed"] for result in results] == [10, 11, 12, 13]
    stuck = [result for result in results if result["evaluation"]["accuracy"] < 0.7]
    assert [result["config"]["seed"] for result in stuck] == [11, 13]
    assert lines[0].startswith("stuck (final test accuracy below 70%): 2 of 4, ")
    named = [int(seed) for line in lines for seed in re.findall(r"^  seed +(\d+):", line)]
    assert named == [11, 13]
    assert lines[-1].startswith("healthy runs ever flagged (false alarms): ")
    assert (found["kind"], found["digits"], found["stuck_seeds"]) == ("stuck", [3, 7], named)
    low, high = binomtest(2, 4).proportion_ci(method="wilson")
    assert found["stuck"] == {"part": 2, "whole": 4, "low": pytest.approx(low), "high": pytest.approx(high)}
    assert found["healthy_seeds"] == [10, 12]
    assert found["healthy_flagged"]["whole"] == 2
