"""What the stage in the browser reads of a run: frames, confusions and layers, from where the browser is."""

import json
from base64 import b64decode
from functools import cache

import numpy as np
import pytest

from hqnn import RunConfig, train
from hqnn.jobs.job import Job
from hqnn.network.probe import MAPS, PER_DIGIT, probe_steps, steps_with_layers, unpack_layers
from hqnn.network.training import TrainResult
from hqnn.records import EpochRecord, HistoryRecord, ProbeRecord
from hqnn.states import State
from ui.train.stage.frames import message, source_of

CONFIG = RunConfig(n_train=15, n_test=6, epochs=3, batch_size=5, engine="exact")


@cache
def history() -> tuple[HistoryRecord, ...]:
    return tuple(record for record in train(CONFIG) if not isinstance(record, TrainResult))


def finished(*, probes: bool = True, config: RunConfig = CONFIG) -> Job:
    """A finished run, with or without looks at the probe images."""
    job = Job(config, state=State.FINISHED)
    job.append(record for record in history() if probes or record.kind != "probe")
    return job


def look(step: int, layers: str | None = None) -> ProbeRecord:
    return ProbeRecord(step=step, epoch=1, theta=(0.5,) * 24, layers=layers)


def news(job: Job, since: int = 0, epochs: int = 0, image: int | None = None, layers: int = 0):
    found = message(job, since, epochs, image, layers)
    return json.loads(json.dumps(found, allow_nan=False))


def test_the_frames_are_the_looks_with_the_gradient_norms_of_their_step():
    job = finished()
    found = news(job)
    assert found["source"] == "probes"
    assert [frame[:2] for frame in found["frames"]] == [[each.step, each.epoch] for each in job.probes]
    assert [frame[0] for frame in found["frames"]] == list(probe_steps(CONFIG))
    for (step, _, theta, norms), record in zip(found["frames"], job.probes, strict=True):
        np.testing.assert_allclose(theta, np.array(record.theta, float), atol=5.001e-5)
        if step == 0:
            assert norms is None
        else:
            np.testing.assert_allclose(norms, job.steps[step - 1].gradient_norms, rtol=5.001e-3)
            assert len(norms) == 4
    assert len(json.dumps(found["frames"][5], separators=(",", ":"))) < 260


def test_a_confusion_has_its_epoch_its_counts_by_rows_and_the_accuracy_with_its_interval():
    job = finished()
    found = news(job)["confusions"]
    assert [epoch for epoch, *_ in found] == [0, 1, 2, 3]
    for (_, counts, accuracy, low, high), epoch in zip(found, job.epochs, strict=True):
        assert np.reshape(counts, (2, 2)).tolist() == [list(row) for row in epoch.test_confusion]
        assert accuracy == pytest.approx((counts[0] + counts[3]) / 12, abs=1e-4)
        assert low <= accuracy <= high


def test_a_run_says_how_far_it_is():
    job = finished()
    found = news(job)
    assert (found["step"], found["total"], found["seconds"]) == (18, 18, 0)
    assert (found["active"], found["state"], found["pace"], found["live"]) == (False, "finished", None, None)
    job = Job(CONFIG, state=State.RUNNING, pace=2.0)
    found = news(job)
    assert (found["step"], found["total"], found["active"], found["state"]) == (0, 18, True, "running")
    assert found["pace"] == 2


def test_a_browser_gets_only_what_it_does_not_have_yet():
    whole, later = news(finished(), image=3), news(finished(), 4, 2, 3, 5)
    for name, had in (("frames", 4), ("confusions", 2), ("layers", 5)):
        assert later[name] == whole[name][had:]
        assert later[name]


def test_beyond_the_end_there_is_nothing():
    found = news(finished(), 999, 999, 3, 999)
    assert (found["frames"], found["confusions"], found["layers"]) == ([], [], [])


def test_the_layers_are_those_of_the_followed_image_in_712_bytes():
    job = finished()
    assert news(job)["layers"] == []
    for image in (0, 23):
        found = news(job, image=image)["layers"]
        assert [step for step, _ in found] == sorted(steps_with_layers(CONFIG))
        looks = [each.layers for each in job.probes if each.layers]
        for (_, text), packed in zip(found, looks, strict=True):
            content, layers = np.frombuffer(b64decode(text), np.uint8), unpack_layers(packed)
            assert len(content) == 712
            parts = np.split(content, np.cumsum([MAPS, MAPS * 144, MAPS, MAPS * 16]))
            for part, values in zip(
                parts, (layers.channels1, layers.maps1, layers.channels2, layers.maps2, layers.hidden), strict=True
            ):
                np.testing.assert_array_equal(part, values[image].ravel())


def test_the_network_now_comes_with_its_layers_if_it_is_newer_than_the_frames():
    job = finished()
    job.state, job.probes = State.RUNNING, job.probes[:10]
    packed = job.probes[9].layers
    assert packed is not None
    job.show(look(12, packed))
    assert news(job)["live"] == [12, 1, [0.5] * 24, pytest.approx(job.steps[11].gradient_norms, rel=5.001e-3), None]
    assert news(job, image=3)["live"][4] == news(job, image=3)["layers"][-1][1]
    job.show(look(9))
    assert news(job)["live"] is None


def test_a_run_without_looks_has_a_frame_for_each_epoch_with_its_first_training_images():
    found = news(finished(probes=False), image=3)
    epochs = finished().epochs
    assert (found["source"], found["layers"]) == ("epochs", [])
    assert [frame[:2] for frame in found["frames"]] == [[0, 0], [6, 1], [12, 2], [18, 3]]
    for (_, _, theta, norms), epoch in zip(found["frames"], epochs, strict=True):
        expected = [*epoch.train_theta[:12], *epoch.train_theta[15:27]]
        np.testing.assert_allclose(theta, expected, atol=5.001e-5)
        assert (norms is None) == (epoch.step == 0)
    assert news(finished(probes=False), 3)["frames"] == found["frames"][3:]


def test_of_a_digit_with_fewer_than_12_training_images_the_others_are_unknown():
    job = Job(CONFIG.replace(n_train=2), state=State.FINISHED)
    job.append([_with_theta(finished().epochs[1], (0.1, 0.2, float("nan"), -0.4))])
    (frame,) = news(job)["frames"]
    assert frame[2] == [0.1, 0.2, *[None] * (PER_DIGIT - 2), None, -0.4, *[None] * (PER_DIGIT - 2)]


def test_all_training_images_are_told_apart_by_the_first_digits_number_of_them():
    job = Job(CONFIG.replace(n_train=None), state=State.FINISHED)
    job.append([_with_theta(finished().epochs[1], (1.0,) * 6131 + (2.0,) * 6265)])
    assert news(job)["frames"][0][2] == [1.0] * 12 + [2.0] * 12


def test_where_the_frames_come_from_never_changes_while_a_run_goes_on():
    begun = Job(CONFIG, state=State.RUNNING)
    assert source_of(begun) == "probes"
    for record in history():
        begun.append([record])
        assert source_of(begun) == "probes"
    begun.state = State.FINISHED
    assert source_of(begun) == "probes"
    old = finished(probes=False)
    old.state = State.RUNNING
    for record in (*old.epochs, look(20), look(25)):
        assert source_of(old) == "epochs"
        old.append([record])
    assert [frame[0] for frame in news(old)["frames"][:2]] == [0, 6]


def test_the_oldest_runs_have_no_frames():
    job = Job(CONFIG, state=State.FINISHED)
    job.append([_with_theta(epoch, ()) for epoch in finished().epochs])
    found = news(job)
    assert (found["source"], found["frames"], len(found["confusions"])) == ("none", [], 4)
    assert source_of(Job(CONFIG, state=State.STOPPED)) == "none"


def test_unknown_and_infinite_gradient_norms_are_left_out():
    for norms in ((), (1.0, float("inf"), 2.0, 3.0)):
        job = finished()
        job.steps[0] = job.steps[0].model_copy(update={"gradient_norms": norms})
        assert news(job)["frames"][1][3] is None


@pytest.mark.parametrize(
    ("numbers", "error"),
    [
        ((-1, 0, None, 0), "since must be at least 0, got -1"),
        ((0, -2, None, 0), "epochs_since must be at least 0, got -2"),
        ((0, 0, None, -3), "layers_since must be at least 0, got -3"),
        ((0, 0, 24, 0), "image must be from 0 to 23, got 24"),
        ((0, 0, -1, 0), "image must be from 0 to 23, got -1"),
    ],
)
def test_impossible_numbers_are_refused(numbers, error):
    with pytest.raises(ValueError, match=f"^{error}$"):
        message(finished(), *numbers)


def _with_theta(epoch: EpochRecord, theta: tuple[float, ...]) -> EpochRecord:
    return epoch.model_copy(update={"train_theta": theta})
