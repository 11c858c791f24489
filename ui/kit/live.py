"""Parts of a page that redraw themselves while something runs."""

from collections.abc import Callable

import streamlit as st

from hqnn.jobs.job import Job
from hqnn.states import AT_WORK

#: Seconds between two redraws of a run: while a worker computes it, and while it waits.
LIVE_SECONDS, WAITING_SECONDS = 0.5, 2.0


def live(seconds: float | None, draw: Callable[[], None], situation: Callable[[], object]) -> None:
    """Redraw a part of the page at intervals, and the whole page once the situation changes.

    Args:
        seconds: between two redraws. None to redraw only when one of its widgets is used.
        draw: draws the part.
        situation: what the whole page depends on, such as whether something still runs.
    """
    before = situation()

    @st.fragment(run_every=seconds)
    def panel() -> None:
        draw()
        if situation() != before:
            st.rerun()

    panel()


def seconds_between(job: Job | None) -> float | None:
    """Return the seconds between two redraws of a run, None once it has ended."""
    if job is None or not job.active:
        return None
    return LIVE_SECONDS if job.state in AT_WORK else WAITING_SECONDS
