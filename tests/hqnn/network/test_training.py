"""Training: it learns, it repeats itself bit for bit, it leaves the caller alone, and it can be stopped."""

import gc
import json
import os
import re
from functools import cache
from itertools import islice
from math import pi
from pathlib import Path
from statistics import median
from struct import unpack_from
from threading import Thread
from time import sleep

import numpy as np
import psutil
import pytest
import torch
from qiskit_ibm_runtime.executor_sampler import Sampler
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from hqnn import HybridLayer, RunConfig, load_pair, train
from hqnn.config import ENGINES, HEADS
from hqnn.diagnosis import RULES
from hqnn.network.evaluation import at_rest, evaluate
from hqnn.network.training import CheckpointError, Seeds, Training, TrainResult
from hqnn.records import LAYERS, EpochRecord, HistoryRecord, StepRecord
from hqnn.runs import Run
from hqnn.versions import difference, versions_here
from tests.engines import aer_jobs, engines, exact_engines, ideal, ideal_config
from tests.nudge.sitecustomize import VARIABLE as NUDGE

#: What computed them, then for each of some configs the records of its run by hqnn as it was without epoch 0.
KEPT = Path(__file__).parents[2] / "kept_records" / "before_epoch_0.jsonl"
SMALL = RunConfig(n_train=12, n_test=6, epochs=2, batch_size=5)


def parts(config, **options):
    """The steps, epochs and result of a run."""
    *records, result = train(config, **options)
    assert isinstance(result, TrainResult)
    return (
        [record for record in records if isinstance(record, StepRecord)],
        [record for record in records if isinstance(record, EpochRecord)],
        result,
    )


def without_probes(records):
    """Records of a run but for those of its probe images."""
    return [record for record in records if getattr(record, "kind", None) != "probe"]


def first_records(records, count):
    """So many records of a run from its generator, those of its probe images not counted."""
    found = []
    while len(without_probes(found)) < count:
        found.append(next(records))
    return found


def without_clock(record):
    return record.model_dump(exclude={"images_per_second"})


@engines
def test_a_seed_gives_the_same_run_bit_for_bit_whatever_the_callers_random_state(name):
    runs = []
    for callers_seed in (1, 2):
        torch.manual_seed(callers_seed)
        np.random.seed(callers_seed)
        steps, epochs, result = parts(ideal_config(name, n_train=12, n_test=6, epochs=2, batch_size=5))
        weights = {weight: tensor.tolist() for weight, tensor in result.model.named_parameters()}
        runs.append(([*map(without_clock, steps), *map(without_clock, epochs)], weights, result.evaluation))
    assert runs[0] == runs[1]


def test_another_seed_gives_another_run():
    losses = [[step.loss for step in parts(SMALL.replace(seed=seed))[0]] for seed in (0, 1)]
    assert losses[0] != losses[1]


def test_the_callers_random_state_is_left_as_it_was():
    torch.manual_seed(3)
    np.random.seed(3)
    torch_before, numpy_before = torch.get_rng_state(), str(np.random.get_state(legacy=False))
    for _ in train(SMALL):
        assert torch.equal(torch.get_rng_state(), torch_before)
    assert str(np.random.get_state(legacy=False)) == numpy_before


def test_two_trainings_taken_in_turns_do_not_disturb_each_other():
    alone = [step.loss for step in parts(SMALL)[0]]
    turns = zip(train(SMALL), train(SMALL.replace(seed=9)), strict=True)
    assert [record.loss for record, _ in turns if isinstance(record, StepRecord)] == alone


def test_trainings_in_threads_disturb_neither_each_other_nor_the_callers_random_state(quick_switches):
    configs = [SMALL.replace(seed=seed, engine="exact") for seed in range(3)]
    alone = [[without_clock(record) for record in list(train(config))[:-1]] for config in configs]
    torch.manual_seed(3)
    undisturbed = torch.rand(200, 3).tolist()
    found: dict[int, list] = {}

    def together(config):
        found[config.seed] = [without_clock(record) for record in list(train(config))[:-1]]

    torch.manual_seed(3)
    threads = [Thread(target=together, args=(config,)) for config in configs]
    for thread in threads:
        thread.start()
    drawn = []
    for _ in range(200):
        drawn.append(torch.rand(3).tolist())
        sleep(0.0005)
    for thread in threads:
        thread.join()
    assert [found[config.seed] for config in configs] == alone
    assert drawn == undisturbed


@pytest.mark.parametrize("head", ["circuit", "sine"])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_training_is_the_same_in_every_mode_of_torch(head, mode):
    config = SMALL.with_head(head)
    usual = [without_clock(record) for record in list(train(config))[:-1]]
    with mode():
        *records, result = train(config)
        assert torch.is_inference_mode_enabled() == (mode is torch.inference_mode)
        assert not torch.is_grad_enabled()
    assert [without_clock(record) for record in records] == usual
    assert isinstance(result, TrainResult)
    assert result.completed


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_a_training_is_the_same_with_every_default_dtype(dtype):
    usual = [without_clock(record) for record in list(train(SMALL))[:-1]]
    torch.set_default_dtype(dtype)
    try:
        found = [without_clock(record) for record in list(train(SMALL))[:-1]]
    finally:
        torch.set_default_dtype(torch.float32)
    assert found == usual


@pytest.mark.parametrize("after", [0, 3, 6], ids=["before the first step", "in a step", "at the end of an epoch"])
@pytest.mark.parametrize(
    ("head", "bias", "got"),
    [
        ("circuit", 1e17, r"between -1e\+12 and 1e\+12 radians, .*, got 1e\+17"),
        ("circuit", np.inf, "finite, got inf"),
        ("sine", -np.inf, "finite, got -inf"),
        ("linear", np.nan, "finite, got nan"),
    ],
)
def test_angles_that_run_away_end_the_training_with_its_history_kept(head, bias, got, after):
    training = Training(SMALL.with_head(head))
    records = training.records()
    first_records(records, after)
    with torch.no_grad():
        training.fit.model.fc2.bias.fill_(bias)
    *others, result = records
    assert isinstance(result, TrainResult)
    assert result.error is not None
    assert re.match(rf"Angles have diverged: angles must be {got} in row \d+$", result.error)
    assert result.error.startswith(next(rule.title for rule in RULES if rule.name == "far"))
    assert (result.evaluation, result.completed) == (None, False)
    assert without_probes(others) == []


def test_large_angles_are_no_error():
    training = Training(SMALL)
    records = training.records()
    next(records)
    with torch.no_grad():
        training.fit.model.fc2.bias.fill_(3e8)
    *_, result = records
    assert isinstance(result, TrainResult)
    assert (result.error, result.completed) == (None, True)


def test_shots_do_not_change_the_first_weights_and_the_order_of_images():
    """Different shots of one seed: the first step sees the same images with the same weights and dropout."""
    first = [parts(SMALL.replace(shots=shots))[0][0] for shots in (10, 1000)]
    assert first[0].theta == first[1].theta
    assert first[0].loss != first[1].loss


@pytest.mark.parametrize("head", ["sigmoid", "sine", "linear"])
def test_a_seed_gives_the_same_weights_and_order_of_images_whatever_the_head(head):
    """Two epochs in another order each; with the smallest steps of Adam the weights hardly leave where they began."""
    slow = SMALL.replace(learning_rate=1e-6, shots=10)
    first, other = (dict(Training(config).fit.model.named_parameters()) for config in (slow, slow.with_head(head)))
    assert first.keys() == other.keys()
    assert all(torch.equal(first[name], other[name]) for name in first)
    runs = [parts(config)[0] for config in (slow, slow.with_head(head))]
    circuit, twin = ([step.images for step in steps] for steps in runs)
    assert circuit == twin
    assert len(circuit) == 2 * SMALL.steps_per_epoch
    assert circuit[: len(circuit) // 2] != circuit[len(circuit) // 2 :]
    assert runs[0][0].theta == runs[1][0].theta  # the dropout too
    for step, same in zip(*runs, strict=True):
        assert step.theta == pytest.approx(same.theta, abs=0.01)


@pytest.mark.parametrize(
    ("head", "slope"),
    [
        ("sigmoid", lambda theta: 1 / (2 + np.exp(theta) + np.exp(-theta))),
        ("sine", lambda theta: np.cos(theta) / 2),
        ("linear", lambda theta: np.full_like(theta, 0.5)),
    ],
)
def test_a_twins_slopes_are_recorded_as_the_circuits_are(head, slope):
    for step in parts(SMALL.replace(head=head))[0]:
        assert step.gradient == pytest.approx(slope(np.array(step.theta)), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("head", HEADS)
def test_every_head_learns(head):
    result = parts(RunConfig(digits=(0, 1), epochs=3).with_head(head))[2]
    assert result.evaluation is not None
    assert result.evaluation.accuracy >= 0.9


@pytest.mark.parametrize("head", ["sigmoid", "sine", "linear"])
def test_a_twin_is_taken_up_where_it_was_left(head):
    config = SMALL.replace(head=head)
    whole = [without_clock(record) for record in train(config) if not isinstance(record, TrainResult)]
    begun = Training(config)
    first = [without_clock(record) for record in islice(begun.records(), 4)]
    *rest, result = Training(config, begun.checkpoint()).records()
    assert first + [without_clock(record) for record in rest] == whole
    assert isinstance(result, TrainResult)
    assert result.completed


def test_an_exact_evaluation_asks_without_shots_and_leaves_the_training_as_it_is():
    (steps, _, noisy), (same, epochs, exact) = (
        parts(SMALL.replace(shots=3, exact_evaluation=wanted)) for wanted in (False, True)
    )
    assert [without_clock(step) for step in steps] == [without_clock(step) for step in same]
    model, test = exact.model, load_pair(SMALL.digits, SMALL.n_train, SMALL.n_test).test
    with torch.no_grad():
        p = (1 + torch.sin(model.eval().angle(test.images)[:, 0])) / 2
    assert noisy.evaluation is not None
    assert exact.evaluation is not None
    assert exact.evaluation.probabilities == pytest.approx(p.tolist(), abs=1e-6)
    assert exact.evaluation.accuracy == epochs[-1].test_accuracy == ((p > 0.5) == test.labels).double().mean()
    assert noisy.evaluation.probabilities != exact.evaluation.probabilities
    assert isinstance(model.quantum, HybridLayer)
    assert model.quantum.shots == 3


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"engine": "exact", "loss": "published"},
        {"engine": "noisy", "depolarizing_1q": 0.1, "readout_e0": 0.05},
        {"shots": None, "engine": "exact"},
        {"exact_evaluation": True},
        {"head": "sigmoid"},
    ],
    ids=str,
)
def test_an_epoch_records_what_exact_probabilities_say_at_the_same_angles(changes):
    config = SMALL.replace(**({"shots": 3} | changes))
    _, epochs, result = parts(config)
    pair, last = load_pair(config.digits, config.n_train, config.n_test), epochs[-1]
    for part, loss, accuracy in (
        (pair.train, last.exact_train_loss, last.exact_train_accuracy),
        (pair.test, last.exact_test_loss, last.exact_test_accuracy),
    ):
        exact = evaluate(result.model, part.images, part.labels, loss=config.loss, exact=True)
        assert loss == pytest.approx(exact.loss, abs=1e-5)
        assert accuracy == exact.accuracy
    if config.tested_shots is None:
        assert (last.exact_test_loss, last.exact_test_accuracy) == (last.test_loss, last.test_accuracy)
    else:
        assert last.exact_test_loss != pytest.approx(last.test_loss, abs=1e-3)


def test_an_epochs_speed_leaves_out_what_the_caller_does_between_records():
    records = []
    for record in train(SMALL):
        records.append(record)
        sleep(0.02)
    _, *steps, epoch = without_probes(records)[:7]
    assert epoch.images_per_second == pytest.approx(24 / sum(len(s.theta) / s.images_per_second for s in steps))


def test_sub_seeds_differ_from_each_other_and_between_runs():
    seeds = {value for seed in range(50) for value in vars(Seeds.of(seed)).values()}
    assert len(seeds) == 200


def test_records_say_what_happened():
    steps, epochs, result = parts(SMALL)
    assert [step.step for step in steps] == list(range(1, 11))
    assert [step.epoch for step in steps] == [1] * 5 + [2] * 5
    assert [len(step.theta) for step in steps] == [len(step.gradient) for step in steps] == [5, 5, 5, 5, 4] * 2
    assert [(epoch.epoch, epoch.step) for epoch in epochs] == [(0, 0), (1, 5), (2, 10)]
    for epoch in epochs[1:]:
        of_epoch = [step for step in steps if step.epoch == epoch.epoch]
        mean = np.average([step.loss for step in of_epoch], weights=[len(step.theta) for step in of_epoch])
        assert epoch.loss == epoch.cross_entropy == pytest.approx(mean)
        assert epoch.published is not None
        assert -1 <= epoch.published <= 0
        assert sum(map(sum, epoch.train_confusion)) == 24
        assert sum(map(sum, epoch.test_confusion)) == 12
        (a, _), (_, d) = epoch.test_confusion
        assert epoch.test_accuracy == pytest.approx((a + d) / 12)
        assert epoch.test_accuracy_low < epoch.test_accuracy_high
    assert result.completed
    assert result.evaluation is not None
    assert result.evaluation.n == 12
    assert result.evaluation.accuracy == epochs[-1].test_accuracy
    assert result.evaluation.loss == epochs[-1].test_loss


@pytest.mark.parametrize("head", HEADS)
def test_epoch_0_is_the_network_before_its_first_step_and_has_no_training(head):
    config = SMALL.replace(shots=20).with_head(head)
    (epoch, *_), training = parts(config)[1], Training(config)
    trained = ("loss", "cross_entropy", "published", "images_per_second")
    assert {name: getattr(epoch, name) for name in trained} == dict.fromkeys(trained)
    for part, seed, accuracy, exact in (
        (training.pair.train, True, epoch.train_accuracy, epoch.exact_train_accuracy),
        (training.pair.test, False, epoch.test_accuracy, epoch.exact_test_accuracy),
    ):
        options = {"loss": config.loss, "seed": Seeds.of(config.seed).of_evaluation(0, train=seed)}
        found = evaluate(training.fit.model, part.images, part.labels, **options)
        assert (accuracy, found.n) == (found.accuracy, len(part))
        assert exact == evaluate(training.fit.model, part.images, part.labels, exact=True).accuracy
    assert (epoch.test_loss, epoch.test_confusion) == (pytest.approx(found.loss, abs=1e-5), found.confusion)
    with torch.no_grad():
        theta = at_rest(training.fit.model).angle(training.pair.train.images)[:, 0]
    assert epoch.train_theta == pytest.approx(theta.tolist(), abs=1e-6)


@pytest.mark.parametrize("wanted", [{}, {"shots": None, "engine": "exact"}, {"engine": "noisy", "readout_e0": 0.1}])
def test_epoch_0_changes_nothing_that_follows_it(wanted):
    """Its shots have a seed of their own: a run that skips it is the same run, bit for bit."""
    config = SMALL.replace(**wanted)
    training = Training(config)
    training.fit.recorded = 0
    *skipped, result = training.records()
    probe, first, *whole, whole_result = train(config)
    assert isinstance(first, EpochRecord)
    assert (first.epoch, first.step) == (0, 0)
    assert list(map(without_clock, skipped)) == list(map(without_clock, [probe, *whole]))
    assert isinstance(result, TrainResult)
    assert isinstance(whole_result, TrainResult)
    assert result.evaluation == whole_result.evaluation


@pytest.mark.parametrize("line", range(1, 7))
def test_runs_are_what_they_were_before_epoch_0_was_recorded(line):
    """Bit for bit, where a seed promises that: kept records of several engines, batch sizes, losses and heads."""
    lines = KEPT.read_text().splitlines()
    why = difference(versions_here(), json.loads(lines[0])) or "without a nudge" * (NUDGE in os.environ)
    if why:
        pytest.skip(f"the kept records were computed {why}")
    kept = json.loads(lines[line])
    first, *records, result = without_probes(train(RunConfig(**kept["config"])))
    assert isinstance(first, EpochRecord)
    assert isinstance(result, TrainResult)
    assert first.epoch == 0
    assert json.loads(json.dumps(list(map(without_clock, records)))) == kept["records"]
    assert {name: getattr(result.evaluation, name) for name in kept["evaluation"]} == kept["evaluation"]
    weights = {name: float(weight.detach().double().sum()) for name, weight in result.model.named_parameters()}
    assert weights == kept["weights"]


def test_on_a_device_epoch_0_is_not_measured():
    epochs = parts(ideal_config("ibm", n_train=2, n_test=1, epochs=1, batch_size=4))[1]
    assert [epoch.epoch for epoch in epochs] == [1]


def test_a_checkpoint_of_before_epoch_0_was_recorded_goes_on_without_it():
    """It named the whole epochs: with none behind it, too, it has begun."""
    whole = [without_clock(record) for record in list(train(SMALL))[:-1]]
    for left_after in (6, 14):
        first = Training(SMALL)
        list(islice(first.records(), left_after))
        second = Training(SMALL, _older(first.checkpoint()))
        assert second.fit.epoch == first.fit.epoch
        *rest, _ = second.records()
        assert list(map(without_clock, rest)) == whole[left_after:]


def _older(checkpoint: bytes) -> bytes:
    """A checkpoint as it was when there was no epoch 0."""
    header = json.loads(checkpoint[8 : 8 + unpack_from("<Q", checkpoint)[0]])
    values = json.loads(header["__metadata__"]["values"])
    values["epoch"] = max(0, values.pop("recorded"))
    return save_tensors(load_tensors(checkpoint), {"values": json.dumps(values)})


def test_the_recorded_gradient_is_the_circuits_slope():
    """With an exact engine: cos θ / 2 by the rule, cos θ by the published difference at π/2."""
    exact = SMALL.replace(engine="exact", shots=None)
    for config, factor in ((exact, 0.5), (exact.replace(gradient_rule="published", shift=pi / 2), 1)):
        for step in parts(config)[0]:
            np.testing.assert_allclose(step.gradient, factor * np.cos(step.theta), atol=1e-6)


def test_a_step_says_which_images_it_saw():
    """Each once an epoch; without dropout, the network as it stood puts those images at the recorded angles."""
    training = Training(SMALL)
    fit, images = training.fit, training.pair.train.images
    fit.model.dropout.p = 0
    seen = []
    while not fit.epoch_trained:
        with torch.no_grad():
            before = fit.model.angle(images)[:, 0]
        step = fit.advance()
        if not isinstance(step, StepRecord):
            continue
        np.testing.assert_allclose(step.theta, before[list(step.images)], atol=1e-6)
        seen += step.images
    assert sorted(seen) == list(range(24))


def test_the_first_digits_images_come_first():
    labels = load_pair(SMALL.digits, 12, 6).train.labels
    assert labels.tolist() == [0] * 12 + [1] * 12


def test_gradient_norms_are_those_of_each_layers_weights_and_biases():
    fit = Training(SMALL).fit
    steps = 0
    while steps < 3:
        step = fit.advance()
        if not isinstance(step, StepRecord):
            continue
        steps += 1
        assert len(step.gradient_norms) == len(LAYERS)
        for layer, norm in zip(LAYERS, step.gradient_norms, strict=True):
            parameters = fit.model.get_submodule(layer).parameters()
            squares = [(each.grad.double() ** 2).sum().item() for each in parameters if each.grad is not None]
            assert norm == pytest.approx(np.sqrt(sum(squares)), rel=1e-5)
    weighted = {name.partition(".")[0] for name, _ in fit.model.named_parameters()}
    assert set(LAYERS) == weighted


def test_the_loss_is_the_one_asked_for():
    _, epochs, result = parts(SMALL.replace(loss="published"))
    assert all(epoch.loss == epoch.published for epoch in epochs)
    assert None not in [epoch.loss for epoch in epochs[1:]]
    assert result.evaluation is not None
    assert result.evaluation.loss == result.evaluation.published


@engines
@pytest.mark.parametrize("batch_size", [1, 5])
def test_every_step_asks_its_engine_once(monkeypatch, name, batch_size):
    engine, calls = ideal(name), []
    asked = engine.probabilities
    monkeypatch.setattr(engine, "probabilities", lambda *a, **k: calls.append(len(a[1])) or asked(*a, **k))
    config = ideal_config(name, n_train=12, n_test=6, epochs=2, batch_size=batch_size)
    steps, epochs, _ = parts(config)
    evaluations = 2 * len(epochs)
    assert len(calls) == len(steps) + evaluations
    assert calls[evaluations - 2 * config.epochs] == 3 * batch_size  # after epoch 0, if there is one


def sampler_jobs(monkeypatch):
    jobs, run = [], Sampler.run
    monkeypatch.setattr(Sampler, "run", lambda *job: jobs.append(job) or run(*job))
    return jobs


@pytest.mark.parametrize(("name", "counted"), [("aer", aer_jobs), ("noisy", aer_jobs), ("ibm", sampler_jobs)])
def test_a_step_is_one_job(monkeypatch, name, counted):
    jobs = counted(monkeypatch)
    records = train(ideal_config(name, n_train=12, n_test=6, epochs=2, batch_size=5))
    before = 0 if ENGINES[name].hardware else 2  # both sets of images, in epoch 0
    for record in islice(records, 1, 6):  # the first one, of the probe images, comes before epoch 0
        assert not isinstance(record, TrainResult)
        assert len(jobs) == before + record.step


@pytest.mark.slow
@exact_engines
def test_a_long_training_takes_no_more_memory(name):
    """Of 500 steps, 100 add less than 4 kB each: the median, since the allocator takes and returns blocks at will."""
    process, resident = psutil.Process(), []
    for record in train(ideal_config(name, n_train=50, n_test=1, epochs=5, batch_size=1)):
        if isinstance(record, StepRecord) and (record.step % 100 == 1 or record.step == 500):
            gc.collect()
            resident.append(process.memory_info().rss)
    assert median(np.diff(resident[1:])) < 100 * 4096


@pytest.mark.slow
def test_noise_flattens_the_sine_and_slows_learning():
    """The same seed with half of the contrast gone: its slopes are half as large, and its loss stays higher."""
    clean, noisy = (
        parts(RunConfig(n_train=50, n_test=20, epochs=3, engine="noisy", readout_e0=error, readout_e1=error))
        for error in (0.0, 0.25)
    )
    first = [np.array(steps[0].gradient) / (np.cos(steps[0].theta) / 2) for steps, _, _ in (clean, noisy)]
    assert first[0].mean() == pytest.approx(1, abs=0.2)
    assert first[1].mean() == pytest.approx(0.5, abs=0.2)
    lost = [epochs[-1].loss or 0 for _, epochs, _ in (noisy, clean)]
    assert lost[0] > lost[1] + 0.1


def test_a_stopped_training_is_tested_as_it_stands():
    seen = []
    steps, epochs, result = parts(SMALL, should_stop=lambda: seen.append(1) or len(seen) > 5)
    assert (len(steps), [epoch.epoch for epoch in epochs]) == (2, [0])
    assert not result.completed
    assert result.evaluation is not None
    assert result.evaluation.n == 12


@cache
def recorded(name: str) -> tuple[RunConfig, list[HistoryRecord | TrainResult]]:
    """A training's settings, and all that it gives. It is made once."""
    config = ideal_config(name, n_train=12, n_test=6, epochs=2, batch_size=5)
    return config, list(train(config))


@engines
@pytest.mark.parametrize("left_after", [0, 1, 2, 3, 4, 11, 12, 13, 14, 24])
def test_a_training_goes_on_from_its_checkpoint_as_if_it_had_not_been_left(name, left_after):
    """Before all, after the probe images, epoch 0, a step, before and after an epoch's end, and at the end of all."""
    config, (*whole, whole_result) = recorded(name)
    first = Training(config)
    records = list(islice(first.records(), min(left_after, len(whole))))
    second = Training(config, first.checkpoint())
    *rest, result = second.records()
    assert list(map(without_clock, [*records, *rest])) == list(map(without_clock, whole))
    assert isinstance(result, TrainResult)
    assert isinstance(whole_result, TrainResult)
    assert result.evaluation == whole_result.evaluation
    weights, expected = (dict(each.model.named_parameters()) for each in (result, whole_result))
    assert all(torch.equal(weights[part], expected[part]) for part in expected)


def test_a_training_that_goes_on_elsewhere_names_both_processors(monkeypatch):
    here = versions_here()
    monkeypatch.setattr("hqnn.network.training.versions_here", lambda: here | {"processor": "Other"})
    first = Training(SMALL)
    next(first.records())
    monkeypatch.undo()
    second = Training(SMALL, first.checkpoint())
    assert Run.of(second.records()).versions == here | {"processor": f"Other, then {here['processor']}"}
    assert Training(SMALL, second.checkpoint()).versions == second.versions


def test_a_checkpoint_of_another_training_or_damaged_is_refused():
    content = Training(SMALL).checkpoint()
    with pytest.raises(CheckpointError, match="the checkpoint cannot be used: it is from a run with other settings"):
        Training(SMALL.replace(seed=1), content)
    for damaged in (b"", content[:100], content[:-100], b"x" * 1000):
        with pytest.raises(CheckpointError, match="the checkpoint cannot be used"):
            Training(SMALL, damaged)


def test_a_stop_after_the_last_epoch_changes_nothing():
    records = 2 * (1 + 2 * 5) + 2  # each step and the network before it with its probe images, and two epochs
    seen = []
    _, epochs, result = parts(SMALL, should_stop=lambda: seen.append(1) or len(seen) > records)
    assert [epoch.epoch for epoch in epochs] == [0, 1, 2]
    assert result.completed


@pytest.mark.slow
def test_it_learns_zeros_and_ones():
    config = RunConfig(digits=(0, 1), n_test=None, epochs=5)
    _, epochs, result = parts(config)
    losses = [epoch.loss or 0 for epoch in epochs]
    assert 0 < losses[-1] < losses[1] / 2
    assert result.evaluation is not None
    assert result.evaluation.n == len(load_pair((0, 1), 1, None).test)
    assert result.evaluation.accuracy > 0.98
