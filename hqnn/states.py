"""The states of a run, the transitions between them, and the actions of a user."""

from enum import StrEnum


class State(StrEnum):
    """The state of a run."""

    #: The run waits for a worker.
    QUEUED = "queued"
    #: A worker has the run, and has not finished a step yet.
    STARTING = "starting"
    RUNNING = "running"
    #: No worker has the run. It can continue from its checkpoint.
    PAUSED = "paused"
    FINISHED = "finished"
    #: A user ended the run early. It can continue from its checkpoint.
    STOPPED = "stopped"
    FAILED = "failed"
    #: The server ended while the run was active.
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        """Whether the run has not ended."""
        return self not in ENDS

    @property
    def final(self) -> bool:
        """Whether the state can no longer change."""
        return not NEXT[self]


class Action(StrEnum):
    """An action of a user on a run."""

    PAUSE = "pause"
    RESUME = "resume"
    STEP = "step"
    STOP = "stop"
    #: Undo a stop.
    CONTINUE = "continue"
    #: Start a new run with the same settings and seed.
    RESTART = "restart"
    #: End the run without a test, keep nothing of it, and start another one in its place.
    REPLACE = "replace"


#: States in which a worker has the run.
AT_WORK = (State.STARTING, State.RUNNING)

Q, S, R, P = State.QUEUED, State.STARTING, State.RUNNING, State.PAUSED
ENDS = frozenset({State.FINISHED, State.STOPPED, State.FAILED, State.INTERRUPTED})

#: Possible next states, by state.
NEXT: dict[State, frozenset[State]] = {
    Q: frozenset({S, P}) | ENDS - {State.FINISHED},
    S: frozenset({Q, R, P}) | ENDS,  # back to the queue if its scheduler is lost
    R: frozenset({Q, S, P}) | ENDS,  # to the queue if it makes way for others, again if its worker is lost
    P: frozenset({Q, S}) | ENDS - {State.FINISHED},
    **{end: frozenset() for end in ENDS},
    State.STOPPED: frozenset({Q}),
}

#: States in which an action is possible, by action.
ALLOWED: dict[Action, frozenset[State]] = {
    Action.PAUSE: frozenset({Q, S, R}),
    Action.RESUME: frozenset({P}),
    Action.STEP: frozenset({P}),
    Action.STOP: frozenset({Q, S, R, P}),
    Action.CONTINUE: frozenset({State.STOPPED}),
    Action.RESTART: ENDS,
    Action.REPLACE: frozenset({Q, S, R, P}),
}


class TransitionError(RuntimeError):
    """A transition is not possible."""


def check_transition(present: State, wanted: State) -> None:
    """Refuse a transition that `NEXT` does not have."""
    if wanted not in NEXT[present]:
        ways = ", ".join(sorted(NEXT[present])) or "nothing"
        raise TransitionError(f"a {present} run can become {ways}, not {wanted}")
