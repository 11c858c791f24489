"""`python -m hqnn stuck` as a user calls it."""

import json
import re

import pytest
from scipy.stats import binomtest

from hqnn.__main__ import main
from hqnn.stuck import Share

#: A step size at which nothing is learned.
HOPELESS = ["stuck", "--n-train", "8", "--n-test", "8", "--epochs", "8", "--learning-rate", "1", "--workers", "1"]


def test_the_share_has_wilsons_interval():
    low, high = binomtest(3, 20).proportion_ci(method="wilson")
    assert str(Share.of(3, 20)) == f"3 of 20, 15.0% (95 % interval {low:.1%} to {high:.1%})"
    assert str(Share.of(0, 0)) == "0 of 0"


def test_stuck_seeds_are_counted_named_and_kept(tmp_path, capsys):
    command = [*HOPELESS, "--engine", "exact", "--seeds", "3", "--seed", "5", "--out", str(tmp_path / "results")]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert main([*command, "--json"]) == 0
    *results, found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [result["config"]["seed"] for result in results] == [5, 6, 7]
    stuck = [result for result in results if result["evaluation"]["accuracy"] < 0.7]
    assert lines[0].startswith(f"stuck, with a test accuracy below 70% at the end: {len(stuck)} of 3, ")
    named = [int(seed) for line in lines for seed in re.findall(r"^  seed +(\d+):", line)]
    assert named == [result["config"]["seed"] for result in stuck]
    assert lines[-1].startswith("healthy ones ever flagged: ")
    assert (found["kind"], found["digits"], found["stuck_seeds"]) == ("stuck", [3, 7], named)
    low, high = binomtest(len(named), 3).proportion_ci(method="wilson")
    assert found["stuck"] == {"part": len(named), "whole": 3, "low": pytest.approx(low), "high": pytest.approx(high)}
    assert found["healthy_flagged"]["whole"] == len(found["healthy_seeds"]) == 3 - len(named)
