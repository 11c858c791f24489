"""The Effect of shots tab: accuracy over shots, and repeated measurements of one image."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.config import Noise
from hqnn.errors import HqnnError
from hqnn.inference import shot_accuracy
from hqnn.jobs.study import Study, StudyState
from ui.frame import page
from ui.kit import study_bar
from ui.kit.live import live
from ui.session import cached
from ui.session.network_choice import Network
from ui.testing.shots import controls, figures, one_image
from ui.testing.shots import words as shots_words
from ui.testing.shots.question import Dials

#: Seconds between two redraws of a running measurement.
LIVE_SECONDS = 0.5

BUTTON = "Measure from 1 to 10,000 shots"
IDLE = f"The line is the expectation. Press the button to measure with {len(shot_accuracy.SHOTS)} numbers of shots."

EXPLANATION = r"""
With $N$ shots, the prediction is the second digit if more than half of the shots give 1. A tie counts as the first
digit, as in every test here. If one shot gives 1 with probability $p = P(1)$, the number $K$ of ones is binomial. The
probability of predicting the second digit is

$$q = P(K > N/2) = \sum_{k > N/2} \binom{N}{k} p^k (1-p)^{N-k} .$$

Every image has its own $p$. So the number of correct predictions among $n$ images is a sum of unequal coins, which has
a Poisson binomial distribution. With $r_i = q_i$ for images of the second digit and $1 - q_i$ for images of the first,

$$\mathrm{accuracy} = \frac1n \sum_i r_i , \qquad \mathrm{SD}^2 = \frac1{n^2} \sum_i r_i (1 - r_i) .$$

The band is ± 1.96 SD and contains 95% of all tests of these images. The band does not cover other images; the Wilson
interval does. With noise, $p$ includes that noise. Ties count as the first digit, so the first digit gains what the
second loses. Averaged over both ways to count a tie, $2m$ shots are exactly as good as $2m - 1$.

For up to 1.1 million shots of all images together, the test simulates every shot. For more, it draws the shots from the
engine's exact probabilities. The measurement with the progress bar simulates every shot.

Poisson binomial distribution: Wang 1993, *Statistica Sinica* 3, 295. Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
"""


def draw(network: Network) -> None:
    """Draw it."""
    with st.skeleton(height=figures.HEIGHT):
        of_digits = cached.angles(network.key, network.config.digits, network.run_file)
    theta = np.concatenate(of_digits)
    labels = np.repeat((0, 1), [len(each) for each in of_digits])
    picture, card = st.columns([2.4, 1], gap="medium")
    with card.container(border=True, key="shots_dials", gap="small"):
        dials = _dials(network, theta, labels)
    if dials is None:
        page.valid_config()
    else:
        with picture:
            _live(dials, _accuracy)
        page.figures(shots_words.figures(dials.tested(None), network.config.loss))
        _live(dials, _study)
        one_image.draw(dials)
    page.explain(EXPLANATION)


def _dials(network: Network, theta: NDArray[np.float64], labels: NDArray[np.int64]) -> Dials | None:
    """Draw the controls. Return None if the noise settings do not fit together."""
    shots, engine = controls.shots(), controls.engine(network.config)
    seed, view, rounds = controls.seed(), controls.view(), controls.measure_again()
    st.markdown(shots_words.on_training(network.config, network.step))
    if engine is None:
        return None
    if engine["engine"] == "noisy" and engine["settings"] == Noise().model_dump():
        st.markdown("No noise is set. Choose the `noisy` engine in the sidebar and set its noise.")
    return Dials(network, theta, labels, shots, engine, seed, rounds, view)


def _live(dials: Dials, draw_part: Callable[[Dials, Study | None], None]) -> None:
    """Draw a part with the latest measurement, and redraw it while the measurement runs."""
    live(LIVE_SECONDS if _is_running() else None, lambda: draw_part(dials, _kept_study()), _is_running)


def _kept_study() -> Study | None:
    kept = controls.kept_study()
    return kept[1] if kept else None


def _is_running() -> bool:
    study = _kept_study()
    return study is not None and study.running


def _accuracy(dials: Dials, study: Study | None) -> None:
    """Draw the large chart."""
    each_digit, tested = dials.view == controls.PER_DIGIT, dials.tested(study)
    st.echarts_chart(
        figures.accuracy_chart(tested, each_digit=each_digit, theme=st.context.theme.type or "light"),
        key="shots_chart",
        height=figures.HEIGHT,
        alt=shots_words.accuracy_alt(tested, each_digit=each_digit),
    )
    with st.container(key="shots_words"):
        st.markdown(shots_words.on_ties(tested) if each_digit else shots_words.on_shots(tested))


def _study(dials: Dials, study: Study | None) -> None:
    """Draw the bar of the measurement, and its results in numbers."""
    with st.container(border=True, key="shots_study_bar"):
        _study_bar(dials, study, mine=dials.is_of(study))
    tested = dials.tested(study)
    if tested.study:
        with st.expander("Measured and expected accuracy in numbers", icon=":material/table:", key="shots_table"):
            st.html(shots_words.measured_table(tested))


def _study_bar(dials: Dials, study: Study | None, *, mine: bool) -> None:
    if study is not None and study.running:
        study.watch()
    with st.container(horizontal=True, vertical_alignment="center"):
        if study is not None and study.running:
            st.button(
                "Stop",
                key="shots_stop",
                icon=":material/stop:",
                on_click=study.stop,
                help="Keeps what is measured so far.",
            )
        else:
            st.button(
                BUTTON,
                key="shots_start",
                icon=":material/play_arrow:",
                on_click=_start,
                args=(dials,),
                disabled=mine and study is not None and study.state is StudyState.FINISHED,
                help="Tests all images with 1 to 10,000 shots, up to 20 times each, and simulates every shot. Another "
                "random seed gives other shots.",
            )
        words = study_bar.study_words(study, mine=mine, idle=IDLE, button=BUTTON)
        st.html(f'<div class="run" role="status">{words}</div>', width="stretch")
    st.progress(study.done / study.total if study is not None and (mine or study.running) else 0.0)


def _start(dials: Dials) -> None:
    try:
        controls.keep_study(dials.of_study(), dials.study())
    except HqnnError as error:
        st.toast(str(error), icon=":material/error:")
