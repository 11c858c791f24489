"""Diagnosis of the run on the page, with buttons that start a changed run."""

from html import escape

import streamlit as st

from hqnn.config import ENGINES
from hqnn.diagnosis import FALSE_ALARMS, HEALTHY, Diagnosis, Finding
from hqnn.diagnosis.remedies import remedies
from hqnn.jobs.job import Job
from hqnn.states import Action
from hqnn.statistics.intervals import wilson
from hqnn.words import percent_range
from ui.session import device_dialog, page_parts, viewer
from ui.session.cached import diagnosis

#: Maximum number of findings shown, the most serious first.
AT_ONCE = 2


def draw(job: Job | None, learned: str) -> None:
    """Draw what the network has learned and, if there was ever a finding of the rules, the finding and the remedies.

    Args:
        job: the run on the page, if any.
        learned: HTML.
    """
    found = None if job is None or job.recorded < 1 else diagnosis(job)
    said = _sentences(found) if found else ""
    with st.container(key="diagnosis"):
        st.html(f'<p role="status">{learned}</p><div class="findings" role="status">{said}</div>')
        if job is not None and found and found.last_said:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="remedies"):
                _why()
                _remedies(job)


def false_alarms(name: str) -> str:
    """Return a rule's false-alarm rate among healthy runs."""
    wrong = FALSE_ALARMS[name]
    low, high = wilson(wrong, HEALTHY)
    return f"false alarms: {wrong} of {HEALTHY} healthy runs, 95% interval {percent_range(float(low), float(high))}%"


def _sentences(found: Diagnosis) -> str:
    """Return a line per finding, or the latest earlier finding, as HTML. Nothing if there was none."""
    if found.findings:
        return "".join(_line(finding) for finding in found.findings[:AT_ONCE])
    if over := found.last_said:
        epochs = f"epochs {over.since} to {over.epoch}" if over.since < over.epoch else f"epoch {over.epoch}"
        return f"<p>Diagnosis: no sign of trouble now. Earlier ({epochs}): <strong>{over.rule.title}</strong>.</p>"
    return ""


def _line(finding: Finding) -> str:
    return (
        f"<p><strong>{finding.rule.title}</strong> since epoch {finding.since}. {escape(finding.sentence)} "
        f'<span class="false-alarms">({false_alarms(finding.rule.name)})</span></p>'
    )


def _why() -> None:
    if st.button(
        "Why? See the images on the sine",
        key="see_why",
        icon=":material/show_chart:",
        help="Shows this run's training images on the curve of P(1) over θ, on the Gradients page.",
    ):
        page_parts.open_slopes_of_a_training()


def _remedies(job: Job) -> None:
    st.html("<span>Run again with</span>", width="content")
    for remedy in remedies(job.config):
        if st.button(
            remedy.label,
            key=f"remedy_{remedy.name}",
            icon=":material/healing:",
            help="Starts a new run with this one change. If the current run is yours and still active, it is stopped "
            "first. You can continue it later.",
        ):
            if job.active and job.allows(Action.STOP) and not ENGINES[job.config.engine].hardware:
                viewer.act(Action.STOP, job)
            device_dialog.start(remedy.config)
