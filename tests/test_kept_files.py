"""Files of earlier versions open as they did: runs, the history, and results."""

import pytest

from hqnn import train
from hqnn.config import Noise, RunConfig
from hqnn.inference.whole_test import angles
from hqnn.jobs.job import Job
from hqnn.network.training import Training, TrainResult
from hqnn.records import EpochRecord, StepRecord
from hqnn.runs import Run, from_bytes, load, to_bytes
from hqnn.states import Action
from hqnn.sweeps import experiments
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import usual_path
from tests.kept_copies import FAILED, FINISHED, KEPT, PAUSED, STOPPED, kept_history

OF_RUN = RunConfig(
    digits=(4, 9),
    n_train=6,
    n_test=4,
    shots=20,
    shift=1.0,
    epochs=2,
    batch_size=4,
    loss="published",
    engine="noisy",
    seed=11,
    **Noise.preset("manila").model_dump(),
)
OF_HISTORY = RunConfig(n_train=4, n_test=4, epochs=2, batch_size=4, engine="exact", shots=50, seed=5)
RESULTS = {path.name: path for path in KEPT.glob("*.jsonl")}


def test_a_kept_run_is_whole_and_its_network_gives_the_angles_that_it_gave():
    run = load(KEPT / "run.safetensors")
    assert run.config == OF_RUN
    assert run.completed
    assert [(type(record), record.step) for record in run.history] == [
        (EpochRecord, 0),
        *[(StepRecord, step) for step in (1, 2, 3)],
        (EpochRecord, 3),
        *[(StepRecord, step) for step in (4, 5, 6)],
        (EpochRecord, 6),
    ]
    assert run.evaluation is not None
    assert run.evaluation.labels == (0,) * 4 + (1,) * 4
    of_first, of_second = angles((KEPT / "run.safetensors").read_bytes(), OF_RUN.digits)
    assert of_first[:3] == pytest.approx([0.02540, 0.04726, 0.03597], abs=1e-4)
    assert of_second[:3] == pytest.approx([0.04501, 0.09629, 0.08048], abs=1e-4)


def test_a_run_file_has_the_names_of_weights_that_it_always_had():
    kept = load(KEPT / "run.safetensors")
    now = Run.of(train(OF_RUN.replace(n_train=1, n_test=1, epochs=1)))
    assert {name: weight.shape for name, weight in now.weights.items()} == {
        name: weight.shape for name, weight in kept.weights.items()
    }
    assert from_bytes(to_bytes(now)).weights.keys() == kept.weights.keys()


def test_a_kept_history_has_its_runs_and_one_that_was_stopped_goes_on():
    with kept_history() as history:
        found = {run_id: history.get(run_id) for run_id in (FINISHED, STOPPED, PAUSED, FAILED)}
        rights = history.holders(PAUSED)
    jobs = {run_id: Job.remembered(*kept) for run_id, kept in found.items() if kept is not None}
    assert {run_id: (str(job.state), len(job.steps), len(job.epochs)) for run_id, job in jobs.items()} == {
        FINISHED: ("finished", 4, 3),
        STOPPED: ("stopped", 62, 2),
        PAUSED: ("interrupted", 6, 1),
        FAILED: ("failed", 0, 0),
    }
    assert rights == {"ann"}
    assert jobs[FINISHED].config == OF_HISTORY
    assert from_bytes(jobs[FINISHED].weights_file or b"").evaluation == jobs[FINISHED].evaluation
    stopped = jobs[STOPPED]
    assert stopped.allows(Action.CONTINUE)
    training = Training(stopped.config, stopped.checkpoint)
    assert training.fit.step == 62
    following = next(record for record in training.records(lambda: False) if not isinstance(record, TrainResult))
    assert following.step == 63


@pytest.mark.parametrize("name", RESULTS)
def test_kept_results_are_found_by_their_question_and_lack_nothing(name):
    results = Results.read(RESULTS[name])
    assert usual_path(results.header).name == name
    configs = experiments.configs(results.header)
    assert len(configs) == {"atlas": 45, "stuck": 3, "swap": 8, "sweep": 8}[results.header.kind]
    assert not results.missing(configs)
    assert all(result.curve[-1].epoch == result.config.epochs for result in results.have.values())
    assert any(result.curve[-1].theta for result in results.have.values()) == (results.header.kind == "stuck")
