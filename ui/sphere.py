"""The Bloch sphere on a page: Streamlit draws a changed Plotly figure anew, so the page tells how it was turned."""

from math import isfinite
from typing import Any

import streamlit as st
from streamlit.components import v2

from hqnn.noise import BlochVector
from ui import bloch, circuit_words

#: Tells how the sphere beside it has been turned, whenever it has been: its own figure says so.
_LISTENER = """
export default function ({ data, setStateValue }) {
  const told = `.st-key-${data} .js-plotly-plot`
  const listen = () => {
    const figure = document.querySelector(told)
    if (!figure?.on || figure.heard) return
    figure.heard = true
    figure.on('plotly_relayout', change => {
      const camera = change['scene.camera']
      if (camera) setStateValue('camera', camera)
    })
  }
  const timer = setInterval(listen, 100)
  return () => clearInterval(timer)
}
"""

_listener = v2.component("hqnn_sphere", js=_LISTENER)


def draw(before: BlochVector, after: BlochVector, theme: str, key: str, ideal: BlochVector | None = None) -> None:
    """Draw the sphere, turned as its viewer left it (`ui.bloch.sphere`)."""
    with st.container(key=f"{key}_picture"):
        camera = valid_camera(st.session_state.get(f"{key}_turned", {}).get("camera"))
        st.plotly_chart(
            bloch.sphere(before, after, theme, ideal, camera),
            key=key,
            alt=circuit_words.sphere(before, after),
            config={"displayModeBar": False},
        )
        _listener(data=f"{key}_picture", key=f"{key}_turned", on_camera_change=lambda: None, height=1)


def valid_camera(said: Any) -> dict[str, Any] | None:
    """A camera as Plotly takes it, from what a page says of one; none if that is anything else."""
    try:
        points = {name: {axis: float(said[name][axis]) for axis in "xyz"} for name in ("eye", "center", "up")}
    except (KeyError, TypeError, ValueError):
        return None
    if not all(isfinite(value) and abs(value) < 100 for point in points.values() for value in point.values()):
        return None
    return {**points, "projection": bloch.CAMERA["projection"]}
