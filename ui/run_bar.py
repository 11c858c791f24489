"""The run bar: which pair, what the training is doing, how far it is, how good, and the button that applies."""

from collections.abc import Callable
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hqnn.config import ENGINES, RunConfig
from hqnn.jobs import Job
from hqnn.records import EpochRecord, StepRecord
from ui import state
from ui.cached import jobs
from ui.digits import NAMES, versus

#: Seconds between two pictures of a training that goes on.
LIVE_SECONDS = 0.4

#: Without a record for this long, the bar says so; a test on all images of a pair takes about 2 s.
SILENT_SECONDS = 5


def live(draw: Callable[[Job | None], None]) -> None:
    """Draw the viewer's training; again and again while it goes, and the whole page once when it has ended."""
    job = state.job()
    was_active = job is not None and job.active

    @st.fragment(run_every=LIVE_SECONDS if was_active else None)
    def panel() -> None:
        draw(job)
        if was_active and job is not None and not job.active:
            st.rerun()

    panel()


def live_bar() -> None:
    """The bar of the viewer's training, if there is one, on a page that shows nothing else of it."""
    if state.job() is not None:
        live(lambda job: run_bar(job, *job.snapshot()) if job is not None else None)


def run_bar(
    job: Job, steps: list[StepRecord], epochs: list[EpochRecord], idle: Callable[[], None] = lambda: None
) -> None:
    """Draw the bar; while the training goes it holds the button that stops it, else what `idle` draws."""
    with bar():
        st.html(
            f'<div class="run"><strong>{versus(job.config.digits)}</strong>'
            f'<span role="status">{escape(doing(job, steps))}</span></div>',
            width="content",
        )
        st.progress(_share_done(job, steps), width="stretch")
        st.html(f'<div class="accuracy">test accuracy <strong>{_accuracy(job, epochs)}</strong></div>', width="content")
        if job.active:
            st.button(
                "Stop",
                key="stop",
                icon=":material/stop:",
                shortcut="Escape",
                disabled=job.stop_asked,
                on_click=jobs().stop,
                args=(job,),
                help="End the training after this step; the network is tested as it stands.",
            )
        else:
            idle()


def bar() -> DeltaGenerator:
    """The row that holds the bar's parts, of one height in every state."""
    return st.container(border=True, key="run_bar", horizontal=True, vertical_alignment="center")


def ready(config: RunConfig | None) -> str:
    """HTML: what pressing Train would do."""
    if config is None:
        return "Mend the settings, then press Train."
    size = f"{config.n_images:,} images, {config.epochs} epochs of {config.steps_per_epoch:,} steps"
    return f"<strong>{versus(config.digits)}</strong><span>Press Train: {size}, engine {config.engine}.</span>"


def doing(job: Job, steps: list[StepRecord]) -> str:
    """The state of a training in words."""
    epoch, epochs = (steps[-1].epoch if steps else 0), job.config.epochs
    if job.state == "failed":
        return f"Failed: {job.error}"
    if job.state == "queued":
        return _waiting(job)
    if job.state == "stopped":
        return f"Stopped in epoch {epoch} of {epochs}" if steps else "Stopped before it began"
    if job.state == "finished":
        return f"Finished: {epochs} epochs in {job.seconds:.1f} s"
    if job.stop_asked:
        return "Stopping"
    if job.silence > SILENT_SECONDS and ENGINES[job.config.engine].hardware:
        return f"Waiting for {job.config.backend}, {job.silence:.0f} s so far"
    if job.silence > SILENT_SECONDS:
        return f"No word from its worker for {job.silence:.0f} s; if it is lost, the training starts anew"
    if not steps:
        return "Starting"
    again = f"Attempt {job.attempts}, its worker was lost: epoch" if job.attempts > 1 else "Epoch"
    return f"{again} {epoch} of {epochs}, {_time_left(job, steps)}"


def learned(config: RunConfig, epochs: list[EpochRecord], ended: bool = False) -> str:
    """What the network does with its training images, in words."""
    if ended and not epochs:
        return "It ended before its first epoch was over."
    if not epochs:
        return "After the first epoch: how many training images of each digit it gets right."
    last, (a, b) = epochs[-1], config.digits
    (a_as_a, a_as_b), (b_as_a, b_as_b) = last.train_confusion
    if a_as_b + b_as_b == 0 or a_as_a + b_as_a == 0:
        said = b if a_as_a == 0 else a
        return f"Epoch {last.epoch}: it answers {said} to every training image. It has not told the two apart."
    return (
        f"Epoch {last.epoch}: of its training images it reads {a_as_a} of {a_as_a + a_as_b} {NAMES[a]} as {a}, "
        f"and {b_as_b} of {b_as_a + b_as_b} {NAMES[b]} as {b}."
    )


def _waiting(job: Job) -> str:
    if not jobs().warm:
        return "Starting the workers, a few seconds"
    place = jobs().place_in_queue(job)
    return f"Waiting for a free worker, place {place} in the queue" if place else "Starting"


def _share_done(job: Job, steps: list[StepRecord]) -> float:
    if job.state == "finished":
        return 1.0
    return min(1.0, steps[-1].step / job.total_steps) if steps else 0.0


def _time_left(job: Job, steps: list[StepRecord]) -> str:
    seconds = job.seconds * (job.total_steps / steps[-1].step - 1)
    if seconds < 1:
        return "almost done"
    return f"about {seconds:.0f} s left" if seconds < 90 else f"about {seconds / 60:.0f} min left"


def _accuracy(job: Job, epochs: list[EpochRecord]) -> str:
    if job.evaluation is not None:
        return f"{job.evaluation.accuracy:.1%}"
    return f"{epochs[-1].test_accuracy:.1%}" if epochs else "–"
