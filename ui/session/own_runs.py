"""List of the viewer's own runs, each with a button that opens it, and the upload of a run file."""

from html import escape

import streamlit as st

from hqnn.jobs.job import Job
from ui.kit.digits import versus
from ui.kit.words import began, tested
from ui.session import run_files, viewer


def own() -> None:
    """Draw the list of this viewer's latest runs, if any, and the upload of a run file."""
    trainings = viewer.own_trainings()
    with st.container(border=True, key="trainings"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**Your runs**", width="content")
            run_files.open_button()
        if not trainings:
            st.caption("No run yet. Start one or open a run file.")
        for training in trainings:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.html(f'<div class="run">{_line(training)}</div>', width="stretch")
                st.button("Open", key=f"open_{training.id}", on_click=viewer.look_at, args=(training,))


def _line(job: Job) -> str:
    accuracy = "" if job.evaluation is None else f", test accuracy {tested(job.evaluation)}"
    size = f"{job.config.epochs} epochs, seed {job.config.seed}"
    said = f"{size}: {job.state}{accuracy}, {began(job)}"
    return f"<strong>{versus(job.config.digits)}</strong><span>{escape(said)}</span>"
