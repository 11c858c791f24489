"""Train: start a run and watch its loss."""

import streamlit as st

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from ui.frame import page
from ui.frame.run_bar import bar, controls, live_run, run_bar, words
from ui.frame.run_words import learned, ready
from ui.kit import browser_title, chart_cursor, noise_curve
from ui.session import device_dialog, viewer
from ui.train import compare_bar, diagnosis, figures, on_change, training_chart
from ui.train.stage import part as stage

page.head("Train", "Does the loss fall, and what has the network learned so far?")
config = page.valid_config()
compare_bar.note(viewer.job())
on_change.follow(config)
current = viewer.job()
shown = current.config if current else config
if shown is not None:
    browser_title.of_pair("Train", shown.digits)


def train_button() -> None:
    """Draw the button that starts a run with the viewer's settings."""
    pressed = st.button(
        f"Train {config.digits[0]} vs {config.digits[1]}" if config else "Train",
        key="train",
        type="primary",
        icon=":material/play_arrow:",
        shortcut="Mod+Enter",
        disabled=config is None,
        help="Trains a new network with your settings in the sidebar. Keys: Ctrl+Enter.",
    )
    if pressed and config is not None:
        device_dialog.start(config)


def panel(job: Job | None) -> None:
    """Draw the run bar, the training chart, the metrics and the diagnosis."""
    shown, steps, epochs, evaluation = config or RunConfig(), [], [], None
    if job is not None:
        shown, (steps, epochs), evaluation = job.config, job.snapshot(), job.evaluation
        run_bar(job, steps, epochs, idle=train_button, switch=on_change.switch)
    else:
        with bar():
            with words():
                st.html(f'<div class="run">{ready(config)}</div>', width="stretch")
            with controls():
                train_button()
                on_change.switch()
                viewer.pace_choice(None)
    on_change.excuse(config)
    compare_bar.note(job)
    earlier = compare_bar.shown(job, shown)
    theme = st.context.theme.type or "light"
    with st.container(key="stage_row"):
        left, right = st.columns([2, 1], gap="small")
    with left:
        stage.draw(job)
    with right, st.container(key="training_chart_box", gap=None):
        st.echarts_chart(
            training_chart.training_chart(shown, steps, epochs, theme, earlier, compare_bar.bold()),
            key="training_chart",
            height=training_chart.HEIGHT,
            alt=f"Loss and accuracy over {shown.epochs} epochs. {learned(shown, epochs)}",
            on_select=compare_bar.open_clicked,
        )
        st.container(key="training_cursor").html(chart_cursor.chart_cursor(training_chart.LEFT, training_chart.RIGHT))
    with right:
        compare_bar.draw(job, shown)
    page.figures(figures.figures(shown, steps, epochs, evaluation))
    said = learned(shown, epochs, ended=job is not None and not job.active)
    diagnosis.draw(job, f"{said} {noise_curve.reach(shown.noise)}")


live_run(panel, on_change.waits)
page.explain(
    r"""
**The stage.** The first 12 test images of each digit stay the same in the whole run. The network turns each one into an
angle θ, without dropout. Its mark lies on the curve of P(1), the share of ones in many shots. Above ½ the network
predicts the second digit. *Network* shows the image that you press, from its pixels to its shots. Below are the norms
of the loss gradient in each layer, over one batch. *Qubit* shows the same angles as states in the Bloch sphere,
seen along its y axis. Keys: Space plays, Shift with an arrow key goes to the next frame.

**The chart.** Each grey dot is the loss of one batch, with dropout, as the optimiser sees it. One line is the mean over
an epoch of training, the other the mean over the test images. Epoch 0 is the network before its first step. It does not
know the digits yet, so it gets about half of the images right. It has no training loss.

The loss is $-\log p$ of the right digit (cross-entropy), or $-p$ (original post). A network that gives both digits a
probability of $\tfrac12$ has a loss of $-\log\tfrac12 = 0.69$, or $-\tfrac12$ with $-p$. With few shots the measured
$-\log p$ is biased: too high above about $p = 1/N$, too low below. The Parameter shift tab on the Gradients page shows
by how much.

The faint lines are the test results of your last three runs with the same digits, each up to its mark. Their labels say
what differs from the run in front, and their last test accuracy. A click on a line or its label brings that run to the
front. **Train on change** trains at once when you move a setting. It ends the run that it replaces, without a test. The
history does not keep that run, but its curve stays here.

**Gradient signal-to-noise** compares the circuit's gradients $dP(1)/d\theta$ with the standard deviation that $N$ shots
cause in a measured gradient, $\mathrm{SD}^2 = [\cos^2(\theta+s) + \cos^2(\theta-s)]\,/\,(16 N \sin^2 s)$. Below 1, a
measured gradient is mostly noise.
"""
)
st.page_link("pages/gradients.py", label="Next: the gradients that training follows", icon=":material/arrow_forward:")
