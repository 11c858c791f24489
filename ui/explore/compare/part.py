"""Compare: trainings of this server, and loaded ones, side by side."""

from collections.abc import Callable
from html import escape
from time import time

import streamlit as st

from hqnn.jobs.job import Job
from hqnn.sweeps.comparison import Compared
from ui.explore.compare import controls, figures, view_controls, words
from ui.explore.compare.lines import View
from ui.frame import page
from ui.kit.live import live
from ui.kit.words import ago
from ui.session import cached, viewer

#: Seconds between two pictures while one of the trainings goes on.
LIVE_SECONDS = 1.0

EXPLANATION = r"""
Every line is one training, epoch by epoch. Epoch 0 is the network before its first step. **Accuracies** and the **test
loss** are those after each epoch, without dropout; the band around the test accuracy is Wilson's 95% interval: how far
it could be off for other images of the same kind. The **training loss** is the mean over an epoch's batches, with
dropout. $-\log p$ and $-p$ of the right digit are different scales, so the two never share an axis: of the training
images both are recorded, of the test images the one that was trained on, and both at the end. **Slopes** are
$dP(1)/d\theta$ of every image as the gradient rule measured it, shot noise included; **gradient norms** the L2 norm of
the loss's gradient in one layer, weights and biases together.

**Two networks on the same test images** are compared image by image. Let $b$ be the images that only A gets right, and
$c$ those that only B does. If neither were better, each of these $b + c$ images would be a fair coin; McNemar's exact
test says how probable it is that the coins fall at least so unevenly,

$$p = \min\Bigl(1,\; 2 \sum_{k=0}^{\min(b,c)} \binom{b+c}{k}\, 2^{-(b+c)}\Bigr) .$$

It is about these two networks, and their answers as measured, with the shots of the test. Whether a *setting* is
better takes several seeds: that is what the other parts are for. Dietterich 1998,
[doi:10.1162/089976698300017197](https://doi.org/10.1162/089976698300017197). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).

The networks that come with hqnn are not offered here: their files hold no history. `python -m hqnn compare FILE FILE…`
prints the same table of run files, and of the results of `sweep`, `swap`, `stuck` and `atlas`.
"""


def draw() -> None:
    """Draw it."""
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
            st.info("No training yet. Start one, or load run files.", icon=":material/info:")
            st.page_link("pages/train.py", label="Go to Train", icon=":material/play_arrow:")
    _live(_table)
    page.explain(EXPLANATION)


def _live(draw_part: Callable[[dict[str, Compared]], None]) -> None:
    """Draw a part of it, again and again while one of the trainings goes on."""

    def draw_watched() -> None:
        runs = _runs()
        for key, run in runs.items():
            if run.state.active:
                viewer.watch(key)
        draw_part(runs)

    live(LIVE_SECONDS if _any_active() else None, draw_watched, _any_active)


def _runs() -> dict[str, Compared]:
    """The chosen trainings as they are now, by key."""
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
    """Every training that can be chosen, by key: this viewer's, the loaded ones, and those that are chosen already."""
    jobs = {job.id: job for job in ([current] if current else []) + own}
    names = {key: _name(job) for key, job in jobs.items()}
    names |= {key: f"{file}: {_short(run)}" for key, (file, run) in controls.files().items()}
    return names | {key: f"added: {_short(run)}" for key, run in _runs().items() if key not in names}


def _name(job: Job) -> str:
    a, b = job.config.digits
    return f"{a} vs {b}, seed {job.config.seed}, {job.state}, started {ago(time() - job.created)}"


def _short(run: Compared) -> str:
    a, b = run.config.digits
    return f"{a} vs {b}, seed {run.config.seed}, {run.state}"
