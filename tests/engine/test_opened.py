"""Run files that viewers open: each becomes an ended run like any other, or is refused in a sentence."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save as save_tensors

from hqnn import RunConfig, train
from hqnn.errors import ConfigError, RunFileError
from hqnn.jobs import Jobs
from hqnn.jobs.opened import read
from hqnn.records import HISTORY, EpochRecord, ProbeRecord, StepRecord
from hqnn.runs import Run, from_bytes, to_bytes
from hqnn.states import Action, State
from tests.kept_copies import KEPT
from tests.pretend_cluster import PretendCluster
from tests.trainings import SMALL, ended, undisturbed
from tests.waiting import PATIENCE

OLD = (KEPT / "run.safetensors").read_bytes()


def same(*contents: bytes | None) -> bool:
    """Whether two files have the same run."""
    one, other = (from_bytes(content or b"") for content in contents)
    weights = all(torch.equal(one.weights[name], weight) for name, weight in other.weights.items())
    return weights and replace(one, weights={}) == replace(other, weights={})


@pytest.fixture
def pretended(monkeypatch, tmp_path):
    """A job engine whose workers are pretended."""
    monkeypatch.setattr("hqnn.jobs.engine.Cluster", PretendCluster)
    engine = Jobs(workers=1, history=tmp_path)
    yield engine
    engine.close()


def test_a_downloaded_run_is_the_same_when_it_is_opened_also_after_a_restart(jobs, monkeypatch):
    trained = ended(jobs, SMALL)
    content = jobs.desk.run_file(trained)
    job = jobs.open_file(content, "eve")
    assert job.id != trained.id
    assert jobs.get(job.id) is job
    assert jobs.of_viewer("eve") == [job]
    assert jobs.history.flush(PATIENCE)
    assert jobs.history.holds(job.id)
    monkeypatch.setattr("hqnn.jobs.engine.Cluster", PretendCluster)
    later = Jobs(workers=1, history=jobs.history._path.parent)
    for engine, found in ((jobs, job), (later, later.get(job.id))):
        assert found is not None
        assert found.snapshot() == trained.snapshot()
        assert (found.probes, found.evaluation, found.config) == (trained.probes, trained.evaluation, trained.config)
        assert same(engine.desk.run_file(found), content)
        assert same(found.weights_file, trained.weights_file)
        assert engine.desk.versions(found) == jobs.desk.versions(trained)
        assert (str(found.state), found.error, found.note) == ("finished", None, "Opened from a run file.")
        assert found.seconds == pytest.approx(sum(len(s.theta) / s.images_per_second for s in trained.steps))
        assert found.obeys("eve")
        assert found.allows(Action.RESTART)
    later.close()


def test_a_worker_refuses_a_bad_file_in_a_sentence_and_the_web_process_needs_no_torch_for_it(jobs):
    with pytest.raises(RunFileError, match=r"^not a complete safetensors file: "):
        jobs.open_file(b"\x89PNG\r\n\x1a\n" + bytes(500), "eve")
    assert RunFileError.__module__ == "hqnn.errors"


@pytest.mark.parametrize(
    ("changes", "state", "error"),
    [({"completed": False}, State.STOPPED, None), ({"completed": False, "error": "No."}, State.FAILED, "No.")],
)
def test_a_run_that_was_stopped_or_failed_is_opened_and_cannot_continue(pretended, changes, state, error):
    run = undisturbed(SMALL)
    half = tuple(record for record in run.history if record.step <= 5)
    job = pretended.open_file(to_bytes(replace(run, history=half, **changes)), "eve")
    assert (job.state, job.error, len(job.steps)) == (state, error, 5)
    assert not job.allows(Action.CONTINUE)
    assert job.allows(Action.RESTART)


def test_a_file_of_an_older_version_is_opened(pretended):
    job = pretended.open_file(OLD, "eve")
    assert (job.state, len(job.steps), len(job.epochs), job.probes) == ("finished", 6, 3, [])
    assert from_bytes(pretended.desk.run_file(job)).history == from_bytes(OLD).history


def test_a_long_history_comes_in_parts(monkeypatch):
    monkeypatch.setattr("hqnn.jobs.opened.AT_ONCE", 4)
    run = undisturbed(SMALL)
    parts = [HISTORY.validate_json(part) for part in read(to_bytes(run)).records]
    assert max(map(len, parts)) == 4
    assert tuple(record for part in parts for record in part) == run.history


def changed(kind: type, **changes) -> bytes:
    """The file of a run whose last record of a kind is another one."""
    run = undisturbed(SMALL)
    last = [record for record in run.history if isinstance(record, kind)][-1]
    history = tuple(record.model_copy(update=changes) if record is last else record for record in run.history)
    return to_bytes(replace(run, history=history))


def without(*steps: int) -> bytes:
    run = undisturbed(SMALL)
    return to_bytes(replace(run, history=tuple(record for record in run.history if record.step not in steps)))


MISFIT = "^its {} record at step 10 does not fit its settings$"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda: b"", "^not a complete safetensors file: "),
        (lambda: OLD[:-100], "^not a complete safetensors file: "),
        (lambda: OLD[:50], "^not a complete safetensors file: "),
        (lambda: save_tensors({"a": torch.zeros(3)}), "^not a run file: its format must be 'hqnn run 1', got None$"),
        (lambda: without(*range(11)), "^the file has a network, but no steps; download a run after it has ended$"),
        (lambda: without(3), "^its steps must be numbered from 1, in order and without gaps$"),
        (lambda: changed(StepRecord, theta=(0.1,)), MISFIT.format("step")),
        (lambda: changed(StepRecord, images=(0, 1, 2, 40)), MISFIT.format("step")),
        (lambda: changed(StepRecord, images_per_second=0), MISFIT.format("step")),
        (lambda: changed(StepRecord, gradient_norms=(1.0,)), MISFIT.format("step")),
        (lambda: changed(ProbeRecord, theta=(0.1,)), MISFIT.format("probe")),
        (lambda: changed(ProbeRecord, layers="eJw="), MISFIT.format("probe")),
        (lambda: changed(EpochRecord, train_theta=(0.1,)), MISFIT.format("epoch")),
    ],
)
def test_bad_files_are_refused_in_a_sentence_and_nothing_is_kept(pretended, content, message):
    with pytest.raises(RunFileError, match=message):
        pretended.open_file(content(), "eve")
    assert pretended.of_viewer("eve") == []


def test_a_history_that_is_too_long_or_too_large_is_refused(monkeypatch):
    content = to_bytes(undisturbed(SMALL))
    more = to_bytes(replace(undisturbed(SMALL), config=SMALL.replace(epochs=1)))
    with pytest.raises(RunFileError, match=r"^its history must have at most 5 steps, got 10$"):
        read(more)
    monkeypatch.setattr("hqnn.jobs.opened.MAX_STEPS_IN_MEMORY", 9)
    with pytest.raises(RunFileError, match=r"^its history must have at most 9 steps, got 10$"):
        read(content)
    monkeypatch.setattr("hqnn.jobs.opened.MAX_UPLOADED_HISTORY", 1000)
    with pytest.raises(RunFileError, match=r"its history is cut off, or larger than 1000 bytes$"):
        read(content)


def test_a_run_without_a_circuit_is_refused():
    run = Run.of(train(RunConfig(n_train=2, n_test=1, epochs=1, head="linear")))
    with pytest.raises(ConfigError, match=r"^head must be 'circuit', because only a circuit can be measured"):
        read(to_bytes(run))
