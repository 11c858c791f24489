"""A question that many trainings answer, on a page: its bar with start, progress and stop, and what is there of it."""

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

#: Seconds between two pictures of a question that is being answered.
LIVE_SECONDS = 1.0
#: The button that answers a question here that was answered elsewhere.
AGAIN = "Compute again"


@dataclass(frozen=True)
class Asked:
    """A question, and what is there of it now."""

    header: Header
    #: All of its trainings, and those of them that are not there, or failed.
    configs: tuple[RunConfig, ...]
    missing: Sequence[RunConfig]
    #: What is there: do not add to it. Its header says what computed it, the other one what would compute it here.
    results: Results
    #: Whether it comes with hqnn.
    bundled: bool
    #: Who answers it, if it has been asked in this life of the server.
    exploration: Exploration | None

    @property
    def done(self) -> int:
        """Trainings that are there."""
        return len(self.configs) - len(self.missing)

    @property
    def elsewhere(self) -> bool:
        """Whether what is there was computed with something else than computes here."""
        return not same_numbers(self.header.versions, self.results.header.versions)

    @property
    def anew(self) -> bool:
        """Whether it would be answered in another file than what is there."""
        return not self.running and (self.bundled or self.elsewhere)

    @property
    def running(self) -> bool:
        """Whether it is being answered."""
        return self.exploration is not None and self.exploration.running


def live_experiment(header: Header, draw: Callable[[Asked], None]) -> None:
    """Draw what is there of a question, again and again while it is being answered.

    Raises:
        HqnnError: if it cannot be asked, or its file is damaged.
    """
    running = ask(header).running  # what it refuses is said by the page, not within
    live(LIVE_SECONDS if running else None, lambda: draw(ask(header)), lambda: is_running(header))


def is_running(header: Header) -> bool:
    """Whether a question is being answered."""
    exploration = cached.explorations().of(header)
    return exploration is not None and exploration.running


def ask(header: Header) -> Asked:
    """What is there of a question.

    Raises:
        HqnnError: if it cannot be asked, or its file is damaged.
    """
    exploration = cached.explorations().of(header)
    if exploration is not None and (exploration.running or exploration.have):
        results, bundled = Results(exploration.path, header, exploration.have), False
    else:
        results, bundled = cached.results(header)
    configs = experiments.configs(header)
    return Asked(header, configs, results.missing(configs), results, bundled, exploration)


def bar(asked: Asked, key: str, button: str) -> None:
    """Draw what goes on, and the button that begins it, goes on with it or stops it.

    Args:
        asked: the question as it stands.
        key: that begins the widgets' keys.
        button: what is written on the button that begins it.
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
                    help="What has been trained is kept; it can go on later.",
                )
            else:
                _start_button(asked, key, button)
            st.html(f'<div class="run" role="status">{words(asked)}</div>', width="stretch")
        st.progress(asked.done / len(asked.configs))


def download(asked: Asked, key: str) -> None:
    """Draw the button that takes away what is there as a table.

    Args:
        asked: the question as it stands.
        key: that begins the button's key, and the file's name.
    """
    st.download_button(
        "Download all numbers",
        lambda: csv_table.race(asked.results),
        file_name=f"{file_name(asked, key)}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        icon=":material/table:",
        on_click="ignore",
        help="A CSV table, a row for each training and epoch: the pair, what varies, the seed, shots and seconds so "
        "far, losses, accuracies with Wilson's 95% interval, and the accuracy at the end. Each row names all settings "
        "and versions.",
    )


def file_name(asked: Asked, key: str) -> str:
    """What files of a question are called, without their kind: what they are of, and the pair if it is a single one."""
    header = asked.header
    return "-".join(["hqnn", key, *map(str, () if "digits" in header.vary else header.config.digits)])


def words(asked: Asked) -> str:
    """HTML: what goes on, or how it ended, and whether it would end so here."""
    anew = f"“{AGAIN}” begins a new file, and these numbers are kept." if asked.anew else ""
    return " ".join(filter(None, (_progress(asked), escape(_origin(asked)), _beginning(asked), anew)))


def _origin(asked: Asked) -> str:
    """What must be said of what computed the trainings; nothing if the same seeds give the same here."""
    here, results = asked.header.versions, asked.results
    if asked.elsewhere:
        return caution(here, results.header.versions)
    others = [why for each in results.elsewhere if (why := difference(here, each))]
    if not others:
        return ""
    which = f"{len(others):,} of them {'was' if len(others) == 1 else 'were'}"
    return f"{which} computed {others[0]}: the same seed may give another result. Only the distribution is the same."


def _beginning(asked: Asked) -> str:
    """Why curves begin after epoch 0 where others do not; nothing where all trainings begin alike."""
    later = without_epoch_0(list(asked.results.have.values()))
    if not later:
        return ""
    return (
        f"{plural(later, 'run')} of an older version {'have' if later > 1 else 'has'} no epoch 0, so curves "
        f"with {'one of them' if later > 1 else 'it'} begin at epoch 1."
    )


def _progress(asked: Asked) -> str:
    total, exploration = len(asked.configs), asked.exploration
    trainings = f"{asked.done:,} of {total:,} trainings"
    if asked.bundled:
        versions = asked.results.header.versions
        made = f"(Python {versions['python']}, torch {versions['torch']})"
        return f"{trainings}, which come with hqnn {made}."
    if exploration is not None and exploration.running:
        left = exploration.seconds_left
        ends = "; it stops" if exploration.stopping else "" if left is None else f", {duration(left)} left"
        lost = f" They would be lost if the server ended: {escape(exploration.problem)}." if exploration.problem else ""
        return f"Training: {trainings}{ends}.{lost}"
    if exploration is not None and exploration.state is StudyState.FAILED:
        return f"Failed after {trainings}: {escape(exploration.error or '')}"
    if not asked.missing:
        return f"All {total:,} trainings are there."
    time = f"{duration(cached.jobs().seconds_for(asked.missing))} of training"
    if asked.done or exploration is not None:
        alone = exploration is not None and exploration.alone
        why = f" because nobody looked for {ALONE_SECONDS / 60:.0f} minutes" if alone else ""
        return f"Stopped{why}: {trainings} are there; the others take {time}."
    return f"{plural(total, 'training')}, {time}. They give way to trainings that somebody watches."


def _start_button(asked: Asked, key: str, button: str) -> None:
    st.button(
        AGAIN if asked.anew else "Continue" if asked.done and asked.missing else button,
        key=f"{key}_start",
        icon=":material/play_arrow:",
        type="secondary" if asked.anew else "primary",
        on_click=_start,
        args=(asked.header,),
        disabled=not asked.missing and not asked.anew,
        help="Trains all of them here, in the background, into a new file. The numbers shown now are kept."
        if asked.anew
        else "Trains what is not there yet, in the background; nothing is trained twice.",
    )


def _start(header: Header) -> None:
    try:
        cached.explorations().start(header, viewer.identity())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")
