"""Cached objects: the job engine, and results from its workers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit import runtime

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis import Diagnosis
from hqnn.diagnosis.course import Course, is_complete
from hqnn.errors import HqnnError
from hqnn.inference import shot_accuracy
from hqnn.inference.pretrained import run_file
from hqnn.inference.shot_accuracy import AT_ONCE, Expected
from hqnn.inference.types import Answer, Trip
from hqnn.jobs import Jobs, desk_questions
from hqnn.jobs.explorations import Explorations, stored
from hqnn.jobs.job import Job
from hqnn.records import Evaluation
from hqnn.sweeps.comparison import Compared
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import own_files


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """Return the server's one job engine."""
    return Jobs(is_present=_is_connected)


@st.cache_resource(show_spinner=False)
def explorations() -> Explorations:
    """Return the experiments that the server runs in the background."""
    return Explorations(jobs().trained)


def results(header: Header) -> tuple[Results, bool]:
    """Return the results of an experiment so far (`hqnn.jobs.explorations.stored`). Viewers share them: do not change.

    Raises:
        HqnnError: if the file is damaged or cannot be read.
    """
    files = tuple((str(path), changed) for path, changed in own_files(header).items())
    return _stored(header.model_dump_json(), files)


@st.cache_resource(show_spinner=False, max_entries=20)
def _stored(header: str, files: tuple[tuple[str, int], ...]) -> tuple[Results, bool]:
    try:
        return stored(Header.model_validate_json(header))
    except OSError as error:
        raise HqnnError(f"Cannot read the results ({error}).") from None


@st.cache_resource(show_spinner=False)
def pixels(digit: int, train: bool) -> NDArray[np.uint8]:
    """Return all images of a digit: (count, 28, 28), grey 0 to 255. Viewers share them: do not change."""
    return jobs().desk.ask(desk_questions.pixels, digit, train)


@st.cache_resource(show_spinner=False)
def circuit_template(theme: str) -> list[str]:
    """Return the circuit's picture in parts, between which the angle goes (`hqnn.circuit.drawings.template`)."""
    return jobs().desk.ask(desk_questions.circuit_template, theme)


@st.cache_resource(show_spinner=False, max_entries=1000)
def drawing(theta: float, theme: str, kind: Literal["svg", "png"]) -> bytes:
    """Return a picture of the circuit and its angle as a file (`hqnn.circuit.drawings.drawing`)."""
    return jobs().desk.ask(desk_questions.circuit_drawing, theta, theme, kind)


@st.cache_resource(show_spinner=False, max_entries=500)
def trip(run_id: str, part: str, place: int, seed: int, _run_file: bytes) -> Trip:
    """Return every step of one image through a run's network (`hqnn.inference.follow_image`).

    Viewers share it: do not change.
    """
    return jobs().desk.ask_of_run(desk_questions.trip, _run_file, part, place, seed)


def network(run_id: str) -> tuple[bytes, int | None] | None:
    """Return a run's network with its latest weights (`hqnn.jobs.Jobs.network`)."""
    job = jobs().get(run_id)
    return None if job is None else _network(job.id, job.state, job)


@st.cache_resource(show_spinner=False, ttl=2, max_entries=100)
def _network(run_id: str, state: str, _job: Job) -> tuple[bytes, int | None] | None:
    return jobs().desk.network(_job)


@st.cache_resource(show_spinner=False, ttl=2, max_entries=100)
def trainings(viewer: str) -> list[Job]:
    """Return a viewer's latest runs without records (`hqnn.jobs.Jobs.of_viewer`). Each stroke on the pad needs them."""
    return jobs().of_viewer(viewer, limit=8)


@st.cache_resource(show_spinner=False)
def pretrained(digits: tuple[int, int]) -> tuple[RunConfig, Evaluation | None]:
    """Return settings and test of a network that comes with hqnn (`hqnn.inference.networks.summary`)."""
    return jobs().desk.ask_of_run(desk_questions.summary, run_file(digits))


@st.cache_resource(show_spinner=False, max_entries=50)
def whole_test(network_key: str, _run_file: bytes) -> tuple[NDArray[np.float64], Evaluation]:
    """Return θ and the predictions for all test images of a network's pair (`hqnn.inference.whole_test.whole_test`).

    Do not change them.
    """
    return jobs().desk.ask_of_run(desk_questions.whole_test, _run_file)


@st.cache_resource(show_spinner=False, max_entries=50)
def angles(network_key: str, digits: tuple[int, ...], _run_file: bytes) -> list[NDArray[np.float64]]:
    """Return θ of all test images of some digits (`hqnn.inference.whole_test.angles`). Do not change them."""
    return jobs().desk.ask_of_run(desk_questions.angles, _run_file, digits)


@st.cache_resource(show_spinner=False)
def stopped(digit: int, digits: tuple[int, int]) -> int:
    """Return how many test images of a digit are rejected as neither digit (`hqnn.inference.neither.stopped`)."""
    return jobs().desk.ask(desk_questions.stopped, digit, digits)


@st.cache_resource(show_spinner=False, max_entries=100)
def tested(
    network_key: str,
    engine: Mapping[str, Any],
    shots: int | None,
    loss: str,
    seed: int,
    _theta: NDArray[np.float64],
    _labels: NDArray[np.int64],
) -> Evaluation:
    """Return the predictions for all test images of a network's pair (`hqnn.inference.whole_test.evaluation`)."""
    measured = engine["engine"], shots, engine.get("settings"), loss, seed, AT_ONCE
    return jobs().desk.ask(desk_questions.evaluation, _theta, _labels, *measured)


@st.cache_resource(show_spinner=False, max_entries=100)
def expected(
    network_key: str,
    response: Response,
    shots: tuple[int, ...],
    _theta: NDArray[np.float64],
    _labels: NDArray[np.int64],
) -> Expected:
    """Return the expected accuracy (`hqnn.inference.shot_accuracy.expected`). Viewers share it: do not change."""
    return shot_accuracy.expected(_theta, _labels, shots, response)


@st.cache_resource(show_spinner=False, max_entries=500)
def answer(network_key: str, pixels: NDArray[np.uint8], shots: int | None, seed: int, _run_file: bytes) -> Answer:
    """Return the prediction for a drawing (`hqnn.inference.drawing`). Viewers share it: do not change."""
    return jobs().desk.ask_of_run(desk_questions.answer, _run_file, pixels, shots, seed)


def _is_connected(session_id: str) -> bool:
    """Whether a browser's page is open. Without a server, as in tests, every page is."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session_id)


def course(job: Job) -> Course | None:
    """Return the angles of a run's images so far; viewers share them. None if its records are incomplete."""
    steps, _ = job.snapshot()
    kept = _kept_course(job.id)
    known = kept.course
    if known is None or len(known) > len(steps):
        known = Course.of(job.config, [])
    fresh = steps[len(known) :]
    if not is_complete(fresh):
        return None
    if fresh:
        known = known.extended(fresh)
    kept.course = known
    return known


def diagnosis(job: Job) -> Diagnosis:
    """Return the diagnosis of a run so far. Viewers share it: do not change."""
    steps, epochs = job.snapshot()
    kept = _kept_diagnosis(job.id)
    with kept.lock:
        if kept.steps > len(steps) or kept.epochs > len(epochs) or kept.diagnosis is None:
            kept.steps, kept.epochs, kept.diagnosis = 0, 0, Diagnosis(job.config)
        kept.diagnosis.extend(steps[kept.steps :], epochs[kept.epochs :])
        kept.steps, kept.epochs = len(steps), len(epochs)
        return kept.diagnosis


@dataclass
class _KeptDiagnosis:
    """Numbers of steps and epochs already diagnosed, and the diagnosis."""

    steps: int = 0
    epochs: int = 0
    diagnosis: Diagnosis | None = None
    lock: Lock = field(default_factory=Lock)


@st.cache_resource(show_spinner=False, max_entries=32)
def _kept_diagnosis(run_id: str) -> _KeptDiagnosis:
    """Return the kept diagnosis of a run."""
    return _KeptDiagnosis()


@dataclass
class _Kept:
    course: Course | None = None


@st.cache_resource(show_spinner=False, max_entries=32)
def _kept_course(run_id: str) -> _Kept:
    """Return the kept course of a run. Its content is replaced, never changed."""
    return _Kept()


def compared(run_id: str) -> Compared | None:
    """Return a run of this server so far; viewers share it. None if the server does not know it."""
    kept = _kept_compared(run_id)
    if kept.run is not None and kept.run.state.final:
        return kept.run
    job = jobs().get(run_id)
    if job is None:
        return None
    state = job.state  # before its records: a run that has ended has all of them
    (steps, epochs), evaluation = job.snapshot(), job.evaluation
    known = kept.run
    if known is None or (known.state, len(known.epochs), known.evaluation) != (state, len(epochs), evaluation):
        kept.run = Compared.of(job.config, state, steps, epochs, evaluation, jobs().desk.versions(job))
    return kept.run


@dataclass
class _KeptCompared:
    run: Compared | None = None


@st.cache_resource(show_spinner=False, max_entries=64)
def _kept_compared(run_id: str) -> _KeptCompared:
    """Return the kept comparison of a run. Its content is replaced, never changed."""
    return _KeptCompared()
