"""The slopes of a training: step by step, with their noise, and where its images stand on the sine."""

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

#: Seconds that a whole training takes when its steps are played.
PLAY_SECONDS = 20.0
#: Of the plot of the images, pixels.
HEIGHT = 314


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
    """Words, what plays the steps, the large picture and the step charts, while steps are added."""
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
    """Draw what plays the steps, or follows them while they are added."""
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
    )
    player.draw(whole, "slopes", "Step of the training")


def _with_dropout() -> bool:
    """Draw the choice between the images' angles as they are trained and as they are answered."""
    return st.toggle(
        "Dropout",
        value=True,
        key="slopes_dropout",
        persist_state="session",
        help="On: each image where it was when it was last in a batch, half of its feature maps left out at random. "
        "Off: after each epoch, nothing left out, as the network answers.",
    )


def _draw_steps(course: Course, total: int) -> None:
    end = figures.axis_end(len(course), total)
    said = slope_words.doubt(course, figures.steps_a_point(end))
    st.echarts_chart(
        figures.steps_chart(course, end, st.context.theme.type or "light"),
        key="slopes_chart",
        height=figures.HEIGHT,
        alt=f"Slopes and gradient norms over {len(course):,} steps. {said}",
    )
    st.html(f'<p class="doubt">{said}</p>')
    st.container(key="slopes_cursor").html(figures.cursor(end / film.steps_a_frame(total)))


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
