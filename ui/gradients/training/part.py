"""The Gradients during training tab: gradients step by step, and the images of the run on the sine."""

import streamlit as st

from hqnn.diagnosis.course import Course
from hqnn.jobs.job import Job
from hqnn.versions import caution, versions_here
from ui.frame import page
from ui.gradients.training import figures, film
from ui.gradients.training import words as slope_words
from ui.kit import cloud_figure, player
from ui.kit.live import live, seconds_between
from ui.session import cached, viewer

#: Seconds in which a whole run is played.
PLAY_SECONDS = 20.0
#: Height of the chart of the images, pixels.
HEIGHT = 314


def draw() -> None:
    """Draw the tab."""
    job = viewer.job()
    course = None if job is None else cached.course(job)
    if job is None:
        st.info("No run yet. Start one to see its gradients here, step by step.", icon=":material/info:")
        st.page_link("pages/train.py", label="Go to the Train page", icon=":material/play_arrow:")
    elif course is None:
        st.info(
            "An older version recorded this run without the images and gradient norms of its steps. Run it again to "
            f"see its gradients. {caution(versions_here(), cached.jobs().desk.versions(job))}",
            icon=":material/info:",
        )
    elif not job.active and not len(course):
        st.info("This run ended before its first step. Run it again to see its gradients.", icon=":material/info:")
    else:
        _lab(job, course)
    page.explain(EXPLANATION)


def _lab(job: Job, course: Course) -> None:
    """Draw the text, the player, the large chart and the step charts, and update them during the run."""
    sent = player.Sent("slopes")

    def draw() -> None:
        job = viewer.job()
        course = None if job is None else cached.course(job)
        if job is None or course is None:
            st.rerun()
        total = job.total_steps if job.active else len(course)
        with st.container(key="slopes"):
            st.container(key="slopes_words").html('<p role="status" data-frame="words"></p>')
            with st.container(key="slopes_dials", horizontal=True):
                _play(job, course, total, sent)
            left, right = st.columns([1.4, 1], gap="medium")
        left.container(key="slopes_cloud").html(player.place("cloud"))
        with right.container(key="slopes_steps"):
            _draw_steps(course, total)

    live(seconds_between(job), draw, lambda: job.active)


def _play(job: Job, course: Course, total: int, sent: player.Sent) -> None:
    """Draw the player, which plays the steps or follows them during the run."""
    dropout = _with_dropout()
    _, epochs = job.snapshot()
    of = f"{job.id} {film.steps_a_frame(total)}"
    settled = film.frames_done(epochs[-1].step if epochs else 0, total) - 1
    begin = sent.begin(f"{of} {dropout}", settled)
    frames = film.packed(of, begin, len(course), total, len(epochs), dropout=dropout, _course=course, _records=epochs)
    picture = cloud_figure.picture(course, cloud_figure.Drawn.of(course.cloud(0)), HEIGHT)
    whole = player.Film(
        of,
        {"cloud": picture},
        frames,
        film.last_frame(total),
        first=1,
        seconds=PLAY_SECONDS,
        begin=begin,
        active=job.active,
        variant=str(dropout),
    )
    player.draw(whole, "slopes", "Step of the run")


def _with_dropout() -> bool:
    """Draw the switch between the angles in training batches and those of the full network."""
    return st.toggle(
        "Dropout",
        value=True,
        key="slopes_dropout",
        persist_state="session",
        help="On: each image is at its angle in its last training batch. There half of the feature maps were dropped "
        "at random. Off: each image is at the angle from the full network after the last epoch.",
    )


def _draw_steps(course: Course, total: int) -> None:
    end = figures.axis_end(len(course), total)
    said = slope_words.doubt(course, figures.steps_a_point(end))
    st.echarts_chart(
        figures.steps_chart(course, end, st.context.theme.type or "light"),
        key="slopes_chart",
        height=figures.HEIGHT,
        alt=f"Derivative and gradient norms over {len(course):,} steps. {said}",
    )
    st.html(f'<p class="doubt">{said}</p>')
    st.container(key="slopes_cursor").html(figures.cursor(end / film.steps_a_frame(total)))


EXPLANATION = r"""
**The chart.** Every training image is at the angle $\theta$ that the network gives it, on the curve of the circuit
$H \to R_Y(\theta)$: $P(1) = (1 + \sin\theta)/2$, or its noisy version. *Dropout* on: each image is shown at its angle
in its last training batch. There half of the feature maps were dropped at random, so the points are widely spread.
*Dropout* off: each image is shown at the angle from the full network at the end of the last epoch. Where
$P(1) > 1/2$, the network predicts the second digit.

A **turning point** is $\theta = \pm\pi/2$, where P(1) is largest or smallest. An image is past a turning point where
$|\theta| > \pi/2$. There the curve falls, so the same change of $\theta$ has the opposite effect on $P(1)$.
(Relaxation shifts the turning points slightly. The app uses those of the noisy curve.) A digit that has reached its
peak has images on both sides of the peak, which is fine. Trouble starts when both digits get the same prediction.
The page reports it when at least 95% of the images get the same prediction without dropout. The axis covers the whole
run, and images beyond $\pm 4\pi$ stand at its ends. With more than 400 images per digit, the chart draws an even
selection, but the text counts all images.

A run can be right in every training batch and still be wrong without dropout. Example: published settings for 3 and 7,
`exact` engine, seed 1, on one processor. Random dropout put the threes into two valleys one full turn apart, at
$-\pi/2$ and $3\pi/2$. Without dropout they landed between the two, near the peak of the sevens. On another processor
the same seed may end differently.

**Derivative.** Each point is $dP(1)/d\theta$ as the gradient rule measured it: the mean $\bar g$ over a batch of $B$
images. Its error bar is one standard error due to shots, $\sqrt{\sum_i \mathrm{SD}_i^2}\,/\,B$ with
$\mathrm{SD}_i^2 = [P_+(1-P_+) + P_-(1-P_-)]\,/\,(4 N \sin^2 s)$ and $P_\pm = P(1)$ at $\theta_i \pm s$. Without noise
this is $[\cos^2(\theta_i+s) + \cos^2(\theta_i-s)]\,/\,(16 N \sin^2 s)$. The raw difference of the original post does
not divide by $2 \sin s$. The app does not know a real device's noise, so there it uses the ideal curve.

**Sign in doubt** (▲) marks a step with $|\bar g| < 1.96$ standard errors. Zero is in its 95% interval, so other shots
could have reversed the sign. In long runs each point is the mean of a few steps. The height of the strip is then the
share of steps in doubt.

**Gradient norms.** The L2 norm of the loss gradient in each layer, with weights and biases together, averaged over a
few steps. A mean of exactly 0 has no place on a log axis and leaves a gap.

Parameter-shift rule: Mitarai et al. 2018,
[doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309); Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Dropout of whole feature maps: Tompson et
al. 2015, [arXiv:1411.4280](https://arxiv.org/abs/1411.4280).
"""
