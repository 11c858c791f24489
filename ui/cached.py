"""What is kept between reruns: the job engine, and what its worker was asked for."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime

from hqnn.jobs import Jobs


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The server's one job engine."""
    return Jobs(is_present=_is_connected)


@st.cache_resource(show_spinner=False)
def pixels(digit: int, train: bool) -> NDArray[np.uint8]:
    """All images of a digit: (count, 28, 28), grey 0 to 255. Shared between viewers: do not write to it."""
    return jobs().ask("hqnn.data:pixels", digit, train)


@st.cache_resource(show_spinner=False, max_entries=1000)
def drawing(theta: float, theme: str, kind: str) -> bytes:
    """A picture of the circuit with its angle (`hqnn.drawings.drawing`)."""
    return jobs().ask("hqnn.drawings:drawing", theta, theme, kind)


@st.cache_resource(show_spinner=False)
def stylesheet() -> str:
    """The pages' own CSS."""
    return Path(__file__).with_name("style.css").read_text()


def _is_connected(session_id: str) -> bool:
    """Whether a browser's page is open; without a server, as in tests, every page is."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session_id)
