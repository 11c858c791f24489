"""Before a run takes a device's time: what it will take, and a question."""

import streamlit as st

from hqnn.config import ENGINES, RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from ui.session import viewer
from ui.session.cached import jobs


def start(config: RunConfig) -> None:
    """Start a training, and show it; on a device, only once its cost has been agreed to."""
    if ENGINES[config.engine].hardware:
        _ask(config)
    else:
        viewer.start(config)
        st.rerun()


@st.dialog("Run this on a device?")
def _ask(config: RunConfig) -> None:
    with st.spinner("Asking the device…"):
        try:
            quote = jobs().desk.ask(desk_questions.device_quote, config)
        except HqnnError as error:
            st.error(str(error), icon=":material/error:")
            return
    st.write(str(quote))
    st.write("It costs nothing." if quote.local else "The device's time is charged to this server's account.")
    with st.container(horizontal=True):
        agreed = st.button(
            "Run it",
            key="agree",
            type="primary",
            icon=":material/play_arrow:",
            on_click=viewer.start,
            args=(config.replace(backend=quote.backend),),
        )
        if st.button("Cancel", key="disagree") or agreed:
            st.rerun()
