"""The slopes of a training: step by step, with their noise, and where its images stand on the sine."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hqnn.clouds import Course, settled_cloud
from hqnn.job import Job
from ui import cached, dials, frame, slope_charts, slope_words, viewer
from ui.run_bar import seconds_between

#: Seconds between two pictures while the steps are played.
TICK_SECONDS = 0.25


def draw() -> None:
    """Draw it."""
    job = viewer.job()
    course = None if job is None else cached.course(job)
    if job is None:
        st.info("No training yet. Start one, and its slopes appear here as it goes.", icon=":material/info:")
        st.page_link("pages/train.py", label="Go to Train", icon=":material/play_arrow:")
    elif course is None:
        st.info(
            "This training was recorded by an older version, without the images and the gradient norms of its steps. "
            "Run it again: the same seed gives the same training.",
            icon=":material/info:",
        )
    elif not job.active and not len(course):
        st.info("This training ended before its first step. Run it again, and see its slopes.", icon=":material/info:")
    else:
        _lab(job, course)
    frame.explain(EXPLANATION)


def _lab(job: Job, course: Course) -> None:
    """Words, dials and the large picture are drawn anew with every step; the step charts only while steps are added."""
    dials.look_at_steps_of(job.id)
    total, theme = job.total_steps if job.active else len(course), st.context.theme.type or "light"
    with st.container(key="slopes"):
        words, row = st.container(key="slopes_words"), st.container(key="slopes_dials", horizontal=True)
        left, right = st.columns([1.4, 1], gap="medium")
    beside = right.container(key="slopes_steps")
    if not job.active:
        _draw_steps(beside, course, total, theme)

    @st.fragment(run_every=TICK_SECONDS if dials.is_played() else seconds_between(job))
    def panel() -> None:
        course = cached.course(job) or Course.of(job.config, [])
        if job.active:
            _draw_steps(beside, course, total, theme)
        with row:
            dropout, step = dials.with_dropout(), dials.step(len(course), total)
        _draw_cloud(words, left, job, course, step, dropout=dropout, theme=theme)
        beside.container(key="slopes_cursor").html(slope_charts.cursor(step, total))
        if dials.is_played() and step >= len(course):
            dials.end_play()
            st.rerun()

    with row:
        dials.step_buttons(len(course), active=job.active)
    panel()


def _draw_cloud(
    words: DeltaGenerator, place: DeltaGenerator, job: Job, course: Course, step: int, *, dropout: bool, theme: str
) -> None:
    trained, settled = course.cloud(step), settled_cloud(job.config, job.snapshot()[1], step)
    said = f"{slope_words.standing(course, trained, step)}<br>{slope_words.settled(course, settled)}"
    words.html(f'<p role="status">{said}</p>')
    shown = trained if dropout else settled[1] if settled else course.cloud(0)
    place.echarts_chart(
        slope_charts.cloud_chart(course, shown, theme),
        key="slopes_cloud",
        height=slope_charts.CLOUD_HEIGHT,
        alt=re.sub("<.*?>", " ", said),
    )


def _draw_steps(place: DeltaGenerator, course: Course, total: int, theme: str) -> None:
    said = slope_words.doubt(course, slope_charts.steps_a_point(total))
    place.echarts_chart(
        slope_charts.steps_chart(course, total, theme),
        key="slopes_chart",
        height=slope_charts.STEPS_HEIGHT,
        alt=f"Slopes and gradient norms over {total:,} steps. {said}",
    )
    place.caption(said)


EXPLANATION = r"""
TODO
"""
