"""The probe images: when a run looks at them, that looking changes nothing, and what is kept of their layers."""

import zlib
from base64 import b64encode
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest
import torch

from hqnn import RunConfig, load_pair, train
from hqnn.network.data import probe_images
from hqnn.network.evaluation import at_rest
from hqnn.network.probe import Layers, pack_layers, probe_steps, steps_with_layers, strongest, unpack_layers
from hqnn.network.training import Training, TrainResult
from hqnn.records import HISTORY, HistoryRecord, ProbeRecord
from hqnn.runs import Run, from_bytes, to_bytes
from tests.engines import engines, ideal_config

SMALL = RunConfig(n_train=12, n_test=6, epochs=3, batch_size=2, engine="exact")
#: Settings with few and with many steps per epoch and epochs.
SETTINGS = [
    RunConfig(),
    SMALL,
    RunConfig(n_train=1, n_test=1, epochs=1),
    RunConfig(n_train=1, n_test=1, epochs=2),
    RunConfig(n_train=20, epochs=100, engine="exact"),
    RunConfig(n_train=None, epochs=1, batch_size=1),
    RunConfig(n_train=None, epochs=4, batch_size=1),
]


def without_clock(record):
    return record.model_dump(exclude={"images_per_second"})


def probes(records) -> list[ProbeRecord]:
    return [record for record in records if isinstance(record, ProbeRecord)]


def weights(result: TrainResult) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in result.model.state_dict().items()}


def parts(config: RunConfig, *, with_probes: bool = True) -> tuple[list[HistoryRecord], TrainResult]:
    """The records of a run, and its result."""
    *records, result = train(config, probes=with_probes)
    assert isinstance(result, TrainResult)
    return [record for record in records if not isinstance(record, TrainResult)], result


def of_engine(name: str) -> RunConfig:
    return ideal_config(name, n_train=12, n_test=6, epochs=2, batch_size=5)


@cache
def recorded(name: str) -> tuple[list[HistoryRecord], TrainResult]:
    """The records of a run on an engine, and its result. It is made once."""
    return parts(of_engine(name))


@pytest.mark.parametrize("config", SETTINGS, ids=str)
def test_there_are_at_most_60_looks_the_first_before_all_steps_and_the_last_after_them(config):
    steps, last = probe_steps(config), config.epochs * config.steps_per_epoch
    assert len(steps) <= 60
    assert steps == tuple(sorted(set(steps)))
    assert (steps[0], steps[-1]) == (0, last)
    assert steps_with_layers(config) <= set(steps)
    assert {0, last} <= steps_with_layers(config)
    assert len(steps_with_layers(config)) <= 21


@pytest.mark.parametrize("config", [RunConfig(), *SETTINGS[-2:]], ids=str)
def test_half_of_the_looks_are_in_the_first_epoch_and_are_closest_together_at_its_beginning(config):
    steps = probe_steps(config)
    early = [step for step in steps if 0 < step <= config.steps_per_epoch]
    half = len(steps) // 2 if config.epochs > 1 else len(steps) - 1
    assert len(early) == half
    assert early[0] <= max(1, config.steps_per_epoch / 100)
    assert early[half // 2] < config.steps_per_epoch / 2
    assert early[-1] == config.steps_per_epoch


@pytest.mark.parametrize(("epochs", "looks"), [(1, 26), (2, 30), (9, 30), (10, 31), (15, 46), (50, 55)])
def test_a_longer_run_has_more_looks(epochs, looks):
    """One per eight steps, 30 to 60. The first epoch has 25 steps here, and cannot have more looks."""
    assert len(probe_steps(RunConfig(epochs=epochs))) == looks


def test_the_steps_depend_on_the_number_of_steps_and_epochs_alone():
    config = RunConfig()
    same = config.replace(seed=9, digits=(0, 1), shots=2, n_test=3, learning_rate=0.1, engine="exact")
    assert probe_steps(same) == probe_steps(config)
    assert probe_steps(config.replace(epochs=20)) != probe_steps(config)


def test_the_images_are_the_first_12_test_images_of_each_digit_whatever_the_runs_number_of_them_is():
    images = probe_images((3, 7))
    assert images.shape == (24, 1, 28, 28)
    test = load_pair((3, 7), n_test=None).test
    first, second = (test.images[test.labels == label][:12] for label in (0, 1))
    assert torch.equal(images, torch.cat([first, second]))


def test_a_run_has_a_record_at_each_of_the_steps_and_layers_at_some():
    records, _ = parts(SMALL)
    found = probes(records)
    assert tuple(record.step for record in found) == probe_steps(SMALL)
    assert {record.step for record in found if record.layers} == steps_with_layers(SMALL)
    steps = [record.step for record in records]
    assert steps == sorted(steps)
    for before, record in pairwise(records):
        if isinstance(record, ProbeRecord):
            assert (before.kind, before.step, before.epoch) == ("step", record.step, record.epoch)


def test_theta_is_that_of_the_network_without_dropout():
    records, result = parts(SMALL)
    last = np.array(probes(records)[-1].theta, float)
    with torch.inference_mode():
        theta = at_rest(result.model).angle(probe_images(SMALL.digits))
    np.testing.assert_allclose(last, theta[:, 0], atol=1e-5)


@engines
def test_the_same_seed_gives_the_same_records_bit_for_bit(name):
    config, (records, _) = of_engine(name), recorded(name)
    again = probes(train(config))
    assert again == probes(records)
    assert len(again) == len(probe_steps(config))


@engines
def test_a_run_without_looks_has_the_same_other_records_and_weights_bit_for_bit(name):
    records, result = recorded(name)
    others, unwatched = parts(of_engine(name), with_probes=False)
    assert list(map(without_clock, others)) == [without_clock(each) for each in records if each.kind != "probe"]
    assert weights(unwatched) == weights(result)
    assert unwatched.evaluation == result.evaluation


def test_a_look_touches_no_random_stream_and_changes_nothing_that_the_next_step_depends_on():
    fit = Training(SMALL).fit
    while fit.step < 3:
        fit.advance()
    (before, values), random, numpy_random = fit.state(), torch.get_rng_state(), np.random.get_state()[1].copy()  # pyright: ignore
    before = {name: tensor.clone() for name, tensor in before.items()}
    assert fit.look() == fit.look()
    after, values_after = fit.state()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert values_after == values
    assert torch.equal(torch.get_rng_state(), random)
    assert np.array_equal(np.random.get_state()[1], numpy_random)  # pyright: ignore
    assert fit.model.training


def test_without_probe_images_there_is_no_look():
    training = Training(SMALL, probes=False)
    assert not probes(training.records())
    with pytest.raises(ValueError, match=r"^images must be given to be looked at, got None$"):
        training.fit.look()


@pytest.mark.parametrize("left_after", [0, 1, 2, 3, 4, 14, 15, 40])
def test_a_run_goes_on_from_its_checkpoint_with_the_same_records(left_after):
    *whole, _ = train(SMALL)
    first = Training(SMALL)
    head = list(islice(first.records(), left_after))
    *tail, _ = Training(SMALL, first.checkpoint()).records()
    assert list(map(without_clock, [*head, *tail])) == list(map(without_clock, whole))


def test_a_network_whose_angles_are_not_finite_has_none_for_them():
    fit = Training(SMALL).fit
    with torch.no_grad():
        fit.model.fc2.bias.fill_(float("nan"))
    assert fit.look().theta == (None,) * 24


def test_the_strongest_maps_come_first_and_the_brightest_pixel_of_a_layer_is_255():
    maps1, maps2 = np.zeros((2, 32, 12, 12), np.float32), np.zeros((2, 64, 4, 4), np.float32)
    hidden = np.zeros((2, 64), np.float32)
    for place, channel in enumerate((30, 4, 17, 2)):
        maps1[0, channel] = 4 - place
    maps2[0, 63, 1, 2], hidden[0, 5], hidden[0, 6] = 0.5, 10, 5
    seen = strongest(maps1, maps2, hidden)
    assert seen.channels1[0].tolist() == [30, 4, 17, 2]
    assert seen.maps1[0, :, 0, 0].tolist() == [255, 191, 128, 64]
    assert (seen.channels2[0, 0], seen.maps2[0, 0].argmax(), seen.maps2[0].max()) == (63, 6, 255)
    assert seen.hidden[0, 5:7].tolist() == [255, 128]
    assert not any(values[1].any() for values in (seen.maps1, seen.maps2, seen.hidden))


def test_layers_survive_their_packing():
    rng = np.random.default_rng(0)
    shapes = {"channels1": (4,), "channels2": (4,), "maps1": (4, 12, 12), "maps2": (4, 4, 4), "hidden": (64,)}
    layers = Layers(**{name: rng.integers(0, 256, (24, *shape), np.uint8) for name, shape in shapes.items()})
    found = unpack_layers(pack_layers(layers))
    for name in Layers._fields:
        np.testing.assert_array_equal(getattr(found, name), getattr(layers, name))


@pytest.mark.parametrize("text", ["", "no", "eJw=", "eJxLTAIAAk0BJw==", "é"])
def test_other_text_than_packed_layers_is_refused(text):
    with pytest.raises(ValueError, match=r"^layers of probe images must be "):
        unpack_layers(text)


def test_layers_that_would_fill_the_memory_are_refused():
    with pytest.raises(ValueError, match=r"got text with no end within 100,000 bytes$"):
        unpack_layers(b64encode(zlib.compress(bytes(10_000_000))).decode())


def test_recorded_layers_are_those_of_the_network():
    records, result = parts(SMALL)
    packed = probes(records)[-1].layers
    assert packed is not None
    found = unpack_layers(packed)
    with torch.inference_mode():
        maps1, _, hidden, _ = at_rest(result.model).features(probe_images(SMALL.digits))
    sums = maps1.sum((2, 3)).numpy()
    kept = np.take_along_axis(sums, found.channels1.astype(int), axis=1)
    np.testing.assert_allclose(kept, -np.sort(-sums, axis=1)[:, :4], rtol=1e-4)
    np.testing.assert_allclose(found.hidden, 255 * hidden / hidden.amax(1, keepdim=True), atol=0.51)


@pytest.mark.slow
def test_the_records_of_a_run_take_at_most_1_mb():
    """Of 60 looks, as much as of those of the recommended settings, in the run file's JSON."""
    found = probes(train(RunConfig()))
    assert tuple(record.step for record in found) == probe_steps(RunConfig())
    assert 60 / len(found) * len(HISTORY.dump_json([*found])) <= 1_000_000


def test_the_records_survive_the_run_file():
    run = Run.of(train(SMALL))
    assert from_bytes(to_bytes(run)).history == run.history
    assert probes(run.history)
