"""Parts of a page that redraw themselves while something runs."""

from collections.abc import Callable
from time import monotonic

import streamlit as st

from hqnn.jobs.job import Job
from hqnn.states import State

#: Seconds between two redraws of a run: until its first records come, then, and while it waits.
FIRST_SECONDS, LIVE_SECONDS, WAITING_SECONDS = 0.1, 0.4, 1.0
#: Seconds for which a worker's first records are looked for so often. They come after about 0.1 s.
FIRST_FOR = 3.0


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
    if job.state not in (State.STARTING, State.RUNNING):
        return WAITING_SECONDS
    is_new = not job.steps and monotonic() - job.held_since < FIRST_FOR
    return FIRST_SECONDS if is_new else LIVE_SECONDS
