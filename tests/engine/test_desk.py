"""Questions to the worker for short work: a run's file travels once, and is known by its checksum from then on."""

import pickle
from typing import Any

import numpy as np
import pytest

from hqnn.inference import pretrained
from hqnn.jobs import desk_questions
from hqnn.jobs.cluster import Cluster
from hqnn.jobs.desk import Desk
from hqnn.jobs.desk_questions import MOST_FILES, UnknownFile, of_known_file, of_new_file

STROKE = np.zeros((28, 28), np.uint8)


class HereAtOnce:
    """Stands for a cluster whose worker is this process, and notes how many bytes each question is."""

    def __init__(self) -> None:
        self.bytes: list[int] = []

    def ask(self, question: Any, *arguments: Any) -> Any:
        self.bytes.append(len(pickle.dumps((question, arguments))))
        return question(*arguments)


@pytest.fixture(autouse=True)
def _knows_no_file(monkeypatch):
    monkeypatch.setattr(desk_questions, "_files", {})


def test_a_run_file_is_sent_with_the_first_stroke_alone():
    here, run_file = HereAtOnce(), pretrained.run_file((3, 7))
    desk = Desk(here)  # pyright: ignore[reportArgumentType]
    first = desk.ask_of_run(desk_questions.answer, run_file, STROKE, 100, 0)
    asked, sent = here.bytes
    assert asked < 2000
    assert sent > len(run_file)
    for seed in range(1, 4):
        assert desk.ask_of_run(desk_questions.answer, run_file, STROKE, 100, seed).theta == first.theta
    assert max(here.bytes[2:]) < 2000
    desk.close()


def test_a_worker_that_has_forgotten_a_file_gets_it_again():
    here, run_files = HereAtOnce(), [bytes([number]) for number in range(MOST_FILES + 1)]
    desk = Desk(here)  # pyright: ignore[reportArgumentType]
    for run_file in run_files:
        assert desk.ask_of_run(len, run_file) == 1
    assert len(here.bytes) == 2 * len(run_files)
    assert desk.ask_of_run(len, run_files[-1]) == 1
    assert len(here.bytes) == 2 * len(run_files) + 1
    assert desk.ask_of_run(len, run_files[0]) == 1
    assert len(here.bytes) == 2 * len(run_files) + 3
    desk.close()


def test_a_file_that_is_used_is_not_the_next_to_be_forgotten():
    of_new_file("first", b"1", len)
    for number in range(MOST_FILES - 1):
        of_new_file(str(number), b"2", len)
    assert of_known_file("first", len) == 1
    of_new_file("one more", b"3", len)
    assert of_known_file("first", len) == 1
    assert isinstance(of_known_file("0", len), UnknownFile)


def test_a_real_worker_remembers_a_file(jobs, monkeypatch):
    sizes, submit = [], Cluster.submit

    def measured(self: Cluster, function: Any, *arguments: Any, **options: Any) -> Any:
        sizes.append(len(pickle.dumps(arguments)))
        return submit(self, function, *arguments, **options)

    monkeypatch.setattr(Cluster, "submit", measured)
    run_file = pretrained.run_file((0, 1))
    answers = [jobs.desk.ask_of_run(desk_questions.answer, run_file, STROKE, 100, 7) for _ in range(3)]
    assert len({answer.theta for answer in answers}) == 1
    assert max(sizes[-2:]) < 2000


@pytest.mark.parametrize("name", [name for name in vars(desk_questions) if name.startswith("of_") or name == "pixels"])
def test_questions_are_known_to_workers_by_their_names(name):
    question = getattr(desk_questions, name)
    assert pickle.loads(pickle.dumps(question)) is question  # noqa: S301 (made here)
