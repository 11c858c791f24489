"""Other digits: what a network says when it is shown the eight digits that it never learned."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from hqnn.circuit.response import Response
from ui.frame import page
from ui.kit.digits import NAMES, Picture, gallery, one
from ui.kit.noise_curve import reach
from ui.session import cached
from ui.session.network_choice import Network
from ui.testing.other_digits import controls, figures
from ui.testing.other_digits import words as other_digits_words
from ui.testing.other_digits.figures import Row

#: Height of all that is drawn at first, pixels; and images of each digit beside its row.
HEIGHT, THUMBNAILS = 700, 3

EXPLANATION = r"""
Every test image of MNIST is shown to the network, whichever digit it is. It turns each into an angle θ, and the qubit
says 1 with probability $P(1) = (1 + \sin\theta)/2$, or what the noise that the network was trained with leaves of that.
Here this is what infinitely many shots would say: no shot noise. The answer is the second digit where $P(1) > 0.5$, and
$p$, the larger of $P(1)$ and $1 - P(1)$, is how sure it is.

The two probabilities always add up to 1. So a high $p$ says which of the two digits an image is more like to this
network, and nothing of whether it is like either. Such confident answers to what was never learned are common to
networks of all kinds: Nguyen, Yosinski and Clune 2015, [arXiv:1412.1897](https://arxiv.org/abs/1412.1897); Hendrycks
and Gimpel 2017, [arXiv:1610.02136](https://arxiv.org/abs/1610.02136).

Heights of the bars grow as the square root of the numbers of images, so that few are seen too.

Intervals are Wilson's, 95% (1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953)): how far a share could be off for
other images of the same kind.
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
    st.markdown(f"As infinitely many shots would say it. {reach(network.config.noise)}")
    st.markdown("#### Surest of all")
    with st.container(key="other_surest"):
        st.html(gallery(_surest(rows), "The image of each other digit of which the network is surest"))
    page.explain(EXPLANATION)


def _rows(network: Network, sure: float) -> list[Row]:
    """What the network says of each digit's images."""
    angles = cached.angles(network.key, tuple(range(10)), network.run_file)
    response = Response.of(network.config.noise)
    return [Row.of(digit, network.config.digits, theta, response, sure) for digit, theta in enumerate(angles)]


def _stopped(network: Network) -> dict[int, int]:
    """How many of each digit's images the rule takes for neither."""
    return {digit: cached.stopped(digit, network.config.digits) for digit in range(10)}


def _surest(rows: Sequence[Row]) -> list[Picture]:
    """Of each digit that was not learned, the image that is answered most surely."""
    return [_picture(row, int(np.argmax(row.certainty))) for row in rows if not row.is_known]


def _picture(row: Row, place: int) -> Picture:
    label = int(row.probabilities[place] > 0.5)
    said, certainty = row.digits[label], float(row.certainty[place])
    p = "p > 0.9999" if certainty > 0.9999 else f"p = {certainty:.4f}"
    return Picture(
        cached.pixels(row.digit, False)[place],
        label,
        f"predicted {said}",
        alt=f"one of the {NAMES[row.digit]}, number {place + 1}, predicted {said}, {p}, wrong",
        detail=f"{p}, is {one(row.digit)}",
        correct=False,
    )
