"""The run bar: pair, state, progress and accuracy of a run, and its buttons."""

from collections.abc import Callable
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hqnn.errors import HqnnError
from hqnn.jobs.job import Job
from hqnn.records import EpochRecord, StepRecord
from hqnn.states import Action, State
from hqnn.words import percent_range
from ui.frame import run_settings
from ui.frame.run_words import doing
from ui.kit.digits import versus
from ui.kit.live import live, seconds_between
from ui.session import device_dialog, settings, viewer
from ui.session.cached import jobs

#: Seconds between two redraws while the page waits for a moment.
MOMENT_SECONDS = 0.1
#: Label, icon, key and meaning of each button. Buttons that end a run have no key.
BUTTONS = {
    Action.PAUSE: ("Pause", "pause", "P", "Pause the run and free its worker. No progress is lost."),
    Action.RESUME: ("Resume", "play_arrow", "P", "Continue from where the run was paused."),
    Action.STEP: ("Step", "skip_next", "N", "Run one optimiser step."),
    Action.STOP: (
        "Stop",
        "stop",
        None,
        "Stop after this step and test the network. You can continue the run later.",
    ),
    Action.CONTINUE: ("Continue", "play_arrow", "P", "Undo the stop and train to the planned end of the run."),
    Action.RESTART: ("Run again", "replay", "A", "Start a new run with the same settings and the same seed."),
}


def live_run(draw: Callable[[Job | None], None], waits: Callable[[], bool] = lambda: False) -> None:
    """Redraw the run on the page while it is active, and the whole page when that or the run changes.

    The page also redraws when the server has a new problem.

    Args:
        draw: draws the run.
        waits: whether the page waits for a moment, which ends the wait with a redraw.
    """

    def situation() -> object:
        job = viewer.job()
        return None if job is None else job.id, seconds_between(job), waits(), jobs().problems

    live(
        MOMENT_SECONDS if waits() else seconds_between(viewer.job()),
        lambda: draw(viewer.job()),
        situation,
    )


def live_bar() -> None:
    """Draw the bar of the run on the page, if any, in one row. For pages about other things."""
    if viewer.job() is not None:
        live_run(slim_bar)


def slim_bar(job: Job | None) -> None:
    """Draw the bar of a run, if any, in one row."""
    if job is not None:
        with st.container(key="slim_bar"):
            run_bar(job, *job.snapshot())


def run_bar(
    job: Job,
    steps: list[StepRecord],
    epochs: list[EpochRecord],
    idle: Callable[[], None] | None = None,
    switch: Callable[[], None] = lambda: None,
) -> None:
    """Draw the bar of a run, with the buttons that its state allows if the viewer controls it.

    What its popovers contain is drawn only while they are open, because each redraw of the page sends the whole bar.

    Args:
        job: the run.
        steps: its steps so far.
        epochs: its epochs so far.
        idle: draws the button of a new run. It comes first if this viewer has no active run.
        switch: draws a switch beside the buttons.
    """
    mine = viewer.in_control(job)
    with bar():
        with words():
            st.html(
                f'<div class="run"><strong>{versus(job.config.digits)}</strong>'
                f'<span role="status">{escape(doing(job, steps))}</span></div>',
                width="content",
            )
            st.progress(_share_done(job, steps), width="stretch")
            st.html(f'<div class="accuracy">test accuracy {_accuracy(job, epochs)}</div>', width="content")
        with controls():
            if idle is not None and not (mine and job.active):
                idle()
            if mine:
                _buttons(job)
            switch()
            if mine:
                if job.active or idle is not None:
                    viewer.pace_choice(job)
                _share(job)
                _settings(job)
            else:
                st.html(f'<div class="run">{_view_only()}</div>', width="content")
                _settings(job)
    if job.details:
        with st.expander("Details", icon=":material/bug_report:"):
            st.code(job.details, language=None, wrap_lines=True)


def bar() -> DeltaGenerator:
    """Return the container of the bar's two rows."""
    return st.container(border=True, key="run_bar", gap="xsmall")


def words() -> DeltaGenerator:
    """Return the bar's first row."""
    return st.container(horizontal=True, vertical_alignment="center", key="run_words")


def controls() -> DeltaGenerator:
    """Return the bar's second row."""
    return st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="run_controls")


def _settings(job: Job) -> None:
    """Draw the run's settings and, if the widgets differ, the button that copies the run's settings."""
    own = settings.present()
    label = run_settings.label(job.config)
    with st.popover(label, icon=":material/tune:", key="run_settings", on_change="rerun") as opened:
        if opened.open:
            st.write(run_settings.said(job.config))
            if own is not None and own != job.config:
                st.write(run_settings.other(job.config, own))
    if own != job.config and st.button(
        "Use these settings",
        key="use_settings",
        icon=":material/move_down:",
        help="Sets all settings in the sidebar to those of this run, including the seed.",
    ):
        settings.use(job.config)
        st.rerun()


def _buttons(job: Job) -> None:
    if job.active:
        _button(Action.RESUME if job.state is State.PAUSED else Action.PAUSE, job)
        _button(Action.STEP, job)
        _button(Action.STOP, job)
    else:
        if job.allows(Action.CONTINUE):
            _button(Action.CONTINUE, job)
        _button(Action.RESTART, job)


def _share(job: Job) -> None:
    with st.popover(
        "Share", icon=":material/share:", key="share", help="Links to this run.", on_change="rerun"
    ) as opened:
        if opened.open:
            _links(job)


def _links(job: Job) -> None:
    st.write("**Watch link.** Anyone with this link sees the run live, but cannot control it.")
    st.code(viewer.watch_link(job), language=None, wrap_lines=True)
    st.write("**Co-pilot link.** Anyone who opens this link can also pause, step, resume and stop the run.")
    _copilot_link(job)
    if not viewer.keeps_cookies():
        st.caption(
            "Your browser does not accept cookies. You control this run only until you reload or close this page."
        )
    if job.active:
        viewer.stay_choice(job)


def _copilot_link(job: Job) -> None:
    """Draw the link with which others can control the run, or the button that makes it."""
    try:
        link = viewer.copilot_link(job)
    except HqnnError as error:
        st.warning(str(error), icon=":material/error:")
        return
    if link is None:
        st.button("Make a co-pilot link", key="copilot", icon=":material/key:", on_click=viewer.ask_for_copilot_link)
    else:
        st.code(link, language=None, wrap_lines=True)


def _view_only() -> str:
    """Return the message for viewers who may not control the run."""
    said = "View only. A co-pilot link gives control of the run."
    return (
        said if viewer.keeps_cookies() else f"{said} A co-pilot link needs cookies, which your browser does not accept."
    )


def _button(action: Action, job: Job) -> None:
    label, icon, shortcut, meaning = BUTTONS[action]
    pressed = st.button(
        label,
        key=action,
        icon=f":material/{icon}:",
        shortcut=shortcut,
        disabled=not job.allows(action),
        on_click=None if action is Action.RESTART else viewer.act,
        args=(action, job),
        help=f"{meaning} Key: {shortcut}." if shortcut else meaning,
    )
    if pressed and action is Action.RESTART:
        device_dialog.start(job.config)


def _share_done(job: Job, steps: list[StepRecord]) -> float:
    if job.state is State.FINISHED:
        return 1.0
    return min(1.0, steps[-1].step / job.total_steps) if steps else 0.0


def _accuracy(job: Job, epochs: list[EpochRecord]) -> str:
    """Return the latest test accuracy, its 95% interval and the number of images, as HTML."""
    if (end := job.evaluation) is not None:
        value, low, high, n = end.accuracy, end.accuracy_low, end.accuracy_high, end.n
    elif epochs:
        last = epochs[-1]
        value, low, high = last.test_accuracy, last.test_accuracy_low, last.test_accuracy_high
        n = sum(map(sum, last.test_confusion))
    else:
        return "<strong>–</strong>"
    return f"<strong>{value:.1%}</strong> <small>(95%: {percent_range(low, high)}) of {n:,} images</small>"
