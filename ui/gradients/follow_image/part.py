"""One image's trip through the network, from pixels to the loss and back to the pixels that matter."""

from dataclasses import replace
from functools import partial

import streamlit as st

from hqnn.circuit.response import Response, bloch_vectors
from hqnn.config import TEST_COUNTS, TRAIN_COUNTS, Noise, RunConfig
from hqnn.inference.types import Trip
from hqnn.jobs.job import Job
from hqnn.records import Evaluation
from ui.frame import page
from ui.gradients.follow_image import controls, figures, maps
from ui.gradients.follow_image.words import STAGES, who_answers, words
from ui.kit import falling_shots, saliency, sphere
from ui.kit.digits import Picture, gallery, one
from ui.kit.words import numbers_list
from ui.session import cached, network_choice, viewer

#: Height of the picture, pixels.
HEIGHT = 340

EXPLANATION = r"""
Two convolutions, each followed by $\max(0, x)$ and by the largest of every $2 \times 2$ answers, leave 1,024 numbers; a
linear layer makes 64 hidden features $h$ of them, and the last one the angle

$$\theta = \sum_{i=1}^{64} w_i\,h_i + b .$$

$H$ lays the qubit's arrow along $x$; $R_Y(\theta)$ turns it to $(\cos\theta,\, 0,\, -\sin\theta)$, and each shot gives
1 with probability $P(1) = (1 + \sin\theta)/2$; noise shortens the arrow. The share of ones among $N$ shots has the
standard error $\sqrt{P(1)\,(1 - P(1))/N}$. With $p$ the probability of the right digit, $P(1)$ or $1 - P(1)$, the
loss is $L = -\log p$ (or $-p$), and its slope comes back by the chain rule,

$$\frac{dL}{d\theta} = \frac{dL}{dp}\,\frac{dp}{dP(1)}\,\frac{dP(1)}{d\theta},$$

$$\frac{dP(1)}{d\theta} = \frac{P(\theta + s) - P(\theta - s)}{2 \sin s},$$

whose last factor is measured, with
$\mathrm{SD}^2 = [P_+(1 - P_+) + P_-(1 - P_-)]\,/\,(4 N \sin^2 s)$. The published rule does not divide by $2 \sin s$.
With $-\log p$, a $p$ below half a shot's share counts as $1/(2N)$. With few shots this loss and its slope
are wrong on average; the Shift lab shows by how much. A step of the optimiser moves all weights so that $\theta$ goes
against $dL/d\theta$, averaged over a batch, with dropout; here there is none.

The last picture is the saliency $\partial\theta/\partial(\text{pixel})$, the local slope of θ in each pixel: what a
small change begins to do. Because of ReLU and pooling, a tenth more grey may do something else. Where answers tie
for the largest, as over plain black, the first of them counts.

Parameter-shift rule: Mitarai et al. 2018,
[doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309); Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Saliency: Simonyan, Vedaldi and Zisserman
2013, [arXiv:1312.6034](https://arxiv.org/abs/1312.6034).
"""


def draw() -> None:
    """Draw it: of the training that is looked at, once it has ended; else what to do."""
    job = viewer.job()
    if job is None:
        st.info("No network has been trained yet. Train one, then follow an image through it.", icon=":material/info:")
        st.page_link("pages/train.py", label="Go to Train", icon=":material/play_arrow:")
    elif job.active:
        st.info(
            "When the training ends, or when you stop it, an image can be followed through its network here.",
            icon=":material/hourglass_top:",
        )
    elif job.weights_file is None:
        st.info(
            "This training ended without a network. Train again, then follow an image through it.",
            icon=":material/info:",
        )
    else:
        _trip(job, job.weights_file)
    page.explain(EXPLANATION)


def _trip(job: Job, run_file: bytes) -> None:
    counts = _counts(job.config)
    stage = _row_of_stages()
    notes = st.container()
    main, side = st.columns([2, 1], gap="medium")
    with side:
        numbers = st.container(key="trip_numbers")
        with st.container(border=True, key="trip_card", gap="small"):
            part, place = controls.trip_image(job.config.digits, counts, partial(_thumbnail, job))
            _other_images(job, part, place, counts)
    with notes:
        controls.trip_link_notes(job.config.digits)
    with main:
        title = st.container(key="trip_title")
        picture = st.container(key="trip_picture")
        with picture, st.skeleton(height=HEIGHT):
            trip = cached.trip(network_choice.network_key(job), part, place, controls.trip_seed(), run_file)
        said = words(stage, trip, job.config)
        title.markdown(f"#### {said.title}")
        with picture:
            _picture(stage, trip, job.config)
        st.html(f'<p role="status">{said.says}</p>')
    with numbers:
        st.html(numbers_list(said.numbers))
    st.caption(who_answers(job.config, trip))


def _counts(config: RunConfig) -> dict[str, tuple[int, int]]:
    """Images of each digit in the run's training and test sets."""
    a, b = config.digits
    return {
        part: (every[a], every[b]) if wanted is None else (wanted, wanted)
        for part, wanted, every in (("test", config.n_test, TEST_COUNTS), ("train", config.n_train, TRAIN_COUNTS))
    }


def _row_of_stages() -> int:
    """The stages, and the buttons that lead to the previous and to the next one; gives the place of the present."""
    with st.container(horizontal=True, vertical_alignment="center", key="trip_steps"):
        stage = controls.trip_stage(STAGES)
        _stage_button("Previous", "trip_back", "Left", stage - 1)
        _stage_button("Next", "trip_next", "Right", stage + 1)
    return stage


def _stage_button(label: str, key: str, shortcut: str, stage: int) -> None:
    possible = 0 <= stage < len(STAGES)
    st.button(
        label,
        key=key,
        shortcut=shortcut,
        disabled=not possible,
        on_click=controls.show_trip_stage,
        args=(STAGES[stage] if possible else "",),
    )


def _other_images(job: Job, part: str, place: int, counts: dict[str, tuple[int, int]]) -> None:
    """Buttons that lead to other images, and to other shots."""
    places = range(sum(counts[part]))
    mistaken = mistake_after(job.evaluation, place if part == "test" else -1)
    with st.container(horizontal=True, key="trip_images"):
        for label, key, icon, target, meaning in (
            ("Previous image", "trip_image_back", "chevron_left", (part, place - 1), "The one before it in its set."),
            ("Next image", "trip_image_next", "chevron_right", (part, place + 1), "The one after it in its set."),
            ("A mistaken one", "trip_mistake", "close", ("test", mistaken), "The next test image answered wrongly."),
        ):
            st.button(
                label,
                key=key,
                icon=f":material/{icon}:",
                disabled=target[1] is None or (key != "trip_mistake" and target[1] not in places),
                on_click=controls.show_trip_of,
                args=(*target, counts),
                help=meaning,
            )
        st.button(
            "Measure again",
            key="trip_again",
            icon=":material/replay:",
            on_click=controls.measure_trip_again,
            disabled=job.config.shots is None,
            help="The same image and angle, with other shots."
            if job.config.shots
            else "This training has exact probabilities in place of shots: measured again, they are the same.",
        )


def mistake_after(evaluation: Evaluation | None, place: int) -> int | None:
    """The place of the next test image that was answered wrongly, from the start again after the last; if any was."""
    if evaluation is None:
        return None
    wrong = [
        at
        for at, (label, said) in enumerate(zip(evaluation.labels, evaluation.predictions, strict=True))
        if label != said
    ]
    return next((at for at in wrong if at > place), wrong[0] if wrong else None)


def _thumbnail(job: Job, part: str, label: int, number: int) -> None:
    """The chosen image, and how the network read it when it was tested, with other shots than the trip's."""
    digit = job.config.digits[label]
    picture = Picture(
        cached.pixels(digit, part == "train")[number - 1],
        label,
        one(digit),
        alt=f"handwritten {digit}, number {number}",
    )
    if part == "test" and job.evaluation is not None:
        place = number - 1 + label * job.evaluation.labels.count(0)
        said = job.evaluation.predictions[place]
        picture = replace(
            picture, detail=f"read as {job.config.digits[said]} when it was tested", correct=said == label
        )
    st.html(gallery([picture], "The chosen image"))


def _picture(stage: int, trip: Trip, config: RunConfig) -> None:
    """The large picture of a stage."""
    digit, theme = config.digits[trip.label], st.context.theme.type or "light"
    match stage:
        case 0:
            st.html(maps.pixels(trip, digit))
        case 1:
            st.html(maps.feature_maps(trip.maps1, 8, "1"))
        case 2:
            st.html(maps.feature_maps(trip.maps2, 11, "2"))
        case 3:
            st.markdown(figures.angle(trip), unsafe_allow_html=True)
        case 4:
            _sphere(trip, config.noise, theme)
        case 5:
            st.markdown(falling_shots.shots(trip, config.digits, controls.trip_seed()), unsafe_allow_html=True)
        case 6:
            st.markdown(figures.loss(trip, digit), unsafe_allow_html=True)
        case 7:
            st.markdown(figures.slope(trip, Response.of(config.noise)), unsafe_allow_html=True)
        case _:
            st.html(saliency.saliency(trip, one(digit), theme))


def _sphere(trip: Trip, noise: Noise, theme: str) -> None:
    ideal = None if noise == Noise() else bloch_vectors(trip.theta)[1]
    sphere.draw(*trip.bloch, theme, "trip_sphere", ideal)
