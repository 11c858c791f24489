"""Experiments that a server runs in the background: it trains the runs that are missing in their results files.

All viewers of the same experiment share one file and one exploration. A stop keeps all ended runs, and the experiment
can continue later, also after a server restart.
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

#: Seconds without a page after which an exploration stops.
ALONE_SECONDS = 600.0
#: Most running explorations of a server, and most explorations that it remembers.
MAX_RUNNING, MAX_KEPT = 30, 100


class Exploration:
    """One experiment, from its start until all runs are finished or it is stopped."""

    def __init__(self, header: Header, trained: Callable[..., Iterator[Trained]], viewer: str = "") -> None:
        """
        Args:
            header: of the experiment.
            trained: `hqnn.jobs.Jobs.trained`, or a function like it.
            viewer: who started it.

        Raises:
            HqnnError: if it has too many runs, or runs on a device.
        """
        self.header, self.viewer, self.path = header, viewer, path_to_write(header)
        self.configs = experiments.configs(header)
        _check(self.configs)
        #: Its state, and why it failed, in one sentence.
        self.state = StudyState.RUNNING
        self.error: str | None = None
        #: Whether it stopped because no page showed it.
        self.alone = False
        self._trained, self._stop = trained, Event()
        self._results: Results | None = None
        self._progress, self._since = Progress(self.configs), monotonic()
        self._watched = monotonic()
        self._thread = Thread(target=self._run, name="explore", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is running."""
        return self.state is StudyState.RUNNING

    @property
    def stopping(self) -> bool:
        """Whether it is about to stop."""
        return self.running and self._stop.is_set()

    @property
    def problem(self) -> str | None:
        """Why the latest runs are not in its file yet, in one sentence; None if they are."""
        return self._results and self._results.problem

    @property
    def have(self) -> dict[RunConfig, Result]:
        """Results by config, also of failed runs."""
        return {} if self._results is None else self._results.have.copy()

    @property
    def seconds_left(self) -> float | None:
        """Estimated remaining seconds; None before the first run has ended."""
        return self._progress.seconds_left(monotonic() - self._since) if self._progress.done else None

    def watch(self) -> None:
        """Note that a page shows it."""
        self._watched = monotonic()

    def stop(self) -> None:
        """Stop it. Finished runs are kept."""
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
            log.exception("an experiment failed")
            self._end(StudyState.FAILED, f"The experiment failed with an unexpected error ({type(error).__name__}).")

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
            said = f"{len(failed)} of {len(self.configs)} runs failed: {results.have[failed[0]].error}"
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
            trained: `hqnn.jobs.Jobs.trained`, or a function like it.
        """
        self._trained, self._lock = trained, Lock()
        self._known: dict[str, Exploration] = {}

    def of(self, header: Header) -> Exploration | None:
        """Return the exploration of an experiment, if this server has started one."""
        return self._known.get(_key(header))

    def start(self, header: Header, viewer: str = "") -> Exploration:
        """Start or continue an experiment. A running one is shared.

        Raises:
            HqnnError: if it has too many runs, or if the viewer or the server has reached the limit.
        """
        with self._lock:
            known = self.of(header)
            if known is not None and known.running and not known.stopping:
                return known
            running = [each for each in self._known.values() if each.running and not each.stopping]
            if viewer and any(each.viewer == viewer for each in running):
                raise HqnnError("You already have an experiment running. Stop it before you start this one.")
            if len(running) >= MAX_RUNNING:
                raise HqnnError(f"This server runs {MAX_RUNNING} experiments, which is the limit. Try again later.")
            if known is not None:
                known.wait(5)
            begun = Exploration(header, self._trained, viewer)
            self._known.pop(_key(header), None)
            self._known[_key(header)] = begun
            self._forget_oldest()
            return begun

    def close(self) -> None:
        """Stop all explorations."""
        for each in [*self._known.values()]:
            each.stop()

    def _forget_oldest(self) -> None:
        ended = [key for key, each in self._known.items() if not each.running]
        for key in ended[: max(0, len(self._known) - MAX_KEPT)]:
            del self._known[key]


def stored(header: Header) -> tuple[Results, bool]:
    """Return the results of an experiment that is not running, and whether hqnn includes them.

    Of several files it takes the one with the versions of this server, or else the one with the most runs.

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
        raise HqnnError(f"An experiment must have at most {experiments.MAX_ON_A_PAGE:,} runs, got {len(configs):,}.")
    if any(ENGINES[config.engine].hardware for config in configs):
        raise HqnnError("engine must be a simulator: on a device, experiments run only from the command line")
