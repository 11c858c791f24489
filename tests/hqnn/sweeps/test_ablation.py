"""The swap test: its trainings, its numbers against scipy's paired test, and a verdict for every outcome."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel

from hqnn.config import HEADS, RunConfig
from hqnn.errors import ConfigError
from hqnn.sweeps.ablation import compare, swap_configs
from hqnn.sweeps.result import EpochResult, Figures, Result

CONFIG = RunConfig(epochs=2)
#: Accuracies of five seeds.
BASE = np.array([0.97, 0.98, 0.96, 0.99, 0.975])
NOISE = np.array([0.001, -0.001, 0.002, -0.002, 0.0])


def result(config, accuracy, *, seconds=1.0, error=None, first=1):
    figures = Figures(
        n=10_000, accuracy=accuracy, accuracy_low=0.0, accuracy_high=1.0, cross_entropy=0.1, published=-0.9
    )
    curve = tuple(
        EpochResult(
            epoch=epoch,
            loss=0.1,
            test_loss=0.1,
            train_accuracy=1.0,
            test_accuracy=accuracy * epoch / 2,
            test_accuracy_low=0.0,
            test_accuracy_high=1.0,
            shots=None,
            seconds=seconds * epoch / 2,
        )
        for epoch in range(first, 3)
    )
    evaluation = None if error else figures
    return Result(config=config, evaluation=evaluation, curve=curve, seconds=9.0, error=error)


def results(config=CONFIG, **accuracies):
    """By config, of accuracies seed by seed, by head."""
    found = [
        result(config.replace(seed=seed, exact_evaluation=True).with_head(head), float(accuracy))
        for head, of_seeds in accuracies.items()
        for seed, accuracy in enumerate(of_seeds)
    ]
    return {each.config: each for each in found}


def verdict(**accuracies):
    return compare(results(**accuracies), CONFIG, range(5)).verdict


def test_its_trainings_are_every_head_with_every_seed_and_differ_in_nothing_else():
    noisy = RunConfig(engine="noisy", readout_e0=0.1, shift=1, epochs=3)
    found = swap_configs(noisy, [4, 5, 4])
    assert [(each.seed, each.head) for each in found] == [(seed, head) for seed in (4, 5) for head in HEADS]
    assert found[0] == noisy.replace(seed=4, exact_evaluation=True)
    assert found[1] == RunConfig(seed=4, exact_evaluation=True, epochs=3, head="sigmoid")


def test_a_twin_or_a_device_is_refused():
    with pytest.raises(ConfigError, match="head must be 'circuit'"):
        swap_configs(RunConfig(head="sine"), [0])
    with pytest.raises(
        ConfigError, match="engine must be a simulator, because the test uses exact probabilities, got 'ibm'"
    ):
        swap_configs(RunConfig(engine="ibm"), [0])


def test_means_and_paired_differences_have_students_intervals():
    sine = BASE - 0.003 + NOISE
    found = compare(results(circuit=BASE, sigmoid=BASE, sine=sine, linear=BASE + NOISE), CONFIG, range(5))
    assert [each.head for each in found.heads] == list(HEADS)
    circuit = found.heads[0]
    expected = ttest_1samp(BASE, 0).confidence_interval(0.95)
    assert circuit.accuracy.value == pytest.approx(BASE.mean())
    assert (circuit.accuracy.low, circuit.accuracy.high) == pytest.approx((expected.low, expected.high))
    assert (circuit.runs, circuit.stuck, circuit.lowest) == (5, 0, 0.96)
    assert [each.value for each in circuit.curve] == pytest.approx([BASE.mean() / 2, BASE.mean()])
    assert (circuit.seconds.value, circuit.seconds.low, circuit.seconds.high) == (1.0, 1.0, 1.0)
    of_sine = found.differences[1]
    expected = ttest_rel(BASE, sine).confidence_interval(1 - 0.05 / 3)
    assert (of_sine.twin, of_sine.pairs, of_sine.higher, of_sine.lower) == ("sine", 5, 5, 0)
    assert of_sine.accuracy.value == pytest.approx(0.003)
    assert (of_sine.accuracy.low, of_sine.accuracy.high) == pytest.approx((expected.low, expected.high))


def test_epochs_are_paired_by_their_numbers():
    """Some runs of the circuit have epoch 0, all of the sigmoid's, and none of the others."""
    have = results(circuit=BASE, sigmoid=BASE, sine=BASE, linear=BASE)
    for config in have:
        if config.head == "sigmoid" or (config.head == "circuit" and config.seed > 1):
            have[config] = result(config, BASE[config.seed], first=0)
    found = {each.head: each for each in compare(have, CONFIG, range(5)).heads}
    assert [found[head].epochs for head in HEADS] == [(1, 2), (0, 1, 2), (1, 2), (1, 2)]
    assert [each.value for each in found["circuit"].curve] == pytest.approx([BASE.mean() / 2, BASE.mean()])
    assert [each.value for each in found["sigmoid"].curve] == pytest.approx([0, BASE.mean() / 2, BASE.mean()])
    assert {each.by_epoch[1].value for each in found.values()} == {found["circuit"].curve[0].value}


def test_only_pairs_of_one_seed_are_compared_and_failures_are_left_out():
    have = results(circuit=BASE, sigmoid=BASE[:3], sine=BASE, linear=BASE)
    broken = CONFIG.replace(seed=1, exact_evaluation=True).with_head("sine")
    have[broken] = result(broken, 0.1, error="It broke.")
    other = CONFIG.replace(seed=9, exact_evaluation=True, epochs=7)
    have[other] = result(other, 0.1)
    found = compare(have, CONFIG, range(5))
    assert [each.pairs for each in found.differences] == [3, 4, 5]
    assert [each.runs for each in found.heads] == [5, 3, 4, 5]
    assert not found.complete
    assert found.verdict == "So far, 3 of 5 seeds have finished with every head. The verdict comes last."


def test_a_better_circuit_than_all_helps():
    worse = BASE - 0.01 + NOISE
    said = verdict(circuit=BASE, sigmoid=worse, sine=worse, linear=worse)
    # 0.01 + t(1 − 0.05/6, 4) · sd/√5 = 0.01 + 3.961 · 0.001581/2.236
    assert said == (
        "3 vs 7, 5 seeds: The circuit is more accurate than the sigmoid "
        "(by 1.00 percentage points, 95%: 0.72 to 1.28), the noiseless sine "
        "(by 1.00 percentage points, 95%: 0.72 to 1.28) and the plain linear output "
        "(by 1.00 percentage points, 95%: 0.72 to 1.28). The circuit helps: it beats every classical replacement."
    )


def test_where_a_twin_does_better_the_circuit_does_not_help():
    better, worse = BASE + 0.005 + NOISE, BASE - 0.01 + NOISE
    said = verdict(circuit=BASE, sigmoid=better, sine=BASE + NOISE, linear=worse)
    assert said == (
        "3 vs 7, 5 seeds: The circuit is more accurate than the plain linear output "
        "(by 1.00 percentage points, 95%: 0.72 to 1.28). The circuit is less accurate than the sigmoid "
        "(by 0.50 percentage points, 95%: 0.22 to 0.78). No difference was found from the noiseless sine "
        "(at most 0.28 percentage points). The circuit does not help: the sigmoid is more accurate."
    )
    several = verdict(circuit=BASE, sigmoid=better, sine=better, linear=worse)
    assert several.endswith("The circuit does not help: the sigmoid and the noiseless sine are more accurate.")


def test_where_some_twins_are_not_beaten_it_is_not_the_circuit_alone():
    worse = BASE - 0.01 + NOISE
    said = verdict(circuit=BASE, sigmoid=worse, sine=BASE + NOISE, linear=worse)
    assert said.endswith("The circuit beats some replacements, but no difference from the noiseless sine was found.")


def test_where_no_difference_is_found_nothing_says_that_it_helps():
    said = verdict(circuit=BASE, sigmoid=BASE + NOISE, sine=BASE, linear=BASE - NOISE)
    assert said == (
        "3 vs 7, 5 seeds: No difference was found from the sigmoid (at most 0.28 percentage points), the noiseless "
        "sine (equal with every seed) and the plain linear output (at most 0.28 percentage points). "
        "This test shows no benefit from the circuit."
    )


def test_runs_that_did_not_learn_are_said():
    stuck = np.where(np.arange(5) == 2, 0.5, BASE)
    said = verdict(circuit=stuck, sigmoid=BASE, sine=stuck, linear=BASE)
    assert said.endswith(" Stuck runs (below 70%) are included: circuit 1, sine 1.")


@pytest.mark.parametrize("seeds", [1, 2, 4])
def test_fewer_than_five_seeds_give_no_verdict_however_far_apart(seeds):
    worse = BASE[:seeds] - 0.1
    found = compare(results(circuit=BASE[:seeds], sigmoid=worse, sine=worse, linear=worse), CONFIG, range(seeds))
    assert found.verdict == f"Too few seeds for a verdict: it needs 5 finished with every head, got {seeds}."
    assert found.conclusion is None


def test_before_the_end_nothing_is_said_of_a_difference():
    """Whatever the seeds say so far; a failed training has ended, too."""
    worse = BASE - 0.1 + NOISE
    have = results(circuit=BASE, sigmoid=worse, sine=worse, linear=worse)
    found = compare(have, CONFIG, range(6))
    assert found.verdict == "So far, 5 of 6 seeds have finished with every head. The verdict comes last."
    assert found.conclusion is None
    for head in HEADS:
        last = CONFIG.replace(seed=5, exact_evaluation=True).with_head(head)
        have[last] = result(last, 0.1, error="It broke." if head == "sine" else None)
    assert compare(have, CONFIG, range(6)).conclusion == ("The circuit helps: it beats every classical replacement.")


def test_no_interval_is_narrower_than_a_test_image():
    """Of seeds that happen to agree; 10,000 images here."""
    found = compare(results(circuit=BASE, sigmoid=BASE - 0.00004, sine=BASE, linear=[0.9] * 5), CONFIG, range(5))
    differences = {each.twin: each for each in found.differences}
    for each in (*(each.accuracy for each in differences.values()), *(each.accuracy for each in found.heads)):
        assert each.high - each.low >= 0.9999e-4
    assert differences["sigmoid"].circuit_is == differences["sine"].circuit_is == "even"


@pytest.mark.slow
def test_twins_that_are_no_different_are_seldom_told_apart():
    """Of 300 tests of three twins that differ by chance alone, about 15 at most; with 95 % for each it would be 39."""
    rng = np.random.default_rng(3)
    told = 0
    for _ in range(300):
        accuracies = {head: 0.97 + 0.005 * rng.standard_normal(8) for head in HEADS}
        found = compare(results(CONFIG, **accuracies), CONFIG, range(8))
        told += any(each.circuit_is != "even" for each in found.differences)
    assert told < 25
