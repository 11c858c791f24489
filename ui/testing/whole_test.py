"""What the parts of the test bench share: the answers of the chosen network, and what can be taken away."""

import streamlit as st

from hqnn.config import TEST_COUNTS
from hqnn.versions import versions_in
from ui.session import cached, viewer
from ui.session.network_choice import Network
from ui.testing.prediction_table import Answers, summary


def answers(network: Network, height: int) -> Answers:
    """The network's answers on all test images of its pair, with words in their place until they are there.

    Args:
        network: the one that is asked.
        height: pixels that are kept free for what is drawn of them.
    """
    n = sum(TEST_COUNTS[digit] for digit in network.config.digits)
    with st.container(horizontal=True, vertical_alignment="center", key="bench_says"):
        says = st.container(width="content").empty()
        if network.step is not None:
            st.button("Ask it as it is now", key="ask_again", icon=":material/refresh:")
    says.html(f'<p class="verdicts" role="status">Testing the network on all {n:,} test images of its digits…</p>')
    with st.skeleton(height=height):
        theta, evaluation = cached.whole_test(network.key, network.run_file)
    found = Answers.of(network.config, theta, evaluation)
    says.html(summary(found, network.step))
    return found


def hint(network: Network) -> None:
    """Say why another network answers than that of the training that is looked at, if it has none."""
    job = viewer.job()
    if job is None or network.of == job.id:
        return
    if job.active and cached.network(job.id) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                "Your training can be asked here once it has made its first steps.", icon=":material/hourglass_top:"
            )
            st.button("Look again", key="look_again", icon=":material/refresh:")
    elif not job.active and job.weights_file is None:
        st.info("Your training ended without a network. Train again, and it can be asked here.", icon=":material/info:")


def downloads(network: Network, answers: Answers) -> None:
    """Draw the buttons that take away all answers as a table, and the run as a file."""
    a, b = network.config.digits
    name = f"hqnn-{a}-{b}-seed{network.config.seed}"
    with st.container(horizontal=True):
        st.download_button(
            "Download all answers",
            lambda: answers.csv(versions_in(network.run_file), network.step),
            file_name=f"{name}-answers.csv",
            mime="text/csv",
            key="download_answers",
            icon=":material/table:",
            on_click="ignore",
            help="A CSV table, one row for each test image: its number among those of its digit, the true digit, the "
            "predicted one, P(1), θ in radians, and whether it is right. Each row names the network's settings and "
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
            help="Settings, weights, history and answers in one file; `python -m hqnn evaluate FILE` reads it.",
        )


def _whole_run(network: Network) -> bytes:
    """With its history, if it is a training of this server that has ended."""
    job = cached.jobs().get(network.of)
    return network.run_file if job is None or job.active else cached.jobs().desk.run_file(job)
