"""The last runs of this viewer beside the run in front: their curves in the session, and buttons that name them."""

from collections.abc import Sequence

import streamlit as st

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from ui.session import viewer
from ui.session.cached import jobs
from ui.train import earlier_curves, earlier_series
from ui.train.earlier_curves import Curve, difference

#: Session-state keys: the curves, whether they are hidden, and the curve that is drawn bold.
CURVES, HIDDEN, BOLD = "earlier_curves", "earlier_hidden", "earlier_bold"
#: Session-state keys: the chart with its selection, and the selected series before the last click.
CHART, SELECTED = "training_chart", "earlier_selected"


def note(job: Job | None) -> None:
    """Keep the present curves of this viewer's runs."""
    known: tuple[Curve, ...] = st.session_state.get(CURVES, ())
    for curve in [each for each in known if each.active and (job is None or each.run_id != job.id)]:
        found = jobs().get(curve.run_id)
        if found is None or found.id != curve.run_id:
            known = earlier_curves.without_change(known, curve.run_id)
        else:
            known = _updated(known, found)
    st.session_state[CURVES] = _updated(known, job) if job is not None and viewer.is_own(job) else known


def shown(job: Job | None, config: RunConfig) -> list[Curve]:
    """Return the curves behind the run in front; none if they are hidden.

    Args:
        job: the run in front.
        config: its settings, or those that the next run would have.
    """
    return [] if st.session_state.get(HIDDEN) else _behind(job, config)


def bold() -> str | None:
    """Return the id of the run whose curve is drawn bold."""
    return st.session_state.get(BOLD)


def draw(job: Job | None, config: RunConfig) -> None:
    """Draw a row with a button for each earlier run, and those that hide and clear them. Nothing without any."""
    curves = _behind(job, config)
    if not curves:
        return
    hidden = bool(st.session_state.get(HIDDEN))
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="compare_bar"):
        for curve in [] if hidden else curves:
            st.button(
                f"{earlier_series.style_of(curve).mark} {difference(curve.config, config)}",
                key=f"front_{curve.run_id}",
                on_click=bring_to_front,
                args=(curve.run_id,),
                help="Brings this earlier run to the front.",
            )
        st.button(
            "Show earlier runs" if hidden else "Hide",
            key="hide_earlier",
            icon=f":material/{'visibility' if hidden else 'visibility_off'}:",
            on_click=_hide,
            args=(not hidden,),
            help=None if hidden else "Hides the curves of earlier runs.",
        )
        if not hidden:
            st.button(
                "Clear",
                key="clear_earlier",
                icon=":material/delete_sweep:",
                on_click=_clear,
                help="Removes the curves of earlier runs. The runs themselves are kept.",
            )


def bring_to_front(run_id: str) -> None:
    """Show an earlier run. Of a replaced run there is only the curve, which becomes bold, or faint again."""
    job = jobs().get(run_id)
    if job is not None and job.id == run_id:
        st.session_state["run_id"], st.session_state[BOLD] = run_id, None
        return
    st.session_state[BOLD] = None if bold() == run_id else run_id
    if bold():
        st.toast("This run was replaced before its end. Only its curve is kept.", icon=":material/info:")


def open_clicked() -> None:
    """Show the run whose curve or label was clicked in the chart. For the chart's callback."""
    now = {each["series_id"] for each in st.session_state[CHART].selection.selected}
    run_id = earlier_series.clicked(now, st.session_state.get(SELECTED, set()))
    st.session_state[SELECTED] = now
    if run_id is not None:
        bring_to_front(run_id)


def _updated(curves: tuple[Curve, ...], job: Job) -> tuple[Curve, ...]:
    return earlier_curves.with_run(curves, job.id, job.config, job.snapshot()[1], active=job.active)


def _behind(job: Job | None, config: RunConfig) -> list[Curve]:
    known: Sequence[Curve] = st.session_state.get(CURVES, ())
    return earlier_curves.behind(known, None if job is None else job.id, config)


def _hide(hidden: bool) -> None:
    st.session_state[HIDDEN] = hidden


def _clear() -> None:
    """Forget all curves but that of the run in front."""
    front = st.session_state.get("run_id")
    st.session_state[CURVES] = tuple(curve for curve in st.session_state[CURVES] if curve.run_id == front)
    st.session_state[BOLD] = None
