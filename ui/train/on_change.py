"""Train on change: with a switch on, a changed setting trains at once, and ends the run that it replaces.

A first change starts a run at once. Changes that follow each other quickly, as from a held arrow key, start one run
when they end. The page's live part waits for that, so nothing else does.
"""

from math import inf
from time import monotonic, sleep

import streamlit as st

from hqnn.config import ENGINES, RunConfig
from hqnn.states import AT_WORK
from ui.kit.words import duration
from ui.session import settings, viewer
from ui.session.cached import jobs

#: Session-state and query key of the switch.
SWITCH = "train_on_change"
#: Session-state keys: when the last setting was changed, and when the run is due that it asks for.
CHANGED, DUE = "changed_at", "train_due"
#: Longest estimated run that a change starts, seconds.
MOST_SECONDS = 10.0
#: Seconds without another change before a run starts, unless the last change is longer ago.
QUIET_SECONDS = 0.3
#: Longest wait for the first records of a run that a worker has, and between two looks for them, seconds.
RECORDS_SECONDS, LOOK_SECONDS = 0.15, 0.005


def switch() -> None:
    """Draw the switch."""
    st.toggle("Train on change", key=SWITCH, bind="query-params", on_change=_explain)


def excuse(config: RunConfig | None) -> None:
    """Draw the reason if the switch is on but starts no run with these settings."""
    reason = why_not(config) if st.session_state.get(SWITCH) and config is not None else None
    if reason is not None:
        st.html(f'<div class="run" role="status">{reason}</div>')


def follow(config: RunConfig | None) -> None:
    """Start a run if the viewer has changed a setting. Call it once, before the page shows the run.

    Args:
        config: the settings, None if they do not fit together.
    """
    now = monotonic()
    if settings.moved():
        last = st.session_state.get(CHANGED, -inf)
        st.session_state[CHANGED] = now
        st.session_state[DUE] = now if now - last >= QUIET_SECONDS else now + QUIET_SECONDS
    if config is None or not st.session_state.get(SWITCH):
        st.session_state.pop(DUE, None)
    elif DUE in st.session_state and not waits():
        del st.session_state[DUE]
        _train(config)


def waits() -> bool:
    """Whether a changed setting waits for others before it trains."""
    return monotonic() < st.session_state.get(DUE, -inf)


def why_not(config: RunConfig) -> str | None:
    """Return why a change to some settings does not train, None if it does."""
    if ENGINES[config.engine].hardware:
        return "A change does not start a run on a device. Use the Train button."
    seconds, pace = jobs().durations.at_best(config), viewer.pace()
    if pace is not None:
        seconds = max(seconds, config.epochs * config.steps_per_epoch / pace)
    if seconds < MOST_SECONDS:
        return None
    return f"A change starts only runs under {MOST_SECONDS:.0f} s. This one takes {duration(seconds)}."


def _explain() -> None:
    """Say what the switch does, once it is on."""
    if st.session_state[SWITCH]:
        st.toast(
            "A changed setting now trains at once. It ends your present run, which is not kept. Its curve stays in the "
            "chart.",
            icon=":material/info:",
        )


def _train(config: RunConfig) -> None:
    front = viewer.job()
    is_there = front is not None and viewer.is_own(front) and front.config == config
    if why_not(config) is None and not is_there:
        viewer.start(config, instead_of=front)
        viewer.keep_link()  # a short run may end before the page is drawn again
        _wait_for_records()


def _wait_for_records() -> None:
    """Let a worker that has taken the run send its first records, so that the page is drawn once."""
    end = monotonic() + RECORDS_SECONDS
    while (job := viewer.job()) and job.state in AT_WORK and not job.epochs and monotonic() < end:
        sleep(LOOK_SECONDS)
