"""The frame of every page: navigation, settings, messages and the page's head."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from hqnn.config import Noise, RunConfig
from hqnn.errors import ConfigError, HqnnError
from ui.frame import theme, tooltips
from ui.kit import noise_curve
from ui.kit.browser_title import browser_title
from ui.kit.sitemap import ICON, PAGES
from ui.kit.words import Figure
from ui.session import link, setting_options, settings, viewer
from ui.session.cached import jobs

#: Titles of the pages with their own controls.
LABS = ("Circuit", "Gradients", "Draw")


def run() -> None:
    """Draw the frame, and the page in it."""
    link.remember_link()
    settings.take_up()
    viewer.adopt(link.linked(viewer.PARAMETER))
    page = _navigation()
    browser_title(page.title)
    if viewer.just_started() and page.title != PAGES["train"][0]:
        st.switch_page("pages/train.py", query_params={})
    with st.sidebar:
        _settings(with_data=page.title != "Data")
        if page.title in LABS:
            st.caption(
                "These settings are for training. This page has its own controls and uses only the noise settings from "
                "here."
            )
    viewer.keep_link()
    st.container()  # elements drawn by a callback in a fragment replace the page's first element
    _page_row()
    notes = st.container()
    with settings.frame_drawn():
        try:
            page.run()
        except HqnnError as error:
            st.error(str(error), icon=":material/error:")
    settings.forget_move()
    with notes:
        _notes()
    theme.follow()  # last, because visible elements come first
    tooltips.hide_when_pressed()


def head(title: str, question: str) -> None:
    """Draw a page's title and the question that it is about.

    Until `st.navigation` has run once on the server, Streamlit runs a file of pages/ without the main script. The page
    then draws the frame around itself and stops.
    """
    if not settings.is_framed():
        run()
        st.stop()
    st.container(key="head").markdown(f"## {title}\n{question}")


def figures(numbers: Sequence[Figure]) -> None:
    """Draw metrics side by side, two per row on a phone."""
    with st.container(horizontal=True, key="figures"):
        for number in numbers:
            st.metric(number.name, number.value, help=number.help, border=True)


def explain(text: str) -> None:
    """Draw a fold with formulas and sources. Its content is drawn when it opens, because formula fonts are large."""
    with st.expander("What am I looking at?", icon=":material/help:", key="explanation", on_change="rerun") as fold:
        if fold.open:
            st.markdown(text)


def valid_config() -> RunConfig | None:
    """Return the settings. If they do not fit together, draw the reason and return None."""
    try:
        return settings.config()
    except ConfigError as error:
        st.warning(str(error), icon=":material/error:")
        return None


def _notes() -> None:
    """Draw problems of the server, and notes on the link."""
    for problem in jobs().problems:
        st.html(f'<div class="note" role="alert">{escape(problem)}</div>')
    notes = link.link_notes()
    if notes:
        st.html(f'<div class="note" role="status">{"<br>".join(map(escape, notes))}</div>')
        st.button("OK", key="dismiss_link_notes", on_click=link.dismiss_link_notes)
    if viewer.link_is_dead():
        st.html(
            '<div class="note" role="status">This link points to a run that is not on this server. '
            "It may have been removed from the history.</div>"
        )
        st.button("OK", key="forget_link", on_click=viewer.forget_link)


def _navigation():
    st.set_page_config(page_icon=ICON, layout="wide")
    return st.navigation(
        [
            st.Page(f"pages/{name}.py", title=title, icon=icon, default=name == "home")
            for name, (title, icon) in PAGES.items()
        ],
        position="top",
    )


def _page_row() -> None:
    """Draw links to all pages, for windows too narrow for the navigation at the top."""
    with st.container(horizontal=True, gap=None, key="page_row"):
        for name, (title, _) in PAGES.items():
            st.page_link(f"pages/{name}.py", label=title)


def _settings(*, with_data: bool) -> None:
    """Draw the settings. Each widget has the same place on every page, because a move would reset its query key."""
    settings.presets()
    with st.container():
        if with_data:
            settings.settings(setting_options.DATA)
    settings.settings(setting_options.CIRCUIT)
    with st.expander("Training settings"):
        settings.settings(setting_options.TRAINING)
    with st.expander("Engine and noise"):
        settings.settings(setting_options.ENGINE)
        noise, device = st.tabs(["Noise", "Device"])
        with device:
            st.caption("For the `ibm` engine. You see the cost and confirm before a run starts.")
            settings.settings(setting_options.DEVICE)
        with noise:
            _noise()


def _noise() -> None:
    """Draw the noise controls, and above them their effect on P(1)."""
    st.caption("Noise of the `noisy` engine.")
    settings.noise_presets()
    picture = st.container(key="response")
    settings.settings(setting_options.NOISE)
    try:
        noise = settings.noise()
    except ConfigError:
        noise = Noise()  # the page shows the reason
    picture.markdown(noise_curve.picture(noise), unsafe_allow_html=True)
    picture.caption(noise_curve.words(noise))
