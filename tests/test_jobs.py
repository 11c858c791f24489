"""The job engine, with worker processes of its own and with a Dask cluster that runs already."""

import json
import os
from concurrent.futures import Future
from functools import cache
from time import monotonic, sleep
from typing import Any

import psutil
import pytest
import torch
from distributed import KilledWorker

from hqnn import RunConfig, train
from hqnn.job import Job, NotNowError
from hqnn.jobs import MAX_IN_MEMORY, MAX_OF_VIEWER, Jobs, TooManyError
from hqnn.lifecycle import Action, State
from hqnn.records import Evaluation, StepRecord
from hqnn.runs import Run, from_bytes
from hqnn.training import Training
from tests.dask_cluster import ROOT
from tests.waiting import wait

SMALL = RunConfig(n_train=20, n_test=10, epochs=2)
LONG = RunConfig(epochs=100)


def submitted(jobs, config, **options):
    return jobs.submit(config, **options)[0]


def losses(job):
    return [step.loss for step in job.steps]


def ended(jobs, config, **options):
    job = submitted(jobs, config, **options)
    wait(lambda: not job.active)
    return job


def undisturbed(config) -> tuple[list[float], Evaluation | None]:
    """Losses and evaluation of the same training here, without any engine of jobs."""
    return _undisturbed(config.model_dump_json())


@cache
def _undisturbed(settings: str) -> tuple[list[float], Evaluation | None]:
    run = Run.of(train(RunConfig(**json.loads(settings))))
    return [record.loss for record in run.history if isinstance(record, StepRecord)], run.evaluation


def test_a_training_streams_its_records_and_ends_with_its_run(jobs):
    job = ended(jobs, SMALL)
    assert (job.state, job.error) == ("finished", None)
    steps, epochs = job.snapshot()
    run = from_bytes(jobs.run_file(job))
    assert run.history == tuple(sorted([*steps, *epochs], key=lambda record: (record.step, record.kind == "epoch")))
    assert run.evaluation == job.evaluation
    assert len(steps) == job.total_steps


def test_a_worker_gives_the_run_that_train_gives_here(jobs):
    job = ended(jobs, SMALL.replace(seed=4))
    assert (losses(job), job.evaluation) == undisturbed(job.config)


def test_its_network_can_be_had_while_it_trains_and_when_it_has_ended(jobs):
    job = submitted(jobs, LONG)
    wait(lambda: jobs.network(job))
    jobs.pause(job)
    wait(lambda: job.state == "paused")
    run_file, step = jobs.network(job)
    assert step == len(job.steps)
    here = Training(LONG)
    while here.fit.step < step or here.fit.epoch < len(job.epochs):
        here.fit.advance()
    weights = from_bytes(run_file).weights
    assert all(torch.equal(weights[name], tensor) for name, tensor in here.fit.model.state_dict().items())
    jobs.stop(job)
    wait(lambda: not job.active)
    assert jobs.network(job) == (job.weights_file, None)


def test_a_training_without_a_step_has_no_network(jobs):
    assert jobs.network(Job(SMALL)) is None
    assert jobs.network(Job(SMALL, state=State.STOPPED)) is None


def test_records_arrive_while_it_trains_and_a_stop_ends_it_soon(jobs):
    job = submitted(jobs, LONG)
    wait(lambda: job.steps)
    seen = len(job.steps)
    wait(lambda: len(job.steps) > seen)
    assert job.state == "running"
    jobs.stop(job)
    assert not job.allows(Action.STOP)
    wait(lambda: not job.active, seconds=20)
    assert job.state == "stopped"
    assert len(job.steps) < job.total_steps
    assert job.evaluation is not None
    assert not from_bytes(jobs.run_file(job)).completed


def test_a_paused_training_leaves_its_worker_and_goes_on_as_if_nothing_had_been(jobs):
    config = RunConfig(n_train=50, n_test=10, epochs=30)
    job = submitted(jobs, config)
    wait(lambda: job.steps)
    jobs.pause(job)
    assert not job.allows(Action.PAUSE)
    wait(lambda: job.state == "paused")
    seen = len(job.steps)
    assert 0 < seen < job.total_steps
    other = ended(jobs, SMALL)
    assert (other.state, job.state, len(job.steps)) == ("finished", "paused", seen)
    jobs.resume(job)
    wait(lambda: not job.active)
    assert job.state == "finished"
    assert (losses(job), job.evaluation) == undisturbed(config)
    assert job.attempts == 1


def test_a_paused_training_makes_step_after_step_to_its_end(jobs):
    config = RunConfig(n_train=10, n_test=10, epochs=2)
    job = submitted(jobs, config)
    jobs.pause(job)
    wait(lambda: job.state == "paused")
    while job.active:
        seen = len(job.steps)
        jobs.step(job)
        wait(lambda: job.state == "paused" or not job.active)
        assert len(job.steps) == seen + 1
        assert len(job.epochs) == len(job.steps) // 3
    assert (losses(job), job.evaluation) == undisturbed(config)
    assert job.state == "finished"


def test_a_paused_training_can_be_stopped_and_is_tested_as_it_stands(jobs):
    job = submitted(jobs, LONG)
    wait(lambda: job.steps)
    jobs.pause(job)
    wait(lambda: job.state == "paused")
    seen = len(job.steps)
    jobs.stop(job)
    wait(lambda: not job.active)
    assert (job.state, len(job.steps)) == ("stopped", seen)
    assert job.evaluation is not None


def test_a_slow_training_keeps_its_pace_and_can_be_made_fast(jobs):
    job = submitted(jobs, RunConfig(n_train=50, n_test=10, epochs=10), pace=10.0)
    wait(lambda: job.steps)
    before, start = len(job.steps), monotonic()
    wait(lambda: len(job.steps) >= before + 10)
    assert monotonic() - start > 0.8
    jobs.set_pace(job, None)
    wait(lambda: not job.active)
    assert (losses(job), job.evaluation) == undisturbed(job.config)


def test_a_slow_training_is_paused_and_stopped_at_once(jobs):
    job = submitted(jobs, SMALL, pace=0.02)
    wait(lambda: job.steps)
    jobs.pause(job)
    wait(lambda: job.state == "paused", seconds=20)
    jobs.resume(job)
    wait(lambda: job.state == "running")
    jobs.stop(job)
    wait(lambda: job.state == "stopped", seconds=20)


def test_what_a_state_does_not_allow_is_refused(jobs):
    job = ended(jobs, SMALL)
    for action, do in (("pause", jobs.pause), ("resume", jobs.resume), ("step", jobs.step), ("stop", jobs.stop)):
        with pytest.raises(NotNowError, match=f"A training that is finished does not allow: {action}."):
            do(job)


def test_what_is_asked_does_not_wait_behind_a_training(jobs):
    job = submitted(jobs, LONG)
    wait(lambda: job.steps)
    assert jobs.ask("hqnn.data:pixels", 3, False).shape == (1010, 28, 28)
    assert job.active
    waiting = submitted(jobs, SMALL)
    assert waiting.state == "queued"
    next_one = submitted(jobs, SMALL)
    assert [jobs.place_in_queue(each) for each in (job, waiting, next_one)] == [0, 1, 2]
    assert 0 < jobs.seconds_to_wait(waiting) < jobs.seconds_to_wait(next_one) < 60
    jobs.stop(waiting)
    assert waiting.state == "stopped"
    assert jobs.place_in_queue(next_one) == 1
    jobs.stop(job)
    wait(lambda: not job.active and not next_one.active)
    assert (next_one.state, waiting.state, waiting.steps) == ("finished", "stopped", [])


def test_a_training_can_be_paused_in_the_queue(jobs):
    job, waiting = submitted(jobs, LONG), submitted(jobs, SMALL)
    jobs.pause(waiting)
    assert (waiting.state, jobs.place_in_queue(waiting)) == ("paused", 0)
    jobs.stop(job)
    wait(lambda: not job.active)
    sleep(1)
    assert waiting.state == "paused"
    jobs.resume(waiting)
    wait(lambda: not waiting.active)
    assert waiting.state == "finished"


def test_one_that_has_had_its_time_makes_room_for_others_and_comes_back(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.SLICE_SECONDS", 0.5)
    long = submitted(jobs, RunConfig(n_train=50, n_test=10, epochs=60))
    wait(lambda: long.steps)
    others = [submitted(jobs, SMALL.replace(seed=seed)) for seed in (1, 2)]
    wait(lambda: not any(other.active for other in others))
    assert long.active
    wait(lambda: not long.active)
    assert (losses(long), long.evaluation) == undisturbed(long.config)
    assert {other.state for other in others} == {State.FINISHED}


def test_one_on_a_device_keeps_its_worker_to_its_end(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.SLICE_SECONDS", 0.2)
    long = submitted(jobs, LONG.replace(engine="ibm", backend="aer_simulator"))
    wait(lambda: long.steps)
    other = submitted(jobs, SMALL)
    sleep(2)
    assert (long.state, other.state) == ("running", "queued")
    jobs.stop(long)
    wait(lambda: not other.active)


def test_a_viewer_has_one_at_a_time_and_not_too_many(jobs):
    first = submitted(jobs, LONG, viewer="ann")
    seconds = [submitted(jobs, SMALL, viewer="ann") for _ in range(MAX_OF_VIEWER - 1)]
    with pytest.raises(TooManyError, match="You have 5 trainings that have not ended"):
        submitted(jobs, SMALL, viewer="ann")
    other = submitted(jobs, SMALL, viewer="bob")
    wait(lambda: first.steps)
    jobs.pause(first)
    wait(lambda: first.state == "paused")
    wait(lambda: not other.active)
    assert [job.id for job in jobs.of_viewer("ann")] == [job.id for job in [*reversed(seconds), first]]
    for job in (first, *seconds):
        if job.active:
            jobs.stop(job)
    wait(lambda: not any(job.active for job in (first, *seconds)))


def test_a_training_that_nobody_watches_is_paused_goes_on_when_somebody_does_and_is_dropped(jobs, monkeypatch):
    present = {"ann"}
    monkeypatch.setattr(jobs, "_is_present", present.__contains__)
    monkeypatch.setattr("hqnn.jobs.ABANDONED_SECONDS", 1.0)
    job, kept = submitted(jobs, LONG.replace(seed=1)), submitted(jobs, LONG)
    kept.stay = True
    jobs.watch(job, "ann")
    wait(lambda: job.steps)
    sleep(2)
    assert job.state == "running"
    present.clear()
    wait(lambda: job.state == "paused", seconds=20)
    assert job.note == "It was paused because nobody watched it."
    wait(lambda: kept.steps)
    sleep(2)
    assert kept.state == "running"
    jobs.stop(kept)
    present.add("ann")
    jobs.watch(job, "ann")
    wait(lambda: job.state == "running")
    assert job.note is None
    present.clear()
    monkeypatch.setattr("hqnn.jobs.DROPPED_SECONDS", 2.0)
    wait(lambda: not job.active, seconds=20)
    assert job.state == "stopped"
    assert job.note is not None
    assert job.note.startswith("Nobody had watched it for")
    assert job.evaluation is not None


def test_an_engine_that_expects_no_watchers_pauses_nothing(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.ABANDONED_SECONDS", 0.0)
    job = ended(jobs, RunConfig(n_train=50, n_test=10, epochs=20))
    assert (job.state, job.note) == ("finished", None)


def test_a_failed_training_says_why_in_one_sentence(jobs):
    job = ended(jobs, RunConfig().model_copy(update={"shots": 0}))
    assert (job.state, job.error, job.details) == ("failed", "shots must be between 1 and 100000, got 0", None)


def test_an_error_that_nobody_foresaw_says_so_and_keeps_its_details_without_paths(jobs):
    client = jobs.cluster.client()
    client.run(_break_the_losses)
    job = ended(jobs, SMALL)
    client.run(_mend_the_losses)
    assert job.state == "failed"
    assert job.error == "The training ran into an error that nobody foresaw (ZeroDivisionError)."
    assert job.details.startswith("ZeroDivisionError: no loss today\n")
    assert "hqnn/training.py, line " in job.details
    assert str(ROOT) not in job.details


def _break_the_losses() -> None:
    from hqnn import losses

    def broken(*_arguments):
        raise ZeroDivisionError("no loss today")

    whole: Any = losses
    whole.kept = dict(losses.LOSSES)
    losses.LOSSES.update(dict.fromkeys(losses.LOSSES, broken))


def _mend_the_losses() -> None:
    from hqnn import losses

    whole: Any = losses
    losses.LOSSES.update(whole.kept)


def test_a_training_whose_engine_fails_on_the_way_keeps_its_history(jobs):
    """Its device does not exist, which shows only when the worker asks for it; and one that fails later."""
    job = ended(jobs, SMALL.replace(engine="ibm", backend="fake_moon"))
    assert job.state == "failed"
    assert job.error.startswith("There is no imitation called fake_moon")

    jobs.cluster.client().run(_break_the_sampler_after, 3)
    job = ended(jobs, SMALL.replace(engine="ibm", backend="aer_simulator"))
    jobs.cluster.client().run(_mend_the_sampler)
    assert (job.state, job.error) == ("failed", "A job on aer_simulator failed: it broke")
    kept = from_bytes(jobs.run_file(job))
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


def test_a_training_whose_worker_is_killed_goes_on_from_its_checkpoint_and_ends_the_same(jobs):
    jobs.cluster.client().run(_checkpoint_often)
    config = RunConfig(n_train=50, n_test=10, epochs=40)
    job = submitted(jobs, config)
    wait(lambda: len(job.steps) > 100)
    psutil.Process(trainer_pid(jobs)).kill()
    wait(lambda: job.attempts == 2, seconds=90)
    assert job.note.startswith("Its worker was lost; it went on from step ")
    wait(lambda: not job.active, seconds=90)
    assert job.state == "finished"
    assert (losses(job), job.evaluation) == undisturbed(config)
    jobs.cluster.wait_until_warm()


def test_a_training_goes_on_when_the_connection_to_the_workers_is_lost(jobs):
    """Its worker, which knows nothing of that, gives it up, and takes it up again; from its beginning if records of
    what its checkpoint holds were lost."""
    jobs.cluster.client().run(_checkpoint_often)
    config = RunConfig(n_train=50, n_test=10, epochs=60)
    job = submitted(jobs, config)
    wait(lambda: len(job.steps) > 50)
    jobs.cluster.client().close()
    wait(lambda: not job.active, seconds=90)
    assert job.state == "finished"
    assert job.turn in (2, 3)
    assert (losses(job), job.evaluation) == undisturbed(config)


def test_a_training_that_ended_while_the_connection_was_lost_leaves_its_worker_and_nothing_in_the_cluster(jobs):
    """Not even the checkpoint that its worker had begun to make when it ended."""
    jobs.cluster.client().run(_checkpoint_often)
    jobs.cluster.client().run(_take_long_over_checkpoints)
    job = submitted(jobs, LONG)
    wait(lambda: job.steps)
    jobs.cluster.client().close()
    wait(lambda: job.state == "queued")
    jobs.stop(job)
    assert job.state == "stopped"
    after = ended(jobs, SMALL)
    jobs.cluster.client().run(_make_checkpoints_fast)
    assert after.state == "finished"
    wait(lambda: not left_in_the_cluster(jobs))


def _checkpoint_often() -> None:
    from hqnn import tasks

    whole: Any = tasks
    whole.FIRST_CHECKPOINT_SECONDS = whole.CHECKPOINT_SECONDS = 0.1


def _take_long_over_checkpoints() -> None:
    from hqnn.training import Training

    whole: Any = Training

    def slowly(self) -> bytes:
        sleep(2)
        return whole.fast(self)

    whole.fast, whole.checkpoint = whole.checkpoint, slowly


def _make_checkpoints_fast() -> None:
    from hqnn.training import Training

    whole: Any = Training
    whole.checkpoint = whole.fast


def trainer_pid(jobs: Jobs) -> int:
    """The process that trains."""
    client = jobs.cluster.client()
    workers = client.scheduler_info()["workers"]
    trainers = [address for address, info in workers.items() if "training" in info["resources"]]
    pids: Any = client.run(os.getpid, workers=trainers)
    return pids[trainers[0]]


def test_a_training_that_kills_its_workers_is_given_up(jobs):
    job, answer = Job(SMALL, state=State.RUNNING, slot="training"), Future()
    answer.set_exception(KilledWorker("train", None, 10))  # pyright: ignore[reportArgumentType] (nobody asks which)
    answer.client = jobs.cluster.client()  # pyright: ignore[reportAttributeAccessIssue] (as Dask's has one)
    jobs._finish(job, answer, job.turn)
    assert (job.state, job.slot) == ("failed", None)
    assert job.error == "It was given up: 11 workers were lost while they trained it."


def test_a_training_is_known_by_an_id_and_controlled_by_a_key_that_cannot_be_guessed(jobs):
    job, key = jobs.submit(SMALL)
    assert min(len(job.id), len(key)) >= 22  # 128 bits in base 64
    assert jobs.get(job.id) is job
    assert job.answers_to(key)
    for other in (None, "", key[:-1], key + "a", job.id, job.key):
        assert not job.answers_to(other)
    for unknown in (None, "", "x" * 22, "x" * 1000, job.id[:-1]):
        assert jobs.get(unknown) is None
    wait(lambda: not job.active)


def test_ended_trainings_are_read_from_the_history_when_memory_has_forgotten_them(jobs):
    first, key = jobs.submit(SMALL, viewer="eve")
    wait(lambda: not first.active)
    whole = jobs.run_file(first)
    for seed in range(MAX_IN_MEMORY):
        ended(jobs, RunConfig(n_train=1, n_test=1, epochs=1, seed=seed))
    wait(lambda: first.id not in jobs._jobs)
    again = jobs.get(first.id)
    assert again is not None
    assert again is not first
    assert (again.snapshot(), again.evaluation, again.state) == (first.snapshot(), first.evaluation, "finished")
    assert again.answers_to(key)
    assert from_bytes(jobs.run_file(again)).history == from_bytes(whole).history
    assert [job.id for job in jobs.of_viewer("eve")] == [first.id]
    assert len(jobs._jobs) <= MAX_IN_MEMORY + 1


def test_nothing_of_an_ended_training_is_left_in_the_cluster(jobs):
    ended(jobs, SMALL)
    jobs._calls.submit(int).result()
    wait(lambda: not left_in_the_cluster(jobs))


def left_in_the_cluster(jobs: Jobs) -> list[str]:
    """What it still holds of trainings that have ended."""

    def variables(dask_scheduler):
        return list(dask_scheduler.extensions["variables"].variables)

    names: Any = jobs.cluster.client().run_on_scheduler(variables)
    active = [job.id for job in jobs._jobs.values() if job.active]
    return [name for name in names if not any(run_id in name for run_id in active)]


def test_a_cluster_that_cannot_start_says_why_and_fails_what_was_asked(monkeypatch, tmp_path):
    def refused(*_arguments, **_options):
        raise OSError("no room for a process")

    monkeypatch.setattr("distributed.SpecCluster", refused)
    engine = Jobs(workers=1, history=tmp_path)
    job = ended(engine, SMALL)
    assert engine.problems == ["no room for a process"]
    assert (job.state, job.error) == ("failed", "There are no workers: no room for a process")
    engine.close()


def forked_processes() -> list[psutil.Process]:
    """The processes of this one's children."""
    return [each for each in psutil.Process().children(recursive=True) if each.ppid() != os.getpid()]


def test_closing_leaves_no_process(tmp_path):
    before = set(forked_processes())
    engine = Jobs(workers=1, history=tmp_path)
    engine.cluster.wait_until_warm()
    started = [process for process in forked_processes() if process not in before]
    assert len(started) == 2
    engine.close()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive
