"""What is wrong with the training that is looked at, as it goes, and what may help, one press away."""

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

#: Findings said at once, the most serious first.
AT_ONCE = 2


def draw(job: Job | None) -> None:
    """Draw what the rules find, and the remedies if they have ever found anything."""
    with st.container(key="diagnosis"):
        if job is None or job.recorded < 1:
            _say("<p>Diagnosis: after the first epoch.</p>")
            return
        found = diagnosis(job)
        _say(_sentences(found))
        if found.last_said:
            with st.container(horizontal=True, vertical_alignment="center", gap="small", key="remedies"):
                _why()
                _remedies(job)


def false_alarms(name: str) -> str:
    """How often a rule speaks of trainings that learn."""
    wrong = FALSE_ALARMS[name]
    low, high = wilson(wrong, HEALTHY)
    return (
        f"false alarms: {wrong} of {HEALTHY} healthy trainings, 95% interval {percent_range(float(low), float(high))}%"
    )


def _say(html: str) -> None:
    st.html(f'<div class="findings" role="status">{html}</div>')


def _sentences(found: Diagnosis) -> str:
    """HTML: a line for each finding, or what there was to find."""
    if found.findings:
        return "".join(_line(finding) for finding in found.findings[:AT_ONCE])
    if over := found.last_said:
        epochs = f"from epoch {over.since} to {over.epoch}" if over.since < over.epoch else f"after epoch {over.epoch}"
        held = f"<strong>{over.rule.title}</strong> held {epochs}, no longer."
        return f"<p>Diagnosis: no sign now that it is stuck. {held}</p>"
    return "<p>Diagnosis: no sign that it is stuck.</p>"


def _line(finding: Finding) -> str:
    return (
        f"<p><strong>{finding.rule.title}</strong> since epoch {finding.since}. {escape(finding.sentence)} "
        f'<span class="false-alarms">({false_alarms(finding.rule.name)})</span></p>'
    )


def _why() -> None:
    if st.button(
        "Why? See its images on the sine",
        key="see_why",
        icon=":material/show_chart:",
        help="Shows where the training images of this run stand on P(1) against θ, on the Gradients page.",
    ):
        page_parts.open_slopes_of_a_training()


def _remedies(job: Job) -> None:
    st.html("<span>Train anew with</span>", width="content")
    for remedy in remedies(job.config):
        if st.button(
            remedy.label,
            key=f"remedy_{remedy.name}",
            icon=":material/healing:",
            help="Starts a new run with this setting changed. A run of yours that still trains is stopped first; "
            "it can go on later.",
        ):
            if job.active and job.allows(Action.STOP) and not ENGINES[job.config.engine].hardware:
                viewer.act(Action.STOP, job)
            device_dialog.start(remedy.config)
