"""Home: the idea on one screen, the network with the chosen numbers, and a button that starts a run."""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from ui.frame import page
from ui.frame.run_bar import live_run, slim_bar
from ui.home import part, words
from ui.session import device_dialog, own_runs, viewer

page.head(
    "A neural network with a qubit in it",
    "Can a network whose prediction passes through one qubit learn to tell two handwritten digits apart?",
)
config = page.valid_config()


def start_row(config: RunConfig) -> None:
    """Draw the button that starts a run with the viewer's settings, and what it would train."""
    with st.container(horizontal=True, vertical_alignment="center", key="start_row"):
        pressed = st.button(
            f"Train on {config.digits[0]} vs {config.digits[1]}",
            key="start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=viewer.busy(),
        )
        st.html(words.pair_line(config), width="content")
    if pressed and not viewer.busy():
        device_dialog.start(config)


def panel(job: Job | None) -> None:
    """Draw the bar of the run on the page, the button of a new one, and the cards."""
    slim_bar(job)
    if config is not None:
        start_row(config)
    part.draw(job, config)


part.load(viewer.job())
live_run(panel)
own_runs.own()
st.markdown(
    "A small convolutional network turns an image into **one number, an angle θ**. "
    "A quantum circuit, simulated by Qiskit, rotates a qubit by this angle and measures it many times. "
    "The share of ones is the probability of the second digit. "
    "To train the network, the app measures the circuit twice more, at θ + s and θ − s. "
    "The difference gives the gradient."
)
page.explain(
    r"""
The circuit is $H$, then $R_Y(\theta)$, then a measurement, so

$$P(1) = \frac{1 + \sin\theta}{2}, \qquad \langle Z\rangle = 1 - 2P(1) = -\sin\theta .$$

Each probability is a share of the shots, so it has shot noise. With 100 shots its standard error is at most 0.05.
The circuit has no weights. Training changes only the 117,761 weights of the classical network that computes θ. Using a
quantum circuit makes nothing here faster or better.

The network follows the post *MNIST Classification with Hybrid Quantum-Classical Neural Network* and corrects several of
its errors. These pages call it the *original post*. Some settings reproduce it.

Parameter-shift rule: Mitarai et al. 2018, [doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309);
Schuld et al. 2019, [doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331).
"""
)
st.page_link("pages/data.py", label="Next: the training digits", icon=":material/arrow_forward:")
