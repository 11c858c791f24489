"""What surrounds every page: navigation, the settings, and the head of a page."""

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

#: Titles of the pages whose dials are their own.
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
                "Settings of trainings. The labs have dials of their own, and take no more from here than noise."
            )
    viewer.keep_link()
    st.container()  # what a callback within a fragment draws takes the place of the page's first element
    _page_row()
    notes = st.container()
    with settings.frame_drawn():
        try:
            page.run()
        except HqnnError as error:
            st.error(str(error), icon=":material/error:")
    with notes:
        _notes()
    theme.follow()  # last: what is seen comes first
    tooltips.hide_when_pressed()


def head(title: str, question: str) -> None:
    """A page's first lines: its title and the question that it answers.

    Until a server has called `st.navigation` once, Streamlit runs a page of a folder called pages/ without the main
    script. The page then draws the frame with itself in it, and is done.
    """
    if not settings.is_framed():
        run()
        st.stop()
    st.container(key="head").markdown(f"## {title}\n{question}")


def figures(numbers: Sequence[Figure]) -> None:
    """Draw the numbers that matter side by side; two in a row on a phone."""
    with st.container(key="figures"):
        for column, number in zip(st.columns(len(numbers)), numbers, strict=True):
            column.metric(number.name, number.value, help=number.help, border=True)


def explain(text: str) -> None:
    """A fold with a page's formulas and sources, drawn when it is opened: the formulas' fonts are large."""
    with st.expander("What am I looking at?", icon=":material/help:", key="explanation", on_change="rerun") as fold:
        if fold.open:
            st.markdown(text)


def valid_config() -> RunConfig | None:
    """The settings, or a message in their place if they do not fit together."""
    try:
        return settings.config()
    except ConfigError as error:
        st.warning(str(error), icon=":material/error:")
        return None


def _notes() -> None:
    """What every viewer should know of the server, and what could not be done of what the link asked for."""
    for problem in jobs().problems:
        st.html(f'<div class="note" role="alert">{escape(problem)}</div>')
    notes = link.link_notes()
    if notes:
        st.html(f'<div class="note" role="status">{"<br>".join(map(escape, notes))}</div>')
        st.button("OK", key="dismiss_link_notes", on_click=link.dismiss_link_notes)
    if viewer.link_is_dead():
        st.html(
            '<div class="note" role="status">The link names a training that this server does not know, '
            "or has forgotten since.</div>"
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
    """Links to all pages, for windows that are too narrow for the navigation at the top."""
    with st.container(horizontal=True, gap=None, key="page_row"):
        for name, (title, _) in PAGES.items():
            st.page_link(f"pages/{name}.py", label=title)


def _settings(*, with_data: bool) -> None:
    """The settings' widgets, each at the same place on every page: one that moved would lose its part of the link."""
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
            st.caption("For the engine ibm. A run on a device says what it takes, and asks, before it begins.")
            settings.settings(setting_options.DEVICE)
        with noise:
            _noise()


def _noise() -> None:
    """The dials, and above them what they do to the qubit's answer."""
    st.caption("Dials of the engine noisy.")
    settings.noise_presets()
    picture = st.container(key="response")
    settings.settings(setting_options.NOISE)
    try:
        noise = settings.noise()
    except ConfigError:
        noise = Noise()  # the page says what does not fit
    picture.markdown(noise_curve.picture(noise), unsafe_allow_html=True)
    picture.caption(noise_curve.words(noise))
