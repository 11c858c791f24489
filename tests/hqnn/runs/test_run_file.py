"""Run files: whole there and back, and a sentence for every damage."""

import json
import zlib
from dataclasses import replace
from unittest.mock import ANY

import numpy as np
import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from hqnn import RunConfig, evaluate, train
from hqnn.config import Hardware, Noise
from hqnn.diagnosis.course import Course, settled_cloud
from hqnn.errors import ConfigError
from hqnn.inference.drawing import answer, evaluate_images
from hqnn.inference.follow_image import trip
from hqnn.inference.networks import compared, summary
from hqnn.inference.whole_test import whole_test
from hqnn.network.model import TWINS
from hqnn.records import EpochRecord, StepRecord
from hqnn.runs import Run, RunFileError, from_bytes, load, save, to_bytes
from hqnn.runs.file import MAX_HISTORY
from hqnn.states import State
from hqnn.sweeps.comparison import sameness
from hqnn.versions import versions_here


@pytest.fixture(scope="module")
def run() -> Run:
    return Run.of(train(RunConfig(n_train=8, n_test=4, epochs=1)))


def test_a_run_survives_its_file(run, tmp_path, small_pair):
    save(run, tmp_path / "run.safetensors")
    loaded = load(tmp_path / "run.safetensors")
    assert (loaded.config, loaded.history, loaded.evaluation) == (run.config, run.history, run.evaluation)
    assert (loaded.completed, loaded.versions) == (True, run.versions)
    assert loaded.versions["torch"].startswith("2.")
    answers = [evaluate(r.network(), small_pair.test.images, small_pair.test.labels) for r in (run, loaded)]
    assert answers[0] == answers[1]


def test_a_run_whose_engine_failed_survives_its_file(run):
    failed = replace(run, evaluation=None, completed=False, error="The device went away.")
    assert from_bytes(to_bytes(failed)) == replace(failed, weights=ANY, history=failed.history)


def test_the_noise_of_a_run_survives_its_file():
    config = RunConfig(n_train=2, n_test=1, epochs=1, engine="noisy", readout_e1=0.1, t1_us=50)
    loaded = from_bytes(to_bytes(Run.of(train(config))))
    assert loaded.config.noise == Noise(readout_e1=0.1, t1_us=50)
    assert loaded.network().quantum.settings == loaded.config.noise


def test_a_run_of_before_there_were_noise_twins_and_errors_is_read(run):
    config = json.loads(run.config.model_dump_json())
    new = (*Noise.model_fields, *Hardware.model_fields, "head", "exact_evaluation")
    old = {name: value for name, value in config.items() if name not in new}
    loaded = from_bytes(remade(run, config=json.dumps(old), error=None))
    assert (loaded.config, loaded.error) == (run.config, None)


def test_a_run_of_before_steps_said_their_images_is_read(run):
    new = {"images", "gradient_norms", "train_theta"}
    said = json.dumps([record.model_dump(exclude=new) for record in run.history]).encode()
    loaded = from_bytes(with_history(run, zlib.compress(said)))
    assert not any(getattr(record, name, ()) for record in loaded.history for name in new)
    assert [record.model_dump_json(exclude=new) for record in loaded.history] == [
        record.model_dump_json(exclude=new) for record in run.history
    ]


def test_a_run_is_read_to_be_compared(run):
    found = compared(to_bytes(run))
    assert (found.config, found.state, found.evaluation) == (run.config, State.FINISHED, run.evaluation)
    assert [epoch.test_accuracy for epoch in found.epochs] == [
        record.test_accuracy for record in run.history if isinstance(record, EpochRecord)
    ]
    assert found.versions == run.versions == versions_here()
    slopes = [slope for record in run.history if isinstance(record, StepRecord) for slope in record.gradient]
    assert found.slopes == (None, pytest.approx(np.sqrt(np.mean(np.square(slopes)))))
    assert compared(to_bytes(replace(run, completed=False))).state is State.STOPPED
    assert compared(to_bytes(replace(run, completed=False, error="No."))).state is State.FAILED
    with pytest.raises(RunFileError, match="its history is cut off, or larger than 100 bytes"):
        compared(to_bytes(run), 100)


def test_a_run_of_before_epoch_0_was_recorded_is_compared_with_one_that_has_it(run):
    history = tuple(record for record in run.history if record.step or record.kind == "probe")
    older, newer = compared(to_bytes(replace(run, history=history))), compared(to_bytes(run))
    assert [[record.epoch for record in each.epochs] for each in (older, newer)] == [[1], [0, 1]]
    assert (older.epochs, older.slopes, older.norms) == (newer.epochs[1:], newer.slopes[1:], newer.norms[1:])
    said = sameness([older, newer], "AB")
    assert "They do: the one shared epoch and all test predictions are identical." in said


def test_a_run_without_its_result_is_none():
    with pytest.raises(TypeError, match="the last record of a run must be its result, got ProbeRecord"):
        Run.of([next(iter(train(RunConfig(n_train=1, n_test=1, epochs=1))))])


def remade(run, **changes):
    content = to_bytes(run)
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size])["__metadata__"]
    kept = {name: value for name, value in (metadata | changes).items() if value is not None}
    return save_tensors(load_tensors(content), kept)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "other"}, "not a run file: its format must be 'hqnn run 1', got 'other'"),
        ({"config": None}, "not a complete run file: 'config' is missing"),
        ({"config": '{"shots": 0}'}, "not a valid run file: shots must be between 1 and 100000, got 0"),
        ({"config": "[]"}, "not a valid run file"),
        ({"evaluation": "nonsense"}, "not a valid run file"),
    ],
)
def test_changed_metadata_is_refused(run, changes, message):
    with pytest.raises(RunFileError, match=message.replace("[", r"\[")):
        from_bytes(remade(run, **changes))


def test_cut_off_and_foreign_files_are_refused(run):
    content = to_bytes(run)
    for damaged in (b"", b"\x80\x04pickle", content[:100], content[:-10]):
        with pytest.raises(RunFileError, match="not a complete safetensors file"):
            from_bytes(damaged)
    with pytest.raises(RunFileError, match="not a run file: its format must be"):
        from_bytes(save_tensors({"x": torch.zeros(1)}))


def with_history(run, history: bytes | None):
    content = to_bytes(run)
    metadata = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])["__metadata__"]
    tensors = {"history": torch.frombuffer(bytearray(history), dtype=torch.uint8)} if history else {}
    return save_tensors(run.weights | tensors, metadata)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (None, "not a valid run file: its history is missing"),
        (b"not compressed", "not a valid run file: its history is damaged"),
        (zlib.compress(b"[]" * 1000)[:-5], "not a valid run file: its history is cut off"),
        (zlib.compress(b'[{"kind": "step"}]'), "not a valid run file: Field required, at 0.step.step"),
        (zlib.compress(b"\n" * (MAX_HISTORY // 1000 + 1)), "or larger than 1000000 bytes"),
    ],
)
def test_a_damaged_history_is_refused(run, history, message, monkeypatch):
    monkeypatch.setattr("hqnn.runs.file.MAX_HISTORY", MAX_HISTORY // 1000)
    with pytest.raises(RunFileError, match=message) as refusal:
        from_bytes(with_history(run, history))
    assert "\n" not in str(refusal.value)


def test_reading_a_run_leaves_the_callers_random_state_and_the_run_its_weights(run):
    before, weights = torch.get_rng_state(), run.weights["fc2.bias"].clone()
    from_bytes(to_bytes(run))
    network = run.network()
    with torch.no_grad():
        network.fc2.bias.add_(1)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(run.weights["fc2.bias"], weights)


def test_other_networks_weights_are_refused(run):
    metadata = json.loads(to_bytes(run)[8 : 8 + int.from_bytes(to_bytes(run)[:8], "little")])["__metadata__"]
    short = save_tensors(run.weights | {"fc2.bias": torch.zeros(2)}, metadata)
    with pytest.raises(RunFileError, match=r"weights fc2.bias must have the shape \(1,\), got \(2,\)"):
        from_bytes(short)
    broken = save_tensors(run.weights | {"fc2.bias": torch.tensor([float("nan")])}, metadata)
    with pytest.raises(RunFileError, match=r"weights fc2.bias must be finite"):
        from_bytes(broken)


@pytest.mark.parametrize("head", ["sigmoid", "sine", "linear"])
def test_a_twins_run_survives_its_file_and_answers_as_before_but_is_not_measured(head, small_pair):
    run = Run.of(train(RunConfig(n_train=4, n_test=2, epochs=1, head=head)))
    content = to_bytes(run)
    loaded, images = from_bytes(content), small_pair.test.images
    assert (loaded.config, loaded.history, loaded.evaluation) == (run.config, run.history, run.evaluation)
    network = loaded.network()
    with torch.no_grad():
        assert torch.equal(network(images)[:, 1:], TWINS[head]()(network.angle(images)))
    sentence = f"head must be 'circuit', because only a circuit can be measured, got '{head}'"
    ink = np.zeros((28, 28), np.uint8)
    for ask in (
        lambda: whole_test(content),
        lambda: answer(content, ink, 10, 0),
        lambda: evaluate_images(content, ink[None], [0], 10, 0),
        lambda: trip(content, "test", 0, 0),
        lambda: summary(content),
        lambda: Course.of(run.config, []),
        lambda: settled_cloud(run.config, [each for each in run.history if isinstance(each, EpochRecord)], 1),
    ):
        with pytest.raises(ConfigError, match=sentence):
            ask()


@pytest.mark.slow
def test_a_run_that_was_tested_exactly_is_tested_so_again(small_pair):
    run = Run.of(train(RunConfig(n_train=4, n_test=None, epochs=1, shots=3, exact_evaluation=True)))
    again = whole_test(to_bytes(run)).evaluation
    assert run.evaluation is not None
    assert (again.accuracy, again.probabilities) == (run.evaluation.accuracy, run.evaluation.probabilities)
