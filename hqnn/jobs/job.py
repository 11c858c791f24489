"""A run on the server: its settings, its records so far, and its state."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Self

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.history_tables import Stored
from hqnn.jobs.job_records import JobRecords
from hqnn.records import HistoryRecord
from hqnn.states import ALLOWED, AT_WORK, Action, State, check_transition

if TYPE_CHECKING:
    from distributed import Future

#: Most viewers and links that may control one run, besides the viewer who started it.
MAX_HOLDERS = 100
#: Note on a run that was not trained here.
OPENED = "Opened from a run file."


class NotNowError(HqnnError):
    """An action that the state of the run does not allow."""


class TooManyError(HqnnError):
    """A viewer or the server has reached the limit of runs, or a run the limit of viewers who control it."""


@dataclass(eq=False)
class Job(JobRecords):
    """A run on the server. Its fields change during the run; read its records with `snapshot`."""

    config: RunConfig
    viewer: str = ""
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    #: SHA-256 of the key in a link that controls it, from before `holders`; empty if there is none.
    key: str = ""
    #: Who else may control it: viewers, and SHA-256 of the keys of its other links that control it.
    holders: frozenset[str] = frozenset()
    state: State = State.QUEUED
    #: Content of its run file without history (`Jobs.run_file`), once it has ended.
    weights_file: bytes | None = field(default=None, repr=False)
    #: Checkpoint from which a stopped run can continue.
    checkpoint: bytes | None = field(default=None, repr=False)
    #: Why it failed, in one sentence, and where in the code.
    error: str | None = None
    details: str | None = None
    #: News for its viewers, in one sentence.
    note: str | None = None
    #: Most steps per second; None for no limit.
    pace: float | None = None
    #: Whether it keeps running when no page shows it.
    stay: bool = False
    #: How often a worker has started it: more than once if a worker crashed.
    attempts: int = 0
    #: Seconds since 1970.
    created: float = field(default_factory=time.time)
    stop_asked: bool = False
    leave_asked: bool = False
    #: Whether it belongs to another server. Then it is view only.
    elsewhere: bool = False
    #: Viewers whose pages show it.
    watchers: set[str] = field(default_factory=set, repr=False)
    watched: float = field(default_factory=monotonic, repr=False)
    #: Resource of its worker, if it has one, and since when.
    slot: str | None = None
    held_since: float = 0.0
    #: How often it was assigned to a worker.
    turn: int = 0
    #: Whether its worker has started it, and time of the last message.
    begun: bool = False
    heard: float = 0.0
    future: "Future | None" = field(default=None, repr=False)
    #: Whether it waits again once its worker has left it.
    requeue: bool = False
    #: Whether its next worker restarts it, because its checkpoint is ahead of its records.
    afresh: bool = False
    #: Whether it is paused because no page showed it.
    paused_alone: bool = False
    #: Whether another run took its place (`Jobs.replace`). Then no part of the server keeps it.
    replaced: bool = False
    #: Queue for the ended run, if it works in the background (`Jobs.trained`).
    ended_into: "SimpleQueue[Job] | None" = field(default=None, repr=False)
    _seconds: float = 0.0
    _since: float | None = None

    @property
    def background(self) -> bool:
        """Whether it makes way for runs of viewers, and is not kept."""
        return self.ended_into is not None

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.state.active

    @property
    def total_steps(self) -> int:
        """Optimiser steps of the whole run."""
        return self.config.epochs * self.config.steps_per_epoch

    @property
    def seconds(self) -> float:
        """Running time in seconds, without pauses."""
        return self._seconds + (0.0 if self._since is None else monotonic() - self._since)

    @property
    def silence(self) -> float:
        """Seconds since the last message of its worker; 0 without a worker."""
        return monotonic() - self.heard if self.state in AT_WORK else 0.0

    def allows(self, action: Action) -> bool:
        """Return whether an action is possible now. An action under way is not possible again."""
        if self.elsewhere:
            return action is Action.RESTART and not self.active
        waiting = self.active and (self.stop_asked or (self.leave_asked and action is Action.PAUSE))
        lost = action is Action.CONTINUE and (self.replaced or (self.checkpoint is None and bool(self.steps)))
        return self.state in ALLOWED[action] and not waiting and not lost

    def check(self, action: Action) -> None:
        """Raise an error if an action is not possible now."""
        if self.allows(action):
            return
        if self.active:
            why = " and about to stop" if self.stop_asked else " and about to pause" if self.leave_asked else ""
        else:
            why = " without a checkpoint" if self.state in ALLOWED[action] else ""
        raise NotNowError(f"Cannot {action} this run: it is {self.state}{why}.")

    def obeys(self, holder: str) -> bool:
        """Return whether a viewer, or the owner of a key, may control it. Keys are given by their hash (`key_hash`)."""
        may = [hmac.compare_digest(holder, each) for each in (self.viewer, self.key, *self.holders)]
        return bool(holder) and any(may)

    def let_control(self, holder: str) -> bool:
        """Let another viewer control it, and return whether that is new.

        Raises:
            TooManyError: if the limit is reached.
        """
        if self.obeys(holder):
            return False
        if len(self.holders) >= MAX_HOLDERS:
            raise TooManyError(f"{MAX_HOLDERS} others already control this run, which is the limit.")
        self.holders |= {holder}
        return True

    def become(self, state: State) -> None:
        """Change the state.

        Raises:
            TransitionError: if that change is not allowed.
        """
        with self._lock:
            check_transition(self.state, state)
            if self._since is not None:
                self._seconds, self._since = self.seconds, None
            if state is State.RUNNING:
                self._since = monotonic()
            if not state.active:
                self.live = None
            self.state = state

    def stored(self, server: str) -> Stored:
        """Return it for the history, without its records."""
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
    def remembered(cls, stored: Stored, records: Iterable[HistoryRecord] = ()) -> Self:
        """Return a run from the history."""
        job = cls(
            config=stored.config,
            viewer=stored.viewer,
            id=stored.id,
            key=stored.key,
            state=stored.state,
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
        job.append(records)
        return job


def key_hash(key: str) -> str:
    """Return the hash of a key, which is kept in its place."""
    return hashlib.sha256(key.encode()).hexdigest()
