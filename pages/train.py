"""Train: press the button and watch the loss."""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from ui.frame import page
from ui.frame.run_bar import bar, controls, live_run, run_bar, words
from ui.frame.run_words import learned, ready
from ui.kit import browser_title, noise_curve
from ui.session import device_dialog, viewer
from ui.train import diagnosis, figures

page.head("Train", "Does the loss fall, and what has the network learned so far?")
config = page.valid_config()
current = viewer.job()
shown = current.config if current else config
if shown is not None:
    browser_title.of_pair("Train", shown.digits)


def train_button() -> None:
    """Start a training with the settings at hand."""
    pressed = st.button(
        f"Train {config.digits[0]} vs {config.digits[1]}" if config else "Train",
        key="train",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Mod+Enter",
        disabled=config is None,
        help="Train a new network with your own settings, those in the sidebar. Keys: Ctrl+Enter.",
    )
    if pressed and config is not None:
        device_dialog.start(config)


def panel(job: Job | None) -> None:
    """The run bar, the one large picture, and the figures that matter."""
    shown, steps, epochs, evaluation = config or RunConfig(), [], [], None
    if job is not None:
        shown, (steps, epochs), evaluation = job.config, job.snapshot(), job.evaluation
        run_bar(job, steps, epochs, idle=train_button)
    else:
        with bar():
            with words():
                st.html(f'<div class="run">{ready(config)}</div>', width="stretch")
            with controls():
                train_button()
                viewer.pace_choice(None)
    st.echarts_chart(
        figures.training_chart(shown, steps, epochs, st.context.theme.type or "light"),
        key="training_chart",
        height=figures.TRAINING_HEIGHT,
        alt=f"Loss and accuracy over {shown.epochs} epochs. {learned(shown, epochs)}",
    )
    page.figures(figures.figures(shown, steps, epochs, evaluation))
    said = learned(shown, epochs, ended=job is not None and not job.active)
    st.html(f'<p role="status">{said} {noise_curve.reach(shown.noise)}</p>')
    diagnosis.draw(job)


live_run(panel)
page.explain(
    r"""
Each grey dot is the loss of one batch, with dropout, as the optimiser saw it; the lines are means over an epoch of
training and over the test images. Epoch 0 is the network before its first step: it does not know the digits yet, so
it gets about half of the images right, and it has no training loss.

The loss is $-\log p$ of the right digit (cross-entropy), or $-p$ (published).
A network that holds both digits equally likely has $-\log\tfrac12 = 0.69$, or $-\tfrac12$.
With few shots the measured $-\log p$ is wrong on average: above about $p = 1/N$ it is too high, below that too low.
The Shift lab on the Gradients page shows by how much.

**Slope ÷ shot noise** compares the slopes $dP(1)/d\theta$ with what shots scatter the measured ones by,
$\mathrm{SD}^2 = [\cos^2(\theta+s) + \cos^2(\theta-s)]\,/\,(16 N \sin^2 s)$ for $N$ shots: below 1, a measured slope
is mostly noise.
"""
)
st.page_link("pages/gradients.py", label="Next: the slopes that it follows", icon=":material/arrow_forward:")
