"""Questions: the trainings of each, and what cannot be asked."""

import pytest

from hqnn.config import HEADS, RunConfig
from hqnn.errors import ConfigError, HqnnError
from hqnn.sweeps import experiments

CONFIG = RunConfig(digits=(3, 7), n_train=10, n_test=10, epochs=1)


def test_a_sweep_has_every_combination_with_every_seed_and_counts_what_is_there_twice_once():
    header = experiments.sweep(CONFIG, {"shots": [10, None, 10], "shift": [0.5, 1.0]}, range(2))
    assert header.vary == {"shots": (10, None), "shift": (0.5, 1.0)}
    found = [(config.seed, config.shots, config.shift) for config in experiments.configs(header)]
    assert found == [(seed, shots, shift) for seed in (0, 1) for shots in (10, None) for shift in (0.5, 1.0)]


def test_a_swap_test_has_every_head_with_every_seed():
    found = experiments.configs(experiments.swap(CONFIG, (4, 5)))
    assert [(config.seed, config.head) for config in found] == [(seed, head) for seed in (4, 5) for head in HEADS]


def test_an_atlas_has_all_45_pairs():
    found = {config.digits for config in experiments.configs(experiments.atlas(CONFIG, (0,)))}
    assert found == {(a, b) for b in range(10) for a in range(b)}


def test_the_stuck_question_varies_the_seed_alone():
    found = experiments.configs(experiments.stuck(CONFIG, range(3)))
    assert list(found) == [CONFIG.replace(seed=seed) for seed in range(3)]


@pytest.mark.parametrize(("seeds", "number"), [(range(0), "0"), (range(5001), "10,002")])
def test_neither_no_training_nor_too_many_can_be_asked_for(seeds, number):
    with pytest.raises(HqnnError, match=f"1 to 10,000 runs, got {number}"):
        experiments.sweep(CONFIG, {"shots": [10, 100]}, seeds)


def test_a_combination_that_cannot_be_is_refused():
    with pytest.raises(ConfigError, match="shift"):
        experiments.sweep(CONFIG, {"shift": [0.0]}, (0,))
