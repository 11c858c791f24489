"""One image's trip through the network, from pixels to the loss and back to the pixels that matter."""

import streamlit as st

from hqnn.config import TEST_COUNTS, TRAIN_COUNTS, RunConfig
from hqnn.job import Job
from hqnn.noise import Noise, Response, bloch_vectors
from hqnn.records import Evaluation, Trip
from ui import bloch, cached, dials, frame, trip_charts, trip_maps, viewer
from ui.digits import Picture, gallery
from ui.trip_words import STAGES, numbers_list, who_answers, words

#: Height of the picture, pixels.
HEIGHT = 380

EXPLANATION = r"""
TODO
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
    frame.explain(EXPLANATION)


def _trip(job: Job, run_file: bytes) -> None:
    counts = _counts(job.config)
    main, side = st.columns([2, 1], gap="medium")
    with side:
        numbers = st.container()
        with st.container(border=True, key="trip_card"):
            part, place = dials.trip_image(job.config.digits, counts)
            _other_images(job, part, place, counts)
    with main:
        stage = dials.trip_stage(STAGES)
        with st.container(horizontal=True, vertical_alignment="center", key="trip_steps"):
            _steps(stage)
            title = st.container()
        picture = st.container(key="trip_picture")
        with picture, st.skeleton(height=HEIGHT):
            trip = cached.trip(job.id, part, place, dials.trip_seed(), run_file)
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


def _steps(stage: int) -> None:
    for label, key, icon, other, keys in (
        ("Previous", "trip_back", "arrow_back", stage - 1, "Left"),
        ("Next", "trip_next", "arrow_forward", stage + 1, "Right"),
    ):
        possible = 0 <= other < len(STAGES)
        st.button(
            label,
            key=key,
            icon=f":material/{icon}:",
            shortcut=keys,
            disabled=not possible,
            on_click=dials.show_trip_stage,
            args=(STAGES[other] if possible else STAGES[stage],),
            help=f"The trip's {label.lower()} stage. Key: {keys.lower()} arrow.",
        )


def _other_images(job: Job, part: str, place: int, counts: dict[str, tuple[int, int]]) -> None:
    """The image itself, and buttons that lead to others."""
    label, total = int(place >= counts[part][0]), sum(counts[part])
    digit = job.config.digits[label]
    number = place - label * counts[part][0]
    evaluation = job.evaluation if part == "test" else None
    st.html(gallery([_thumbnail(job.config, evaluation, part, place, label, number)], f"The chosen {digit}"))
    mistaken = mistake_after(job.evaluation, place if part == "test" else -1)
    with st.container(horizontal=True, key="trip_images"):
        for name, key, icon, target in (
            ("Previous image", "trip_image_back", "chevron_left", ("test" if part == "test" else "train", place - 1)),
            ("Next image", "trip_image_next", "chevron_right", (part, place + 1)),
        ):
            st.button(
                name,
                key=key,
                icon=f":material/{icon}:",
                disabled=not 0 <= target[1] < total,
                on_click=dials.show_trip_of,
                args=(*target, counts),
            )
        st.button(
            "A mistaken one",
            key="trip_mistake",
            icon=":material/close:",
            disabled=mistaken is None,
            on_click=dials.show_trip_of,
            args=("test", mistaken or 0, counts),
            help="The next test image that the network answered wrongly when it was tested, if there is one.",
        )
        st.button(
            "Measure again",
            key="trip_again",
            icon=":material/casino:",
            on_click=dials.measure_trip_again,
            help="The same image and angle, with other shots.",
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


def _thumbnail(
    config: RunConfig, evaluation: Evaluation | None, part: str, place: int, label: int, number: int
) -> Picture:
    digit = config.digits[label]
    pixels = cached.pixels(digit, part == "train")[number]
    if evaluation is None:
        return Picture(pixels, label, f"a {digit}", alt=f"handwritten {digit}, number {number + 1}")
    said = evaluation.predictions[place]
    return Picture(
        pixels,
        said,
        f"tested as {config.digits[said]}",
        alt=f"handwritten {digit}, number {number + 1}, read as {config.digits[said]} in the test",
        correct=said == label,
    )


def _picture(stage: int, trip: Trip, config: RunConfig) -> None:
    """The large picture of a stage."""
    digit, theme = config.digits[trip.label], st.context.theme.type or "light"
    match stage:
        case 0:
            st.html(trip_maps.pixels(trip, digit))
        case 1:
            st.html(trip_maps.feature_maps(trip.maps1, 8, "1"))
        case 2:
            st.html(trip_maps.feature_maps(trip.maps2, 8, "2"))
        case 3:
            st.markdown(trip_charts.angle(trip), unsafe_allow_html=True)
        case 4:
            _sphere(trip, config.noise, theme)
        case 5:
            st.markdown(trip_charts.shots(trip, config.digits, dials.trip_seed()), unsafe_allow_html=True)
        case 6:
            st.markdown(trip_charts.loss(trip, digit), unsafe_allow_html=True)
        case 7:
            st.markdown(trip_charts.slope(trip, Response.of(config.noise)), unsafe_allow_html=True)
        case _:
            st.html(trip_maps.saliency(trip, digit, theme))


def _sphere(trip: Trip, noise: Noise, theme: str) -> None:
    ideal = None if noise == Noise() else bloch_vectors(trip.theta)[1]
    x, _, z = trip.bloch[1]
    st.plotly_chart(
        bloch.sphere(*trip.bloch, theme, ideal, height=HEIGHT),
        key="trip_sphere",
        alt=f"Bloch sphere: the arrow after RY(θ) points to x = {x:.3f}, z = {z:.3f}".replace("-", "−"),
    )
