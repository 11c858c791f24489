"""A long question asked in short parts, so that others' short questions get in between.

All studies of a server take turns, one part at a time: however many there are, a short question waits for one part.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from enum import StrEnum
from threading import Lock
from time import monotonic
from typing import Any

from hqnn.errors import HqnnError

log = logging.getLogger(__name__)

#: Seconds without anybody looking at it after which a study ends by itself.
ALONE_SECONDS = 60.0


class StudyState(StrEnum):
    """What a study does, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class Study:
    """Measures part after part, from when it is made until all are done, or it is stopped."""

    def __init__(
        self, ask: Callable[..., Any], question: Callable[..., Any], parts: Sequence[tuple[Any, ...]], turns: Executor
    ) -> None:
        """
        Args:
            ask: `hqnn.jobs.cluster.Cluster.ask`.
            question: what the worker calls (`hqnn.jobs.desk_questions`).
            parts: its arguments, part by part, each of which takes a fraction of a second.
            turns: a single thread, which all studies share: each part of each is one call.
        """
        #: Why it failed, in one sentence.
        self.error: str | None = None
        #: Whether it ended because nobody looked at it.
        self.alone = False
        self._ask, self._question, self._parts, self._turns = ask, question, tuple(parts), turns
        self._state, self._results = StudyState.RUNNING, []
        self._lock = Lock()
        self._watched = self._started = monotonic()
        self._seconds = 0.0
        self._take_turn()

    @property
    def state(self) -> StudyState:
        """What it does, or how it ended."""
        return self._state

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._state is StudyState.RUNNING

    @property
    def done(self) -> int:
        """Parts that are measured."""
        return len(self._results)

    @property
    def total(self) -> int:
        """Parts altogether."""
        return len(self._parts)

    @property
    def results(self) -> list[tuple[tuple[Any, ...], Any]]:
        """Each part that is measured, and what the worker answered."""
        return list(zip(self._parts, self._results.copy(), strict=False))

    @property
    def seconds(self) -> float:
        """How long it has been going, or went."""
        return monotonic() - self._started if self.running else self._seconds

    @property
    def seconds_left(self) -> float | None:
        """About how long it still needs, as fast as it has been so far; none before its first part is done."""
        return (self.total - self.done) * self.seconds / self.done if self.done else None

    def watch(self) -> None:
        """Note that somebody looks at it."""
        self._watched = monotonic()

    def stop(self) -> None:
        """End it now; what is measured is kept."""
        self._end(StudyState.STOPPED)

    def _take_turn(self) -> None:
        if self.done == self.total:
            self._end(StudyState.FINISHED)
        elif monotonic() - self._watched > ALONE_SECONDS:
            self.alone = True
            self._end(StudyState.STOPPED)
        else:
            try:
                self._turns.submit(self._measure)
            except RuntimeError:  # the server is ending
                self._end(StudyState.STOPPED)

    def _measure(self) -> None:
        if not self.running:
            return
        try:
            result = self._ask(self._question, *self._parts[self.done])
        except HqnnError as error:
            self._fail(str(error))
        except Exception as error:
            log.exception("a study of %s failed", self._question.__name__)
            self._fail(f"Its worker could not do it ({type(error).__name__}).")
        else:
            with self._lock:
                if self.running:
                    self._results.append(result)
            self._take_turn()

    def _fail(self, sentence: str) -> None:
        self.error = sentence
        self._end(StudyState.FAILED)

    def _end(self, state: StudyState) -> None:
        with self._lock:
            if self.running:
                self._seconds = monotonic() - self._started
                self._state = state
