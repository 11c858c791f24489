"""Home: the idea on one screen, the network with the chosen numbers, and a button that starts a run."""

import streamlit as st

from ui.frame import page
from ui.frame.run_bar import live_bar
from ui.session import device_dialog, own_runs, viewer
from ui.train import network_picture

page.head(
    "A neural network with a qubit in it",
    "Can a network whose prediction passes through one qubit learn to tell two handwritten digits apart?",
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
