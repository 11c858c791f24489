"""Repeated measurements of one image, at first the least certain one: how often its prediction flips."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.circuit.short_parts import sub_seeds
from hqnn.inference import shot_accuracy
from hqnn.statistics.scores import ordered
from ui.kit.digits import Picture, gallery, one
from ui.session import cached
from ui.testing.shots import controls, one_image_figure, words
from ui.testing.shots.one_image_figure import Again
from ui.testing.shots.question import Dials

#: Number of measurements of one image, and number of least certain images shown.
TIMES, THUMBNAILS = 200, 8


def draw(dials: Dials) -> None:
    """Draw it."""
    st.markdown(f"#### The same image, {TIMES} times")
    exact = dials.response.probability(dials.theta)
    order = ordered(exact, dials.labels, "undecided")
    picture, card = st.columns([2, 1], gap="medium")
    with card.container(border=True, key="shots_image_card", gap="small"):
        place = controls.image(len(order))
        _other_images(place, len(order))
        rounds = controls.measure_image_again()
    controls.link_notes()
    again = _again(dials, int(order[place]), rounds)
    with picture:
        with st.container(horizontal=True, vertical_alignment="center", key="shots_image_words"):
            st.html(gallery([_thumbnail(dials, exact, int(order[place]))], "The chosen image"), width="content")
            st.markdown(words.on_image(again), width="stretch")
        st.echarts_chart(
            one_image_figure.chart(again, st.context.theme.type or "light"),
            key="shots_image_chart",
            height=one_image_figure.HEIGHT,
            alt=words.image_alt(again),
        )
    _thumbnails(dials, exact, order)


def _other_images(place: int, count: int) -> None:
    with st.container(horizontal=True):
        controls.image_button("Previous", "shots_image_back", ":material/chevron_left:", place - 1, count)
        controls.image_button("Next", "shots_image_next", ":material/chevron_right:", place + 1, count)


def _thumbnails(dials: Dials, exact: NDArray[np.float64], order: NDArray[np.intp]) -> None:
    """Draw the least certain images, each with a button that chooses it."""
    st.markdown(f"The {THUMBNAILS} images whose P(1) is nearest to 0.5:")
    with st.container(horizontal=True, key="shots_doubtful", gap="xsmall"):
        for place, image in enumerate(order[:THUMBNAILS].tolist()):
            with st.container(width=92, gap=None):
                st.html(gallery([_thumbnail(dials, exact, image)], f"Image {place + 1}"))
                controls.image_button(f"No. {place + 1}", f"shots_pick_{place}", None, place, len(order))


def _thumbnail(dials: Dials, exact: NDArray[np.float64], image: int) -> Picture:
    label, number = _whose(dials, image)
    digit = dials.network.config.digits[label]
    alt = f"handwritten {digit}, number {number}"
    return Picture(cached.pixels(digit, False)[number - 1], label, one(digit), alt, f"P(1) {exact[image]:.3f}")


def _whose(dials: Dials, image: int) -> tuple[int, int]:
    """Return an image's label and its number among those of its digit, from 1."""
    label = int(dials.labels[image])
    return label, image + 1 - label * int((dials.labels == 0).sum())


def _again(dials: Dials, image: int, rounds: int) -> Again:
    """Measure an image many times."""
    (seed,) = sub_seeds(1, dials.seed, rounds, 2, image)
    theta, shots, (label, number) = float(dials.theta[image]), dials.shots, _whose(dials, image)
    found = cached.tested(
        f"{dials.network.key} {theta}",
        dials.engine,
        shots,
        dials.network.config.loss,
        seed,
        np.full(TIMES, theta),
        np.full(TIMES, label),
    )
    exact, shares = float(dials.response.probability(theta)), np.array(found.probabilities)
    return Again(
        digits=dials.network.config.digits,
        label=label,
        number=number,
        exact=exact,
        shots=shots,
        shares=shares if shots is None else np.rint(shares * shots) / shots,
        answers=np.array(found.predictions),
        flip=0.0 if shots is None else float(shot_accuracy.flip_probability(exact, shots)),
    )
