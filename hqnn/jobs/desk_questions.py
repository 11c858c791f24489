"""Functions for the worker for short tasks. Only the worker imports their heavy modules.

`Desk.ask_of_run` calls those whose first argument is a run file, so that the file is sent only once.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hqnn.config import RunConfig
    from hqnn.inference.types import Answer, Trip, Upload, WholeTest
    from hqnn.jobs.opened import OpenedRun
    from hqnn.records import Evaluation, Quote
    from hqnn.sweeps.comparison import Compared
    from hqnn.sweeps.curves import Against, Line
    from hqnn.sweeps.groups import Measure
    from hqnn.sweeps.print_figure import Kind
    from hqnn.sweeps.result import Header

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

#: Most run files that a worker keeps, by their SHA-256; each takes half a MB.
MOST_FILES = 32
_files: dict[str, bytes] = {}


class UnknownFile:
    """The result of a worker that does not have a run file."""


def of_known_file(checksum: str, question: Callable[[bytes, *Ts], R], *args: *Ts) -> R | UnknownFile:
    """Call a function with a run file that the worker has, by its SHA-256."""
    content = _files.pop(checksum, None)
    if content is None:
        return UnknownFile()
    _files[checksum] = content  # the last used is dropped last
    return question(content, *args)


def of_new_file(checksum: str, content: bytes, question: Callable[[bytes, *Ts], R], *args: *Ts) -> R:
    """Keep a run file by its SHA-256, and call a function with it."""
    _files[checksum] = content
    for oldest in list(_files)[:-MOST_FILES]:
        del _files[oldest]
    return question(content, *args)


def pixels(digit: int, train: bool) -> "NDArray[np.uint8]":
    """Return all images of a digit (`hqnn.network.data.pixels`)."""
    from hqnn.network import data

    return data.pixels(digit, train)


def circuit_template(theme: str) -> list[str]:
    """Return the parts of the circuit's picture (`hqnn.circuit.drawings.template`)."""
    from hqnn.circuit import drawings

    return drawings.template(theme)


def circuit_drawing(theta: float, theme: str, kind: Literal["svg", "png"]) -> bytes:
    """Return a picture of the circuit (`hqnn.circuit.drawings.drawing`)."""
    from hqnn.circuit import drawings

    return drawings.drawing(theta, theme, kind)


def circuit_texts(theta: float, shots: int, seed: int) -> dict[str, str]:
    """Return the circuit as code (`hqnn.circuit.drawings.texts`)."""
    from hqnn.circuit import drawings

    return drawings.texts(theta, shots, seed)


def circuit_openqasm(theta: float) -> str:
    """Return the circuit in OpenQASM 3 (`hqnn.circuit.drawings.openqasm`)."""
    from hqnn.circuit import drawings

    return drawings.openqasm(theta)


def measurements(
    theta: float, shots: int, seed: int, numbers: Sequence[int], engines: Sequence[Mapping[str, Any]]
) -> "NDArray[np.float64]":
    """Return estimates of P(1) (`hqnn.circuit.estimates.measurements`)."""
    from hqnn.circuit import estimates

    return estimates.measurements(theta, shots, seed, numbers, engines)


def measure_around(theta: float, shift: float, options: dict[str, Any]) -> "NDArray[np.float64]":
    """Measure a part of the study of shifts (`hqnn.circuit.estimates.measure_around`)."""
    from hqnn.circuit import estimates

    return estimates.measure_around(theta, shift, options)


def count_right(
    theta: "NDArray[np.float64]", labels: "NDArray[np.int64]", options: dict[str, Any]
) -> "NDArray[np.int64]":
    """Measure a part of the study of shots (`hqnn.circuit.estimates.count_right`)."""
    from hqnn.circuit import estimates

    return estimates.count_right(theta, labels, options)


def device_quote(config: "RunConfig") -> "Quote":
    """Return the cost estimate of a run on its device (`hqnn.network.device_quote.quote`)."""
    from hqnn.network.device_quote import quote

    return quote(config)


def summary(run_file: bytes) -> "tuple[RunConfig, Evaluation | None]":
    """Return settings and test of a run (`hqnn.inference.networks.summary`)."""
    from hqnn.inference import networks

    return networks.summary(run_file)


def compared(run_file: bytes, most_history: int) -> "Compared":
    """Return the parts of a run that a comparison needs (`hqnn.inference.networks.compared`)."""
    from hqnn.inference import networks

    return networks.compared(run_file, most_history)


def opened(content: bytes) -> "OpenedRun":
    """Return the run in a viewer's file (`hqnn.jobs.opened.read`)."""
    from hqnn.jobs.opened import read

    return read(content)


def trip(run_file: bytes, part: str, place: int, seed: int) -> "Trip":
    """Follow one image through a network (`hqnn.inference.follow_image.trip`)."""
    from hqnn.inference import follow_image

    return follow_image.trip(run_file, part, place, seed)


def whole_test(run_file: bytes) -> "WholeTest":
    """Test a network on all test images of its pair (`hqnn.inference.whole_test.whole_test`)."""
    from hqnn.inference import whole_test

    return whole_test.whole_test(run_file)


def angles(run_file: bytes, digits: Sequence[int]) -> "list[NDArray[np.float64]]":
    """Return θ of all test images of some digits (`hqnn.inference.whole_test.angles`)."""
    from hqnn.inference import whole_test

    return whole_test.angles(run_file, digits)


def evaluation(
    theta: "NDArray[np.float64]",
    labels: "NDArray[np.int64]",
    engine: str,
    shots: int | None,
    settings: Mapping[str, Any] | None,
    loss: str,
    seed: int,
    simulated: int,
) -> "Evaluation":
    """Measure angles and evaluate the predictions (`hqnn.inference.whole_test.evaluation`)."""
    from hqnn.inference import whole_test

    return whole_test.evaluation(theta, labels, engine, shots, settings, loss, seed, simulated)


def answer(run_file: bytes, pixels: "NDArray[np.uint8]", shots: int | None, seed: int) -> "Answer":
    """Classify one image with a network (`hqnn.inference.drawing.answer`)."""
    from hqnn.inference import drawing

    return drawing.answer(run_file, pixels, shots, seed)


def evaluate_images(
    run_file: bytes, pixels: "NDArray[np.uint8]", labels: list[int], shots: int | None, seed: int
) -> "Evaluation":
    """Test a network on the viewer's own images (`hqnn.inference.drawing.evaluate_images`)."""
    from hqnn.inference import drawing

    return drawing.evaluate_images(run_file, pixels, labels, shots, seed)


def stopped(digit: int, digits: tuple[int, int]) -> int:
    """Count the test images of a digit that are rejected as neither of a pair (`hqnn.inference.neither.stopped`)."""
    from hqnn.inference import neither

    return neither.stopped(digit, digits)


def read_upload(content: bytes) -> "Upload":
    """Return the strokes on a picture (`hqnn.inference.photos.read_upload`)."""
    from hqnn.inference import photos

    return photos.read_upload(content)


def sweep_figure(
    header: "Header", drawn: "Sequence[Line]", measure: "Measure", against: "Against", kind: "Kind"
) -> bytes:
    """Return the curves of a sweep as a file (`hqnn.sweeps.print_figure.race`)."""
    from hqnn.sweeps import print_figure

    return print_figure.race(header, drawn, measure, against, kind)


def with_history(run_file: bytes, history: bytes) -> bytes:
    """Return a run file with another history (`hqnn.runs.file.with_history`)."""
    from hqnn.runs import file

    return file.with_history(run_file, history)


def network_so_far(run_id: str, config: "RunConfig") -> tuple[bytes, int] | None:
    """Return the network of an active run (`hqnn.jobs.worker_task.network_so_far`)."""
    from hqnn.jobs import worker_task

    return worker_task.network_so_far(run_id, config.model_dump_json())
