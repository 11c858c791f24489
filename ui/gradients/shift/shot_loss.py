"""The section on the loss with few shots: two charts over p, and their values at the chosen θ."""

import streamlit as st

from ui.gradients.shift import shot_loss_figures, shot_loss_words
from ui.gradients.shift.rules import Question

EXPLANATION = r"""
**The loss with few shots.** Let K of N shots give the right digit, and $\hat p = K/N$, or $1/(2N)$ where K is 0. The
curves are means over all K. For large $Np$ these are

$$
\begin{aligned}
\mathrm{E}[-\log \hat p] &\approx -\log p + \frac{1 - p}{2 N p}, \\
\mathrm{E}[p / \hat p] &\approx 1 + \frac{1 - p}{N p} .
\end{aligned}
$$

No measured loss is above $\log 2N$. The gradient of $-\log p$ is $-\frac{1}{p}\,\frac{dp}{d\theta}$. The
parameter-shift rule measures $\frac{dp}{d\theta}$ with other shots and is right on average. So the mean gradient is the
exact one times the mean of $p / \hat p$. For large N this factor is largest near $p = 2.4/N$, where it is 1.56.
"""


def draw(question: Question, theme: str) -> None:
    """Draw the section."""
    p, shots = float(question.response.probability(question.theta)), question.shots
    st.markdown("#### The loss with few shots")
    st.markdown(f"{shot_loss_words.INTRODUCTION}\n\n{shot_loss_words.sentences(p, shots)}")
    of_loss, of_gradient = st.columns(2)
    of_loss.echarts_chart(
        shot_loss_figures.loss_chart(p, shots, theme),
        key="loss_with_shots",
        height=shot_loss_figures.HEIGHT,
        alt=shot_loss_words.loss_alt(p, shots),
    )
    of_gradient.echarts_chart(
        shot_loss_figures.factor_chart(p, shots, theme),
        key="gradient_with_shots",
        height=shot_loss_figures.HEIGHT,
        alt=shot_loss_words.factor_alt(p, shots),
    )
