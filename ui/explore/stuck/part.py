"""The run that does not learn: how many seeds it happens to, one beside a healthy one, and why."""

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

#: Seconds that an epoch is shown while the epochs are played.
EPOCH_SECONDS = 0.75


def draw(config: RunConfig) -> None:
    """Draw it."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="stuck_question_row"):
        name, seeds = controls.name(), controls.seeds()
    controls.link_notes()
    if name == controls.BESIDE and ENGINES[config.engine].hardware:
        st.info("Many trainings on a device are a matter for the command line: choose a simulator as engine.")
        return
    header = controls.header(name, seeds, config)
    experiment.live_experiment(header, lambda asked: _overview(asked, name, seeds, config))
    _pair(header)
    page.explain(EXPLANATION)


def _overview(asked: Asked, name: str, seeds: int, beside: RunConfig) -> None:
    """How many seeds do not learn, and each of them."""
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
    """HTML: what is known of the other preset, if anything."""
    other = controls.RECOMMENDED if name == controls.PUBLISHED else controls.PUBLISHED
    asked = experiment.ask(controls.header(other, seeds, beside))
    count = stuck.count(_results(asked))
    if not count.stuck.whole:
        return ""
    return words.statement(other, asked.header.config, count, len(asked.configs), main=False)


def _pair(header: Header) -> None:
    """A stuck run beside a healthy one, again and again while seeds are trained."""
    running = experiment.is_running(header)

    @st.fragment(run_every=experiment.LIVE_SECONDS if running else None)
    def panel() -> None:
        with st.container(key="stuck_pair"):
            _draw_pair(experiment.ask(header))

    panel()


def _draw_pair(asked: Asked) -> None:
    """Both clouds, right below them what plays the epochs, and then the rest."""
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
    """Draw what plays the epochs."""
    epochs = asked.header.config.epochs
    of = asked.header.model_dump_json()
    first = min((run.curve[0].epoch for run in runs.values() if run and run.curve), default=1)
    frames = film.packed(of, film.identity(runs), _pair=pair, _runs=runs)
    picture = cloud_figure.picture(pair, Drawn.of(figures.cloud(pair.config, None)), figures.CLOUD_HEIGHT)
    pictures = {f"{key}_cloud": picture for key in runs}
    whole = player.Film(of, pictures, frames, epochs, first, seconds=EPOCH_SECONDS * epochs)
    player.draw(whole, "stuck_pair", "Epoch of both runs", unit="epoch")


def _draw_curves(config: RunConfig, runs: Sequence[Result | None], run: Result | None, key: str) -> None:
    """One run's loss and accuracy on the axes of both runs, with a line at the present epoch."""
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
    """Changes of the settings with which this seed may learn, one press away."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stuck_remedies"):
        st.html(f"<span>Train seed {config.seed} again and watch, with one change:</span>", width="content")
        for remedy in remedies(config):
            if st.button(
                remedy.label,
                key=f"stuck_remedy_{remedy.name}",
                icon=":material/healing:",
                help="Starts a training with this one setting changed, and shows it on the page Train.",
            ):
                device_dialog.start(remedy.config)


def _button(asked: Asked) -> str:
    """What is written on the button that begins it."""
    return f"Train {plural(len(asked.configs), 'seed')}"


def _results(asked: Asked) -> list[Result]:
    """Those that are there and did not fail, seed by seed."""
    have = (asked.results.have.get(config) for config in asked.configs)
    return [result for result in have if result is not None and result.evaluation is not None]


EXPLANATION = r"""
**Stuck** is a run that ends below 70% of its test images: guessing gives 50%, healthy runs end above 85%. Some end far
below 50%: they have learned the answers the wrong way round. With dropout, as in training, they are right more often;
without it, as in tests, hardly ever. The share of
stuck seeds has Wilson's 95% interval, which says what other seeds of the same settings may give.
Processors round differently, and such a run amplifies that: on another processor a stuck seed may learn.

**The picture of a run.** Every training image stands at the angle $\theta$ that the network gives it after an epoch,
nothing left out by dropout, on $P(1) = (1 + \sin\theta)/2$, or what noise leaves of it. It is answered with the second
digit where $P(1) > 1/2$. Both runs have the same axes, wide enough for every epoch of both and at most $\pm 4\pi$:
images beyond stand at its ends.

**Why.** With the post's loss, the mean of $-p$ with $p$ the probability of the right digit, an image's slope along its
own angle is, for the first and the second digit,

$$\frac{d(-p)}{d\theta} = \pm\frac{dP(1)}{d\theta} = \pm\frac{\cos\theta}{2},$$

at most 1/2 in size however wrong the image is; it vanishes at the turning points $\pm\pi/2$ and has the other sign
beyond them. With $-\log p$ it is divided by $p$:

$$\frac{d(-\log p)}{d\theta} = \pm\frac{\cos\theta}{2\,p},$$

so that an image whose answer is wrong pulls harder, the more wrong it is ($p$ is raised to half of one shot's share, as
in training). **Push** is the mean of $-dL/d\theta$ over a digit's images: the way in which descent would take their
angles if each could move by itself; in truth all images share one network. These numbers follow from the angles shown.
The training's own steps were taken at other angles, half of the feature maps left out at random, and with measured
slopes, which the published gradient rule makes $2 \sin s$ times as large.

**The curves** begin with epoch 0, the network before its first step, if the run recorded it. In training, the loss is
that of the epoch's own steps, with dropout; the accuracy is without. So a run can have a low loss there and be wrong
all the same.

**The live diagnosis** are the rules of the page Train: after which epoch each first spoke.

The network, its loss and a run that did not learn: the published post, under "Experienced issues", which follows Asfaw
et al. 2020, *Learn Quantum Computation Using Qiskit*.
Parameter-shift rule: Schuld et al. 2019,
[doi:10.1103/PhysRevA.99.032331](https://doi.org/10.1103/PhysRevA.99.032331). Wilson 1927,
[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
"""
