"""The network that makes the predictions: a run's, or one that comes with hqnn."""

from dataclasses import dataclass

import streamlit as st

from hqnn.config import RunConfig
from hqnn.inference import pretrained
from hqnn.jobs.job import Job
from hqnn.records import Evaluation
from ui.kit.words import began, duration
from ui.session import cached, device_dialog, settings, viewer


@dataclass(frozen=True)
class Network:
    """A network that can make predictions."""

    #: Identifies it. While a run continues it includes the step, so predictions can be cached by it.
    key: str
    #: Its name for people.
    name: str
    config: RunConfig
    #: A run as a file's content (`hqnn.runs`).
    run_file: bytes
    #: Number of optimiser steps so far, if its run continues.
    step: int | None = None
    #: Its predictions at the end of its run.
    evaluation: Evaluation | None = None

    @property
    def of(self) -> str:
        """The run's id, or the pair of a network that comes with hqnn."""
        return self.key.partition("@")[0]


@dataclass(frozen=True)
class _Offer:
    """A network that can be chosen."""

    name: str
    digits: tuple[int, int]


def choice() -> Network:
    """Draw the choice of the network. Return the chosen one."""
    offers = _offers()
    _follow_training(offers)
    _follow_digits(offers)
    if st.session_state.get("network") not in offers:
        st.session_state["network"] = _of_settings(offers)
    key = st.selectbox(
        "Network",
        list(offers),
        format_func=lambda key: offers[key].name,
        key="network",
        persist_state="session",
        help="The run on the Train page, your other runs, or a network that comes with hqnn.",
    )
    return network(key)


def no_network_yet(chosen: Network) -> None:
    """If no network knows the chosen digits yet, say so and offer to train one.

    Args:
        chosen: the network used instead.
    """
    digits = settings.digits()
    if len(digits) != 2 or digits in {offer.digits for offer in _offers().values()}:
        return
    (a, b), config = digits, settings.present()
    bundled = " and ".join("{} vs {}".format(*pair) for pair in pretrained.PAIRS)
    with st.container(horizontal=True, vertical_alignment="center", key="no_network"):
        st.info(
            f"There is no network for {a} vs {b} yet, so this page uses “{chosen.name}”. The networks for {bundled} "
            "come with hqnn.",
            icon=":material/info:",
        )
        if config is None:
            return
        about = duration(cached.jobs().durations.alone(config))
        if st.button(
            f"Train {a} vs {b} now, {about}",
            key="train_pair",
            type="primary",
            icon=":material/play_arrow:",
            disabled=viewer.busy(),
            help="Starts a run with your settings and opens the Train page. Come back here during the run or after it.",
        ):
            device_dialog.start(config)
        for pair in pretrained.PAIRS:
            if pair != chosen.config.digits:
                st.button(
                    "Use {} vs {}".format(*pair),
                    key=f"use_{_pair_key(pair)}",
                    on_click=st.session_state.update,
                    args=({"network": _pair_key(pair)},),
                )


def network(key: str) -> Network:
    """Return the chosen network with its latest weights. A run that continues changes them.

    Args:
        key: id of a run, or a pair such as "0-1" for a network that comes with hqnn.
    """
    for digits in pretrained.PAIRS:
        if key == _pair_key(digits):
            config, evaluation = cached.pretrained(digits)
            return Network(key, _pair_name(digits), config, pretrained.run_file(digits), evaluation=evaluation)
    job, found = cached.jobs().get(key), cached.network(key)
    if job is None or found is None:
        return network(_of_settings(_bundled()))
    run_file, step = found
    name = _name(job) if step is None else f"{_name(job)}, after step {step:,}"
    return Network(network_key(job, step), name, job.config, run_file, step, job.evaluation)


def network_key(job: Job, step: int | None = None) -> str:
    """Return the key of a run's network.

    Args:
        job: the run.
        step: number of optimiser steps so far. By default all steps of the run.
    """
    return job.id if job.state.final else f"{job.id}@{len(job.steps) if step is None else step}"


def _offers() -> dict[str, _Offer]:
    """Return all available networks by their keys."""
    current = viewer.job()
    trainings = [] if current is None or cached.network(current.id) is None else [current]
    known = {job.id for job in trainings}
    trainings += [
        job for job in cached.trainings(viewer.identity()) if job.id not in known and job.evaluation is not None
    ]
    return {job.id: _Offer(_name(job), job.config.digits) for job in trainings} | _bundled()


def _bundled() -> dict[str, _Offer]:
    return {_pair_key(digits): _Offer(_pair_name(digits), digits) for digits in pretrained.PAIRS}


def _follow_training(offers: dict[str, _Offer]) -> None:
    """Choose the run on the page when it changes, or when it first has a network."""
    current = viewer.job()
    if current is not None and current.id in offers and st.session_state.get("network_of") != current.id:
        st.session_state["network_of"] = st.session_state["network"] = current.id


def _follow_digits(offers: dict[str, _Offer]) -> None:
    """Choose a network for the settings' digits after they have changed, if there is one."""
    digits, chosen = settings.digits(), offers.get(st.session_state.get("network", ""))
    changed = st.session_state.get("network_for", digits) != digits
    st.session_state["network_for"] = digits
    if changed and chosen is not None and chosen.digits != digits:
        st.session_state["network"] = _of_settings(offers, otherwise=st.session_state["network"])


def _of_settings(offers: dict[str, _Offer], otherwise: str | None = None) -> str:
    """Return the first network for the settings' digits, else `otherwise`, else the first that comes with hqnn."""
    digits = settings.digits()
    found = next((key for key, offer in offers.items() if offer.digits == digits), otherwise)
    return found or _pair_key(pretrained.PAIRS[0])


def _pair_key(digits: tuple[int, int]) -> str:
    return "{}-{}".format(*digits)


def _pair_name(digits: tuple[int, int]) -> str:
    return "{} vs {}, comes with hqnn".format(*digits)


def _name(job: Job) -> str:
    a, b = job.config.digits
    return f"{a} vs {b}, {job.state}, seed {job.config.seed}, {began(job)}"
