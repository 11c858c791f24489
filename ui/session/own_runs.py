"""List of the viewer's own runs, each with a button that opens it."""

from html import escape
from time import time

import streamlit as st

from hqnn.jobs.job import Job
from ui.kit.digits import versus
from ui.kit.words import ago, tested
from ui.session import viewer


def own() -> None:
    """Draw the list of this viewer's latest runs, if any."""
    trainings = viewer.own_trainings()
    if not trainings:
        return
    with st.container(border=True, key="trainings"):
        st.markdown("**Your runs**")
        for training in trainings:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="run">{_line(training)}</div>', width="stretch")
                st.button("Open", key=f"open_{training.id}", on_click=viewer.look_at, args=(training,))


def _line(job: Job) -> str:
    accuracy = "" if job.evaluation is None else f", test accuracy {tested(job.evaluation)}"
    size = f"{job.config.epochs} epochs, seed {job.config.seed}"
    said = f"{size}: {job.state}{accuracy}, started {ago(time() - job.created)}"
    return f"<strong>{versus(job.config.digits)}</strong><span>{escape(said)}</span>"
