"""The tab for the eight digits that a network never learned: its predictions and confidence."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from hqnn.circuit.response import Response
from ui.frame import page
from ui.kit.digits import Picture, gallery, one
from ui.kit.noise_curve import reach
from ui.session import cached
from ui.session.network_choice import Network
from ui.testing.other_digits import controls, figures
from ui.testing.other_digits import words as other_digits_words
from ui.testing.other_digits.figures import Row

#: Height of the first view, pixels, and number of images in each row.
HEIGHT, THUMBNAILS = 700, 3

EXPLANATION = r"""
The network receives every MNIST test image, whatever its digit. It turns each image into an angle θ. The qubit gives 1
with probability $P(1) = (1 + \sin\theta)/2$, flatter with the noise that the network was trained with. This page uses
the exact probability, without shot noise. The prediction is the second digit if $P(1) > 0.5$. The confidence $p$ is the
larger of $P(1)$ and $1 - P(1)$.

The two probabilities always add up to 1. So a high $p$ only says which of the two digits the network finds more likely.
It does not say that the image shows either of them. Networks of all kinds are often confident about images unlike
anything they learned: Nguyen, Yosinski and Clune 2015, [arXiv:1412.1897](https://arxiv.org/abs/1412.1897); Hendrycks
and Gimpel 2017, [arXiv:1610.02136](https://arxiv.org/abs/1610.02136).

The height of a bar is proportional to the square root of its number of images, so that small numbers are visible.

Shares have 95% Wilson intervals, which allow for other images of the same kind (Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953)).
"""


def draw(network: Network) -> None:
    """Draw it."""
    with st.container(key="other"):
        words, card = st.columns([2.6, 1], gap="medium")
        says = words.container(key="other_words")
        with card.container(border=True, key="other_dials", gap="xsmall"):
            sure, asked = controls.sure(), controls.with_neither()
            controls.link_notes()
        with st.skeleton(height=HEIGHT):
            rows = _rows(network, sure)
            stopped = _stopped(network) if asked else {}
        says.markdown(other_digits_words.meaning(rows))
        if asked:
            says.markdown(other_digits_words.on_neither(rows, stopped))
        images = {digit: cached.pixels(digit, False)[:THUMBNAILS] for digit in range(10)}
        st.markdown(figures.table(rows, images, stopped), unsafe_allow_html=True)
    st.markdown(f"P(1) is exact here, as with infinitely many shots. {reach(network.config.noise)}")
    st.markdown("#### Most confident mistakes")
    with st.container(key="other_surest"):
        st.html(gallery(_surest(rows), "For each other digit, the image with the most confident prediction"))
    page.explain(EXPLANATION)


def _rows(network: Network, sure: float) -> list[Row]:
    """Return the predictions for each digit's images."""
    angles = cached.angles(network.key, tuple(range(10)), network.run_file)
    response = Response.of(network.config.noise)
    return [Row.of(digit, network.config.digits, theta, response, sure) for digit, theta in enumerate(angles)]


def _stopped(network: Network) -> dict[int, int]:
    """Return how many images of each digit are rejected as neither."""
    return {digit: cached.stopped(digit, network.config.digits) for digit in range(10)}


def _surest(rows: Sequence[Row]) -> list[Picture]:
    """Return the image with the most confident prediction, for each digit that was not learned."""
    return [_picture(row, int(np.argmax(row.certainty))) for row in rows if not row.is_known]


def _picture(row: Row, place: int) -> Picture:
    label = int(row.probabilities[place] > 0.5)
    said, certainty = row.digits[label], float(row.certainty[place])
    p = "p > 0.9999" if certainty > 0.9999 else f"p = {certainty:.4f}"
    return Picture(
        cached.pixels(row.digit, False)[place],
        label,
        f"predicted {said}",
        alt=f"{one(row.digit)}, number {place + 1}, predicted {said}, {p}, wrong",
        detail=f"{p}, is {one(row.digit)}",
        correct=False,
    )
