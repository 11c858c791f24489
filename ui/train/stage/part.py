"""The stage of a run on the page: a component that reads the run's frames by itself."""

from pathlib import Path

from streamlit.components import v2

from hqnn.jobs.job import Job
from ui.kit import script_files

_component = v2.component("hqnn_stage", js=script_files.stub(Path(__file__).with_name("stage.js")))


def draw(job: Job | None) -> None:
    """Draw the stage of a run, or what it will show.

    It looks for the first records and the end of a run more often than the page, and then has the page redrawn.
    """
    _component(
        data={
            "run": job.id if job else "",
            "base": "stage",
            "active": job is not None and job.active,
            "fresh": job is not None and job.active and not (job.steps or job.epochs),
            "slow": job is not None and job.pace is not None,
        },
        key="stage",
        on_begun_change=lambda: None,
        on_ended_change=lambda: None,
    )
