"""How good the network is, and how sure: its figures, and four pictures of all its answers."""

import streamlit as st

from ui.frame import page
from ui.session.network_choice import Network
from ui.testing import whole_test
from ui.testing.prediction_table import Answers, confusion_table, figures
from ui.testing.scores import figures as score_charts
from ui.testing.scores import words

#: Height of all that is drawn, pixels.
HEIGHT = 1150

EXPLANATION = r"""
Everything here comes from the test images alone, none of which was trained on.

**Accuracy** is the share of right answers, with Wilson's 95% interval. **Losses** are means over the images of
$-\log p$ and $-p$ of the right digit's measured probability; a $p$ below half a shot's share counts as $1/(2N)$ in the
logarithm. With few shots the mean of $-\log p$ is not that of the true $p$: images above about $p = 1/N$ make it too
high, those below too low. The Shift lab on the Gradients page shows by how much.

**Calibration.** The images are put into ten bins by their measured $P(1)$. Of the $n_b$ images in a bin, $\bar p_b$ is
the mean $P(1)$ and $\bar y_b$ the share that really is the second digit, with Wilson's 95% interval. A network that
says 0.8 should be right in 80% of the cases: then the points lie on the diagonal. The expected calibration error is

$$\mathrm{ECE} = \sum_b \frac{n_b}{n}\,\bigl|\bar y_b - \bar p_b\bigr| .$$

Shots spread the points: with few of them $P(1)$ is measured larger or smaller than it is, which makes the network look
surer than it is.

**ROC.** Whoever asks for more than $P(1) > \tfrac12$ before an image counts as the second digit makes other mistakes.
The curve has the two rates for every threshold: along the first digit's images that are taken for the second one, up
the second digit's that are found. Its area $A$ is the probability that an image of the second digit gets a larger
$P(1)$ than one of the first, where equal ones count half (Mann and Whitney's count), and its standard error is

$$\sqrt{\frac{A(1-A) + (n_1-1)(Q_1-A^2) + (n_0-1)(Q_2-A^2)}{n_0\,n_1}},$$

with $Q_1$ the probability that two images of the second digit both get more than one of the first, and $Q_2$ that one
of the second gets more than two of the first; chance decides between equal ones. The dotted line is guessing, the small
picture the upper left corner.

Wilson 1927, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Calibration: Guo,
Pleiss, Sun and Weinberger 2017, [arXiv:1706.04599](https://arxiv.org/abs/1706.04599), there with the probability of the
answer in place of $P(1)$. ROC: Hanley and McNeil 1982,
[doi:10.1148/radiology.143.1.7063747](https://doi.org/10.1148/radiology.143.1.7063747).
"""


def draw(network: Network) -> None:
    """Draw it."""
    found = whole_test.answers(network, HEIGHT)
    page.figures(figures(found))
    theme = st.context.theme.type or "light"
    left, right = st.columns([1.6, 1], gap="medium")
    with left, st.container(border=True, key="score_histogram"):
        _histogram(found, theme)
    with right, st.container(border=True, key="confusion"):
        st.html(confusion_table(network.config.digits, found.evaluation.confusion))
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="score_reliability"):
        _reliability(found, theme)
    with right, st.container(border=True, key="score_roc"):
        _roc(found, theme)
    whole_test.downloads(network, found)
    page.explain(EXPLANATION)


def _histogram(answers: Answers, theme: str) -> None:
    st.markdown("#### How sure it is")
    st.echarts_chart(
        score_charts.histogram(answers, theme),
        key="histogram_chart",
        height=score_charts.FIRST_HEIGHT,
        alt=words.histogram_alt(answers),
    )
    st.markdown(words.sureness(answers))


def _reliability(answers: Answers, theme: str) -> None:
    st.markdown(f"#### Calibration: expected error {answers.calibration.error:.4f}")
    st.echarts_chart(
        score_charts.reliability(answers, theme),
        key="reliability_chart",
        height=score_charts.HEIGHT,
        alt=words.reliability_alt(answers),
    )
    st.markdown(f"{words.calibration(answers)} {words.between(answers)}")


def _roc(answers: Answers, theme: str) -> None:
    st.markdown(f"#### ROC: area {words.area(answers)}")
    said = words.trade_off(answers)
    st.echarts_chart(
        score_charts.roc(answers, theme), key="roc_chart", height=score_charts.HEIGHT, alt=f"ROC curve. {said}"
    )
    st.markdown(said)
