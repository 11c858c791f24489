"""Questions that a server answers in the background: what their files of results lack is trained, training by training.

Everybody who asks the same question shares one file and one exploration. A stop loses nothing that has ended, and the
same question goes on where it was left, in the next life of the server, too.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic

from hqnn.config import ENGINES, RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.study import StudyState
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import Progress, Trained
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import bundled, own_results, path_to_write
from hqnn.versions import same_numbers

log = logging.getLogger(__name__)

#: Seconds without anybody looking at it after which an exploration stops by itself.
ALONE_SECONDS = 600.0
#: Explorations that a server does at once, and ended ones that it remembers.
MAX_RUNNING, MAX_KEPT = 30, 100


class Exploration:
    """One question, from when it is asked until all of its trainings are there, or it is stopped."""

    def __init__(self, header: Header, trained: Callable[..., Iterator[Trained]], viewer: str = "") -> None:
        """
        Args:
            header: the question.
            trained: `hqnn.jobs.Jobs.trained`, or what does the same.
            viewer: who asked.

        Raises:
            HqnnError: if it has too many trainings, or ones on hardware.
        """
        self.header, self.viewer, self.path = header, viewer, path_to_write(header)
        self.configs = experiments.configs(header)
        _check(self.configs)
        #: What it does, or how it ended, and why it failed, in one sentence.
        self.state = StudyState.RUNNING
        self.error: str | None = None
        #: Whether it ended because nobody looked at it.
        self.alone = False
        self._trained, self._stop = trained, Event()
        self._results: Results | None = None
        self._progress, self._since = Progress(self.configs), monotonic()
        self._watched = monotonic()
        self._thread = Thread(target=self._run, name="explore", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.state is StudyState.RUNNING

    @property
    def stopping(self) -> bool:
        """Whether it has been told to end."""
        return self.running and self._stop.is_set()

    @property
    def problem(self) -> str | None:
        """Why the latest trainings are not in its file yet, in one sentence, if so."""
        return self._results and self._results.problem

    @property
    def have(self) -> dict[RunConfig, Result]:
        """The trainings that are there, by config; those that failed, too."""
        return {} if self._results is None else self._results.have.copy()

    @property
    def seconds_left(self) -> float | None:
        """About how long it still needs, as fast as it has been so far; none before it knows."""
        return self._progress.seconds_left(monotonic() - self._since) if self._progress.done else None

    def watch(self) -> None:
        """Note that somebody looks at it."""
        self._watched = monotonic()

    def stop(self) -> None:
        """Have it end; what has been trained is kept."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._answer()
        except HqnnError as error:
            self._end(StudyState.FAILED, str(error))
        except Exception as error:
            log.exception("an exploration failed")
            self._end(StudyState.FAILED, f"It could not be done ({type(error).__name__}).")

    def _answer(self) -> None:
        results = self._results = Results.open(self.path, self.header)
        results.adopt(self.configs, self.path.parent)
        missing = results.missing(self.configs)
        self._progress, self._since = Progress(missing), monotonic()
        trained = self._trained(missing, self._is_over)
        with closing(results.complete(missing, lambda _: trained)) as ended:
            for result in ended:
                self._progress.note(result.config)
        failed = results.missing(self.configs)
        results.flush()
        if results.problem:
            self._end(StudyState.FAILED, results.problem)
        elif self._progress.done < self._progress.total:
            self._end(StudyState.STOPPED)
        elif failed:
            said = f"{len(failed)} of {len(self.configs)} trainings failed: {results.have[failed[0]].error}"
            self._end(StudyState.FAILED, said)
        else:
            self._end(StudyState.FINISHED)

    def _is_over(self) -> bool:
        self.alone = monotonic() - self._watched > ALONE_SECONDS
        return self.alone or self._stop.is_set()

    def _end(self, state: StudyState, error: str | None = None) -> None:
        self.error, self.state = error, state


class Explorations:
    """All explorations of a server."""

    def __init__(self, trained: Callable[..., Iterator[Trained]]) -> None:
        """
        Args:
            trained: `hqnn.jobs.Jobs.trained`, or what does the same.
        """
        self._trained, self._lock = trained, Lock()
        self._known: dict[str, Exploration] = {}

    def of(self, header: Header) -> Exploration | None:
        """The exploration of a question, if one has been started in this life of the server."""
        return self._known.get(_key(header))

    def start(self, header: Header, viewer: str = "") -> Exploration:
        """Begin to answer a question, or go on with it; one that is being answered is shared.

        Raises:
            HqnnError: if there are too many trainings in it, or if the viewer, or the server, has enough to do.
        """
        with self._lock:
            known = self.of(header)
            if known is not None and known.running and not known.stopping:
                return known
            running = [each for each in self._known.values() if each.running and not each.stopping]
            if viewer and any(each.viewer == viewer for each in running):
                raise HqnnError("Another question of yours is being answered; stop it before you start this one.")
            if len(running) >= MAX_RUNNING:
                raise HqnnError(f"This server is answering {MAX_RUNNING} questions; try again later.")
            if known is not None:
                known.wait(5)
            begun = Exploration(header, self._trained, viewer)
            self._known.pop(_key(header), None)
            self._known[_key(header)] = begun
            self._forget_oldest()
            return begun

    def close(self) -> None:
        """Have all of them end."""
        for each in [*self._known.values()]:
            each.stop()

    def _forget_oldest(self) -> None:
        ended = [key for key, each in self._known.items() if not each.running]
        for key in ended[: max(0, len(self._known) - MAX_KEPT)]:
            del self._known[key]


def stored(header: Header) -> tuple[Results, bool]:
    """What is there of a question, if it is not being answered, and whether it comes with hqnn.

    Of several files it is the one that was computed as it would be here, or else the fullest.

    Raises:
        ResultsError: if a file is damaged.
        OSError: if one cannot be read.
    """
    configs, known = experiments.configs(header), bundled(header)

    def worth(results: Results) -> tuple[bool, int]:
        return same_numbers(header.versions, results.header.versions), -len(results.missing(configs))

    found = [results for results in own_results(header) if results.have]
    found += [] if known is None else [known]
    best = max(found, key=worth) if found else Results(Path(), header, {})
    return best, best is known


def _key(header: Header) -> str:
    return header.model_dump_json()


def _check(configs: Sequence[RunConfig]) -> None:
    if len(configs) > experiments.MAX_ON_A_PAGE:
        raise HqnnError(f"A question must have at most {experiments.MAX_ON_A_PAGE:,} trainings, got {len(configs):,}.")
    if any(ENGINES[config.engine].hardware for config in configs):
        raise HqnnError("engine must be a simulator: many trainings on a device are a matter for the command line")
