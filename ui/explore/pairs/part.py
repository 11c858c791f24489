"""The atlas: which pairs of digits are hard to tell apart?"""

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
Each of the 45 pairs of digits has a network of its own, all trained with the same settings and the same seeds. Every
pair is in the map twice, above the diagonal and below it, so that a row has all pairs of a digit. The scale is of one
hue, darker (brighter in the dark) where more images are answered wrongly, so that it is read with any eyes; its ends
are written under it.

With one seed, the interval of an accuracy is Wilson's for $n$ test images with a share $\hat a$ of right answers and
$z = 1.96$: what this one network would reach on all images of that kind,

$$\frac{\hat a + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat a (1 - \hat a)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}} .$$

With several seeds it is Student's interval of the mean over seeds, $\bar a \pm t_{m-1}(0.975)\, s/\sqrt m$ for $m$
seeds, on the same test images. The mean of all pairs with one seed lies between the means of the intervals' ends: as
wide as if all pairs erred together, since they share their images. The hardest of 45 pairs is picked by the numbers
themselves, so another seed will most likely find it a little easier, and may find another pair.

Wilson 1927, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Student 1908,
[doi:10.1093/biomet/6.1.1](https://doi.org/10.1093/biomet/6.1.1).
"""


def draw(config: RunConfig) -> None:
    """Draw it."""
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
    """The map, beside it what it says and the pair that is looked at, and the bar."""
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
    experiment.bar(asked, key="atlas", button=f"Train {len(asked.configs):,} networks")
    if found.pairs:
        experiment.download(asked, "atlas")


def _pair(asked: Asked, found: Atlas, otherwise: tuple[int, int]) -> None:
    """One pair, and the button that trains it while it is watched."""
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
            help="Takes its digits over into the settings, and goes to the page Train.",
        ):
            st.switch_page("pages/train.py", query_params={})


def _theme() -> str:
    return st.context.theme.type or "light"
