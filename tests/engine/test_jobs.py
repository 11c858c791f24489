"""The job engine with worker processes of its own: what a training is, and what may be done to it while it goes."""

import os
from typing import Any

import psutil
import pytest
import torch

from hqnn import RunConfig
from hqnn.jobs import Jobs, desk_questions
from hqnn.jobs.job import Job
from hqnn.network.training import Training
from hqnn.runs import from_bytes
from hqnn.states import Action, State
from tests.dask_cluster import ROOT
from tests.trainings import (
    LONG,
    SMALL,
    assert_undisturbed,
    begun,
    checkpoints_after_every_step,
    ended,
    hasten,
    paused,
    stopped,
    submitted,
    undisturbed,
)
from tests.waiting import PATIENCE, wait


def test_a_training_streams_its_records_and_ends_with_its_run(jobs):
    job = ended(jobs, SMALL)
    assert (job.state, job.error) == ("finished", None)
    steps, epochs = job.snapshot()
    run = from_bytes(jobs.desk.run_file(job))
    places = [(record.kind, record.step) for record in run.history]
    assert places == [(record.kind, record.step) for record in undisturbed(SMALL).history]
    assert [record for record in run.history if record.kind == "step"] == steps
    assert [record for record in run.history if record.kind == "epoch"] == epochs
    assert [record for record in run.history if record.kind == "probe"] == job.probes
    assert run.evaluation == job.evaluation
    assert len(steps) == job.total_steps


def test_a_worker_gives_the_run_that_train_gives_here(jobs):
    assert_undisturbed(ended(jobs, RunConfig(n_train=20, n_test=10, epochs=2, seed=4)))


def test_its_network_can_be_had_while_it_trains_and_when_it_has_ended(jobs):
    with checkpoints_after_every_step(jobs):
        job = begun(jobs)
        wait(lambda: jobs.desk.network(job))
        assert job.state == "running"
        seen = paused(jobs, job)
    run_file, step = jobs.desk.network(job)
    assert step == seen
    here = Training(LONG)
    while here.fit.step < step or here.fit.recorded < job.recorded:
        here.fit.advance()
    weights = from_bytes(run_file).weights
    assert all(torch.equal(weights[name], tensor) for name, tensor in here.fit.model.named_parameters())
    jobs.stop(job)
    wait(lambda: not job.active)
    assert jobs.desk.network(job) == (job.weights_file, None)


def test_a_training_without_a_step_has_no_network(jobs):
    assert jobs.desk.network(Job(SMALL)) is None
    assert jobs.desk.network(Job(SMALL, state=State.STOPPED)) is None


def test_records_arrive_while_it_trains_and_a_stop_ends_it_after_its_present_step(jobs):
    job = begun(jobs)
    seen = len(job.steps)
    wait(lambda: len(job.steps) > seen)
    assert job.state == "running"
    jobs.stop(job)
    assert not job.allows(Action.STOP)
    wait(lambda: not job.active)
    assert job.state == "stopped"
    assert len(job.steps) < job.total_steps
    assert job.evaluation is not None
    assert not from_bytes(jobs.desk.run_file(job)).completed


def test_a_paused_training_leaves_its_worker_and_goes_on_as_if_nothing_had_been(jobs):
    job = begun(jobs)
    jobs.pause(job)
    assert not job.allows(Action.PAUSE)
    wait(lambda: job.state == "paused")
    seen = len(job.steps)
    assert 0 < seen < job.total_steps
    others = [begun(jobs) for _ in range(jobs.cluster.slots)]  # all workers are free for them
    assert {other.state for other in others} == {State.RUNNING}
    assert (job.state, len(job.steps)) == ("paused", seen)
    for other in others:
        jobs.stop(other)
    jobs.resume(job)
    hasten(jobs, job)
    assert job.state == "finished"
    assert_undisturbed(job)
    assert (job.attempts, job.turn, job.note) == (1, 2, None)


def test_a_stopped_training_goes_on_as_if_nothing_had_been_also_when_only_the_history_knows_it(jobs):
    first = begun(jobs)
    stopped(jobs, first)
    assert (first.state, first.evaluation is not None) == ("stopped", True)
    seen = len(first.steps)
    jobs.go_on(first)
    assert (first.evaluation, first.weights_file) == (None, None)
    wait(lambda: len(first.steps) > seen)
    stopped(jobs, first)
    assert jobs.history.flush(PATIENCE)
    del jobs.queue.known[first.id]
    job = jobs.get(first.id)
    assert job is not first
    jobs.go_on(job)
    hasten(jobs, job)
    assert job.state == "finished"
    assert_undisturbed(job)
    whole = undisturbed(LONG).weights
    assert all(torch.equal(from_bytes(job.weights_file).weights[name], tensor) for name, tensor in whole.items())
    assert job.note is None


def test_a_paused_training_makes_step_after_step_to_its_end(jobs):
    config = RunConfig(n_train=10, n_test=10, epochs=2, engine="exact")
    job = submitted(jobs, config, pace=0.001)
    seen = paused(jobs, job)
    assert seen < job.total_steps
    while job.active:
        jobs.step(job)
        wait(lambda: job.state == "paused" or not job.active)
        seen += 1
        assert len(job.steps) == seen
        assert [epoch.epoch for epoch in job.epochs] == list(range(len(job.steps) // 3 + 1))
    assert_undisturbed(job)
    assert job.state == "finished"


def test_a_paused_training_can_be_stopped_and_is_tested_as_it_stands(jobs):
    job = begun(jobs)
    seen = paused(jobs, job)
    jobs.stop(job)
    wait(lambda: not job.active)
    assert (job.state, len(job.steps)) == ("stopped", seen)
    assert job.evaluation is not None


def test_a_slow_training_is_paused_made_fast_and_stopped_at_once(jobs):
    """Between two of its steps, which are further apart than any wait is long."""
    pace = 0.5 / PATIENCE
    job, other = (submitted(jobs, SMALL.replace(seed=seed), pace=pace) for seed in (0, 1))
    wait(lambda: job.steps and other.steps)
    paused(jobs, job)
    jobs.resume(job)
    wait(lambda: job.state == "running")
    hasten(jobs, job)
    assert_undisturbed(job)
    jobs.stop(other)
    wait(lambda: other.state == "stopped")


def test_what_is_asked_does_not_wait_behind_trainings(jobs):
    all_workers = [begun(jobs) for _ in range(jobs.cluster.slots)]
    assert jobs.desk.ask(desk_questions.pixels, 3, False).shape == (1010, 28, 28)
    assert all(job.active and len(job.steps) < job.total_steps for job in all_workers)
    waiting = submitted(jobs, SMALL)
    assert waiting.state == "queued"
    jobs.stop(all_workers[0])
    wait(lambda: waiting.state == "finished")


def test_a_failed_training_says_why_in_one_sentence(jobs):
    job = ended(jobs, RunConfig().model_copy(update={"shots": 0}))
    assert (job.state, job.error, job.details) == ("failed", "shots must be between 1 and 100000, got 0", None)


def test_an_error_that_nobody_foresaw_says_so_and_keeps_its_details_without_paths(jobs):
    client = jobs.cluster.client()
    client.run(_break_the_losses)
    job = ended(jobs, SMALL)
    client.run(_mend_the_losses)
    assert job.state == "failed"
    assert job.error == "The run failed with an unexpected error (ZeroDivisionError)."
    assert job.details is not None
    assert job.details.startswith("ZeroDivisionError: no loss today\n")
    assert "hqnn/network/training.py, line " in job.details
    assert str(ROOT) not in job.details


def _break_the_losses() -> None:
    from hqnn.network import losses

    def broken(*_arguments):
        raise ZeroDivisionError("no loss today")

    whole: Any = losses
    whole.kept = dict(losses.LOSSES)
    losses.LOSSES.update(dict.fromkeys(losses.LOSSES, broken))


def _mend_the_losses() -> None:
    from hqnn.network import losses

    whole: Any = losses
    losses.LOSSES.update(whole.kept)


def test_a_training_whose_engine_fails_on_the_way_keeps_its_history(jobs):
    """Its device does not exist, which shows only when the worker asks for it; and one that fails later."""
    job = ended(jobs, SMALL.replace(engine="ibm", backend="fake_moon"))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.startswith("There is no local simulation named fake_moon")

    jobs.cluster.client().run(_break_the_sampler_after, 3)
    job = ended(jobs, SMALL.replace(engine="ibm", backend="aer_simulator"))
    jobs.cluster.client().run(_mend_the_sampler)
    assert (job.state, job.error) == ("failed", "A job on aer_simulator failed: it broke")
    kept = from_bytes(jobs.desk.run_file(job))
    assert [record.kind for record in kept.history] == ["probe", *["step", "probe"] * 3]
    assert (kept.evaluation, kept.error) == (None, job.error)


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


def test_a_cluster_that_cannot_start_says_why_and_fails_what_was_asked(monkeypatch, tmp_path):
    def refused(*_arguments, **_options):
        raise OSError("no room for a process")

    monkeypatch.setattr("distributed.SpecCluster", refused)
    engine = Jobs(workers=1, history=tmp_path)
    job = ended(engine, SMALL)
    assert engine.problems == ["no room for a process"]
    assert (job.state, job.error) == ("failed", "No workers are available: no room for a process")
    engine.close()


def forked_processes() -> list[psutil.Process]:
    """The processes of this one's children."""
    return [each for each in psutil.Process().children(recursive=True) if each.ppid() != os.getpid()]


@pytest.mark.workers
def test_closing_leaves_no_process(tmp_path):
    before = set(forked_processes())
    engine = Jobs(workers=1, history=tmp_path)
    engine.cluster.wait_until_warm(PATIENCE)
    started = [process for process in forked_processes() if process not in before]
    assert len(started) == 2
    engine.close()
    _, alive = psutil.wait_procs(started, timeout=PATIENCE)
    assert not alive
