"""What a page says of an experiment."""

from dataclasses import replace

import pytest

from hqnn.config import RunConfig
from hqnn.jobs.explorations import Exploration
from hqnn.jobs.study import StudyState
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import Trained
from hqnn.sweeps.result import Result
from hqnn.sweeps.results_file import Results
from tests.engine.test_explorations import Trainer
from tests.hqnn.sweeps.test_results import epoch, evaluation, trained
from tests.waiting import wait
from ui.explore.experiment import Asked, file_name, words

pytestmark = pytest.mark.usefixtures("dashboard_here")

CONFIG = RunConfig(n_train=10, n_test=10, epochs=1, engine="exact")
HEADER = experiments.stuck(CONFIG, range(4))
CONFIGS = experiments.configs(HEADER)


@pytest.fixture
def exploration(tmp_path, monkeypatch):
    """One that waits for its first training."""
    monkeypatch.setenv("HQNN_RESULTS", str(tmp_path))
    trainer = Trainer()
    trainer.go.clear()
    found = Exploration(HEADER, trainer)
    yield found
    found.stop()
    found.wait(30)


def asked(
    tmp_path, done: int, exploration: Exploration | None = None, *, bundled: bool = False, **versions: str
) -> Asked:
    there = HEADER.model_copy(update={"versions": HEADER.versions | versions})
    results = Results(tmp_path / "file", there, {})
    return Asked(HEADER, CONFIGS, CONFIGS[done:], results, bundled, exploration)


def test_before_it_is_asked_its_trainings_and_their_time_are_said(tmp_path):
    assert words(asked(tmp_path, 0)).startswith("4 runs, about 1 s. They run in the background and make way for ")


def test_while_it_is_answered_progress_is_said_and_that_it_ends(tmp_path, exploration):
    assert words(asked(tmp_path, 1, exploration)) == "Running: 1 of 4 runs finished."
    exploration.stop()
    assert words(asked(tmp_path, 1, exploration)) == "Running: 1 of 4 runs finished, stopping."


def test_what_cannot_be_written_is_said_while_it_is_answered(tmp_path, exploration):
    wait(lambda: exploration._results)
    exploration._results.problem = "the results cannot be written to <there>"
    assert words(asked(tmp_path, 1, exploration)) == (
        "Running: 1 of 4 runs finished. They would be lost if the server stopped: "
        "the results cannot be written to &lt;there&gt;."
    )


def test_a_file_is_called_by_its_question_and_its_pair(tmp_path):
    assert file_name(asked(tmp_path, 1), "stuck") == "hqnn-stuck-3-7"
    pairs = replace(asked(tmp_path, 1), header=experiments.atlas(CONFIG, range(1)))
    assert file_name(pairs, "atlas") == "hqnn-pairs"


@pytest.mark.parametrize(
    ("state", "alone", "error", "said"),
    [
        (
            StudyState.STOPPED,
            False,
            None,
            "Stopped. 0 of 4 runs finished. The rest take about 1 s.",
        ),
        (StudyState.STOPPED, True, None, "Stopped because no page showed it for 10 minutes. 0 of 4 runs finished. "),
        (StudyState.FAILED, False, "<b> & more", "Failed after 0 of 4 runs: &lt;b&gt; &amp; more"),
    ],
)
def test_how_it_ended_is_said(tmp_path, exploration, state, alone, error, said):
    exploration.stop()
    exploration.wait(30)
    exploration.state, exploration.alone, exploration.error = state, alone, error
    assert words(asked(tmp_path, 0, exploration)).startswith(said)


def test_what_is_there_of_an_earlier_life_of_the_server_goes_on(tmp_path):
    assert words(asked(tmp_path, 3)).startswith("Stopped. 3 of 4 runs finished. The rest take about ")
    assert words(asked(tmp_path, 4)) == "All 4 runs are finished."


def test_what_comes_with_hqnn_says_by_what_it_was_made(tmp_path):
    said = words(asked(tmp_path, 4, bundled=True))
    assert said.startswith("4 of 4 runs are included with hqnn (Python 3.")
    assert f"torch {HEADER.versions['torch']}" in said
    assert said.endswith("). “Run again” starts a new result file. The numbers shown now are kept.")
    assert "Computed" not in said
    elsewhere = words(asked(tmp_path, 4, bundled=True, processor="<b>"))
    assert "Computed by another processor (&lt;b&gt; instead of " in elsewhere


def test_what_was_computed_elsewhere_says_so_and_is_not_gone_on_with_in_silence(tmp_path, exploration):
    there = asked(tmp_path, 3, arithmetic="1")
    assert there.anew
    assert words(there).endswith(
        "Computed with hqnn&#x27;s arithmetic 1 instead of 2: the same seed may give another result. Only the "
        "distribution is the same. “Run again” starts a new result file. The numbers shown now are kept."
    )
    assert not asked(tmp_path, 3).anew
    assert not asked(tmp_path, 3, exploration).anew
    assert "Run again" not in words(asked(tmp_path, 3, exploration))


@pytest.mark.parametrize(
    ("older", "said"),
    [
        (0, ""),
        (1, " 1 run of an older version has no epoch 0, so curves with this run start at epoch 1."),
        (3, " 3 runs of an older version have no epoch 0, so curves with these runs start at epoch 1."),
        (4, ""),
    ],
)
def test_where_runs_with_and_without_epoch_0_are_mixed_it_is_said(tmp_path, older, said):
    found = asked(tmp_path, 4)
    for place, config in enumerate(CONFIGS):
        records = [epoch(number) for number in range(int(place < older), 3)]
        found.results.have[config] = Result.of(Trained(config, [], records, evaluation(), None, 1.0))
    assert words(found) == f"All 4 runs are finished.{said}"


def test_trainings_of_a_file_that_ran_elsewhere_are_counted(tmp_path):
    found = asked(tmp_path, 4)
    for config, processor in zip(CONFIGS, ("A", "A", "", ""), strict=True):
        versions = HEADER.versions | {"processor": processor} if processor else None
        found.results.have[config] = Result.of(trained(config)).model_copy(update={"versions": versions})
    assert words(found).startswith("All 4 runs are finished. 2 runs were computed by another processor (A instead of ")
    assert not found.anew
