"""Test: predicted labels under images that the network never saw."""

import streamlit as st

from hqnn.job import Job
from hqnn.records import Evaluation
from ui import answers, cached, frame, viewer
from ui.digits import gallery
from ui.run_bar import live_bar

PER_PAGE = 48

frame.head("Test", "Does it recognise digits that it never saw?")


def results(job: Job, evaluation: Evaluation) -> None:
    """Accuracy, confusion and every answer of an ended training."""
    digits, config = job.config.digits, job.config
    frame.figures(answers.figures(config, evaluation))
    pictures, table = st.columns([1.8, 1], gap="medium")
    with table, st.container(border=True, key="confusion"):
        st.html(answers.confusion_table(digits, evaluation.confusion))
        download(job)
    with pictures, st.container(border=True, key="answers"):
        which = st.segmented_control(
            "Show",
            list(answers.FILTERS),
            default="All",
            required=True,
            key="show",
            format_func=lambda name: f"{name} ({len(answers.rows(evaluation, name))})",
        )
        rows = answers.rows(evaluation, which)
        if not rows:
            st.info(f"No images here: of {evaluation.n:,} test images it got none wrong.", icon=":material/check:")
            return
        grid = st.container()
        number = st.pagination(-(-len(rows) // PER_PAGE), key=f"answers_page_{which}_{len(rows)}", max_visible_pages=5)
        images = [cached.pixels(digit, False)[: config.n_test] for digit in digits]
        page = rows[PER_PAGE * (number - 1) : PER_PAGE * number]
        grid.html(gallery(answers.pictures(digits, evaluation, images, page), "Test images and predicted labels"))


def download(job: Job) -> None:
    """The run as a file."""
    a, b = job.config.digits
    st.download_button(
        "Download this run",
        lambda: cached.jobs().run_file(job),
        file_name=f"hqnn-{a}-{b}-seed{job.config.seed}.safetensors",
        mime="application/octet-stream",
        key="download",
        icon=":material/download:",
        on_click="ignore",
        help="Settings, weights, history and answers in one file; `python -m hqnn evaluate FILE` reads it.",
    )


job = viewer.job()
if job is None:
    st.info("No network has been trained yet. Train one, and its answers appear here.", icon=":material/info:")
    st.page_link("pages/train.py", label="Go to Train", icon=":material/play_arrow:")
elif job.active or job.evaluation is None:
    live_bar()
    if job.active:
        st.info("The answers appear here when the training ends, or when you stop it.", icon=":material/hourglass_top:")
    else:
        st.info(
            "This training ended before it was tested. Train again, and its answers appear here.",
            icon=":material/info:",
        )
        if job.weights_file is not None:
            download(job)
else:
    live_bar()
    results(job, job.evaluation)
frame.explain(
    "Under each image stands the digit that the network answers and how probable it holds it: the share of shots "
    "for that digit. The answer is the more probable digit. The interval of the accuracy is Wilson's, 95%: "
    "[doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953). "
    "Loss and accuracy come from the test images alone."
)
st.page_link("pages/home.py", label="Back to the start", icon=":material/arrow_back:")
