"""The cards of the start page. Each leads to the page that explains it."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs.job import Job
from ui.home import words
from ui.home.cards import Card, cards
from ui.home.look import LABEL, Look
from ui.session import cached, viewer


def load(job: Job | None) -> None:
    """Fetch the run's image, so that what redraws the cards finds it."""
    if job is not None:
        with st.skeleton(height=190):
            _image(job)


def draw(job: Job | None, config: RunConfig | None) -> None:
    """Draw the cards of the run on the page, else of the settings; nothing if neither is there."""
    if job is not None:
        look = Look.at(job)
        _draw(cards(look, _image(job)))
        st.html(f'<p class="followed">{words.below(look, job)}</p>')
    elif config is not None:
        _draw(cards(Look(config), None))


def _image(job: Job) -> NDArray[np.uint8] | None:
    """Return the run's image, None if no worker can give it. The page's notes say why."""
    try:
        return cached.pixels(job.config.digits[LABEL], False)[0]
    except HqnnError:
        return None


def _draw(every: list[Card]) -> None:
    run = st.query_params.get_all(viewer.PARAMETER)
    kept = {viewer.PARAMETER: run} if run else {}
    with st.container(key="cards", gap=None):
        for card in every:
            with st.container(key=f"card_{card.key}", gap=None):
                st.page_link(f"pages/{card.page}.py", label=card.name, query_params=kept | card.choices)
                said = f'{card.picture}<small>{card.numbers}</small><small class="place">{card.place}</small>'
                st.markdown(f'<div class="card">{said}</div>', unsafe_allow_html=True)
