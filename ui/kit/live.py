"""What is drawn again and again while something goes on."""

from collections.abc import Callable

import streamlit as st

from hqnn.jobs.job import Job
from hqnn.states import State

#: Seconds between two pictures of a training: while a worker has it, and while it waits.
LIVE_SECONDS, WAITING_SECONDS = 0.4, 1.0


def live(seconds: float | None, draw: Callable[[], None], situation: Callable[[], object]) -> None:
    """Draw something again and again, and the whole page as soon as the situation is another one.

    Args:
        seconds: between two pictures; None to draw it once, and whenever one of its widgets is used.
        draw: draws it.
        situation: what the page depends on, such as whether something still goes on.
    """
    before = situation()

    @st.fragment(run_every=seconds)
    def panel() -> None:
        draw()
        if situation() != before:
            st.rerun()

    panel()


def seconds_between(job: Job | None) -> float | None:
    """Between two pictures of a training; None if nothing of it changes any more."""
    if job is None or not job.active:
        return None
    return LIVE_SECONDS if job.state in (State.STARTING, State.RUNNING) else WAITING_SECONDS
