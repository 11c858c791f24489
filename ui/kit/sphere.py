"""The Bloch sphere on a page. Plotly draws the sphere once; the states are arrows over it that turn with it.

Streamlit rebuilds a Plotly figure that changes. This is slow in a browser and resets the view.
"""

from dataclasses import asdict
from pathlib import Path

import streamlit as st
from streamlit.components import v2

from hqnn.circuit.response import BlochVector
from ui.kit import bloch
from ui.kit.script_files import stub

_arrows = v2.component("hqnn_arrows", js=stub(Path(__file__).with_name("sphere.js")))


def draw(before: BlochVector, after: BlochVector, theme: str, key: str, ideal: BlochVector | None = None) -> None:
    """Draw the sphere with the states after H and after RY(θ) (`ui.kit.bloch.arrows`)."""
    with st.container(key=f"{key}_picture", gap=None):
        st.plotly_chart(
            bloch.sphere(theme),
            key=key,
            alt="Bloch sphere with |0⟩ at its top, |1⟩ at its bottom, |+⟩ at its right and |−⟩ at its left",
            config={"displayModeBar": False},
        )
        arrows = [asdict(arrow) for arrow in bloch.arrows(before, after, theme, ideal)]
        data = {"key": f"{key}_picture", "arrows": arrows, "alt": bloch.states_alt(before, after)}
        _arrows(data=data, key=f"{key}_arrows", height=1)
