"""The All 45 pairs tab: which pairs of digits are hard to distinguish?"""

from functools import partial

import streamlit as st

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps import experiments
from hqnn.sweeps.pairs import Atlas
from ui.explore import experiment
from ui.explore.experiment import Asked
from ui.explore.pairs import controls, figures
from ui.explore.pairs import words as atlas_words
from ui.frame import page
from ui.session import settings as state

EXPLANATION = r"""
Each of the 45 pairs of digits has its own network. All networks use the same settings and the same seeds. Every pair
is in the map twice, above and below the diagonal, so a row holds all pairs of a digit. The scale has a single hue, so
that colour-blind people can read it. It is darker (in dark mode brighter) where more images are wrong. Its ends are
written below the map.

With one seed, the interval of an accuracy is the Wilson interval for $n$ test images with a share $\hat a$ of correct
predictions and $z = 1.96$. It covers the accuracy of this one network on all images of that kind:

$$\frac{\hat a + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat a (1 - \hat a)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}} .$$

With several seeds it is the Student interval of the mean over seeds, $\bar a \pm t_{m-1}(0.975)\, s/\sqrt m$ for $m$
seeds, on the same test images.

With one seed, the interval of the overall mean averages the lower and the upper ends of all pairs. This is the widest
case: all pairs err together, since they share images. The hardest pair is picked from the same numbers. With another
seed it will probably look a little easier, and another pair may be hardest.

Wilson 1927, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Student 1908,
[doi:10.1093/biomet/6.1.1](https://doi.org/10.1093/biomet/6.1.1).
"""


def draw(config: RunConfig) -> None:
    """Draw the tab."""
    notes, answer = st.container(), st.container(key="atlas")
    with st.container(horizontal=True, vertical_alignment="bottom", key="atlas_dials"):
        settings, seeds = controls.settings(), controls.seeds()
    with notes:
        controls.link_notes()
    with answer:
        try:
            experiment.live_experiment(controls.header(settings, seeds, config), partial(_answer, beside=config))
        except HqnnError as error:
            st.warning(str(error), icon=":material/error:")
    page.explain(EXPLANATION)


def _answer(asked: Asked, beside: RunConfig) -> None:
    """Draw the map, beside it the finding and the chosen pair, and the bar."""
    found = Atlas.of(asked.results)
    otherwise = beside.digits if asked.missing else found.lowest.digits
    picture, words = st.columns([1.25, 1], gap="medium")
    with words:
        said = atlas_words.finding(found, len(experiments.PAIRS))
        st.html(f'<div class="found" role="status">{said}</div>')
        _pair(asked, found, otherwise)
    picture.echarts_chart(
        figures.map_chart(found, controls.chosen(otherwise), _theme()),
        key="atlas_map",
        height=figures.MAP_HEIGHT,
        alt=atlas_words.map_alt(found),
        on_select=partial(controls.press, "atlas_map", figures.pressed),
    )
    picture.caption(atlas_words.question(asked.header.config, len(asked.header.seeds)))
    experiment.bar(asked, key="atlas", button=f"Start {len(asked.configs):,} runs")
    if found.pairs:
        experiment.download(asked, "atlas")


def _pair(asked: Asked, found: Atlas, otherwise: tuple[int, int]) -> None:
    """Draw one pair, and the button that trains it on the Train page."""
    with st.container(border=True, key="atlas_one", gap="small"):
        digits = controls.pair(otherwise)
        pair = found.pair(digits)
        st.html(f'<div class="found">{atlas_words.on_pair(digits, pair, found)}</div>')
        st.echarts_chart(
            figures.curve_chart(pair, asked.header.config.epochs, figures.curve_floor(found), _theme()),
            key="atlas_curve",
            height=figures.CURVE_HEIGHT,
            alt=atlas_words.curve_alt(digits, pair),
        )
        if st.button(
            "Train this pair",
            key="atlas_train",
            icon=":material/show_chart:",
            on_click=state.choose_digits,
            args=(digits,),
            help="Sets these two digits in the settings and opens the Train page.",
        ):
            st.switch_page("pages/train.py", query_params={})


def _theme() -> str:
    return st.context.theme.type or "light"
