"""What a training can be, what it can become, and what may be done to it: the one place that says so."""

from enum import StrEnum


class State(StrEnum):
    """What a training is doing."""

    #: It waits for a worker.
    QUEUED = "queued"
    #: It has been handed to a worker, and has made no step since.
    STARTING = "starting"
    RUNNING = "running"
    #: No worker has it; it goes on from its checkpoint when asked to.
    PAUSED = "paused"
    FINISHED = "finished"
    #: Ended early because somebody wanted it to; it can go on from the checkpoint that it left behind.
    STOPPED = "stopped"
    FAILED = "failed"
    #: The server ended while it was active.
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self not in ENDS

    @property
    def final(self) -> bool:
        """Whether nothing can change it any more."""
        return not NEXT[self]


class Action(StrEnum):
    """What a person may do to a training."""

    PAUSE = "pause"
    RESUME = "resume"
    STEP = "step"
    STOP = "stop"
    #: Undo a stop.
    CONTINUE = "continue"
    #: Train anew with the same settings and seed, as another run.
    RESTART = "restart"


Q, S, R, P = State.QUEUED, State.STARTING, State.RUNNING, State.PAUSED
ENDS = frozenset({State.FINISHED, State.STOPPED, State.FAILED, State.INTERRUPTED})

#: Where each state leads.
NEXT: dict[State, frozenset[State]] = {
    Q: frozenset({S, P}) | ENDS - {State.FINISHED},
    S: frozenset({Q, R, P}) | ENDS,  # back to the queue if its scheduler is lost
    R: frozenset({Q, S, P}) | ENDS,  # to the queue if it gives way to others, anew if its worker is lost
    P: frozenset({Q, S}) | ENDS - {State.FINISHED},
    **{end: frozenset() for end in ENDS},
    State.STOPPED: frozenset({Q}),
}

#: In which states each action makes sense.
ALLOWED: dict[Action, frozenset[State]] = {
    Action.PAUSE: frozenset({Q, S, R}),
    Action.RESUME: frozenset({P}),
    Action.STEP: frozenset({P}),
    Action.STOP: frozenset({Q, S, R, P}),
    Action.CONTINUE: frozenset({State.STOPPED}),
    Action.RESTART: ENDS,
}


class TransitionError(RuntimeError):
    """A training cannot become what it was told to."""


def check_transition(present: State, wanted: State) -> None:
    """Refuse what `NEXT` does not have."""
    if wanted not in NEXT[present]:
        ways = ", ".join(sorted(NEXT[present])) or "nothing"
        raise TransitionError(f"a {present} training can become {ways}, not {wanted}")
