"""The Runs that fail to learn tab: how many seeds are stuck, and a stuck run beside a healthy one."""

from collections.abc import Sequence

import streamlit as st

from hqnn.config import ENGINES, RunConfig
from hqnn.diagnosis.remedies import remedies
from hqnn.sweeps import stuck
from hqnn.sweeps.result import Header, Result
from hqnn.words import plural
from ui.explore import experiment
from ui.explore.experiment import Asked
from ui.explore.stuck import controls, curves_figure, figures, film, words
from ui.frame import page
from ui.kit import cloud_figure, player
from ui.kit.cloud_figure import Drawn, Runs
from ui.session import device_dialog

#: Seconds per epoch while the epochs are played.
EPOCH_SECONDS = 0.75


def draw(config: RunConfig) -> None:
    """Draw the tab."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="stuck_question_row"):
        name, seeds = controls.name(), controls.seeds()
    controls.link_notes()
    if name == controls.BESIDE and ENGINES[config.engine].hardware:
        st.info("On a device, such experiments run only from the command line. Choose a simulator as engine.")
        return
    header = controls.header(name, seeds, config)
    experiment.live_experiment(header, lambda asked: _overview(asked, name, seeds, config))
    _pair(header)
    page.explain(EXPLANATION)


def _overview(asked: Asked, name: str, seeds: int, beside: RunConfig) -> None:
    """Draw how many seeds are stuck, and the result of each seed."""
    results = _results(asked)
    count, theme = stuck.count(results), st.context.theme.type or "light"
    title = controls.title(name, asked.header.config)
    statements = words.statement(title, asked.header.config, count, len(asked.configs), main=True)
    st.html(f'<div class="fractions">{statements}{_other(name, seeds, beside)}</div>')
    picture = st.container(key="stuck_picture")
    experiment.bar(asked, key="stuck", button=_button(asked))
    choices = st.container(horizontal=True, key="stuck_choices")
    with choices:
        controls.choose(figures.STUCK, count.stuck_seeds)
        controls.choose(figures.HEALTHY, count.healthy_seeds)
    controls.seed_notes()
    chosen = [controls.chosen(key) for key in controls.CHOICES]
    picture.echarts_chart(
        figures.seeds_chart(asked.header.seeds, results, chosen, theme),
        key="stuck_chart",
        height=figures.SEEDS_HEIGHT,
        alt=words.seeds_alt(asked.header.seeds, results, count),
        on_select=lambda: controls.click("stuck_chart", asked.header.seeds),
    )
    if controls.just_chosen():
        st.rerun()


def _other(name: str, seeds: int, beside: RunConfig) -> str:
    """HTML: the results of the other preset, if it has any."""
    other = controls.RECOMMENDED if name == controls.PUBLISHED else controls.PUBLISHED
    asked = experiment.ask(controls.header(other, seeds, beside))
    count = stuck.count(_results(asked))
    if not count.stuck.whole:
        return ""
    return words.statement(other, asked.header.config, count, len(asked.configs), main=False)


def _pair(header: Header) -> None:
    """Draw a stuck run beside a healthy one, and draw them again while the experiment is running."""
    running = experiment.is_running(header)

    @st.fragment(run_every=experiment.LIVE_SECONDS if running else None)
    def panel() -> None:
        with st.container(key="stuck_pair"):
            _draw_pair(experiment.ask(header))

    panel()


def _draw_pair(asked: Asked) -> None:
    """Draw both charts of the images, the player below them, and the rest."""
    config, keys = asked.header.config, list(controls.CHOICES)
    by_seed = {result.config.seed: result for result in _results(asked)}
    runs = [by_seed.get(seed) if (seed := controls.chosen(key)) is not None else None for key in keys]
    pair, clouds = figures.pair_of(config, runs), st.columns(2, gap="medium")
    with st.container(key="stuck_dials"):
        _play(asked, pair, dict(zip(keys, runs, strict=True)))
    curves = st.columns(2, gap="medium")
    for key, run, cloud, curve in zip(keys, runs, clouds, curves, strict=True):
        with cloud:
            st.html(words.title(run, stuck=key == figures.STUCK, ended=not asked.missing))
            st.container(key=f"{key}_cloud").html(player.place(f"{key}_cloud"))
            nobody = "" if run else words.nobody(key, asked.done, _button(asked))
            st.container(key=f"{key}_words").html(nobody or player.place(f"{key}_words"))
        with curve:
            _draw_curves(config, runs, run, key)
    if any(runs):
        st.html(player.place(film.TABLE))
    if runs[0] is not None:
        _remedies(runs[0].config)


def _play(asked: Asked, pair: Runs, runs: dict[str, Result | None]) -> None:
    """Draw the player of the epochs."""
    epochs = asked.header.config.epochs
    of = asked.header.model_dump_json()
    first = min((run.curve[0].epoch for run in runs.values() if run and run.curve), default=1)
    frames = film.packed(of, film.identity(runs), _pair=pair, _runs=runs)
    picture = cloud_figure.picture(pair, Drawn.of(figures.cloud(pair.config, None)), figures.CLOUD_HEIGHT)
    pictures = {f"{key}_cloud": picture for key in runs}
    whole = player.Film(of, pictures, frames, epochs, first, seconds=EPOCH_SECONDS * epochs)
    player.draw(whole, "stuck_pair", "Epoch of both runs", unit="epoch")


def _draw_curves(config: RunConfig, runs: Sequence[Result | None], run: Result | None, key: str) -> None:
    """Draw the loss and accuracy of one run, on the axes of both runs, with a line at the present epoch."""
    with st.container(key=f"{key}_curves_box"):
        st.echarts_chart(
            curves_figure.curves_chart(
                config, run, curves_figure.loss_range(config, runs), st.context.theme.type or "light"
            ),
            key=f"{key}_curves",
            height=figures.CURVES_HEIGHT,
            alt=words.curves_alt(run) if run else "Empty axes of loss and accuracy over epochs.",
        )
        if run:
            st.html(curves_figure.cursor(config.epochs))
    if run:
        st.container(key=f"{key}_numbers").html(player.place(f"{key}_numbers"))
        st.html(words.first_flagged(run))


def _remedies(config: RunConfig) -> None:
    """Draw buttons that train this seed again with one changed setting."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stuck_remedies"):
        st.html(f"<span>Train seed {config.seed} again with one change:</span>", width="content")
        for remedy in remedies(config):
            if st.button(
                remedy.label,
                key=f"stuck_remedy_{remedy.name}",
                icon=":material/healing:",
                help="Starts a run with this one change and shows it on the Train page.",
            ):
                device_dialog.start(remedy.config)


def _button(asked: Asked) -> str:
    """Return the label of the start button."""
    return f"Start {plural(len(asked.configs), 'run')}"


def _results(asked: Asked) -> list[Result]:
    """Return the results of finished runs that did not fail, seed by seed."""
    have = (asked.results.have.get(config) for config in asked.configs)
    return [result for result in have if result is not None and result.evaluation is not None]


EXPLANATION = r"""
**Stuck** is a run with a final test accuracy below 70%. Guessing gives 50%, and healthy runs end above 85%. Some stuck
runs end far below 50%, because they have learned the two digits the wrong way round. In training, with dropout, they
are right more often. In tests, without dropout, they are hardly ever right. The share of stuck seeds has a 95% Wilson
interval, which covers other seeds of the same settings. Processors round differently, and such runs amplify that: on
another processor a stuck seed may learn.

**The chart of a run.** Every training image is at the angle $\theta$ that the network gives it after an epoch, without
dropout. The curve is $P(1) = (1 + \sin\theta)/2$ or its noisy version. The network predicts the second digit where
$P(1) > 1/2$.
Both runs have the same axes, wide enough for every epoch of both, at most $\pm 4\pi$. Images beyond stand at the ends.
A **turning point** is $\theta = \pm\pi/2$, where P(1) is largest or smallest.

**Why.** The original post uses the loss $-p$ with $p$ the probability of the right digit. The gradient of an image
along its own angle is, for the first and the second digit,

$$\frac{d(-p)}{d\theta} = \pm\frac{dP(1)}{d\theta} = \pm\frac{\cos\theta}{2}.$$

It is at most 1/2 in size, however wrong the image is. It vanishes at the turning points $\pm\pi/2$ and has the opposite
sign beyond them. With $-\log p$ it is divided by $p$:

$$\frac{d(-\log p)}{d\theta} = \pm\frac{\cos\theta}{2\,p},$$

so the more wrong an image is, the larger its gradient. As in training, $p$ is never taken smaller than $1/(2N)$, half
the weight of one shot. **Push** is the mean of $-dL/d\theta$ over a digit's images: the direction in which gradient
descent would move their angles if each could move on its own. In reality all images share one network. These numbers
follow from the angles shown. The steps of the run used other angles, with half of the feature maps dropped at random,
and measured gradients. The raw difference of the original post makes them $2 \sin s$ times as large.

**The curves** start with epoch 0, the network before its first step, if the run recorded it. The training loss is the
mean over the epoch's own steps, with dropout. The accuracy is without dropout. So a run can have a low training loss
and still be wrong.

**The live diagnosis** uses the rules of the Train page. The text names each rule that triggered, and the first epoch.

The network, its loss and a run that did not learn: the original post, under "Experienced issues". The post follows
Asfaw et al. 2020, *Learn Quantum Computation Using Qiskit*.
Parameter-shift rule: Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
"""
