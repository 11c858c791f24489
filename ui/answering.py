"""Which network answers on the pages that ask one: a training's, or one that comes with hqnn."""

from dataclasses import dataclass
from time import time

import streamlit as st

from hqnn import pretrained
from hqnn.config import RunConfig
from hqnn.job import Job
from hqnn.records import Evaluation
from ui import cached, state, viewer
from ui.trainings import ago


@dataclass(frozen=True)
class Network:
    """A network that can be asked."""

    #: Names it and, of one that still trains, its step: what it answers may be kept under it.
    key: str
    #: Which one it is, in words.
    name: str
    config: RunConfig
    #: A run as a file's content (`hqnn.runs`).
    run_file: bytes
    #: Optimiser steps behind it, of one that still trains.
    step: int | None = None
    #: Its answers when its training ended.
    evaluation: Evaluation | None = None


def choice() -> Network:
    """Draw the choice of the network that answers; gives the chosen one."""
    names = _names()
    _follow_training(names)
    if st.session_state.get("network") not in names:
        st.session_state["network"] = _of_settings()
    key = st.selectbox(
        "Network that answers",
        list(names),
        format_func=names.__getitem__,
        key="network",
        persist_state="session",
        help="The training that you look at, your other trainings, or a network that comes with hqnn.",
    )
    return network(key)


def network(key: str) -> Network:
    """The network that has been chosen, as it is now: one that still trains learns between two looks.

    Args:
        key: "0-1" or the like of one that comes with hqnn, or the id of a training.
    """
    for digits in pretrained.PAIRS:
        if key == _pair_key(digits):
            config, evaluation = cached.pretrained(digits)
            return Network(key, _pair_name(digits), config, pretrained.run_file(digits), evaluation=evaluation)
    job, found = cached.jobs().get(key), cached.network(key)
    if job is None or found is None:
        return network(_of_settings())
    run_file, step = found
    name = _name(job) if step is None else f"{_name(job)}, as after step {step:,}"
    return Network(key if step is None else f"{key}@{step}", name, job.config, run_file, step, job.evaluation)


def _names() -> dict[str, str]:
    """Every network that can be asked, by its key."""
    current = viewer.job()
    trainings = [] if current is None or cached.network(current.id) is None else [current]
    known = {job.id for job in trainings}
    trainings += [
        job for job in cached.trainings(viewer.identity()) if job.id not in known and job.evaluation is not None
    ]
    names = {job.id: _name(job) for job in trainings}
    return names | {_pair_key(digits): _pair_name(digits) for digits in pretrained.PAIRS}


def _follow_training(names: dict[str, str]) -> None:
    """Choose the training that is looked at, when another one is, or when it first has a network."""
    current = viewer.job()
    if current is not None and current.id in names and st.session_state.get("network_of") != current.id:
        st.session_state["network_of"] = st.session_state["network"] = current.id


def _of_settings() -> str:
    """The one that comes with hqnn for the settings' digits, or else the first."""
    return _pair_key(next((digits for digits in pretrained.PAIRS if digits == state.digits()), pretrained.PAIRS[0]))


def _pair_key(digits: tuple[int, int]) -> str:
    return "{}-{}".format(*digits)


def _pair_name(digits: tuple[int, int]) -> str:
    return "{} vs {}, comes with hqnn".format(*digits)


def _name(job: Job) -> str:
    a, b = job.config.digits
    return f"{a} vs {b}, {job.state}, seed {job.config.seed}, started {ago(time() - job.created)}"
