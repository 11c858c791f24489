"""A training on the server: what it is, what it has said so far, and what has happened to it."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Self

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.history_tables import Stored
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.states import ALLOWED, Action, State, check_transition

if TYPE_CHECKING:
    from distributed import Future

#: Viewers and links that may control one training, beside the viewer who started it.
MAX_HOLDERS = 100


class NotNowError(HqnnError):
    """An action that the training's state does not allow."""


class TooManyError(HqnnError):
    """A viewer, or the server, has as many trainings as may be; or a training has as many who control it."""


@dataclass(eq=False)
class Job:
    """A training on the server. Its fields change while it goes on; read its records through `snapshot`."""

    config: RunConfig
    viewer: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    #: SHA-256 of the key in a link that controls it, from before `holders`; empty where there is none.
    key: str = ""
    #: Who else may control it: viewers, and SHA-256 of the keys of its other links that control it.
    holders: frozenset[str] = frozenset()
    state: State = State.QUEUED
    steps: list[StepRecord] = field(default_factory=list, repr=False)
    epochs: list[EpochRecord] = field(default_factory=list, repr=False)
    evaluation: Evaluation | None = field(default=None, repr=False)
    #: The run as a file's content but for its history (`Jobs.run_file`), once it has ended.
    weights_file: bytes | None = field(default=None, repr=False)
    #: From which it goes on once it has been stopped.
    checkpoint: bytes | None = field(default=None, repr=False)
    #: One sentence, once it has failed, and where that arose.
    error: str | None = None
    details: str | None = None
    #: What happened to it that its viewers should know, in one sentence.
    note: str | None = None
    #: Steps a second at most; None for as many as it can.
    pace: float | None = None
    #: Whether it goes on when nobody watches.
    stay: bool = False
    #: How often it has been begun by a worker: more than once if a worker died on it.
    attempts: int = 0
    #: Seconds since 1970.
    created: float = field(default_factory=time.time)
    stop_asked: bool = False
    leave_asked: bool = False
    #: Whether another server has it: then it can only be looked at.
    elsewhere: bool = False
    #: Who watches it.
    watchers: set[str] = field(default_factory=set, repr=False)
    watched: float = field(default_factory=monotonic, repr=False)
    #: Resource of the worker that it has been handed to, if it has been, and since when.
    slot: str | None = None
    held_since: float = 0.0
    #: How often it has been handed to a worker.
    turn: int = 0
    #: Whether the worker that it has been handed to has begun, and when it was last heard of.
    begun: bool = False
    heard: float = 0.0
    future: "Future | None" = field(default=None, repr=False)
    #: Whether it shall queue again once its worker has left it.
    requeue: bool = False
    #: Whether its next worker shall begin anew, since records of what its checkpoint holds were lost.
    afresh: bool = False
    #: Whether it is paused because nobody watched.
    paused_alone: bool = False
    #: Where it is put when it has ended, if it is one of many in the background (`Jobs.trained`).
    ended_into: "SimpleQueue[Job] | None" = field(default=None, repr=False)
    _seconds: float = 0.0
    _since: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def background(self) -> bool:
        """Whether it gives way to viewers' trainings, and is not kept."""
        return self.ended_into is not None

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.state.active

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole training."""
        return self.config.epochs * self.config.steps_per_epoch

    @property
    def seconds(self) -> float:
        """Time that it has run, pauses left out."""
        return self._seconds + (0.0 if self._since is None else monotonic() - self._since)

    @property
    def silence(self) -> float:
        """Seconds since its worker was last heard of; 0 if none has it."""
        return monotonic() - self.heard if self.state in (State.STARTING, State.RUNNING) else 0.0

    def allows(self, action: Action) -> bool:
        """Whether the action makes sense now; one that is under way is not offered again."""
        if self.elsewhere:
            return action is Action.RESTART and not self.active
        waiting = self.active and (self.stop_asked or (self.leave_asked and action is Action.PAUSE))
        lost = action is Action.CONTINUE and self.checkpoint is None and bool(self.steps)
        return self.state in ALLOWED[action] and not waiting and not lost

    def check(self, action: Action) -> None:
        """Refuse what makes no sense now."""
        if self.allows(action):
            return
        if self.active:
            why = " and about to end" if self.stop_asked else " and about to pause" if self.leave_asked else ""
        else:
            why = " without a checkpoint" if self.state in ALLOWED[action] else ""
        raise NotNowError(f"A training that is {self.state}{why} does not allow: {action}.")

    def obeys(self, holder: str) -> bool:
        """Whether somebody may control it: a viewer, or whoever has a key, by its hash (`key_hash`)."""
        may = [hmac.compare_digest(holder, each) for each in (self.viewer, self.key, *self.holders)]
        return bool(holder) and any(may)

    def let_control(self, holder: str) -> bool:
        """Let somebody control it; gives whether that is new.

        Raises:
            TooManyError: if as many control it as may.
        """
        if self.obeys(holder):
            return False
        if len(self.holders) >= MAX_HOLDERS:
            raise TooManyError(f"{MAX_HOLDERS} others control this run already, which is the limit.")
        self.holders |= {holder}
        return True

    @property
    def recorded(self) -> int:
        """Number of the last recorded epoch, -1 before any."""
        epochs = self.epochs
        return epochs[-1].epoch if epochs else -1

    def snapshot(self) -> tuple[list[StepRecord], list[EpochRecord]]:
        """Copies of the records so far."""
        with self._lock:
            return list(self.steps), list(self.epochs)

    def become(self, state: State) -> None:
        """Change the state.

        Raises:
            TransitionError: if its present state does not lead there.
        """
        with self._lock:
            check_transition(self.state, state)
            if self._since is not None:
                self._seconds, self._since = self.seconds, None
            if state is State.RUNNING:
                self._since = monotonic()
            self.state = state

    def append(self, records: Iterable[StepRecord | EpochRecord | Evaluation]) -> None:
        """Take what its worker says."""
        with self._lock:
            for record in records:
                if isinstance(record, StepRecord):
                    self.steps.append(record)
                elif isinstance(record, EpochRecord):
                    self.epochs.append(record)
                else:
                    self.evaluation = record

    def forget_beyond(self, step: int, epoch: int) -> None:
        """Forget the records of what is about to be done again: steps beyond so many, epochs beyond that number."""
        with self._lock:
            del self.steps[step:]
            self.epochs = [record for record in self.epochs if record.epoch <= epoch]

    def stored(self, server: str) -> Stored:
        """It as the history keeps it, but for its records."""
        return Stored(
            id=self.id,
            key=self.key,
            viewer=self.viewer,
            server=server,
            created=self.created,
            config=self.config,
            state=self.state,
            seconds=self.seconds,
            attempts=self.attempts,
            note=self.note,
            error=self.error,
            details=self.details,
            evaluation=self.evaluation,
            run_file=self.weights_file,
            checkpoint=self.checkpoint,
        )

    @classmethod
    def remembered(cls, stored: Stored, steps: list[StepRecord], epochs: list[EpochRecord]) -> Self:
        """One that the history has kept."""
        return cls(
            config=stored.config,
            viewer=stored.viewer,
            id=stored.id,
            key=stored.key,
            state=stored.state,
            steps=steps,
            epochs=epochs,
            evaluation=stored.evaluation,
            weights_file=stored.run_file,
            checkpoint=stored.checkpoint,
            error=stored.error,
            details=stored.details,
            note=stored.note,
            attempts=stored.attempts,
            created=stored.created,
            elsewhere=stored.state.active,
            _seconds=stored.seconds,
        )


def key_hash(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
