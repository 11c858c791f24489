"""The shot race: what settings do to learning, over seeds, and what that costs in shots."""

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
Every combination of the chosen values is trained with the same seeds. All trainings of one seed begin with the same
weights, see the images in the same order and have the same dropout, so that what differs is what was chosen, and what
shots do by chance.

**Curves** are means over seeds after each epoch. Epoch 0 is the network before its first step. The band is Student's
95% interval of that mean, $\bar a \pm t_{n-1}\, s/\sqrt n$: how far the mean of all seeds could be off, not how far
single runs lie apart.

**Shots spent** are the price of learning: a step measures every image of its batch at θ, θ + s and θ − s, so an
epoch takes 3 × images × shots. Tests are not counted. Exact probabilities have no price: on the axis of shots they
are a level, where they end. That axis has no place for epoch 0, which has cost no shots.

**Exact** accuracy and loss are computed from exact probabilities, at the same θ as the test with a network's own
shots. So they show what was learned; the network's own shots add what measuring costs. Losses are exact alone: with few
shots the measured $-\log p$ is wrong on average, as the Shift lab on the Gradients page shows.

**Told apart** are accuracies at the end in pairs of the same seed: the mean of the differences from the highest, with
Student's interval at 95% for all of them together (Bonferroni: each at $1 - 0.05/(k-1)$). The highest is chosen by
the same numbers, so its lead is flattered a little.

Student 1908, [doi:10.1093/biomet/6.1.1](https://doi.org/10.1093/biomet/6.1.1). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Dunn 1961,
[doi:10.1080/01621459.1961.10482090](https://doi.org/10.1080/01621459.1961.10482090).
"""


def draw(config: RunConfig) -> None:
    """Draw it."""
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
    """The bar, what the race says, and the large picture."""
    experiment.bar(asked, "race", "Train them all")
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
    """The ends, what it took to get there, two settings at once, and what can be taken away."""
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
    """What can be taken away."""
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
                help="The curves as they are shown, for print, on white.",
            )


def _figure(asked: Asked, view: View, kind: Literal["png", "svg"]) -> bytes:
    drawn = lines(asked.results, view.measure, view.against, view.shown)
    return cached.jobs().desk.ask(
        desk_questions.sweep_figure, asked.results.header, drawn, view.measure, view.against, kind
    )


def _standing(asked: Asked, view: View) -> Standing:
    return Standing(asked.results, asked.done, len(asked.configs), view.reach, view.measure, view.exact)
