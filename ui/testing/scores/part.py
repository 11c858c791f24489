"""The Accuracy and confidence tab: metrics, three charts and the confusion matrix."""

import streamlit as st

from ui.frame import page
from ui.session.network_choice import Network
from ui.testing import whole_test
from ui.testing.prediction_table import Answers, confusion_table, figures
from ui.testing.scores import figures as score_charts
from ui.testing.scores import words

#: Height of the whole tab, pixels.
HEIGHT = 1150

EXPLANATION = r"""
Everything here uses only the test images. None was used for training.

**Accuracy** is the share of correct predictions, with a 95% Wilson interval. **Losses** are means of $-\log p$ and $-p$
over the images, where $p$ is the measured probability of the right digit. In the logarithm, $p$ is never taken smaller
than $1/(2N)$, half the weight of one shot. With few shots the mean of $-\log p$ is biased: images above about
$p = 1/N$ make it too high, images below make it too low. The Parameter shift tab on the Gradients page shows by how
much.

**Calibration.** The images are sorted into ten bins by their measured $P(1)$. For the $n_b$ images in a bin, $\bar p_b$
is the mean $P(1)$. The share that really shows the second digit is $\bar y_b$, with a 95% Wilson interval. If a
network's probability is 0.8, it should be right in 80% of the cases. Then the points are on the diagonal. The expected
calibration error is

$$\mathrm{ECE} = \sum_b \frac{n_b}{n}\,\bigl|\bar y_b - \bar p_b\bigr| .$$

Shot noise spreads the points. With few shots the measured $P(1)$ is larger or smaller than the exact one, so the
network looks more confident than it is.

**ROC.** A threshold other than $P(1) > \tfrac12$ leads to other mistakes. The ROC curve shows both rates for every
threshold. Horizontally it has the false positives, which are first-digit images taken for the second digit. Vertically
it has the true positives, which are second-digit images recognised. Its area $A$ is the probability that an image of
the second digit has a larger $P(1)$ than an image of the first. Equal values count half, as in Mann and Whitney's
statistic. The standard error of the area is

$$\sqrt{\frac{A(1-A) + (n_1-1)(Q_1-A^2) + (n_0-1)(Q_2-A^2)}{n_0\,n_1}},$$

where $n_0$ and $n_1$ are the numbers of images. $Q_1$ is the probability that two images of the second digit both have
a larger $P(1)$ than one of the first. $Q_2$ is the probability that one of the second has a larger $P(1)$ than two of
the first. Ties are broken at random. The dotted line shows guessing, and the small chart enlarges the upper left
corner.

Wilson 1927, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). Calibration: Guo,
Pleiss, Sun and Weinberger 2017, [arXiv:1706.04599](https://arxiv.org/abs/1706.04599), who use the
probability of the prediction instead of $P(1)$. ROC: Hanley and McNeil 1982,
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
    st.markdown("#### Confidence")
    st.echarts_chart(
        score_charts.histogram(answers, theme),
        key="histogram_chart",
        height=score_charts.FIRST_HEIGHT,
        alt=words.histogram_alt(answers),
    )
    st.markdown(words.sureness(answers))


def _reliability(answers: Answers, theme: str) -> None:
    st.markdown(f"#### Calibration (expected calibration error {answers.calibration.error:.4f})")
    st.echarts_chart(
        score_charts.reliability(answers, theme),
        key="reliability_chart",
        height=score_charts.HEIGHT,
        alt=words.reliability_alt(answers),
    )
    st.markdown(f"{words.calibration(answers)} {words.between(answers)}")


def _roc(answers: Answers, theme: str) -> None:
    st.markdown(f"#### ROC curve (area {words.area(answers)})")
    said = words.trade_off(answers)
    st.echarts_chart(
        score_charts.roc(answers, theme), key="roc_chart", height=score_charts.HEIGHT, alt=f"ROC curve. {said}"
    )
    st.markdown(said)
