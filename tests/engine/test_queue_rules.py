"""The rules of the queue alone: jobs without workers, and a clock that is a number."""

from queue import SimpleQueue

import pytest

from hqnn import RunConfig
from hqnn.jobs.job import Job, TooManyError
from hqnn.jobs.neglect import ABANDONED_SECONDS, DROPPED_SECONDS, mind, neglected
from hqnn.jobs.queue import MAX_ACTIVE, MAX_IN_MEMORY, MAX_OF_VIEWER, SLICE_SECONDS, Queue, slice_of
from hqnn.states import Action, State

CONFIG = RunConfig(n_train=1, n_test=1, epochs=1)


def waiting(queue: Queue, viewer: str = "", *, background: bool = False) -> Job:
    """A training that waits."""
    job = Job(CONFIG, viewer, ended_into=SimpleQueue() if background else None)
    queue.enqueue(job)
    return job


def begun(queue: Queue, viewer: str = "", since: float = 0.0, *, background: bool = False) -> Job:
    """A training that a worker has had since then."""
    job = waiting(queue, viewer, background=background)
    queue.drop(job)
    job.become(State.STARTING)
    job.become(State.RUNNING)
    job.slot, job.begun, job.held_since = "training", True, since
    return job


@pytest.fixture
def queue() -> Queue:
    return Queue()


def test_first_come_first_served_and_the_background_behind_all(queue):
    behind, ann, bob = waiting(queue, background=True), waiting(queue, "ann"), waiting(queue, "bob")
    assert queue.waiting == [ann, bob, behind]
    assert [queue.place(job) for job in (ann, bob, behind)] == [1, 2, 3]
    assert queue.drop(bob)
    assert not queue.drop(bob)
    assert [queue.place(job) for job in (ann, bob, behind)] == [1, 0, 2]
    queue.enqueue(bob, first=True)
    assert queue.waiting == [bob, ann, behind]


def test_one_a_viewer_has_a_worker_at_a_time(queue):
    first, second, other = waiting(queue, "ann"), waiting(queue, "ann"), waiting(queue, "bob")
    assert queue.next() == [first, other]
    assert queue.for_free_workers(1) == [first]
    assert queue.for_free_workers(5) == [first, other]
    queue.drop(first)
    first.slot = "training"
    assert queue.next() == [other]
    assert queue.for_free_workers(1) == []
    assert second in queue.waiting


def test_trainings_without_a_viewer_do_not_wait_for_each_other(queue):
    jobs = [waiting(queue) for _ in range(3)]
    assert queue.next() == jobs


def test_who_has_had_its_time_makes_room_the_longest_first(queue):
    long, longest, fresh = begun(queue, "a", 2.0), begun(queue, "b", 1.0), begun(queue, "c", 9.0)
    now = 2.0 + SLICE_SECONDS
    assert queue.to_make_room(3, now) == []
    waiting(queue, "d")
    assert queue.to_make_room(4, now) == []  # a worker is free
    assert queue.to_make_room(3, now) == [longest]
    assert queue.to_make_room(3, 1.0 + SLICE_SECONDS - 0.1) == []
    waiting(queue, "e")
    waiting(queue, "f")
    assert queue.to_make_room(3, now) == [longest, long]
    longest.leave_asked = True
    assert queue.to_make_room(3, now) == [long]
    assert fresh not in queue.to_make_room(3, now)


def test_the_background_makes_room_at_once_and_for_viewers_alone(queue):
    behind, long = begun(queue, background=True, since=100.0), begun(queue, "ann", 0.0)
    waiting(queue, background=True)
    assert queue.to_make_room(2, 100.0) == []
    waiting(queue, "bob")
    assert queue.to_make_room(2, 100.0) == [behind]
    assert (slice_of(behind), slice_of(long)) == (0.0, SLICE_SECONDS)


def test_a_device_is_not_given_up_and_one_that_has_not_begun_keeps_its_worker(queue):
    device, starting = begun(queue, "ann"), begun(queue, "bob")
    device.config = RunConfig(engine="ibm")
    starting.begun = False
    waiting(queue, "carl")
    waiting(queue, "dora")
    assert queue.to_make_room(2, 1e6) == []


def test_a_viewer_and_the_server_have_so_many_trainings_and_no_more(queue):
    for _ in range(MAX_OF_VIEWER - 1):
        waiting(queue, "ann")
    queue.check_room("ann")
    waiting(queue, "ann")
    with pytest.raises(TooManyError, match=f"You have {MAX_OF_VIEWER} unfinished runs"):
        queue.check_room("ann")
    queue.check_room("bob")
    for number in range(MAX_ACTIVE - MAX_OF_VIEWER):
        waiting(queue, str(number))
    waiting(queue, background=True)
    with pytest.raises(TooManyError, match=f"This server has {MAX_ACTIVE} unfinished runs"):
        queue.check_room("bob")


def test_the_wait_is_what_the_others_still_need_of_the_workers(queue):
    left = {begun(queue, "a", 0.0): 3.0, begun(queue, "b", 0.0): 30.0}
    first, second, third = (waiting(queue, name) for name in "cde")
    left |= {first: 4.0, second: 50.0, third: 1.0}

    def seconds(job: Job) -> float:
        return queue.seconds_to_wait(job, 2, 2.0, left.__getitem__)

    assert seconds(first) == 3.0  # until the shorter one has ended
    assert seconds(second) == 7.0  # and then the first
    assert seconds(third) == SLICE_SECONDS - 2.0  # when the longer one makes room
    assert Queue().seconds_to_wait(first, 1, 0.0, seconds) == 0.0


def test_ended_trainings_are_forgotten_the_longest_unused_first_if_they_are_kept_elsewhere(queue):
    ended = [waiting(queue) for _ in range(MAX_IN_MEMORY + 2)]
    for job in ended:
        queue.drop(job)
        job.become(State.STOPPED)
    assert queue.use(ended[0].id) is ended[0]
    queue.forget_oldest(lambda run_id: run_id != ended[1].id)
    assert [job.id in queue.known for job in ended[:4]] == [True, True, False, True]
    assert queue.use(ended[2].id) is None


def test_a_run_in_the_place_of_another_waits_where_that_one_did(queue):
    ann, bob, carl = (waiting(queue, name) for name in ("ann", "bob", "carl"))
    behind = waiting(queue, background=True)
    other = Job(CONFIG, "bob")
    queue.replace(bob, other)
    assert queue.waiting == [ann, other, carl, behind]
    assert (queue.use(bob.id), queue.use(other.id)) == (None, other)
    trained, last = begun(queue, "dora"), Job(CONFIG, "dora")
    queue.replace(trained, last)
    assert queue.waiting == [ann, other, carl, last, behind]


def test_a_replaced_run_leads_to_the_newest_one_and_only_so_many_are_remembered(queue, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.queue.MAX_SUCCESSORS", 3)
    jobs = [waiting(queue, "ann")]
    for _ in range(4):
        jobs.append(Job(CONFIG, "ann"))
        queue.replace(jobs[-2], jobs[-1])
    ids = [job.id for job in jobs]
    assert [queue.newest(run_id) for run_id in ids] == [ids[0], *[ids[-1]] * 4]


def test_nobody_is_present_and_a_training_is_paused_and_then_stopped():
    job = Job(CONFIG, watched=1000.0)
    assert neglected(job, 1000.0 + ABANDONED_SECONDS - 1) is None
    assert neglected(job, 1000.0 + ABANDONED_SECONDS) is Action.PAUSE
    job.become(State.PAUSED)
    assert neglected(job, 1000.0 + DROPPED_SECONDS - 1) is None
    assert neglected(job, 1000.0 + DROPPED_SECONDS) is Action.STOP


def test_who_still_watches_keeps_a_training_going(monkeypatch):
    monkeypatch.setattr("hqnn.jobs.neglect.monotonic", lambda: 5000.0)
    jobs = [Job(CONFIG, watched=0.0, watchers={"here", "gone"}), Job(CONFIG, watched=0.0, watchers={"gone"})]
    done = []
    mind(jobs, "here".__eq__, pause=done.append, stop=done.append)
    assert done == jobs[1:]
    assert (jobs[0].watchers, jobs[0].watched, jobs[1].watchers) == ({"here"}, 5000.0, set())
    assert jobs[1].note == "The run was paused because no page showed it."
