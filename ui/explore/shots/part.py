"""The Shots vs convergence tab: how settings change learning, over seeds, and its cost in shots."""

from functools import partial
from html import escape
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.jobs import desk_questions
from hqnn.sweeps import varied
from hqnn.sweeps.curves import LINE_STYLES, lines
from hqnn.sweeps.result import Header
from hqnn.sweeps.summaries import heat_map
from ui.explore import experiment
from ui.explore.experiment import Asked
from ui.explore.shots import axes as shots_axes
from ui.explore.shots import controls, end_figures, figures, words
from ui.explore.shots.controls import SETTING_NAMES, View
from ui.explore.shots.standing import Standing
from ui.frame import page
from ui.session import cached

EXPLANATION = r"""
Every combination of the chosen values is trained with the same seeds. All runs of one seed start with the same
weights, see the images in the same order and have the same dropout. So only the chosen values and shot noise differ.

**Curves** are means over seeds after each epoch. Epoch 0 is the network before its first step. The band is the 95%
Student interval of that mean, $\bar a \pm t_{n-1}\, s/\sqrt n$. It shows how far the mean over all seeds could be off,
not how much single runs differ.

**Total shots** are the cost of learning. A step measures every image of its batch at θ, θ + s and θ − s. So an epoch
takes 3 × images × shots. Tests are not counted. Exact probabilities use no shots and appear as a horizontal line at
their final value. Epoch 0 has used no shots, so it has no place on this log axis.

**Exact** accuracy and loss use exact probabilities at the same θ as the test with a network's own shots. They show
what the network has learned. Its own shots add the shot noise of its measurements. Losses are always exact: with few
shots the measured $-\log p$ is wrong on average, as the *Parameter shift* tab of the Gradients page shows.

**Significance.** For each seed we subtract a combination's final accuracy from that of the best one. The mean
difference has a Student interval at 95% for all comparisons together (Bonferroni: each at $1 - 0.05/(k-1)$). The best
one is picked from the same numbers, so its lead is slightly overestimated.

Student 1908, [doi:10.1093/biomet/6.1.1](https://doi.org/10.1093/biomet/6.1.1). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Dunn 1961,
[doi:10.1080/01621459.1961.10482090](https://doi.org/10.1080/01621459.1961.10482090).
"""


def draw(config: RunConfig) -> None:
    """Draw the tab."""
    notes = st.container()
    picture, card = st.columns([2.4, 1], gap="medium")
    with card.container(border=True, key="race_dials", gap="small"):
        says = st.container()
        choice = controls.choice()
    says.html(words.on_settings(config, choice.values))
    try:
        header = varied.header(config, choice)
    except HqnnError as error:
        picture.warning(escape(str(error)), icon=":material/error:")
    else:
        _race(header, picture)
    with notes:
        controls.link_notes()
    page.explain(EXPLANATION)


def _race(header: Header, picture: DeltaGenerator) -> None:
    above = picture.container()
    with picture:
        view = controls.view(header)
    with above:
        experiment.live_experiment(header, partial(_curves, view=view))
    pair = controls.heat(header)
    experiment.live_experiment(header, partial(_numbers, view=view, pair=pair))


def _curves(asked: Asked, view: View) -> None:
    """Draw the bar, the finding and the large chart."""
    experiment.bar(asked, "race", "Start all runs")
    st.container(key="race_words").markdown(words.finding(_standing(asked, view)))
    theme = st.context.theme.type or "light"
    drawn = lines(asked.results, view.measure, view.against, view.shown)
    floor = shots_axes.floor_of(drawn, controls.FLOORS) if view.floor is None else view.floor
    axes = shots_axes.axes_of(asked.header, view.measure, view.against, floor, asked.results.have.values())
    styles = list(zip(view.shown, LINE_STYLES, strict=False))
    st.html(end_figures.legend(styles, theme, named=figures.are_named(view.shown, view.against)))
    st.echarts_chart(
        figures.curves(drawn, axes, view.shown, theme),
        key="race_chart",
        height=figures.HEIGHT,
        alt=words.curves_alt(drawn, axes),
    )


def _numbers(asked: Asked, view: View, pair: tuple[str, str] | None) -> None:
    """Draw the final accuracies, the cost of the target, the heat map and the downloads."""
    found, theme = _standing(asked, view), st.context.theme.type or "light"
    if not found.entries:
        return
    styles = dict(zip(view.shown, LINE_STYLES, strict=False))
    shown = [entry for entry in found.entries if entry.name in styles]
    st.echarts_chart(
        end_figures.ends([(entry.group, entry.end, styles[entry.name]) for entry in shown], theme),
        key="race_ends",
        height=end_figures.ends_height(len(view.shown)),
        alt=words.ends_alt(shown),
    )
    st.html(words.table(found))
    if pair is not None:
        heads = SETTING_NAMES[pair[0]], SETTING_NAMES[pair[1]]
        st.html(end_figures.heat_table(heat_map(asked.results, *pair, exact=view.exact), *pair, heads, theme))
    _downloads(asked, view)


def _downloads(asked: Asked, view: View) -> None:
    """Draw the downloads."""
    name = experiment.file_name(asked, "race")
    with st.container(horizontal=True, key="race_downloads"):
        experiment.download(asked, "race")
        kinds: dict[Literal["png", "svg"], str] = {"png": "image/png", "svg": "image/svg+xml"}
        for kind, mime in kinds.items():
            st.download_button(
                f"Figure as {kind.upper()}",
                partial(_figure, asked, view, kind),
                file_name=f"{name}.{kind}",
                mime=mime,
                key=f"race_{kind}",
                icon=":material/image:",
                on_click="ignore",
                help="The curves shown above, for print, on a white background.",
            )


def _figure(asked: Asked, view: View, kind: Literal["png", "svg"]) -> bytes:
    drawn = lines(asked.results, view.measure, view.against, view.shown)
    return cached.jobs().desk.ask(
        desk_questions.sweep_figure, asked.results.header, drawn, view.measure, view.against, kind
    )


def _standing(asked: Asked, view: View) -> Standing:
    return Standing(asked.results, asked.done, len(asked.configs), view.reach, view.measure, view.exact)
