"""Shared parts of the Test page: the predictions of the chosen network, and downloads."""

import streamlit as st

from hqnn.config import TEST_COUNTS
from hqnn.versions import versions_in
from ui.session import cached, viewer
from ui.session.network_choice import Network
from ui.testing.prediction_table import Answers, summary


def answers(network: Network, height: int) -> Answers:
    """Return the predictions for all test images of the network's pair. Show a message until they are finished.

    Args:
        network: the network.
        height: pixels reserved for what the page draws below.
    """
    n = sum(TEST_COUNTS[digit] for digit in network.config.digits)
    with st.container(horizontal=True, vertical_alignment="center", key="bench_says"):
        says = st.container(width="content").empty()
        if network.step is not None:
            st.button("Use latest weights", key="ask_again", icon=":material/refresh:")
    says.html(f'<p class="verdicts" role="status">Testing the network on all {n:,} test images of its two digits…</p>')
    with st.skeleton(height=height):
        theta, evaluation = cached.whole_test(network.key, network.run_file)
    found = Answers.of(network.config, theta, evaluation)
    says.html(summary(found, network.step))
    return found


def hint(network: Network) -> None:
    """If the run on the page has no network, say why the page uses another one."""
    job = viewer.job()
    if job is None or network.of == job.id:
        return
    if job.active and cached.network(job.id) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info("Your run can be tested here after its first steps.", icon=":material/hourglass_top:")
            st.button("Refresh", key="look_again", icon=":material/refresh:")
    elif not job.active and job.weights_file is None:
        st.info("Your run ended without a network. Run it again to test it here.", icon=":material/info:")


def downloads(network: Network, answers: Answers) -> None:
    """Draw the buttons that download all predictions as a table, and the run as a file."""
    a, b = network.config.digits
    name = f"hqnn-{a}-{b}-seed{network.config.seed}"
    with st.container(horizontal=True):
        st.download_button(
            "Download all predictions",
            lambda: answers.csv(versions_in(network.run_file), network.step),
            file_name=f"{name}-answers.csv",
            mime="text/csv",
            key="download_answers",
            icon=":material/table:",
            on_click="ignore",
            help="A CSV table with one row per test image: its number among the images of its digit, true digit, "
            "prediction, P(1), θ in radians, and whether it is right. Each row has the network's settings and "
            "versions.",
        )
        st.download_button(
            "Download this run",
            lambda: _whole_run(network),
            file_name=f"{name}.safetensors",
            mime="application/octet-stream",
            key="download",
            icon=":material/download:",
            on_click="ignore",
            help="Settings, weights, history and predictions in one file. Open it on the Home page, or "
            "test it with `hqnn evaluate FILE`.",
        )


def _whole_run(network: Network) -> bytes:
    """Return the run file, with its history if the run has ended on this server."""
    job = cached.jobs().get(network.of)
    return network.run_file if job is None or job.active else cached.jobs().desk.run_file(job)
