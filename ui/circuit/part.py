"""The Circuit page: controls of one qubit, its measurements, and their spread."""

from base64 import b64encode
from math import pi

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.circuit.response import IDEAL, Response, bloch_vectors
from hqnn.config import Noise
from hqnn.jobs import desk_questions
from ui.circuit import controls as circuit_dials
from ui.circuit import figures, words
from ui.frame import page
from ui.kit import scatter_figure, sphere
from ui.kit.angles import in_gate, in_words
from ui.kit.live import live
from ui.kit.scatter_figure import Reading
from ui.session import cached, lab_controls

#: Seconds between two redraws while the measurement repeats.
PACE_SECONDS = 0.25


def draw() -> None:
    """Draw it. A changed control redraws only this part of the page."""
    live(PACE_SECONDS if circuit_dials.is_measuring() else None, _draw, circuit_dials.is_measuring)


def _draw() -> None:
    theme = st.context.theme.type or "light"
    with st.container(key="lab"):
        with st.container(border=True, key="lab_dials"):
            picture, controls = st.columns([1, 1.9], gap="medium", vertical_alignment="center")
            with controls:
                theta, shots, seed = _dials()
            with picture:
                _drawing(theta, theme)
        noise = lab_controls.noise()
        if noise is not None:
            _answers(theta, shots, seed, noise, theme)
    _texts(theta, shots, seed, theme)


def _dials() -> tuple[float, int, int]:
    """Return θ in radians, the shots and the seed."""
    of_angle, of_shots, of_seed = st.columns([1.4, 1.25, 1.3], gap="medium", vertical_alignment="bottom")
    with of_angle:
        theta = lab_controls.theta()
    with of_shots:
        shots = lab_controls.shots()
    with of_seed:
        seed = lab_controls.seed()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        lab_controls.angle_presets()
        circuit_dials.measure_again()
    lab_controls.link_notes("theta", "lab_shots", "lab_seed")
    return theta, shots, seed


def _answers(theta: float, shots: int, seed: int, noise: Noise, theme: str) -> None:
    """Draw the measurements beside the exact values."""
    engines = [{"engine": "aer"}] if noise == Noise() else [{"engine": "aer"}, lab_controls.engine()]
    estimates = circuit_dials.estimates(theta, shots, seed, engines)
    readings = [
        Reading(name, response, theta, shots, float(of[-1]))
        for name, response, of in zip(("ideal", "noisy"), (IDEAL, Response.of(noise)), estimates, strict=False)
    ]
    curve, state, counts = st.columns([1.55, 1, 1], gap="small")
    with curve:
        st.echarts_chart(
            figures.curve(readings, theme),
            key="curve",
            height=figures.HEIGHT,
            alt=words.curve(readings),
        )
    with counts:
        st.echarts_chart(
            figures.counts(readings, theme),
            key="counts",
            height=figures.HEIGHT,
            alt=words.counts(readings),
        )
    page.figures(words.figures(readings[-1]))
    st.html(f'<p role="status">{words.status(readings, noise)} {words.INTERVALS}</p>')
    if len(readings) > 1:
        st.html(words.comparison(readings, noise))
    _scatter(estimates[-1], readings[-1], theme)
    with state:
        before, after = bloch_vectors(theta, noise)
        sphere.draw(before, after, theme, "sphere", None if noise == Noise() else bloch_vectors(theta)[1])


def _drawing(theta: float, theme: str) -> None:
    degrees = round(theta * 180 / pi)
    before, between, after = cached.circuit_template(theme)
    picture = b64encode("".join([before, in_gate(degrees), between, in_words(degrees), after]).encode()).decode()
    alt = words.circuit(theta)
    source = f"data:image/svg+xml;base64,{picture}"
    st.html(f'<img class="circuit" src="{source}" width="460" height="220" alt="{alt}">')


def _scatter(estimates: NDArray[np.float64], reading: Reading, theme: str) -> None:
    """Draw the spread of repeated estimates, and the standard error by number of shots."""
    with st.container(border=True, key="scatter_card"):
        picture, table = st.columns([1.9, 1], gap="medium")
        with picture:
            st.echarts_chart(
                scatter_figure.histogram(estimates, reading, circuit_dials.KEPT, theme),
                key="histogram",
                height=scatter_figure.HISTOGRAM_HEIGHT,
                alt=words.scatter(estimates, reading),
            )
            circuit_dials.measure_on()
        with table:
            st.html(f'<p role="status">{words.scatter(estimates, reading)}</p>')
            st.html(words.shots_table(reading))


def _texts(theta: float, shots: int, seed: int, theme: str) -> None:
    """Draw the fold with the circuit as pictures, text, OpenQASM 3 and code. Its texts are made when it opens."""
    with st.expander(
        "The circuit as files, Qiskit code, OpenQASM 3 and text",
        icon=":material/code:",
        key="code",
        on_change="rerun",
    ) as fold:
        if fold.open:
            _downloads(theta, theme)
            texts = cached.jobs().desk.ask(desk_questions.circuit_texts, theta, shots, seed)
            st.code(texts["code"], language="python")
            st.code(texts["qasm"], language="qasm")
            st.code(texts["text"], language=None)


def _downloads(theta: float, theme: str) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        contents = {
            "svg": ("image/svg+xml", lambda: cached.drawing(theta, theme, "svg")),
            "png": ("image/png", lambda: cached.drawing(theta, theme, "png")),
            "qasm": ("text/plain", lambda: cached.jobs().desk.ask(desk_questions.circuit_openqasm, theta)),
        }
        for kind, (mime, content) in contents.items():
            st.download_button(
                kind.upper(),
                content,
                file_name=f"circuit.{kind}",
                mime=mime,
                key=f"download_{kind}",
                icon=":material/download:",
                on_click="ignore",
            )
