"""The job engine, with its real worker processes."""

import os
from time import monotonic, sleep
from typing import Any
from weakref import ref

import psutil
import pytest

from hqnn import RunConfig, train
from hqnn.jobs import MAX_JOBS, Job, Jobs
from hqnn.records import StepRecord
from hqnn.runs import Run, from_bytes

SMALL = RunConfig(n_train=20, n_test=10, epochs=2)


@pytest.fixture(scope="module")
def jobs():
    engine = Jobs(workers=1)
    engine.wait_until_warm()
    yield engine
    engine.close()


def wait(condition, seconds=60):
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.01)


def test_a_training_streams_its_records_and_ends_with_its_run(jobs):
    job = jobs.submit(SMALL)
    wait(lambda: not job.active)
    assert (job.state, job.error) == ("finished", None)
    steps, epochs = job.snapshot()
    run = from_bytes(job.run_file)
    assert run.history == tuple(sorted([*steps, *epochs], key=lambda record: (record.step, record.kind == "epoch")))
    assert run.evaluation == job.evaluation
    assert len(steps) == job.total_steps


def test_a_worker_gives_the_run_that_train_gives_here(jobs):
    job = jobs.submit(SMALL.replace(seed=4))
    here = Run.of(train(SMALL.replace(seed=4)))
    wait(lambda: not job.active)
    assert job.evaluation == here.evaluation
    assert [step.loss for step in job.steps] == [step.loss for step in here.history if isinstance(step, StepRecord)]


def test_records_arrive_while_it_trains_and_a_stop_ends_it_soon(jobs):
    job = jobs.submit(RunConfig(epochs=100))
    wait(lambda: job.steps)
    seen = len(job.steps)
    wait(lambda: len(job.steps) > seen)
    assert job.state == "running"
    jobs.stop(job)
    wait(lambda: not job.active, seconds=5)
    assert job.state == "stopped"
    assert len(job.steps) < job.total_steps
    assert job.evaluation is not None
    assert not from_bytes(job.run_file).completed


def test_what_is_asked_does_not_wait_behind_a_training(jobs):
    job = jobs.submit(RunConfig(epochs=100))
    wait(lambda: job.steps)
    assert jobs.ask("hqnn.data:pixels", 3, False).shape == (1010, 28, 28)
    assert job.active
    waiting = jobs.submit(SMALL)
    assert waiting.state == "queued"
    next_one = jobs.submit(SMALL)
    assert [jobs.place_in_queue(each) for each in (job, waiting, next_one)] == [0, 1, 2]
    jobs.stop(waiting)
    assert waiting.state == "stopped"
    assert jobs.place_in_queue(next_one) == 1
    jobs.stop(job)
    wait(lambda: not job.active and not next_one.active)
    assert (next_one.state, waiting.state, waiting.steps) == ("finished", "stopped", [])


def test_a_failed_training_says_why_in_one_sentence(jobs):
    job = jobs.submit(RunConfig().model_copy(update={"shots": 0}))
    wait(lambda: not job.active)
    assert (job.state, job.error) == ("failed", "shots must be between 1 and 100000, got 0")


def test_a_training_whose_engine_fails_on_the_way_keeps_its_history(jobs):
    """Its device does not exist, which shows only when the worker asks for it; and one that fails later."""
    job = jobs.submit(SMALL.replace(engine="ibm", backend="fake_moon"))
    wait(lambda: not job.active)
    assert job.state == "failed"
    assert job.error.startswith("There is no imitation called fake_moon")

    jobs._client.result().run(_break_the_sampler_after, 3)
    job = jobs.submit(SMALL.replace(engine="ibm", backend="aer_simulator"))
    wait(lambda: not job.active)
    jobs._client.result().run(_mend_the_sampler)
    assert (job.state, job.error) == ("failed", "A job on aer_simulator failed: it broke")
    kept = from_bytes(job.run_file)
    assert (len(kept.history), kept.evaluation, kept.error) == (3, None, job.error)


def _break_the_sampler_after(calls: int) -> None:
    from qiskit_ibm_runtime import executor_sampler

    sampler: Any = executor_sampler.Sampler
    run, left = sampler.run, iter(range(calls))

    def breaking(self, pubs):
        if next(left, None) is None:
            raise OSError("it broke")
        return run(self, pubs)

    sampler.whole, sampler.run = run, breaking


def _mend_the_sampler() -> None:
    from qiskit_ibm_runtime import executor_sampler

    sampler: Any = executor_sampler.Sampler
    sampler.run = sampler.whole


def test_a_training_whose_worker_is_killed_starts_anew_and_ends_the_same(jobs):
    config = RunConfig(n_train=50, n_test=10, epochs=20)
    job = jobs.submit(config)
    wait(lambda: len(job.steps) > 20)
    psutil.Process(worker_pid(jobs)).kill()
    wait(lambda: not job.active, seconds=90)
    assert (job.state, job.attempts) == ("finished", 2)
    assert job.evaluation == Run.of(train(config)).evaluation
    assert len(job.steps) == job.total_steps


def worker_pid(jobs: Jobs) -> int:
    """The process that trains: of the workers, the one that is not the desk."""
    pids: Any = jobs._client.result().run(os.getpid)
    names = {info["name"]: address for address, info in jobs._client.result().scheduler_info()["workers"].items()}
    return pids[names["trainer-0"]]


def test_a_cluster_that_cannot_start_says_why_and_fails_what_was_asked(monkeypatch):
    def refused(*_arguments, **_options):
        raise OSError("no room for a process")

    monkeypatch.setattr("distributed.SpecCluster", refused)
    engine = Jobs(workers=1)
    job = engine.submit(SMALL)
    wait(lambda: not job.active)
    assert engine.problem == "no room for a process"
    assert (job.state, job.error) == ("failed", "It could not be given to a worker: no room for a process")
    engine.close()


def test_many_configs_are_trained_as_workers_are_free(jobs):
    configs = [SMALL.replace(seed=seed) for seed in (1, 2, 3)]
    results = dict(jobs.evaluations(configs))
    assert set(results) == set(configs)
    assert len({evaluation.probabilities for evaluation in results.values()}) == 3


def test_jobs_are_known_by_an_id_that_cannot_be_guessed(jobs):
    job = Job(SMALL)
    assert len(job.id) >= 22  # 128 bits in base 64
    assert jobs.get(job.id) is None
    assert jobs.get(None) is None


def test_old_runs_are_forgotten_and_none_that_goes_on():
    engine = Jobs.__new__(Jobs)
    engine._jobs = {}
    forgotten = None
    for number in range(MAX_JOBS + 5):
        engine._forget_oldest()
        job = Job(SMALL, id=str(number))
        job.state = "running" if number == 0 else "finished"
        engine._jobs[job.id] = job
        forgotten = ref(job) if number == 1 else forgotten
    assert len(engine._jobs) == MAX_JOBS
    assert {"0", str(MAX_JOBS + 4)} <= set(engine._jobs)
    assert "1" not in engine._jobs
    assert forgotten is not None
    assert forgotten() is None


def test_closing_leaves_no_process():
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    engine = Jobs(workers=1)
    engine.wait_until_warm()
    started = [
        p for p in psutil.Process().children(recursive=True) if p.pid not in before and "spawn_main" in str(p.cmdline())
    ]
    assert len(started) == 2
    engine.close()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
