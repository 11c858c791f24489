"""A long measurement in short parts, so that short tasks of others can run in between.

All studies of a server take turns, one part at a time. So a short task waits for at most one part.
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

#: Seconds without a page after which a study stops.
ALONE_SECONDS = 60.0


class StudyState(StrEnum):
    """State of a study or of an experiment."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class Study:
    """Measures part after part, until all parts are done or it is stopped."""

    def __init__(
        self, ask: Callable[..., Any], question: Callable[..., Any], parts: Sequence[tuple[Any, ...]], turns: Executor
    ) -> None:
        """
        Args:
            ask: `hqnn.jobs.cluster.Cluster.ask`.
            question: function for the worker (`hqnn.jobs.desk_questions`).
            parts: its arguments for each part, which takes a fraction of a second.
            turns: a single thread that all studies share. Each part is one call.
        """
        #: Why it failed, in one sentence.
        self.error: str | None = None
        #: Whether it stopped because no page showed it.
        self.alone = False
        self._ask, self._question, self._parts, self._turns = ask, question, tuple(parts), turns
        self._state, self._results = StudyState.RUNNING, []
        self._lock = Lock()
        self._watched = self._started = monotonic()
        self._seconds = 0.0
        self._take_turn()

    @property
    def state(self) -> StudyState:
        """Its state."""
        return self._state

    @property
    def running(self) -> bool:
        """Whether it is running."""
        return self._state is StudyState.RUNNING

    @property
    def done(self) -> int:
        """Number of measured parts."""
        return len(self._results)

    @property
    def total(self) -> int:
        """Number of all parts."""
        return len(self._parts)

    @property
    def results(self) -> list[tuple[tuple[Any, ...], Any]]:
        """Each measured part with its result."""
        return list(zip(self._parts, self._results.copy(), strict=False))

    @property
    def seconds(self) -> float:
        """Its duration so far, or in total."""
        return monotonic() - self._started if self.running else self._seconds

    @property
    def seconds_left(self) -> float | None:
        """Estimated remaining seconds; None before the first part is done."""
        return (self.total - self.done) * self.seconds / self.done if self.done else None

    def watch(self) -> None:
        """Note that a page shows it."""
        self._watched = monotonic()

    def stop(self) -> None:
        """Stop it now. Measured parts are kept."""
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
            self._fail(f"The measurement failed with an unexpected error ({type(error).__name__}).")
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
