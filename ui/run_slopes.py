"""The slopes of a training: step by step, with their noise, and where its images stand on the sine."""

import streamlit as st

from hqnn.clouds import Cloud, Course
from hqnn.job import Job
from ui import cached, dials, frame, slope_charts, viewer
from ui.digits import NAMES
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
            "This training was recorded without the images and gradient norms of its steps. Run it again, and they "
            "are kept.",
            icon=":material/info:",
        )
    elif not job.active and not len(course):
        st.info("This training ended before its first step. Run it again to see its slopes.", icon=":material/info:")
    else:
        _lab(job, course)
    frame.explain(EXPLANATION)


def _lab(job: Job, course: Course) -> None:
    dials.look_at_steps_of(job.id)
    total, theme = job.total_steps if job.active else len(course), st.context.theme.type or "light"
    with st.container(key="slopes"):
        left, right = st.columns([1.45, 1], gap="medium")
    beside = right.container(key="slopes_steps")
    if not job.active:
        _steps(beside, course, total, theme)

    @st.fragment(run_every=TICK_SECONDS if dials.is_played() else seconds_between(job))
    def panel() -> None:
        course = cached.course(job)
        if course is None:
            st.rerun()
        if job.active:
            _steps(beside, course, total, theme)
        words, picture = st.container(key="slopes_words"), st.container()
        step = dials.step(len(course), total)
        _cloud(words, picture, course, step, theme)
        beside.container(key="slopes_cursor").html(slope_charts.cursor(step, total))
        if dials.is_played() and step >= len(course):
            dials.end_play()
            st.rerun()

    with left:
        panel()
        dials.step_buttons(len(course), job.active)


def _cloud(words, picture, course: Course, step: int, theme: str) -> None:
    cloud = course.cloud(step)
    said = slope_charts.standing(course, cloud, step)
    words.html(f'<p role="status">{said}</p>')
    picture.echarts_chart(
        slope_charts.cloud_chart(course, cloud, theme), key="slopes_cloud", height=slope_charts.CLOUD_HEIGHT, alt=said
    )


def _steps(place, course: Course, total: int, theme: str) -> None:
    said = slope_charts.doubt(course)
    place.echarts_chart(
        slope_charts.steps_chart(course, total, theme), key="slopes_chart", height=slope_charts.STEPS_HEIGHT, alt=said
    )
    place.caption(said)


EXPLANATION = r"""
TODO
"""
