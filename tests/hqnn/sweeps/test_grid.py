"""Grids of configs, and what several runs amount to."""

import pytest

from hqnn import RunConfig
from hqnn.errors import ConfigError
from hqnn.records import Evaluation
from hqnn.sweeps.grid import grid, summarize


def evaluation(accuracy: float) -> Evaluation:
    right = round(100 * accuracy)
    return Evaluation(
        n=100,
        seed=0,
        accuracy=accuracy,
        accuracy_low=0,
        accuracy_high=1,
        loss=0.5,
        cross_entropy=0.5,
        published=-accuracy,
        confusion=((right, 100 - right), (0, 0)),
        labels=(),
        predictions=(),
        probabilities=(),
    )


def test_a_grid_has_every_combination_the_last_setting_fastest():
    configs = grid(RunConfig(), shots=(10, 100), seed=range(3))
    assert [(c.shots, c.seed) for c in configs] == [(10, 0), (10, 1), (10, 2), (100, 0), (100, 1), (100, 2)]
    with pytest.raises(ConfigError, match="shots must be between"):
        grid(RunConfig(), shots=(10, 0))


def test_stuck_runs_are_counted_and_not_hidden():
    summary = summarize([evaluation(a) for a in (0.5, 0.97, 0.99)])
    assert (summary.runs, summary.stuck, summary.lowest_accuracy) == (3, 1, 0.5)
    assert summary.mean_accuracy == pytest.approx(0.82)
    assert summary.accuracy_error == pytest.approx(0.27731 / 3**0.5, rel=1e-3)
    assert summary.mean_published_loss == pytest.approx(-0.82)
