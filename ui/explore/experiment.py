"""An experiment on a page: its bar with start, progress and stop, and its results so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.explorations import ALONE_SECONDS, Exploration
from hqnn.jobs.study import StudyState
from hqnn.sweeps import csv_table, experiments
from hqnn.sweeps.groups import without_epoch_0
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results
from hqnn.versions import caution, difference, same_numbers
from hqnn.words import plural
from ui.kit.live import live
from ui.kit.words import duration
from ui.session import cached, viewer

#: Seconds between two updates of a running experiment.
LIVE_SECONDS = 1.0
#: Label of the button that repeats an experiment here that was run elsewhere.
AGAIN = "Run again"


@dataclass(frozen=True)
class Asked:
    """An experiment with its results so far."""

    header: Header
    #: All runs, and those that are missing or failed.
    configs: tuple[RunConfig, ...]
    missing: Sequence[RunConfig]
    #: Results so far; never add to them. Their header names what computed them, `header` names what computes here.
    results: Results
    #: Whether hqnn includes the results.
    bundled: bool
    #: The running or ended exploration, if this server has started one.
    exploration: Exploration | None

    @property
    def done(self) -> int:
        """Number of finished runs."""
        return len(self.configs) - len(self.missing)

    @property
    def elsewhere(self) -> bool:
        """Whether the results were computed with other software or hardware than this server's."""
        return not same_numbers(self.header.versions, self.results.header.versions)

    @property
    def anew(self) -> bool:
        """Whether a start would write another file."""
        return not self.running and (self.bundled or self.elsewhere)

    @property
    def running(self) -> bool:
        """Whether the experiment is running."""
        return self.exploration is not None and self.exploration.running


def live_experiment(header: Header, draw: Callable[[Asked], None]) -> None:
    """Draw an experiment, and draw it again while it is running.

    Raises:
        HqnnError: if its settings are impossible, or its file is damaged.
    """
    running = ask(header).running  # the page shows its errors
    live(LIVE_SECONDS if running else None, lambda: draw(ask(header)), lambda: is_running(header))


def is_running(header: Header) -> bool:
    """Return whether an experiment is running."""
    exploration = cached.explorations().of(header)
    return exploration is not None and exploration.running


def ask(header: Header) -> Asked:
    """Return an experiment with its results so far.

    Raises:
        HqnnError: if its settings are impossible, or its file is damaged.
    """
    exploration = cached.explorations().of(header)
    if exploration is not None and (exploration.running or exploration.have):
        results, bundled = Results(exploration.path, header, exploration.have), False
    else:
        results, bundled = cached.results(header)
    configs = experiments.configs(header)
    return Asked(header, configs, results.missing(configs), results, bundled, exploration)


def bar(asked: Asked, key: str, button: str) -> None:
    """Draw the progress, and the button that starts, continues or stops the experiment.

    Args:
        asked: the experiment.
        key: prefix of the widgets' keys.
        button: label of the start button.
    """
    exploration = asked.exploration
    with st.container(border=True, key=f"{key}_bar"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if exploration is not None and exploration.running:
                exploration.watch()
                st.button(
                    "Stop",
                    key=f"{key}_stop",
                    icon=":material/stop:",
                    on_click=exploration.stop,
                    disabled=exploration.stopping,
                    help="Finished runs are kept. You can continue later.",
                )
            else:
                _start_button(asked, key, button)
            st.html(f'<div class="run" role="status">{words(asked)}</div>', width="stretch")
        st.progress(asked.done / len(asked.configs))


def download(asked: Asked, key: str) -> None:
    """Draw the button that downloads the results as a table.

    Args:
        asked: the experiment.
        key: prefix of the button's key and of the file's name.
    """
    st.download_button(
        "Download all numbers",
        lambda: csv_table.race(asked.results),
        file_name=f"{file_name(asked, key)}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        icon=":material/table:",
        on_click="ignore",
        help="A CSV table with one row per run and epoch: pair, varied settings, seed, shots and seconds so far, "
        "losses, accuracies with 95% Wilson intervals, and the final accuracy. Each row names all settings and "
        "versions.",
    )


def file_name(asked: Asked, key: str) -> str:
    """Return the name of a download without its ending; it contains the pair if there is only one."""
    header = asked.header
    name = {"race": "shots", "swap": "ablation", "atlas": "pairs"}.get(key, key)
    return "-".join(["hqnn", name, *map(str, () if "digits" in header.vary else header.config.digits)])


def words(asked: Asked) -> str:
    """HTML: the progress, or how the experiment ended, and whether the results would be the same here."""
    anew = f"“{AGAIN}” starts a new result file. The numbers shown now are kept." if asked.anew else ""
    return " ".join(filter(None, (_progress(asked), escape(_origin(asked)), _beginning(asked), anew)))


def _origin(asked: Asked) -> str:
    """Return a warning if the results were computed elsewhere; empty if the same seeds give the same numbers here."""
    here, results = asked.header.versions, asked.results
    if asked.elsewhere:
        return caution(here, results.header.versions)
    others = [why for each in results.elsewhere if (why := difference(here, each))]
    if not others:
        return ""
    which = f"{plural(len(others), 'run')} {'was' if len(others) == 1 else 'were'}"
    return f"{which} computed {others[0]}: the same seed may give another result. Only the distribution is the same."


def _beginning(asked: Asked) -> str:
    """Return why some curves start after epoch 0; empty if all runs start alike."""
    later = without_epoch_0(list(asked.results.have.values()))
    if not later:
        return ""
    return (
        f"{plural(later, 'run')} of an older version {'have' if later > 1 else 'has'} no epoch 0, so curves with "
        f"{'these runs' if later > 1 else 'this run'} start at epoch 1."
    )


def _progress(asked: Asked) -> str:
    total, exploration = len(asked.configs), asked.exploration
    runs = f"{asked.done:,} of {total:,} runs"
    if asked.bundled:
        versions = asked.results.header.versions
        made = f"(Python {versions['python']}, torch {versions['torch']})"
        return f"{runs} are included with hqnn {made}."
    if exploration is not None and exploration.running:
        left = exploration.seconds_left
        ends = ", stopping" if exploration.stopping else "" if left is None else f", {duration(left)} left"
        problem = exploration.problem
        lost = f" They would be lost if the server stopped: {escape(problem)}." if problem else ""
        return f"Running: {runs} finished{ends}.{lost}"
    if exploration is not None and exploration.state is StudyState.FAILED:
        return f"Failed after {runs}: {escape(exploration.error or '')}"
    if not asked.missing:
        return "The run is finished." if total == 1 else f"All {total:,} runs are finished."
    time = duration(cached.jobs().seconds_for(asked.missing))
    if asked.done or exploration is not None:
        alone = exploration is not None and exploration.alone
        why = f" because no page showed it for {ALONE_SECONDS / 60:.0f} minutes" if alone else ""
        return f"Stopped{why}. {runs} finished. The rest take {time}."
    return f"{plural(total, 'run')}, {time}. They run in the background and make way for runs that someone is watching."


def _start_button(asked: Asked, key: str, button: str) -> None:
    st.button(
        AGAIN if asked.anew else "Continue" if asked.done and asked.missing else button,
        key=f"{key}_start",
        icon=":material/play_arrow:",
        type="secondary" if asked.anew else "primary",
        on_click=_start,
        args=(asked.header,),
        disabled=not asked.missing and not asked.anew,
        help="Runs all of them here in the background and writes a new result file. The numbers shown now are kept."
        if asked.anew
        else "Starts the missing runs in the background. Finished runs are reused.",
    )


def _start(header: Header) -> None:
    try:
        cached.explorations().start(header, viewer.identity())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")
