"""Start: what this is on one screen, the network with the chosen numbers, and one button that starts."""

import streamlit as st

from ui.frame import page
from ui.frame.run_bar import live_bar
from ui.session import device_dialog, own_runs, viewer
from ui.train import network_picture

page.head(
    "A neural network with a qubit in it",
    "Can a network whose answer passes through one qubit learn to tell two handwritten digits apart?",
)
live_bar()
config = page.valid_config()
if config is not None:
    with st.container(horizontal=True, vertical_alignment="center", key="start_row"):
        if (
            st.button(
                f"Train on {config.digits[0]} vs {config.digits[1]}",
                key="start",
                type="primary",
                icon=":material/play_arrow:",
                disabled=viewer.busy(),
            )
            and not viewer.busy()
        ):
            device_dialog.start(config)
        st.html(network_picture.pair_line(config), width="content")
    st.markdown(network_picture.network(config), unsafe_allow_html=True)
own_runs.own()
st.markdown(
    "A small convolutional network looks at a digit and ends in **one number, an angle θ**. "
    "A quantum circuit, simulated by Qiskit, turns a qubit by that angle and measures it again and again; "
    "the share of ones is the probability of the second digit. "
    "The gradient comes back through the circuit by measuring it twice more, at θ + s and θ − s."
)
page.explain(
    r"""
The circuit is $H$, then $R_Y(\theta)$, then a measurement, so

$$P(1) = \frac{1 + \sin\theta}{2}, \qquad \langle Z\rangle = 1 - 2P(1) = -\sin\theta .$$

Each probability is a share of the shots, so it carries shot noise: with 100 shots its standard error is at most 0.05.
The circuit itself has no weights. What is learned are the 117,761 weights of the network in front of it, which
choose θ; nothing here is faster or better for being quantum.

Parameter-shift rule: Mitarai et al. 2018, [doi:10.1103/PhysRevA.98.032309](https://doi.org/10.1103/PhysRevA.98.032309);
Schuld et al. 2019, [doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331).
"""
)
st.page_link("pages/data.py", label="Next: the digits it learns from", icon=":material/arrow_forward:")
