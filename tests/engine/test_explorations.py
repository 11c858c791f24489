"""Questions answered in the background: sharing, stopping, going on, and what is never trained twice."""

from collections.abc import Callable, Iterable, Iterator
from threading import Event

import pytest

from hqnn import RunConfig, train
from hqnn.errors import HqnnError
from hqnn.jobs import explorations
from hqnn.jobs.explorations import Explorations, stored
from hqnn.jobs.study import StudyState
from hqnn.records import EpochRecord, StepRecord
from hqnn.runs import Run
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import Trained
from hqnn.sweeps.result import Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from tests.hqnn.sweeps.test_results import trained
from tests.waiting import PATIENCE

CONFIG = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact")


class Trainer:
    """Trains in this thread, one after another, as `Jobs.trained` does on workers; knows what it has trained."""

    def __init__(self) -> None:
        self.trained: list[RunConfig] = []
        #: Set while it may go on, and once it is asked for a run.
        self.go, self.asked = Event(), Event()
        self.go.set()

    def __call__(self, configs: Iterable[RunConfig], stop: Callable[[], bool]) -> Iterator[Trained]:
        for config in configs:
            self.asked.set()
            while not self.go.wait(0.01):
                if stop():
                    return
            if stop():
                return
            self.trained.append(config)
            run = Run.of(train(config))
            steps = [record for record in run.history if isinstance(record, StepRecord)]
            epochs = [record for record in run.history if isinstance(record, EpochRecord)]
            yield Trained(config, steps, epochs, run.evaluation, None, 0.1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    return tmp_path


def wait_for(exploration, state: StudyState) -> None:
    exploration.wait(PATIENCE)
    assert exploration.state is state, exploration.error


def test_a_question_is_answered_and_its_file_is_that_of_the_command_line():
    trainer, header = Trainer(), experiments.sweep(CONFIG, {"shots": [10, None]}, range(2))
    exploration = Explorations(trainer).start(header)
    wait_for(exploration, StudyState.FINISHED)
    assert list(exploration.have) == trainer.trained == list(experiments.configs(header))
    assert Results.read(usual_path(header)).have == exploration.have
    assert stored(header)[0].have == exploration.have
    assert stored(header)[1] is False


def test_a_stop_keeps_what_has_ended_and_the_same_question_goes_on_with_it():
    trainer, header = Trainer(), experiments.stuck(CONFIG, range(3))
    server = Explorations(trainer)
    trainer.go.clear()
    first = server.start(header)
    assert server.start(header, "somebody else") is first
    first.stop()
    assert first.stopping or not first.running
    wait_for(first, StudyState.STOPPED)
    assert first.alone is False
    trainer.go.set()
    wait_for(server.start(header), StudyState.FINISHED)
    wait_for(server.start(header), StudyState.FINISHED)
    assert trainer.trained == list(experiments.configs(header))


def test_a_larger_question_takes_over_what_a_smaller_one_of_its_kind_has():
    trainer = Trainer()
    server = Explorations(trainer)
    wait_for(server.start(experiments.sweep(CONFIG, {"shots": [10]}, range(2))), StudyState.FINISHED)
    assert len(trainer.trained) == 2
    larger = server.start(experiments.sweep(CONFIG, {"shots": [10, None]}, range(3)))
    wait_for(larger, StudyState.FINISHED)
    assert len(larger.have) == 6
    assert len(trainer.trained) == len(set(trainer.trained)) == 6


def test_what_other_versions_trained_is_not_taken_over():
    trainer, header = Trainer(), experiments.stuck(CONFIG, range(2))
    old = header.model_copy(update={"versions": header.versions | {"torch": "1.0"}})
    wait_for(Explorations(trainer).start(old), StudyState.FINISHED)
    before = usual_path(header).read_bytes()
    wait_for(beside := Explorations(trainer).start(header), StudyState.FINISHED)
    assert len(trainer.trained) == 4
    assert beside.path.name == f"{usual_path(header).stem}-2.jsonl"
    assert usual_path(header).read_bytes() == before


def test_of_several_files_the_one_that_was_computed_as_here_is_shown_or_else_the_fullest():
    header = experiments.stuck(CONFIG, range(3))
    configs = experiments.configs(header)
    assert stored(header)[0].have == {}
    for number, (processor, there) in enumerate((("A", 1), ("B", 3), ("C", 2), (header.versions["processor"], 1))):
        asked = header.model_copy(update={"versions": header.versions | {"processor": processor}})
        results = Results.open(usual_path(header).with_stem(f"stuck-any{number}"), asked)
        for config in configs[:there]:
            results.add(Result.of(trained(config)))
        shown, is_bundled = stored(header)
        expected = {0: "A", 1: "B", 2: "B", 3: header.versions["processor"]}[number]
        assert (shown.header.versions["processor"], is_bundled) == (expected, False)


def test_one_viewer_has_one_question_at_a_time_and_a_server_some():
    trainer = Trainer()
    trainer.go.clear()
    server = Explorations(trainer)
    asked = [experiments.stuck(CONFIG.replace(seed=number), range(2)) for number in range(explorations.MAX_RUNNING + 1)]
    server.start(asked[0], "somebody")
    with pytest.raises(HqnnError, match="You already have an experiment running"):
        server.start(asked[1], "somebody")
    for header in asked[1 : explorations.MAX_RUNNING]:
        server.start(header)
    with pytest.raises(HqnnError, match="This server runs 30 experiments, which is the limit"):
        server.start(asked[-1])
    server.close()
    for header in asked[:-1]:
        exploration = server.of(header)
        assert exploration is not None
        wait_for(exploration, StudyState.STOPPED)


def test_one_that_nobody_looks_at_stops_and_says_so(monkeypatch):
    monkeypatch.setattr(explorations, "ALONE_SECONDS", 0.0)
    exploration = Explorations(Trainer()).start(experiments.stuck(CONFIG, range(2)))
    wait_for(exploration, StudyState.STOPPED)
    assert exploration.alone


def test_trainings_that_fail_are_said_and_tried_again():
    def failing(configs: Iterable[RunConfig], stop: Callable[[], bool]) -> Iterator[Trained]:
        yield from (Trained(config, [], [], None, "no luck", 0.0) for config in configs)

    header = experiments.stuck(CONFIG, range(2))
    exploration = Explorations(failing).start(header)
    wait_for(exploration, StudyState.FAILED)
    assert exploration.error == "2 of 2 runs failed: no luck"
    wait_for(Explorations(Trainer()).start(header), StudyState.FINISHED)


def test_a_file_that_cannot_be_written_fails_in_one_sentence():
    header = experiments.stuck(CONFIG, range(2))
    usual_path(header).mkdir()
    exploration = Explorations(Trainer()).start(header)
    wait_for(exploration, StudyState.FAILED)
    assert exploration.error == f"'{usual_path(header)}' cannot be written: it is a folder"


def test_what_does_not_get_into_the_file_is_said_at_the_end(tmp_path):
    header, trainer = experiments.stuck(CONFIG, range(2)), Trainer()
    trainer.go.clear()
    exploration = Explorations(trainer).start(header)
    assert trainer.asked.wait(PATIENCE)  # from then on the file is only added to
    exploration.path.unlink()
    trainer.go.set()
    wait_for(exploration, StudyState.FAILED)
    assert len(exploration.have) == 2
    assert (
        exploration.problem
        == exploration.error
        == (
            f"the results cannot be written to {exploration.path.parent} (No such file or directory); "
            "set HQNN_RESULTS to use another folder"
        )
    )


def test_what_comes_with_hqnn_is_shown_where_there_is_no_folder_of_results(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path / "file"))
    assert stored(experiments.atlas(RunConfig(n_test=None), (0,)))[1]
    assert not stored(experiments.atlas(CONFIG, (0,)))[0].have
    message = "the results cannot be written to .* .it is not a folder.; set HQNN_RESULTS to use another folder"
    with pytest.raises(HqnnError, match=message):
        Explorations(Trainer()).start(experiments.atlas(CONFIG, (0,)))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (experiments.stuck(CONFIG, range(1001)), "An experiment must have at most 1,000 runs, got 1,001."),
        (experiments.stuck(RunConfig(engine="ibm"), (0,)), "engine must be a simulator"),
    ],
)
def test_too_much_and_hardware_are_refused(header, sentence):
    with pytest.raises(HqnnError, match=sentence):
        Explorations(Trainer()).start(header)


def test_the_angles_of_stuck_runs_are_kept_and_of_no_others():
    trainer = Trainer()
    wait_for(stuck := Explorations(trainer).start(experiments.stuck(CONFIG, (0,))), StudyState.FINISHED)
    wait_for(sweep := Explorations(trainer).start(experiments.sweep(CONFIG, {}, (0,))), StudyState.FINISHED)
    (kept,), (not_kept,) = stuck.have.values(), sweep.have.values()
    *_, last = [record for record in train(CONFIG) if isinstance(record, EpochRecord)]
    assert kept.curve[-1].theta == tuple(round(theta, 3) for theta in last.train_theta)
    assert len(kept.curve[-1].theta) == CONFIG.n_images
    assert not_kept.curve[-1].theta == ()
