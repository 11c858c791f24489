"""The Predictions tab: a gallery of all test images of the pair with their predictions."""

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
The line under each image shows the network's prediction and its probability for that digit. This $p$ is the share of
shots for the digit: $P(1)$ for the second digit and $1 - P(1)$ for the first. The prediction is the more probable
digit. In a tie the first digit wins. This page shows all MNIST test images of the two digits. None was used for
training. During a run the network is tested on only as many images as the settings say, so that accuracy can differ.

**Most confident** shows the images with the largest $p$ first. **Confidently wrong** starts with the largest
probability of the *wrong* digit: $1 - P(1)$ for images of the second digit and $P(1)$ for images of the first.
**Nearest to 0.5** starts with the smallest $|P(1) - \tfrac12|$. Measured probabilities are multiples of $1/N$, so many
are equal. Equal ones are in MNIST's order, and the two digits alternate.

The accuracy has a 95% Wilson interval. With $k$ of $n$ images right, $\hat p = k/n$ and $z = 1.96$, its ends are

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
            name = f"Test images and predictions, order: {ORDERS[order]}"
            st.html(gallery(pictures(found, images, shown.tolist(), _trip_link(network)), name))
    whole_test.downloads(network, found)
    page.explain(EXPLANATION)


def _says(answers: Answers, which: str, label: int | None, count: int) -> str:
    """Return the number of images shown and their kind."""
    digits = answers.config.digits
    whose = f"{NAMES[digits[0]]} and {NAMES[digits[1]]}" if label is None else NAMES[digits[label]]
    total = len(answers.labels) if label is None else int((answers.labels == label).sum())
    if count == 0:
        all_or_none = "all" if which == "Mistakes" else "none"
        return f"No images to show. The network gets {all_or_none} of the {total:,} {whose} right."
    kind = {"All": "", "Mistakes": ", wrong predictions", "Right": ", correct predictions"}[which]
    return f"{count:,}{'' if count == total else f' of {total:,}'} {whose}{kind}"


def _trip_link(network: Network) -> str | None:
    """Return the link to the tab that follows an image, with this page's settings. None unless the network belongs to
    the run on the page and that run has ended.
    """
    job = viewer.job()
    if job is None or job.id != network.of or job.weights_file is None:
        return None
    kept = {name: st.query_params.get_all(name) for name in (*setting_options.LABELS, viewer.PARAMETER)}
    return "gradients?" + urlencode(kept | {"gradients_part": FOLLOW_ONE_IMAGE}, doseq=True)
