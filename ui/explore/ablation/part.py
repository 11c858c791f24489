"""The Circuit vs classical tab: does the circuit help, or would a classical function do as well?"""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps.ablation import compare
from hqnn.sweeps.verdict import Swap
from ui.explore import experiment
from ui.explore.ablation import controls, figures, words
from ui.explore.experiment import Asked
from ui.frame import page

EXPLANATION = r"""
Each seed trains the same network four times, with the same first weights, images, order, dropout, loss and number of
steps. Only the **head** differs, which turns the angle $\theta$ into $P(1)$:

$$
\begin{aligned}
\text{circuit: } & k/N \text{ with } k \text{ of } N \text{ shots, } P(1) = \frac{1 + \sin\theta}{2} \\
\text{sigmoid: } & \frac{1}{1 + e^{-\theta}} \\
\text{sine: } & \frac{1 + \sin\theta}{2} \\
\text{linear: } & \frac{1 + \theta}{2}
\end{aligned}
$$

The circuit is trained with its measured shots and with gradients by the parameter-shift rule. With noise, its $P(1)$
is that of the noisy qubit. The other three heads are **classical replacements**. The noiseless sine is the ideal
circuit with infinitely many shots. The linear output may leave the range from 0 to 1. In the loss, no probability is
taken smaller than $1/(2N)$, half the weight of one shot. All networks are tested with exact probabilities. This shows
what they have learned, without shot noise.

With the differences $d_i$ of $n$ seeds, circuit minus replacement, the interval of their mean is

$$\bar d \pm t_{n-1}\!\left(1 - \tfrac{0.05}{6}\right) \frac{s_d}{\sqrt n} ,$$

and never narrower than one test image. Both runs of a pair share everything that the seed decides, so differences vary
less than accuracies. A difference counts if its interval excludes 0. The three intervals are corrected for three
comparisons: if no replacement differs, at most 5% of such tests find a difference by chance. This holds for one look
at the end, so the verdict waits until all seeds are finished. It needs at least five seeds. The interval covers other
seeds, not other test images: all seeds use the same ones.

Paired t: Student 1908, [doi:10.1093/biomet/6.1.1](https://doi.org/10.1093/biomet/6.1.1). Correction: Dunn 1961,
[doi:10.1080/01621459.1961.10482090](https://doi.org/10.1080/01621459.1961.10482090). Parameter-shift rule: Schuld
et al. 2019, [doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331).
"""


def draw(config: RunConfig) -> None:
    """Draw the tab."""
    notes, answer = st.container(), st.container(key="swap")
    with st.container(horizontal=True, vertical_alignment="bottom", key="swap_dials"):
        settings, seeds = controls.settings(), controls.seeds()
    with notes:
        controls.link_notes()
    try:
        header = controls.header(settings, seeds, config)
    except HqnnError as error:
        answer.warning(str(error), icon=":material/error:")
    else:
        with answer:
            experiment.live_experiment(header, _answer)
        experiment.live_experiment(header, _numbers)
    page.explain(EXPLANATION)


def _answer(asked: Asked) -> None:
    """Draw the verdict, both charts and the bar."""
    found, theme = _found(asked), st.context.theme.type or "light"
    st.html(f'<div class="found" role="status">{words.verdict(found)}</div>')
    curves, differences = st.columns(2, gap="medium")
    curves.echarts_chart(
        figures.curves_chart(found.heads, asked.header.config.epochs, theme),
        key="swap_curves",
        height=figures.HEIGHT,
        alt=words.curves_alt(found),
    )
    differences.echarts_chart(
        figures.differences_chart(found.differences, theme),
        key="swap_differences",
        height=figures.HEIGHT,
        alt=words.differences_alt(found),
    )
    experiment.bar(asked, key="swap", button=f"Start {len(asked.configs):,} runs")


def _numbers(asked: Asked) -> None:
    """Draw the settings and the table of all heads."""
    found = _found(asked)
    st.html(f"<p>{words.question(asked.header.config, len(asked.header.seeds))}</p>")
    if found.heads:
        st.html(words.table(found))
        experiment.download(asked, "swap")


def _found(asked: Asked) -> Swap:
    return compare(asked.results.have, asked.header.config, asked.header.seeds)
