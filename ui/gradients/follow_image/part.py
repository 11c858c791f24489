"""The Follow one image tab: one image through the network, from its pixels to the loss and back."""

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
Two convolutions, each followed by ReLU, $\max(0, x)$, and $2 \times 2$ max pooling, produce 1,024 numbers. A linear
layer turns them into 64 hidden features $h$, and the last layer computes the angle

$$\theta = \sum_{i=1}^{64} w_i\,h_i + b .$$

$H$ points the qubit's arrow along $x$, and $R_Y(\theta)$ rotates it to $(\cos\theta,\, 0,\, -\sin\theta)$. Each shot
gives 1 with probability $P(1) = (1 + \sin\theta)/2$. Noise shortens the arrow. The share of 1 among $N$ shots has the
standard error $\sqrt{P(1)\,(1 - P(1))/N}$. Let $p$ be the probability of the right digit, $P(1)$ or $1 - P(1)$. The
loss is $L = -\log p$ (or $-p$), and the chain rule gives its gradient,

$$\frac{dL}{d\theta} = \frac{dL}{dp}\,\frac{dp}{dP(1)}\,\frac{dP(1)}{d\theta},$$

$$\frac{dP(1)}{d\theta} = \frac{P(\theta + s) - P(\theta - s)}{2 \sin s},$$

The last factor is measured, with
$\mathrm{SD}^2 = [P_+(1 - P_+) + P_-(1 - P_-)]\,/\,(4 N \sin^2 s)$. The raw difference of the original post does not
divide by $2 \sin s$. In $-\log p$, $p$ is never taken smaller than $1/(2N)$, half the weight of one shot. With few
shots this loss and its gradient are wrong on average. The *Parameter shift* tab shows by how much. An optimiser step
changes all weights so that $\theta$ moves against $dL/d\theta$, averaged over a batch and with dropout. This page shows
one image, without dropout.

The last picture shows the important pixels (saliency): the derivative $\partial\theta/\partial(\text{pixel})$, the
effect of a tiny change. Because of ReLU and max pooling, a larger change such as 0.1 may have another effect. Where
several values in a block are equally large, as over plain black, the first of them counts.

Parameter-shift rule: Mitarai et al. 2018,
[doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309); Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Saliency: Simonyan, Vedaldi and Zisserman
2013, [arXiv:1312.6034](https://arxiv.org/abs/1312.6034).
"""


def draw() -> None:
    """Draw the tab for the run on show once it has ended, and before that what to do."""
    job = viewer.job()
    if job is None:
        st.info("No run yet. Train a network first, then follow an image through it.", icon=":material/info:")
        st.page_link("pages/train.py", label="Go to the Train page", icon=":material/play_arrow:")
    elif job.active:
        st.info(
            "When the run ends, or when you stop it, you can follow an image through its network here.",
            icon=":material/hourglass_top:",
        )
    elif job.weights_file is None:
        st.info(
            "This run ended without a network. Train again, then follow an image through it.",
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
    """Draw the stages with a Previous and a Next button, and return the place of the chosen stage."""
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
    """Draw the buttons for other images and other shots."""
    places = range(sum(counts[part]))
    mistaken = mistake_after(job.evaluation, place if part == "test" else -1)
    with st.container(horizontal=True, key="trip_images"):
        for label, key, icon, target, meaning in (
            (
                "Previous image",
                "trip_image_back",
                "chevron_left",
                (part, place - 1),
                "The image before this one.",
            ),
            (
                "Next image",
                "trip_image_next",
                "chevron_right",
                (part, place + 1),
                "The image after this one.",
            ),
            (
                "Next mistake",
                "trip_mistake",
                "close",
                ("test", mistaken),
                "The next wrong test image.",
            ),
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
            help="Measures the same image at the same angle with other shots."
            if job.config.shots
            else "This run uses exact probabilities, so a new measurement gives the same result.",
        )


def mistake_after(evaluation: Evaluation | None, place: int) -> int | None:
    """Return the place of the next wrong test image, after the last one the first; None if there is none."""
    if evaluation is None:
        return None
    wrong = [
        at
        for at, (label, said) in enumerate(zip(evaluation.labels, evaluation.predictions, strict=True))
        if label != said
    ]
    return next((at for at in wrong if at > place), wrong[0] if wrong else None)


def _thumbnail(job: Job, part: str, label: int, number: int) -> None:
    """Draw the chosen image, and its prediction in the test of the run, which used other shots."""
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
        picture = replace(picture, detail=f"predicted as {job.config.digits[said]} in the test", correct=said == label)
    st.html(gallery([picture], "The chosen image"))


def _picture(stage: int, trip: Trip, config: RunConfig) -> None:
    """Draw the large picture of a stage."""
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
