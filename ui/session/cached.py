"""What is kept between reruns: the job engine, and what its worker was asked for."""

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
    """The server's one job engine."""
    return Jobs(is_present=_is_connected)


@st.cache_resource(show_spinner=False)
def explorations() -> Explorations:
    """The questions that the server answers in the background."""
    return Explorations(jobs().trained)


def results(header: Header) -> tuple[Results, bool]:
    """What is there of a question (`hqnn.jobs.explorations.stored`), shared between viewers: do not add to it.

    Raises:
        HqnnError: if the file is damaged, or cannot be read.
    """
    files = tuple((str(path), changed) for path, changed in own_files(header).items())
    return _stored(header.model_dump_json(), files)


@st.cache_resource(show_spinner=False, max_entries=20)
def _stored(header: str, files: tuple[tuple[str, int], ...]) -> tuple[Results, bool]:
    try:
        return stored(Header.model_validate_json(header))
    except OSError as error:
        raise HqnnError(f"Results cannot be read ({error}).") from None


@st.cache_resource(show_spinner=False)
def pixels(digit: int, train: bool) -> NDArray[np.uint8]:
    """All images of a digit: (count, 28, 28), grey 0 to 255. Shared between viewers: do not write to it."""
    return jobs().desk.ask(desk_questions.pixels, digit, train)


@st.cache_resource(show_spinner=False)
def circuit_template(theme: str) -> list[str]:
    """The circuit's picture in parts, between which its angle stands (`hqnn.circuit.drawings.template`)."""
    return jobs().desk.ask(desk_questions.circuit_template, theme)


@st.cache_resource(show_spinner=False, max_entries=1000)
def drawing(theta: float, theme: str, kind: Literal["svg", "png"]) -> bytes:
    """A picture of the circuit with its angle as a file (`hqnn.circuit.drawings.drawing`)."""
    return jobs().desk.ask(desk_questions.circuit_drawing, theta, theme, kind)


@st.cache_resource(show_spinner=False, max_entries=500)
def trip(run_id: str, part: str, place: int, seed: int, _run_file: bytes) -> Trip:
    """One image's way through an ended training's network (`hqnn.inference.follow_image`).

    Shared between viewers: do not write to it.
    """
    return jobs().desk.ask_of_run(desk_questions.trip, _run_file, part, place, seed)


@st.cache_resource(show_spinner=False, ttl=2, max_entries=100)
def network(run_id: str) -> tuple[bytes, int | None] | None:
    """A training's network as it is now (`hqnn.jobs.Jobs.network`)."""
    job = jobs().get(run_id)
    return None if job is None else jobs().desk.network(job)


@st.cache_resource(show_spinner=False, ttl=2, max_entries=100)
def trainings(viewer: str) -> list[Job]:
    """A viewer's latest trainings, without their records (`hqnn.jobs.Jobs.of_viewer`): asked for at every stroke."""
    return jobs().of_viewer(viewer, limit=8)


@st.cache_resource(show_spinner=False)
def pretrained(digits: tuple[int, int]) -> tuple[RunConfig, Evaluation | None]:
    """Settings and test of a network that comes with hqnn (`hqnn.inference.networks.summary`)."""
    return jobs().desk.ask_of_run(desk_questions.summary, run_file(digits))


@st.cache_resource(show_spinner=False, max_entries=50)
def whole_test(network_key: str, _run_file: bytes) -> tuple[NDArray[np.float64], Evaluation]:
    """θ and the answers of a network on all test images of its pair (`hqnn.inference.whole_test.whole_test`).

    Do not write to them.
    """
    return jobs().desk.ask_of_run(desk_questions.whole_test, _run_file)


@st.cache_resource(show_spinner=False, max_entries=50)
def angles(network_key: str, digits: tuple[int, ...], _run_file: bytes) -> list[NDArray[np.float64]]:
    """θ of all test images of some digits, by a network (`hqnn.inference.whole_test.angles`). Do not write to them."""
    return jobs().desk.ask_of_run(desk_questions.angles, _run_file, digits)


@st.cache_resource(show_spinner=False)
def stopped(digit: int, digits: tuple[int, int]) -> int:
    """How many test images of a digit count as neither of a pair's (`hqnn.inference.neither.stopped`)."""
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
    """A network's answers on all test images of its pair, at once (`hqnn.inference.whole_test.evaluation`)."""
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
    """What that is on average (`hqnn.inference.shot_accuracy.expected`). Shared between viewers: do not write to it."""
    return shot_accuracy.expected(_theta, _labels, shots, response)


@st.cache_resource(show_spinner=False, max_entries=500)
def answer(network_key: str, pixels: NDArray[np.uint8], shots: int | None, seed: int, _run_file: bytes) -> Answer:
    """What a network answers to a drawing (`hqnn.inference.drawing`). Shared between viewers: do not write to it."""
    return jobs().desk.ask_of_run(desk_questions.answer, _run_file, pixels, shots, seed)


def _is_connected(session_id: str) -> bool:
    """Whether a browser's page is open; without a server, as in tests, every page is."""
    return not runtime.exists() or runtime.get_instance().is_active_session(session_id)


def course(job: Job) -> Course | None:
    """The steps of a training so far, shared between viewers; None if its records lack what a course needs."""
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
    """What the rules say of a training so far, shared between viewers: do not add to it."""
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
    """How much of a training has been looked at, and what was found."""

    steps: int = 0
    epochs: int = 0
    diagnosis: Diagnosis | None = None
    lock: Lock = field(default_factory=Lock)


@st.cache_resource(show_spinner=False, max_entries=32)
def _kept_diagnosis(run_id: str) -> _KeptDiagnosis:
    """One for each training that has been looked at lately."""
    return _KeptDiagnosis()


@dataclass
class _Kept:
    course: Course | None = None


@st.cache_resource(show_spinner=False, max_entries=32)
def _kept_course(run_id: str) -> _Kept:
    """One for each training that has been looked at lately; what is in it is never changed, only replaced."""
    return _Kept()


def compared(run_id: str) -> Compared | None:
    """A training of this server so far, shared between viewers; None if it is not known."""
    kept = _kept_compared(run_id)
    if kept.run is not None and kept.run.state.final:
        return kept.run
    job = jobs().get(run_id)
    if job is None:
        return None
    state = job.state  # before its records: of one that has ended all of them are there
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
    """One for each training that has been compared lately; what is in it is never changed, only replaced."""
    return _KeptCompared()
