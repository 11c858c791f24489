"""Studies: progress, stopping, taking turns with short questions, and what becomes of failures."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from math import pow as power
from math import sqrt
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import numpy as np
import pytest

from hqnn.circuit import shift_study
from hqnn.circuit.slope_rules import RULES, measured_slope
from hqnn.jobs import desk_questions
from hqnn.jobs.study import ALONE_SECONDS, Study
from tests.pretend_cluster import Clock
from tests.waiting import wait


class Turns(Executor):
    """The studies' thread, which does the next part when a test says so."""

    def __init__(self) -> None:
        self._calls: list[Any] = []

    def submit(self, fn: Any, /, *arguments: Any, **options: Any) -> Future[Any]:
        self._calls.append((fn, arguments, options))
        return Future()

    def do(self, parts: int = 1) -> None:
        """Do the next parts, as far as there are any."""
        for _ in range(min(parts, len(self._calls))):
            fn, arguments, options = self._calls.pop(0)
            fn(*arguments, **options)


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("hqnn.jobs.study.monotonic", clock)
    return clock


def begun(turns: Turns, parts: int, question: Callable[..., Any] = sqrt) -> Study:
    """A study of roots, whose parts are measured in this process."""
    return Study(lambda asked, *part: asked(*part), question, [(float(n),) for n in range(parts)], turns)


def test_a_study_measures_part_after_part(jobs):
    study = jobs.desk.study(power, [(2.0, n) for n in range(10)])
    wait(lambda: not study.running)
    assert (study.state, study.done, study.total, study.error) == ("finished", 10, 10, None)
    assert study.results == [((2.0, n), 2.0**n) for n in range(10)]
    assert study.seconds_left == 0
    assert study.seconds == study.seconds


def test_progress_and_time_left_are_told_while_it_goes(turns, clock):
    study = begun(turns, 4)
    assert (study.done, study.seconds_left) == (0, None)
    clock.skip(2)
    turns.do()
    assert (study.running, study.done, study.total, study.seconds, study.seconds_left) == (True, 1, 4, 2, 6)
    clock.skip(1)
    assert study.seconds_left == 9
    for _ in range(3):
        turns.do()
    assert (study.state, study.seconds_left) == ("finished", 0)
    clock.skip(5)
    assert study.seconds == 3


def test_a_stop_is_at_once_and_keeps_what_is_measured(turns):
    asked = []

    def ask(_question: object, number: float) -> float:
        asked.append(number)
        return sqrt(number)

    study = Study(ask, sqrt, [(float(n),) for n in range(10)], turns)
    for _ in range(5):
        turns.do()
    study.stop()
    assert study.state == "stopped"
    turns.do()
    turns.do()
    assert (study.state, study.done, len(asked)) == ("stopped", 5, 5)
    assert study.results == [((float(n),), sqrt(n)) for n in range(5)]


def test_a_part_that_is_under_way_when_it_is_stopped_is_not_kept(turns):
    study = Study(lambda *_: study.stop(), sqrt, [(4.0,), (9.0,)], turns)
    turns.do()
    assert (study.state, study.done) == ("stopped", 0)


def test_studies_take_turns(turns):
    studies = [begun(turns, 3 + n) for n in range(3)]
    for _ in range(2):
        turns.do(2)
    assert [study.done for study in studies] == [2, 1, 1]
    for _ in range(8):
        turns.do()
    assert [study.done for study in studies] == [3, 4, 5]


def test_short_questions_are_answered_between_the_parts_of_several_studies(jobs, tmp_path):
    """A question waits for one part, and not for one of each study."""
    here = str(tmp_path)
    studies = [jobs.desk.study(note, [(here, "part")] * 2) for _ in range(4)]
    wait((tmp_path / "log").exists)  # the first part is under way
    question = Thread(target=jobs.desk.ask, args=(note, here, "question"))
    question.start()
    wait(lambda: waiting_at_the_scheduler(jobs) == 2)
    (tmp_path / "go").touch()
    wait(lambda: not any(study.running for study in studies))
    question.join()
    assert (tmp_path / "log").read_text().split() == ["part", "question", *["part"] * 7]


def note(folder: str, said: str) -> None:
    """Note on a worker what it does, and do so until it may go on."""
    with (Path(folder) / "log").open("a") as log:
        log.write(f"{said}\n")
    while not (Path(folder) / "go").exists():
        sleep(0.01)


def waiting_at_the_scheduler(jobs) -> int:
    """How many short questions it knows that are not answered."""

    def questions(dask_scheduler: Any) -> int:
        tasks = dask_scheduler.tasks.values()
        return sum(
            "desk" in (task.resource_restrictions or {}) and task.state not in ("memory", "erred") for task in tasks
        )

    return jobs.cluster.client().run_on_scheduler(questions)


def test_what_a_part_raises_fails_the_study_in_one_sentence(jobs):
    study = jobs.desk.study(sqrt, [(4.0,), (-1.0,), (9.0,)])
    wait(lambda: not study.running)
    assert (study.state, study.error) == ("failed", "The measurement failed with an unexpected error (ValueError).")
    assert study.results == [((4.0,), 2.0)]


def test_a_setting_that_is_refused_is_said(jobs):
    study = jobs.desk.study(desk_questions.measure_around, [(0.0, 1.0, {"shots": 0, "repeats": 1, "seed": 0})])
    wait(lambda: not study.running)
    assert (study.state, study.error) == ("failed", "shots must be between 1 and 100000, got 0")


def test_a_study_that_nobody_looks_at_ends(turns, clock):
    looked_at, alone = begun(turns, 1000), begun(turns, 1000)
    turns.do(2)
    clock.skip(ALONE_SECONDS)
    looked_at.watch()
    turns.do(2)
    assert alone.running
    clock.skip(1)
    turns.do(2)
    assert (alone.state, alone.alone, alone.done) == ("stopped", True, 3)
    turns.do(2)
    assert (looked_at.running, looked_at.done, alone.done) == (True, 4, 3)


def test_a_study_of_nothing_is_finished_at_once(turns):
    assert Study(print, sqrt, [], turns).state == "finished"


def test_a_study_of_a_server_that_ends_is_stopped():
    turns = ThreadPoolExecutor(1)
    turns.shutdown()
    assert Study(print, sqrt, [(1.0,)], turns).state == "stopped"


@pytest.mark.parametrize("name", ["aer", "noisy"])
def test_the_rules_measured_over_all_shifts_lie_within_five_standard_errors(jobs, name):
    """Means and deviations against the sine itself, of independent shots at every shift."""
    theta, shots, repeats = 0.6, 80, 60
    study = jobs.desk.study(
        desk_questions.measure_around, shift_study.parts(theta, shots, repeats, (3, 0), {"engine": name})
    )
    wait(lambda: not study.running)
    assert study.error is None
    found = shift_study.gathered(study.results)
    assert tuple(found) == shift_study.SHIFTS
    assert len({points.tobytes() for points in found.values()}) == len(found)
    for shift, points in found.items():
        assert points.shape == (repeats, 3)
        p = (1 + np.sin(theta + shift * np.array([-1, 0, 1]))) / 2
        for rule in RULES if abs(np.sin(shift)) > 0.01 else RULES[1:]:
            measured = measured_slope(points, theta, shift, shots, rule)
            weight = {
                "parameter-shift": np.array([-1, 0, 1]) / (2 * np.sin(shift)),
                "published": np.array([-1, 0, 1]),
                "forward": np.array([0, -1, 1]) / shift,
                "central": np.array([-1, 0, 1]) / (2 * shift),
            }[rule]
            deviation = sqrt(weight**2 @ (p * (1 - p)) / shots)
            assert measured.mean == pytest.approx(weight @ p, abs=5 * deviation / sqrt(repeats) + 1e-9)
            assert measured.deviation == pytest.approx(deviation, abs=5 * measured.deviation_error + 1e-9)


def test_all_repeats_of_all_shifts_are_in_short_parts_of_seeds_of_their_own():
    parts = shift_study.parts(0.3, 10_000, 200, (7, 2), {"engine": "aer"})
    by_shift = {s: [part for part in parts if part[1] == s] for s in shift_study.SHIFTS}
    assert {sum(part[2]["repeats"] for part in of_one) for of_one in by_shift.values()} == {200}
    assert all(3 * part[2]["repeats"] * 10_000 * shift_study.SHOT_SECONDS <= 0.3 for part in parts)
    assert [part[1] for part in parts[: len(by_shift)]] == list(shift_study.SHIFTS)
    seeds = [part[2]["seed"] for part in parts]
    assert len(set(seeds)) == len(seeds)
    assert parts == shift_study.parts(0.3, 10_000, 200, (7, 2), {"engine": "aer"})
    assert not set(seeds) & {part[2]["seed"] for part in shift_study.parts(0.3, 10_000, 200, (7, 3), {})}
