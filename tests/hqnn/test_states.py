"""The states of a training, written down once more from what they mean, and compared."""

from itertools import product

import pytest

from hqnn import RunConfig
from hqnn.jobs.job import Job, NotNowError
from hqnn.states import ALLOWED, NEXT, Action, State, TransitionError, check_transition
from tests.pretend_cluster import step_record

ENDS = ("finished", "stopped", "failed", "interrupted")

#: From each state, where it may lead.
WAYS = {
    "queued": ("starting", "paused", "stopped", "failed", "interrupted"),
    "starting": ("queued", "running", "paused", *ENDS),
    "running": ("queued", "starting", "paused", *ENDS),
    "paused": ("queued", "starting", "stopped", "failed", "interrupted"),
    "stopped": ("queued",),
}

ACTIONS = {
    "pause": ("queued", "starting", "running"),
    "resume": ("paused",),
    "step": ("paused",),
    "stop": ("queued", "starting", "running", "paused"),
    "continue": ("stopped",),
    "restart": ENDS,
    "replace": ("queued", "starting", "running", "paused"),
}


@pytest.mark.parametrize(("present", "wanted"), list(product(State, State)))
def test_every_transition_is_allowed_or_refused(present, wanted):
    job = Job(RunConfig(), state=present)
    if wanted in WAYS.get(present, ()):
        job.become(wanted)
        assert job.state is wanted
    else:
        with pytest.raises(TransitionError, match=f"a {present} run can become .*, not {wanted}"):
            job.become(wanted)
        assert job.state is present


@pytest.mark.parametrize(("action", "state"), list(product(Action, State)))
def test_every_action_is_offered_in_its_states_only(action, state):
    assert Job(RunConfig(), state=state).allows(action) == (state in ACTIONS[action])


def test_what_is_under_way_is_not_offered_again():
    stopping = Job(RunConfig(), state=State.RUNNING, stop_asked=True)
    assert not any(stopping.allows(action) for action in Action)
    leaving = Job(RunConfig(), state=State.RUNNING, leave_asked=True)
    assert [action for action in Action if leaving.allows(action)] == [Action.STOP, Action.REPLACE]


def test_a_training_of_another_server_can_only_be_trained_anew_once_it_has_ended():
    for state in State:
        offered = [action for action in Action if Job(RunConfig(), state=state, elsewhere=True).allows(action)]
        assert offered == ([] if state.active else [Action.RESTART])


def test_a_stop_can_be_undone_while_its_checkpoint_is_known_or_before_the_first_step():
    step = step_record(1)
    assert Job(RunConfig(), state=State.STOPPED, stop_asked=True).allows(Action.CONTINUE)
    assert Job(RunConfig(), state=State.STOPPED, steps=[step], checkpoint=b"kept").allows(Action.CONTINUE)
    lost = Job(RunConfig(), state=State.STOPPED, steps=[step])
    with pytest.raises(NotNowError, match="Cannot continue this run: it is stopped without a checkpoint"):
        lost.check(Action.CONTINUE)


def test_active_are_those_that_have_not_ended_and_final_those_that_lead_nowhere():
    assert {state for state in State if state.active} == set(State) - set(ENDS)
    assert {state for state in State if not state.final} == set(WAYS)
    assert set(NEXT) == set(State)
    assert set(ALLOWED) == set(Action)


def test_every_end_but_a_stop_is_final():
    for end in set(ENDS) - {"stopped"}:
        with pytest.raises(TransitionError, match=f"a {end} run can become nothing, not running"):
            check_transition(State(end), State.RUNNING)


def test_time_counts_only_while_it_runs(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("hqnn.jobs.job.monotonic", lambda: clock[0])
    job = Job(RunConfig())
    for state, seconds, expected in (
        (State.STARTING, 5, 0),
        (State.RUNNING, 7, 7),
        (State.PAUSED, 11, 7),
        (State.STARTING, 13, 7),
        (State.RUNNING, 17, 24),
        (State.FINISHED, 19, 24),
    ):
        job.become(state)
        clock[0] += seconds
        assert job.seconds == expected
