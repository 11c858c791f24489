"""The Compare runs tab: runs of this server and loaded runs, side by side."""

from collections.abc import Callable
from html import escape

import streamlit as st

from hqnn.jobs.job import Job
from hqnn.sweeps.comparison import Compared
from ui.explore.compare import controls, figures, view_controls, words
from ui.explore.compare.lines import View
from ui.frame import page
from ui.kit.live import live
from ui.kit.words import began
from ui.session import cached, viewer

#: Seconds between two updates while one of the runs is active.
LIVE_SECONDS = 1.0

EXPLANATION = r"""
Every line is one run, epoch by epoch. Epoch 0 is the network before its first step. **Accuracies** and the **test
loss** are measured after each epoch, without dropout. The band around the test accuracy is the 95% Wilson interval. It
covers other images of the same kind. The **training loss** is the mean over an epoch's batches, with dropout.
$-\log p$ and $-p$ of the right digit have different scales, so they never share an axis. A run records both losses for
the training images. For the test images it records the loss used in training, and both at the end. **Circuit
gradients** are $dP(1)/d\theta$ of every image as the gradient rule measured it, with shot noise. A **gradient norm** is
the L2 norm of the loss gradient in one layer, with weights and biases together.

**Two networks on the same test images** are compared image by image. Let $b$ be the number of images that only A gets
right, and $c$ the number that only B gets right. If both networks were equally good, each of these $b + c$ images would
be a fair coin. McNemar's exact test gives the probability of a result at least this uneven,

$$p = \min\Bigl(1,\; 2 \sum_{k=0}^{\min(b,c)} \binom{b+c}{k}\, 2^{-(b+c)}\Bigr) .$$

The test is about these two networks, and it uses their predictions with the shots of the test. To compare *settings*,
use several seeds, as the other tabs do. Dietterich 1998,
[doi:10.1162/089976698300017197](https://doi.org/10.1162/089976698300017197). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).

The networks included with hqnn are not offered here, because their files hold no history.
`python -m hqnn compare FILE FILE…` prints the same table for run files, and for the results of `sweep`, `ablate`,
`stuck` and `pairs`.
"""


def draw() -> None:
    """Draw the tab."""
    current, own = viewer.job(), cached.trainings(viewer.identity())
    controls.follow(current, own)
    picture, card = st.columns([2.6, 1], gap="medium")
    with picture:
        measure = view_controls.measure()
    with card.container(border=True, key="compare_card", gap="small"):
        controls.choose(_names(current, own))
        loss, layer = view_controls.loss(list(_runs().values()), measure), view_controls.layer(measure)
        controls.upload()
        controls.add_by_link()
        controls.share()
        controls.problems()
    controls.keep_link()
    with picture:
        _live(lambda runs: _picture(runs, View(measure, loss, layer)))
        if not own and not _runs():
            st.info("No run yet. Start one, or load run files.", icon=":material/info:")
            st.page_link("pages/train.py", label="Go to the Train page", icon=":material/play_arrow:")
    _live(_table)
    page.explain(EXPLANATION)


def _live(draw_part: Callable[[dict[str, Compared]], None]) -> None:
    """Draw a part of the tab, and draw it again while one of the runs is active."""

    def draw_watched() -> None:
        runs = _runs()
        for key, run in runs.items():
            if run.state.active:
                viewer.watch(key)
        draw_part(runs)

    live(LIVE_SECONDS if _any_active() else None, draw_watched, _any_active)


def _runs() -> dict[str, Compared]:
    """Return the chosen runs as they are now, by key."""
    found = {key: controls.run(key) for key in controls.chosen()}
    return {key: run for key, run in found.items() if run is not None}


def _any_active() -> bool:
    return any(run.state.active for run in _runs().values())


def _picture(by_key: dict[str, Compared], view: View) -> None:
    runs, theme = list(by_key.values()), st.context.theme.type or "light"
    st.echarts_chart(
        figures.chart(runs, view, theme),
        key="compare_chart",
        height=figures.HEIGHT,
        alt=words.alt(runs, view),
    )
    files = controls.files()
    names = [files[key][0] if key in files else "" for key in by_key]
    if runs:
        st.html(words.key(runs, names, theme))
    said = " ".join(words.notes(runs, view)) if runs else words.EMPTY
    st.html(f'<p role="status">{escape(said)}</p>')


def _table(by_key: dict[str, Compared]) -> None:
    runs = list(by_key.values())
    if runs:
        st.html(words.table(runs, st.context.theme.type or "light"))
        st.html(f'<p role="status">{escape(words.verdict(runs))}</p>')


def _names(current: Job | None, own: list[Job]) -> dict[str, str]:
    """Return the names of all runs on offer, by key: this viewer's, loaded ones, and those chosen already."""
    jobs = {job.id: job for job in ([current] if current else []) + own}
    names = {key: _name(job) for key, job in jobs.items()}
    names |= {key: f"{file}: {_short(run)}" for key, (file, run) in controls.files().items()}
    return names | {key: f"added: {_short(run)}" for key, run in _runs().items() if key not in names}


def _name(job: Job) -> str:
    a, b = job.config.digits
    return f"{a} vs {b}, seed {job.config.seed}, {job.state}, {began(job)}"


def _short(run: Compared) -> str:
    a, b = run.config.digits
    return f"{a} vs {b}, seed {run.config.seed}, {run.state}"
