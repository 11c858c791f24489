"""The test bench's gallery: every answer to every test image of the pair."""

from math import ceil
from urllib.parse import urlencode

import streamlit as st

from ui.frame import page
from ui.kit.digits import gallery
from ui.kit.sitemap import PARTS
from ui.session import cached, setting_options, viewer
from ui.session.network_choice import Network
from ui.testing import whole_test
from ui.testing.prediction_table import NAMES, ORDERS, Answers, pictures
from ui.testing.predictions import controls

PER_PAGE = 48
#: Height of a full page of the gallery on a desktop, pixels.
HEIGHT = 560
FOLLOW_ONE_IMAGE = PARTS["gradients"]["One image's trip"]

EXPLANATION = r"""
Under each image stands the digit that the network answers and how probable it holds it: the share $p$ of shots for that
digit, $P(1)$ for the second one and $1 - P(1)$ for the first. The answer is the more probable digit; with as many shots
for both it is the first. All test images of MNIST are shown that the two digits have, none of which was trained on; a
training itself is tested on as many of them as its settings say, so its accuracy may be another one.

**Most sure** are the images with the largest $p$; **most wrong** those with the largest probability of the *wrong*
digit, $1 - P(1)$ for a second digit and $P(1)$ for a first one; **nearest to 0.5** those with the smallest
$|P(1) - \tfrac12|$. Measured probabilities are multiples of $1/N$, so many are equal: those stand in MNIST's order, the
two digits in turn.

The interval of the accuracy is Wilson's, 95%: with $k$ of $n$ right, $\hat p = k/n$ and $z = 1.96$,

$$\frac{\hat p + z^2/2n \;\pm\; z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n} .$$

Wilson 1927, [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
"""


def draw(network: Network) -> None:
    """Draw it."""
    digits = network.config.digits
    found = whole_test.answers(network, HEIGHT)
    with st.container(border=True, key="answers"):
        with st.container(horizontal=True, key="answers_dials"):
            order, which, label = controls.order(), controls.which(), controls.true_digit(digits)
            says = st.container(width="content")
        notes = st.container()
        places = found.places(which, label, order)
        pages = max(1, ceil(len(places) / PER_PAGE))
        number = controls.page(pages)
        with notes:
            controls.link_notes(digits)
        shown = places[PER_PAGE * (number - 1) : PER_PAGE * number]
        says.html(f'<p role="status" class="shown">{_says(found, which, label, len(places))}</p>')
        if len(shown):
            images = [cached.pixels(digit, False) for digit in digits]
            name = f"Test images and predicted labels, {ORDERS[order].lower()}"
            st.html(gallery(pictures(found, images, shown.tolist(), _trip_link(network)), name))
    whole_test.downloads(network, found)
    page.explain(EXPLANATION)


def _says(answers: Answers, which: str, label: int | None, count: int) -> str:
    """How many images are shown, of how many."""
    digits = answers.config.digits
    whose = f"{NAMES[digits[0]]} and {NAMES[digits[1]]}" if label is None else NAMES[digits[label]]
    total = len(answers.labels) if label is None else int((answers.labels == label).sum())
    if count == 0:
        return f"No images here: it got {'none' if which == 'Mistakes' else 'all'} of the {total:,} {whose} wrong."
    kind = {"All": "", "Mistakes": " answered wrongly", "Right": " answered rightly"}[which]
    return f"{count:,}{'' if count == total else f' of {total:,}'} {whose}{kind}"


def _trip_link(network: Network) -> str | None:
    """Where an image is followed through the network, if that is an ended training's and looked at; with the settings
    of this page's link.
    """
    job = viewer.job()
    if job is None or job.id != network.of or job.weights_file is None:
        return None
    kept = {name: st.query_params.get_all(name) for name in (*setting_options.LABELS, viewer.PARAMETER)}
    return "gradients?" + urlencode(kept | {"gradients_part": FOLLOW_ONE_IMAGE}, doseq=True)
