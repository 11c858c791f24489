"""Cost estimate and confirmation before a run uses a device."""

import streamlit as st

from hqnn.config import ENGINES, RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from ui.session import viewer
from ui.session.cached import jobs


def start(config: RunConfig) -> None:
    """Start a run and show it. On a device, first ask to confirm the cost."""
    if ENGINES[config.engine].hardware:
        _ask(config)
    else:
        viewer.start(config)
        st.rerun()


@st.dialog("Run this on a device?")
def _ask(config: RunConfig) -> None:
    with st.spinner("Estimating the cost…"):
        try:
            quote = jobs().desk.ask(desk_questions.device_quote, config)
        except HqnnError as error:
            st.error(str(error), icon=":material/error:")
            return
    st.write(str(quote))
    st.write("This run is free." if quote.local else "IBM charges the device's time to this server's account.")
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
