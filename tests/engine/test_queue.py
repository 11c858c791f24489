"""The queue, and what becomes of trainings in it, with workers and a clock that do what a test tells them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from distributed import KilledWorker

from hqnn.jobs import Jobs, TooManyError
from hqnn.jobs.handover import Handover
from hqnn.jobs.history import FILE
from hqnn.jobs.job import NotNowError, key_hash
from hqnn.jobs.neglect import ABANDONED_SECONDS, DROPPED_SECONDS
from hqnn.jobs.orders import Outcome, checkpoint_name
from hqnn.jobs.queue import MAX_IN_MEMORY, MAX_OF_VIEWER, SLICE_SECONDS
from hqnn.records import ProbeRecord
from hqnn.runs import from_bytes
from hqnn.states import Action
from hqnn.versions import versions_here
from tests.pretend_cluster import TINY, AtOnce, Clock, PretendCluster
from tests.trainings import SMALL, submitted, undisturbed
from tests.waiting import PATIENCE

#: Made by a version that knew one key of each training, and no other rights.
OLD_HISTORY = Path(__file__).parents[1] / "kept_results" / "history.sql"


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The engine's clock, which stands still."""
    clock = Clock()
    for module in ("engine", "job", "dispatch", "neglect"):
        monkeypatch.setattr(f"hqnn.jobs.{module}.monotonic", clock)
    return clock


@pytest.fixture
def jobs(monkeypatch, tmp_path, clock):
    """A job engine with one pretended worker for trainings."""
    monkeypatch.setattr("hqnn.jobs.engine.Cluster", PretendCluster)
    monkeypatch.setattr(Handover, "_variable", lambda self, name: self._cluster.variable(name))
    engine = Jobs(workers=1, history=tmp_path)
    engine.dispatch._calls = cast("Any", AtOnce())
    yield engine
    engine.close()


@pytest.fixture
def workers(jobs) -> PretendCluster:
    return jobs.cluster


def look(step: int) -> dict[str, Any]:
    """A look at the probe images, as its worker sends it."""
    return ProbeRecord(step=step, epoch=1, theta=(0.5,) * 24).model_dump()


def running(jobs, config=SMALL, **options):
    """A training that has a worker and has made a step."""
    job = submitted(jobs, config, **options)
    jobs.cluster.begin(job)
    jobs.cluster.advance(job)
    assert job.state == "running"
    return job


def places(jobs, *trainings):
    return [jobs.place_in_queue(job) for job in trainings]


def test_what_computes_a_training_is_known_and_what_computed_it_is_in_its_file(jobs, workers):
    job = running(jobs, TINY)
    assert jobs.desk.versions(job) == versions_here()
    workers.address = "tcp://somewhere:8786"
    assert jobs.desk.versions(job) == {}
    workers.finish(job)
    assert jobs.desk.versions(job) == from_bytes(job.weights_file or b"").versions
    stopped = submitted(jobs, TINY)
    jobs.stop(stopped)
    assert jobs.desk.versions(stopped) == {}


def test_a_worker_takes_first_what_came_first(jobs, workers):
    job, waiting, last = running(jobs), submitted(jobs, SMALL), submitted(jobs, SMALL)
    assert (waiting.state, last.state) == ("queued", "queued")
    assert places(jobs, job, waiting, last) == [0, 1, 2]
    assert 0 < jobs.seconds_to_wait(waiting) < jobs.seconds_to_wait(last) < 60
    jobs.stop(waiting)
    assert (waiting.state, waiting.steps) == ("stopped", [])
    assert places(jobs, job, last) == [0, 1]
    workers.finish(job)
    assert (job.state, last.state) == ("finished", "starting")
    workers.finish(last)
    assert last.state == "finished"
    assert waiting.id not in workers.turns


def test_a_paused_training_is_stopped_by_the_worker_for_short_work_and_waits_for_no_other(jobs, workers):
    job, other = running(jobs), submitted(jobs, SMALL)
    jobs.pause(job)
    workers.leave(job)
    assert (job.state, other.state) == ("paused", "starting")
    jobs.stop(job)
    assert (job.state, job.slot, workers.orders(job)["wish"]) == ("starting", "desk", "stop")
    workers.end(job, Outcome("stopped", b"a file"))
    assert (job.state, job.weights_file, other.state) == ("stopped", b"a file", "starting")


def test_a_stop_can_be_undone_and_the_worker_gets_the_checkpoint_that_was_left(jobs, workers):
    job = running(jobs, TINY, viewer="eve")
    jobs.stop(job)
    workers.end(job, Outcome("stopped", b"a file", checkpoint=b"left here"))
    workers.look()
    assert workers.variables == {}
    jobs.go_on(job)
    assert workers.variables[checkpoint_name(job.id)] == b"left here"
    assert workers.orders(job)["wish"] == "go"
    assert (job.state, job.weights_file, jobs.desk.versions(job)) == ("starting", None, versions_here())
    workers.look()
    assert workers.variables[checkpoint_name(job.id)] == b"left here"  # it is not cleared away as an ended one's
    workers.begin(job, 1)
    assert (len(job.steps), job.note) == (1, None)
    jobs.pause(job)
    workers.variables[checkpoint_name(job.id)] = b"left later"
    workers.leave(job)
    jobs.resume(job)
    assert workers.variables[checkpoint_name(job.id)] == b"left later"
    workers.finish(job)
    assert job.state == "finished"


def test_one_that_is_stopped_before_it_begins_can_still_be_trained(jobs, workers):
    first, waiting = running(jobs), submitted(jobs, TINY)
    jobs.stop(waiting)
    jobs.go_on(waiting)
    assert jobs.place_in_queue(waiting) == 1
    workers.finish(first)
    assert workers.variables[checkpoint_name(waiting.id)] == b""
    workers.finish(waiting)
    assert waiting.state == "finished"


def test_a_stop_that_is_undone_before_a_worker_is_free_and_made_again_loses_nothing(jobs, workers):
    job = running(jobs, viewer="eve")
    jobs.stop(job)
    workers.end(job, Outcome("stopped", b"a file", checkpoint=b"left here"))
    other = running(jobs)
    jobs.go_on(job)
    assert jobs.history.flush(PATIENCE)
    stored = jobs.history.get(job.id)
    assert stored is not None
    assert (stored[0].state, stored[0].checkpoint) == ("queued", b"left here")
    jobs.stop(job)
    assert (job.slot, workers.variables[checkpoint_name(job.id)]) == ("desk", b"left here")
    workers.finish(other)


def test_a_stop_is_not_undone_where_that_is_one_too_many(jobs, workers):
    job = running(jobs, viewer="eve")
    jobs.stop(job)
    workers.end(job, Outcome("stopped", b"a file", checkpoint=b"left here"))
    for _ in range(MAX_OF_VIEWER):
        submitted(jobs, SMALL, viewer="eve")
    with pytest.raises(TooManyError, match="You have 5 unfinished runs, which is the limit"):
        jobs.go_on(job)
    assert (job.state, job.checkpoint) == ("stopped", b"left here")


def test_a_training_can_be_paused_in_the_queue(jobs, workers):
    job, waiting = running(jobs), submitted(jobs, SMALL)
    jobs.pause(waiting)
    assert (waiting.state, jobs.place_in_queue(waiting)) == ("paused", 0)
    workers.finish(job)
    workers.look()
    assert waiting.state == "paused"
    jobs.resume(waiting)
    assert waiting.state == "starting"


def test_what_a_state_does_not_allow_is_refused(jobs, workers):
    job = submitted(jobs, TINY)
    workers.finish(job)
    for action, do in (("pause", jobs.pause), ("resume", jobs.resume), ("step", jobs.step), ("stop", jobs.stop)):
        with pytest.raises(NotNowError, match=f"Cannot {action} this run: it is finished."):
            do(job)


def test_one_that_has_had_its_time_makes_room_for_others_and_comes_back(jobs, workers, clock):
    long = running(jobs)
    clock.skip(2 * SLICE_SECONDS)
    workers.look()
    assert workers.orders(long)["wish"] == "go"  # nobody waits
    jobs.pause(long)
    workers.leave(long)
    jobs.resume(long)
    workers.begin(long, 1)
    clock.skip(SLICE_SECONDS / 2)
    others = [submitted(jobs, SMALL.replace(seed=seed)) for seed in (1, 2)]
    workers.look()
    assert workers.orders(long)["wish"] == "go"  # its time begins anew with each worker
    clock.skip(SLICE_SECONDS / 2)
    workers.look()
    workers.leave(long)
    assert (long.state, others[0].state) == ("queued", "starting")
    assert places(jobs, long, others[1]) == [2, 1]
    for other in others:
        workers.finish(other)
    assert long.state == "starting"
    workers.begin(long, 1)
    workers.advance(long)
    assert (len(long.steps), long.attempts, long.turn, long.note) == (2, 1, 3, None)


def test_its_time_begins_when_its_worker_does(jobs, workers, clock):
    """A busy machine takes long to take it up, and would else send it away before it has made a step."""
    slow = submitted(jobs, SMALL)
    submitted(jobs, SMALL)
    clock.skip(2 * SLICE_SECONDS)
    workers.look()
    assert workers.orders(slow)["wish"] == "go"
    workers.begin(slow)
    clock.skip(SLICE_SECONDS - 1)
    workers.look()
    assert workers.orders(slow)["wish"] == "go"
    clock.skip(1)
    workers.look()
    assert workers.orders(slow)["wish"] == "leave"


def test_of_several_only_as_many_make_room_as_wait(jobs, workers, clock):
    workers.slots = 2
    first, second = running(jobs), running(jobs)
    submitted(jobs, SMALL)
    clock.skip(SLICE_SECONDS)
    for _ in range(3):
        workers.look()
    assert [workers.orders(job)["wish"] for job in (first, second)] == ["leave", "go"]


def test_one_on_a_device_keeps_its_worker_to_its_end(jobs, workers, clock):
    long = running(jobs, SMALL.replace(engine="ibm", backend="aer_simulator"))
    other = submitted(jobs, SMALL)
    clock.skip(100 * SLICE_SECONDS)
    workers.look()
    assert workers.orders(long)["wish"] == "go"
    assert other.state == "queued"
    jobs.stop(long)
    workers.end(long, Outcome("stopped"))
    assert other.state == "starting"


def test_a_viewer_has_one_at_a_time_and_not_too_many(jobs, workers):
    workers.slots = 2
    first = running(jobs, viewer="ann")
    others = [submitted(jobs, SMALL, viewer="ann") for _ in range(MAX_OF_VIEWER - 1)]
    with pytest.raises(TooManyError, match="You have 5 unfinished runs, which is the limit"):
        submitted(jobs, SMALL, viewer="ann")
    bobs = submitted(jobs, SMALL, viewer="bob")
    assert bobs.state == "starting"
    assert {other.state for other in others} == {"queued"}
    assert jobs.waits_for_own(others[0])
    jobs.pause(first)
    workers.leave(first)
    assert [other.state for other in others] == ["starting", "queued", "queued", "queued"]
    assert [job.id for job in jobs.of_viewer("ann")] == [job.id for job in [*reversed(others), first]]


def test_a_server_has_not_too_many(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.queue.MAX_ACTIVE", 2)
    submitted(jobs, SMALL)
    submitted(jobs, SMALL)
    with pytest.raises(TooManyError, match="This server has 2 unfinished runs, which is the limit"):
        submitted(jobs, SMALL)


def test_a_training_that_nobody_watches_is_paused_goes_on_when_somebody_does_and_is_dropped(jobs, workers, clock):
    workers.slots = 2
    present = {"ann"}
    jobs._is_present = present.__contains__
    job, kept = running(jobs), running(jobs)
    kept.stay = True
    for each in (job, kept):
        jobs.watch(each, "ann")
    clock.skip(2 * ABANDONED_SECONDS)
    workers.look()
    assert job.state == "running"
    present.clear()
    clock.skip(ABANDONED_SECONDS - 1)
    workers.look()
    assert workers.orders(job)["wish"] == "go"
    clock.skip(1)
    workers.look()
    workers.leave(job)
    assert (job.state, job.note) == ("paused", "The run was paused because no page showed it.")
    assert (kept.state, workers.orders(kept)["wish"]) == ("running", "go")

    present.add("ann")
    jobs.watch(job, "ann")
    assert (job.state, job.note) == ("starting", None)
    workers.begin(job, 1)
    workers.advance(job)
    present.clear()
    clock.skip(ABANDONED_SECONDS)
    workers.look()
    workers.leave(job)
    clock.skip(DROPPED_SECONDS - ABANDONED_SECONDS - 1)
    workers.look()
    assert job.state == "paused"
    clock.skip(1)
    workers.look()
    assert workers.orders(job)["wish"] == "stop"  # by the worker for short work, which tests it as it stands
    workers.end(job, Outcome("stopped", b"a file"))
    assert (job.state, job.note) == ("stopped", "The run was stopped because no page showed it for 10 minutes.")
    assert kept.state == "running"


def test_one_that_was_paused_by_hand_does_not_go_on_when_somebody_watches(jobs, workers):
    job = running(jobs)
    jobs.pause(job)
    workers.leave(job)
    jobs.watch(job, "ann")
    assert job.state == "paused"


def test_an_engine_that_expects_no_watchers_pauses_nothing(jobs, workers, clock):
    job = running(jobs)
    clock.skip(100 * DROPPED_SECONDS)
    workers.look()
    assert (job.state, workers.orders(job)["wish"], job.note) == ("running", "go", None)


def test_a_training_that_kills_its_workers_is_given_up(jobs, workers):
    job = running(jobs)
    workers.end(job, KilledWorker("train", None, 10))  # pyright: ignore[reportArgumentType] (nobody asks which)
    assert (job.state, job.slot) == ("failed", None)
    assert job.error == "The run failed: 11 workers crashed while training it."


def test_what_a_worker_cannot_do_fails_and_says_what_it_was(jobs, workers):
    job = running(jobs)
    workers.end(job, MemoryError("too large"))
    assert (job.state, job.details) == ("failed", "too large")
    assert job.error == "The worker failed (MemoryError)."


def test_a_worker_that_takes_over_from_a_lost_one_goes_on_from_its_checkpoint(jobs, workers):
    job = running(jobs)
    workers.advance(job, 5)
    workers.begin(job, 4)
    assert (job.state, len(job.steps), job.attempts) == ("starting", 4, 2)
    assert job.note == "A worker crashed. Another one resumed the run at step 4."
    workers.advance(job)
    assert [step.step for step in job.steps] == [1, 2, 3, 4, 5]
    assert job.state == "running"
    workers.begin(job)
    assert job.note == "A worker crashed. Another one restarted the run from the beginning."


def test_of_a_lost_worker_those_epochs_are_kept_that_are_not_done_again(jobs, workers):
    """By their numbers: with epoch 0 recorded, as here, and without, as on a device."""
    history = [record.model_dump() for record in undisturbed(SMALL).history if record.kind != "probe"]
    for records, before in ((history[:8], [0]), (history[1:8], [])):
        job = submitted(jobs, SMALL)
        workers.begin(job)
        workers.say(job, records=records)
        assert ([epoch.epoch for epoch in job.epochs], len(job.steps)) == ([*before, 1], 6)
        for step, recorded, kept in ((5, 1, [*before, 1]), (2, before[-1] if before else -1, before), (0, -1, [])):
            workers.begin(job, step, recorded)
            assert ([epoch.epoch for epoch in job.epochs], len(job.steps)) == (kept, step)
            assert not job.afresh
        workers.say(job, records=records)
        assert [epoch.epoch for epoch in job.epochs] == [*before, 1]
        workers.finish(job)
        assert [epoch.epoch for epoch in job.epochs] == [0, 1, 2]


def test_of_a_lost_worker_those_looks_are_kept_that_are_not_made_again(jobs, workers):
    """By their steps: the look after the last step may be behind it."""
    history = [record.model_dump() for record in undisturbed(SMALL).history]
    job = submitted(jobs, SMALL)
    workers.begin(job)
    workers.say(job, records=history)
    assert [probe.step for probe in job.probes] == list(range(11))
    for step, recorded, probed in ((7, 1, 7), (5, 0, 4), (0, -1, -1)):
        workers.begin(job, step, recorded, probed)
        assert [probe.step for probe in job.probes] == list(range(probed + 1))
        assert not job.afresh


def test_a_live_look_is_shown_until_a_newer_one_is_kept_or_it_is_trained_again_or_ends(jobs, workers):
    job = running(jobs)
    workers.advance(job, 2)
    for step in (2, 3):
        workers.say(job, live=look(step))
        assert job.live is not None
        assert job.live.step == step
    workers.begin(job, 3, -1, -1)
    assert job.live is not None
    workers.begin(job, 2, -1, -1)
    assert job.live is None
    workers.say(job, live=look(3))
    workers.say(job, records=[look(4)])
    assert (job.live, job.probed) == (None, 4)
    workers.say(job, live=look(3))
    assert job.live is None
    workers.say(job, live=look(5), turn=0)
    assert job.live is None
    workers.say(job, live=look(5))
    assert job.live is not None
    workers.end(job, Outcome("failed", error="It broke."))
    assert (job.live, job.probed) == (None, 4)


def test_no_live_look_is_in_the_history(jobs, workers):
    job = running(jobs)
    workers.advance(job)
    workers.say(job, live=look(1))
    assert jobs.history.flush(PATIENCE)
    found = jobs.history.get(job.id)
    assert found is not None
    assert [record.kind for record in found[1]] == ["step"] * len(job.steps)


def test_a_worker_knows_whether_somebody_may_watch_a_run(jobs, workers):
    watched = submitted(jobs, SMALL)
    workers.finish(watched)
    unwatched = jobs.trained([TINY], lambda: True)
    assert list(unwatched) == []
    assert list(workers.watched.items()) == [(watched.id, True), (next(reversed(workers.watched)), False)]


def test_one_whose_last_look_did_not_come_begins_anew(jobs, workers):
    job = submitted(jobs, SMALL)
    workers.begin(job, 0, -1, 0)
    assert (job.afresh, job.leave_asked) == (True, True)


def test_one_that_was_left_before_its_first_step_begins_anew_if_its_epoch_0_did_not_come(jobs, workers):
    job = submitted(jobs, SMALL)
    workers.begin(job, 0, 0)
    assert (job.afresh, job.leave_asked) == (True, True)


def test_one_whose_scheduler_is_lost_goes_before_all_others(jobs, workers):
    job, other = running(jobs), submitted(jobs, SMALL)
    workers.up = False
    workers.lose_all()
    workers.look()
    assert (job.state, other.state) == ("queued", "queued")
    assert job.note == "The connection to the Dask scheduler was lost. The run continues when the scheduler is back."
    assert places(jobs, job, other) == [1, 2]
    workers.up = True
    workers.look()
    assert (job.state, other.state) == ("starting", "queued")


def test_a_worker_that_was_given_up_is_not_listened_to(jobs, workers):
    job = running(jobs)
    workers.lose_all()
    workers.look()
    assert (job.turn, job.state) == (2, "starting")
    workers.say(job, turn=1, begins=[0, 0])
    assert (job.begun, job.state, len(job.steps)) == (False, "starting", 1)
    workers.begin(job)
    assert (job.begun, len(job.steps)) == (True, 0)


def test_a_checkpoint_beyond_the_records_that_came_is_not_used(jobs, workers):
    """Messages were lost with the connection: they come again if the training begins anew."""
    job = running(jobs)
    workers._known.clear()
    workers.look()
    assert workers.variables[checkpoint_name(job.id)] == b"a checkpoint"
    workers.begin(job, 9)
    workers.advance(job)
    assert len(job.steps) == 1  # what follows the gap is not taken
    workers.leave(job)
    assert (job.turn, workers.variables[checkpoint_name(job.id)]) == (3, b"")
    workers.begin(job)
    workers.advance(job)
    assert ([step.step for step in job.steps], job.state) == ([1], "running")


def test_nothing_of_an_ended_training_is_left_in_the_cluster(jobs, workers):
    job, other = running(jobs), submitted(jobs, SMALL)
    assert workers.variables
    workers.finish(job)
    jobs.stop(other)
    workers.end(other, Outcome("stopped"))
    workers.up = False
    workers.look()
    assert workers.variables
    workers.up = True
    workers.look()
    assert workers.variables == {}


def test_a_training_is_known_by_an_id_that_cannot_be_guessed(jobs):
    job = jobs.submit(SMALL)
    assert len(job.id) >= 22  # 128 bits in base 64
    assert jobs.get(job.id) is job
    for unknown in (None, "", "x" * 22, "x" * 1000, job.id[:-1]):
        assert jobs.get(unknown) is None


def test_a_training_obeys_its_viewer_and_who_has_had_a_key_of_its(jobs):
    job = jobs.submit(SMALL, viewer="eve")
    for key in ("key", "another"):
        jobs.permit(job, key_hash(key))
    jobs.admit("bob", job.id, "another")
    for run_id, key in ((job.id, ""), (job.id, "ke"), (job.id, key_hash("key")), ("x" * 22, "key")):
        jobs.admit("mallory", run_id, key)
    assert [job.obeys(holder) for holder in ("eve", "bob", key_hash("key"))] == [True] * 3
    assert not any(job.obeys(holder) for holder in ("", "mallory", "ev", key_hash("ke")))
    assert not jobs.submit(SMALL).obeys("")  # which nobody has started


def test_not_more_than_so_many_control_a_training(jobs, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.job.MAX_HOLDERS", 2)
    job = jobs.submit(SMALL, viewer="eve")
    for holder in (key_hash("key"), "bob", "bob", "eve"):
        jobs.permit(job, holder)
    with pytest.raises(TooManyError, match="2 others already control this run, which is the limit"):
        jobs.permit(job, "ann")
    jobs.admit("ann", job.id, "key")
    assert not job.obeys("ann")


def test_who_controls_a_training_still_does_after_a_restart(jobs, workers, tmp_path):
    job, other = (submitted(jobs, TINY, viewer="eve") for _ in range(2))
    workers.finish(job)
    jobs.permit(job, key_hash("key"))
    jobs.admit("bob", job.id, "key")
    assert jobs.history.flush(PATIENCE)
    again = Jobs(workers=1, history=tmp_path)
    found, unshared = again.get(job.id), again.get(other.id)
    assert found is not None
    assert unshared is not None
    again.admit("ann", job.id, "key")
    again.close()
    assert all(found.obeys(holder) for holder in ("eve", "bob", "ann"))
    assert not unshared.obeys("bob")


@pytest.mark.usefixtures("jobs")  # whose workers are pretended
def test_a_history_from_before_rights_were_kept_is_read_and_takes_them(tmp_path):
    run_id, key = 22 * "A", 22 * "B"
    (tmp_path / "old").mkdir()
    with closing(sqlite3.connect(tmp_path / "old" / FILE)) as file:
        file.executescript(OLD_HISTORY.read_text())
    for holders in (set(), {"bob"}):
        engine = Jobs(workers=1, history=tmp_path / "old")
        job = engine.get(run_id)
        assert job is not None
        assert (job.state, len(job.steps), job.holders) == ("interrupted", 1, holders)
        assert job.obeys("ann")
        engine.admit("bob", run_id, key)
        engine.admit("mallory", run_id, "C")
        engine.close()


def test_ended_trainings_are_read_from_the_history_when_memory_has_forgotten_them(jobs, workers):
    first = submitted(jobs, TINY, viewer="eve")
    jobs.permit(first, "bob")
    workers.finish(first)
    whole = jobs.desk.run_file(first)
    for _ in range(MAX_IN_MEMORY):
        workers.finish(submitted(jobs, TINY))
    assert jobs.history.flush(PATIENCE)
    workers.look()
    assert first.id not in jobs.queue.known
    again = jobs.get(first.id)
    assert again is not None
    assert again is not first
    assert (again.snapshot(), again.evaluation, again.state) == (first.snapshot(), first.evaluation, "finished")
    assert again.obeys("bob")
    assert from_bytes(jobs.desk.run_file(again)).history == from_bytes(whole).history
    assert [job.id for job in jobs.of_viewer("eve")] == [first.id]
    assert len(jobs.queue.known) <= MAX_IN_MEMORY + 1


def test_memory_holds_ended_trainings_up_to_a_number_of_steps(jobs, workers, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.queue.MAX_STEPS_IN_MEMORY", 3)
    ended = [submitted(jobs, TINY) for _ in range(3)]
    for job in ended:
        workers.finish(job)
        assert len(job.steps) == 2
    assert jobs.history.flush(PATIENCE)
    workers.look()
    assert list(jobs.queue.known) == [ended[-1].id]


def kept_in_history(jobs, table="runs", column="id"):
    """The ids that a table of the history has."""
    assert jobs.history.flush()
    with closing(sqlite3.connect(jobs.history._path)) as connection:
        return {run_id for (run_id,) in connection.execute(f"SELECT DISTINCT {column} FROM {table}")}  # noqa: S608


def test_a_replaced_run_ends_without_a_test_and_nothing_keeps_it(jobs, workers):
    old = running(jobs, viewer="ann")
    jobs.permit(old, "bob")
    assert old.id in kept_in_history(jobs)
    new = jobs.replace(old, SMALL.replace(shots=2), viewer="ann")
    assert (old.state, old.evaluation, old.weights_file, len(old.steps)) == ("stopped", None, None, 1)
    assert (new.state, new.config.shots, new.viewer) == ("starting", 2, "ann")
    for table, column in (("runs", "id"), ("records", "run"), ("checkpoints", "run"), ("rights", "run")):
        assert old.id not in kept_in_history(jobs, table, column)
    assert jobs.of_viewer("ann") == [new]
    assert [action for action in Action if old.allows(action)] == [Action.RESTART]
    assert (jobs.get(old.id), new.obeys("bob")) == (new, True)
    assert kept_in_history(jobs, "rights", "run") == {new.id}


def test_the_worker_of_a_replaced_run_leaves_it_and_is_not_listened_to(jobs, workers):
    old = running(jobs)
    turn = workers.turns[old.id]
    new = jobs.replace(old, SMALL)
    assert workers.orders(old)["turn"] != turn
    workers.say(old, turn, records=[])
    workers.look()
    assert any(old.id in name for name in workers.variables)  # its worker may still read its orders
    workers.end(old, Outcome("left"))
    workers.look()
    assert not any(old.id in name for name in workers.variables)
    workers.finish(new)
    assert (old.state, new.state) == ("stopped", "finished")
    assert kept_in_history(jobs) == {new.id}


def test_a_run_that_waits_or_is_paused_is_replaced_and_keeps_its_place(jobs, workers):
    first, old, last = running(jobs), submitted(jobs, SMALL), submitted(jobs, SMALL)
    new = jobs.replace(old, SMALL)
    assert places(jobs, new, last) == [1, 2]
    jobs.pause(first)
    workers.leave(first)
    assert new.state == "starting"
    other = jobs.replace(first, SMALL)
    assert places(jobs, last, other) == [1, 2]


def test_a_run_that_has_ended_or_is_about_to_is_not_replaced(jobs, workers):
    old = running(jobs, viewer="ann")
    jobs.stop(old)
    new = jobs.replace(old, SMALL, viewer="ann")
    workers.end(old, Outcome("stopped"))
    after = jobs.replace(old, SMALL, viewer="ann")
    assert (old.state, new.state, after.state) == ("stopped", "starting", "queued")
    assert kept_in_history(jobs) == {old.id, new.id, after.id}


def test_who_changes_settings_all_the_time_gets_as_many_workers_as_others(jobs, workers):
    """Thirty viewers, two workers: each tweaks as soon as the run has a worker, and one of them all the time."""
    workers.slots = 2
    names = [f"viewer {number}" for number in range(30)]
    latest = {name: submitted(jobs, SMALL, viewer=name) for name in names}
    turns = dict.fromkeys(names, 0)

    def tweak(name):
        old = latest[name]
        with_worker = old.state == "starting"
        latest[name] = jobs.replace(old, SMALL, viewer=name)
        if with_worker:
            workers.end(old, Outcome("left"))

    for _ in range(60):
        for _ in range(5):
            tweak("viewer 7")
        have_one = [name for name in names if latest[name].state == "starting"]
        assert len(have_one) == 2
        for name in have_one:
            turns[name] += 1
            tweak(name)
    assert {turns[name] for name in names if name != "viewer 7"} <= {4, 5}
    assert turns["viewer 7"] <= 5
    assert len(jobs.queue.active) == 30
    assert jobs.history.flush()
    assert kept_in_history(jobs) == {job.id for job in latest.values()}
