"""Upload of a run file, which becomes one of the viewer's runs. This module owns its session-state keys."""

import hashlib

import streamlit as st

from hqnn.errors import HqnnError
from ui.session import viewer
from ui.session.cached import jobs

#: Largest file, megabytes.
UPLOAD_MB = 50


def open_button() -> None:
    """Draw the button with the upload, and show an uploaded run on the Train page."""
    with st.popover("Open a run file", icon=":material/folder_open:", key="open_run_file"):
        uploads = st.session_state.setdefault("run_uploads", 0)
        file = st.file_uploader(
            "Run file",
            ["safetensors"],
            key=f"run_upload_{uploads}",
            max_upload_size=UPLOAD_MB,
            help="A file from *Download this run* on the Test page, or from `hqnn train --save FILE`.",
        )
        if file is not None:
            with st.spinner("Opening the run…"):
                _open(file.name[:60], file.getvalue())
            st.session_state["run_uploads"] = uploads + 1
            st.rerun()
        if problem := st.session_state.get("run_upload_problem"):
            st.warning(problem, icon=":material/error:")


def _open(name: str, content: bytes) -> None:
    """Show the run in a file, or note why not. A session opens each file once."""
    opened = st.session_state.setdefault("opened_files", {})
    checksum = hashlib.sha256(content).hexdigest()
    job = jobs().get(opened.get(checksum))
    try:
        job = job or jobs().open_file(content, viewer.identity())
    except HqnnError as error:
        st.session_state["run_upload_problem"] = f"{name}: {error}"
        return
    st.session_state.pop("run_upload_problem", None)
    opened[checksum] = job.id
    viewer.look_at(job)
