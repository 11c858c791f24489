"""The Draw page: the pad, the prediction while someone draws, and its explanation."""

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.errors import HqnnError
from hqnn.inference.types import Answer
from ui.draw import controls, figures, my_samples
from ui.draw import words as draw_words
from ui.draw.pad import Drawing
from ui.kit import browser_title, falling_shots, scatter_figure
from ui.kit import saliency as kit_saliency
from ui.kit.digits import one
from ui.kit.scatter_figure import Reading
from ui.kit.words import numbers_list
from ui.session import cached, network_choice
from ui.session.network_choice import Network


@st.fragment
def draw() -> None:
    """Draw it. A stroke on the pad redraws only this part of the page."""
    with st.container(key="draw"):
        missing = st.container(key="draw_missing")
        paper, answer_side = st.columns([1.25, 1], gap="medium")
        dials, samples, details, own = (
            st.container(key=f"draw_{name}") for name in ("dials", "samples", "details", "own")
        )
    with dials:
        network, shots = _dials()
    browser_title.of_pair("Draw", network.config.digits)
    with missing:
        network_choice.no_network_yet(network)
    drawing = controls.drawing()
    with answer_side:
        answer = _answer(network, drawing, shots)
    with paper:
        controls.draw_pad("Draw {} or {} here".format(*map(one, network.config.digits)))
    dials.caption(draw_words.who_answers(answer, network))
    with samples:
        _samples(network.config.digits)
    with details:
        _details(answer, drawing, network)
    with own:
        _own(network, shots)


def _dials() -> tuple[Network, int | None]:
    of_network, of_shots, again = st.columns([1.6, 1.3, 0.7], gap="medium", vertical_alignment="bottom")
    with of_network:
        network = network_choice.choice()
    with of_shots:
        shots = controls.shots(network.config.shots)
    with again:
        controls.measure_again()
    controls.link_notes()
    return network, shots


def _answer(network: Network, drawing: Drawing, shots: int | None) -> Answer | None:
    """Draw the prediction, large. Return it, or None if the pad is empty or the prediction failed."""
    digits, response = network.config.digits, Response.of(network.config.noise)
    answer, problem = None, ""
    if drawing.pixels is not None:
        try:
            answer = cached.answer(network.key, drawing.pixels, shots, controls.seed(), network.run_file)
        except HqnnError as error:
            problem = str(error)
    said = f'<p role="status" class="unseen">{escape(draw_words.status(answer, digits, drawing))}</p>'
    st.html(draw_words.verdict(answer, digits, drawing.revision) + said)
    if problem:
        st.error(problem, icon=":material/error:")
    with st.container(key="draw_theta"):
        st.markdown(figures.theta(answer, digits, response), unsafe_allow_html=True)
    with st.container(horizontal=True, key="draw_save"):
        st.html("Save to my samples:", width="content")
        my_samples.save_buttons(digits, drawing.pixels if drawing.ended else None)
    return answer


def _samples(digits: tuple[int, int]) -> None:
    row, field = st.columns([1.6, 1], gap="medium")
    with row:
        controls.samples(digits)
    with field:
        controls.upload()
    for note in controls.notes():
        st.warning(note, icon=":material/info:")


def _details(answer: Answer | None, drawing: Drawing, network: Network) -> None:
    """Draw the shots, their spread and the important pixels."""
    digits, theme = network.config.digits, st.context.theme.type or "light"
    fall, scatter = st.columns(2, gap="large")
    with fall:
        st.markdown("#### Watch the shots land")
        _shots(answer, drawing, network)
        st.html(f'<p class="says">{draw_words.shots(answer)}</p>')
    with scatter:
        st.markdown("#### 200 repeat measurements")
        _jitter(answer, network, theme)
        st.html(f'<p class="says">{draw_words.jitter(answer, digits)}</p>')
    picture, words = st.columns(2, gap="large", vertical_alignment="center")
    with picture:
        st.markdown("#### The pixels that change θ most")
        _saliency(answer, drawing, theme)
    with words:
        st.html(f"<p>{draw_words.saliency(answer, digits)}</p><p>{draw_words.theta(answer)}</p>")
        st.html(numbers_list(draw_words.numbers(answer)))


def _shots(answer: Answer | None, drawing: Drawing, network: Network) -> None:
    if answer is None:
        picture = figures.nothing_yet("Draw a digit to see its shots here.")
    else:
        picture = falling_shots.shots(answer, network.config.digits, controls.falls())
    still = "" if drawing.ended else " still"
    st.markdown(f'<div class="falling{still}">{picture}</div>', unsafe_allow_html=True)


def _jitter(answer: Answer | None, network: Network, theme: str) -> None:
    if answer is None or answer.shots is None:
        st.html(figures.nothing_yet("Draw a digit to see 200 measurements of it here."))
        return
    reading = Reading("", Response.of(network.config.noise), answer.theta, answer.shots, answer.measured)
    st.echarts_chart(
        scatter_figure.histogram(answer.repeats, reading, len(answer.repeats), theme),
        key="draw_jitter",
        height=scatter_figure.HISTOGRAM_HEIGHT,
        alt=draw_words.jitter_alt(answer),
    )


@dataclass(frozen=True)
class _Seen:
    """A drawing and the derivative of θ by its pixels."""

    #: (28, 28), grey 0 to 1.
    pixels: NDArray[np.float32]
    saliency: NDArray[np.float32]


def _saliency(answer: Answer | None, drawing: Drawing, theme: str) -> None:
    if answer is None or drawing.pixels is None:
        st.html(figures.nothing_yet("Draw a digit to see its important pixels here."))
        return
    seen = _Seen((drawing.pixels / 255).astype(np.float32), answer.saliency)
    st.html(kit_saliency.saliency(seen, "the drawing", theme))


def _own(network: Network, shots: int | None) -> None:
    with st.expander("My samples", icon=":material/bookmarks:", key="draw_own_fold", on_change="rerun") as fold:
        if fold.open:
            my_samples.draw(network, shots)
