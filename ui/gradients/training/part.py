"""The slopes of a training: step by step, with their noise, and where its images stand on the sine."""

import re

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hqnn.diagnosis.course import Course, settled_cloud
from hqnn.jobs.job import Job
from hqnn.versions import caution, versions_here
from ui.frame import page
from ui.gradients.training import controls, figures
from ui.gradients.training import words as slope_words
from ui.kit import cloud_figure
from ui.kit.live import seconds_between
from ui.session import cached, viewer

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
            f"Run it again to see its slopes. {caution(versions_here(), cached.jobs().desk.versions(job))}",
            icon=":material/info:",
        )
    elif not job.active and not len(course):
        st.info("This training ended before its first step. Run it again, and see its slopes.", icon=":material/info:")
    else:
        _lab(job, course)
    page.explain(EXPLANATION)


def _lab(job: Job, course: Course) -> None:
    """Words, dials and the large picture are drawn anew with every step; the step charts only while steps are added."""
    controls.look_at_steps_of(job.id)
    total, theme = job.total_steps if job.active else len(course), st.context.theme.type or "light"
    with st.container(key="slopes"):
        words, row = st.container(key="slopes_words"), st.container(key="slopes_dials", horizontal=True)
        left, right = st.columns([1.4, 1], gap="medium")
    beside = right.container(key="slopes_steps")
    if not job.active:
        _draw_steps(beside, course, total, theme)

    @st.fragment(run_every=TICK_SECONDS if controls.is_played() else seconds_between(job))
    def panel() -> None:
        job = viewer.job()
        course = None if job is None else cached.course(job)
        if job is None or course is None:
            st.rerun()
        if job.active:
            _draw_steps(beside, course, total, theme)
        with row:
            dropout, step = controls.with_dropout(), controls.step(len(course), total)
        _draw_cloud(words, left, job, course, step, dropout=dropout, theme=theme)
        end = figures.axis_end(len(course), total)
        beside.container(key="slopes_cursor").html(figures.cursor(step, end, slope_words.slope(course, step)))
        if controls.is_played() and step >= len(course):
            controls.end_play()
            st.rerun()

    with row:
        controls.step_buttons(active=job.active)
    panel()


def _draw_cloud(
    words: DeltaGenerator, place: DeltaGenerator, job: Job, course: Course, step: int, *, dropout: bool, theme: str
) -> None:
    trained, settled = course.cloud(step), settled_cloud(job.config, job.snapshot()[1], step)
    said = f"{slope_words.standing(course, trained, step)}<br>{slope_words.settled(course, settled)}"
    words.html(f'<p role="status">{said}</p>')
    shown = trained if dropout else settled[1] if settled else course.cloud(0)
    place.echarts_chart(
        cloud_figure.cloud_chart(course, shown, theme),
        key="slopes_cloud",
        height=cloud_figure.HEIGHT,
        alt=re.sub("<.*?>", " ", said),
    )


def _draw_steps(place: DeltaGenerator, course: Course, total: int, theme: str) -> None:
    end = figures.axis_end(len(course), total)
    said = slope_words.doubt(course, figures.steps_a_point(end))
    place.echarts_chart(
        figures.steps_chart(course, end, theme),
        key="slopes_chart",
        height=figures.HEIGHT,
        alt=f"Slopes and gradient norms over {len(course):,} steps. {said}",
    )
    place.html(f'<p class="doubt">{said}</p>')


EXPLANATION = r"""
**The picture.** Every training image stands at the angle $\theta$ that the network gave it, on the curve of the
circuit $H \to R_Y(\theta)$: $P(1) = (1 + \sin\theta)/2$, or what noise leaves of it. With *Dropout* on, it is where it
was when it was last in a batch: half of the feature maps were left out at random, so the cloud is wide. With *Dropout*
off, it is where the whole network put it at the end of the last epoch. Where $P(1) > 1/2$, the network predicts the
second digit. An image is **past a turning point** where $|\theta| > \pi/2$: there the curve falls, and the same change
of $\theta$ does the opposite to $P(1)$. (Relaxation moves the turning points a little. Then those of the noisy curve
are meant.) A digit that has reached its peak lies on both sides of the peak, which is well. Trouble begins where both
digits get the same prediction. The page says so where at least 95% of the images get it without dropout. The axis is
that of the whole training; images beyond $\pm 4\pi$ stand at its ends. Above 400 images of a digit, evenly chosen ones
are drawn, and all are counted.

A training can be right in every batch and wrong without dropout: one of the published settings for 3 and 7, engine
exact, ended with its threes in two valleys a whole turn apart, at $-\pi/2$ and $3\pi/2$, as the chance of dropout had
it; with nothing left out they stood between the two, near the peak of the sevens. It was seed 1 on one processor: on
another one the same seed may end otherwise.

**Slopes.** Each point is $dP(1)/d\theta$ as the gradient rule measured it, the mean $\bar g$ over a batch of $B$
images. Its error bar is one standard error from the shots, $\sqrt{\sum_i \mathrm{SD}_i^2}\,/\,B$ with
$\mathrm{SD}_i^2 = [P_+(1-P_+) + P_-(1-P_-)]\,/\,(4 N \sin^2 s)$ and $P_\pm = P(1)$ at $\theta_i \pm s$; without noise
that is $[\cos^2(\theta_i+s) + \cos^2(\theta_i-s)]\,/\,(16 N \sin^2 s)$. The published rule does not divide by
$2 \sin s$. Of a device, whose noise is not known here, the ideal curve's is meant. **Sign in doubt** (▲) is a step with
$|\bar g| < 1.96$ standard errors: zero is in its 95% interval, so another draw of the shots could have reversed its
sign. Of long trainings each point is the mean of a few steps, and the strip is as high as the share of them in doubt.

**Gradient norms.** The L2 norm of the loss's gradient in each layer, weights and biases together, means of a few steps.
A mean of exactly 0 has no place on a log axis and leaves a gap.

Parameter-shift rule: Mitarai et al. 2018,
[doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309); Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Dropout of whole feature maps: Tompson et
al. 2015, [arXiv:1411.4280](https://arxiv.org/abs/1411.4280).
"""
