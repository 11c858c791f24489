"""Many trainings at once in the background: what a stop, a lost worker and viewers' trainings do to them."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import psutil
import pytest

from hqnn import RunConfig
from hqnn.jobs import Jobs
from hqnn.jobs.job import Job
from hqnn.records import EpochRecord
from hqnn.states import State
from hqnn.sweeps.grid import Trained, grid
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.versions import versions_here
from tests.trainings import (
    LONG,
    SLOW,
    SMALL,
    assert_undisturbed,
    checkpoints_after_every_step,
    hasten,
    trainer_pids,
    undisturbed,
)
from tests.waiting import PATIENCE, wait


class Background(Thread):
    """Trainings in the background of a test."""

    def __init__(self, jobs: Jobs, configs: list[RunConfig]) -> None:
        super().__init__(daemon=True)
        self.stopped, self.ended = False, []
        self._trained = jobs.trained(configs, lambda: self.stopped)
        self.start()

    def run(self) -> None:
        for trained in self._trained:
            self.ended.append(trained)

    def result(self) -> list[Trained]:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.ended


def in_background(jobs: Jobs) -> list[Any]:
    return [job for job in list(jobs.queue.known.values()) if job.background]


class SlowJob(Job):
    """A training that keeps a slow pace unless another one is asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"pace": SLOW, **options})


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings in the background are slow, until `hasten_all`."""
    monkeypatch.setattr("hqnn.jobs.background.Job", SlowJob)


def hasten_all(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all trainings in the background make their other steps as fast as they can."""
    monkeypatch.setattr("hqnn.jobs.background.Job", Job)
    for job in in_background(jobs):
        jobs.set_pace(job, None)


@pytest.mark.usefixtures("slow")
def test_all_are_trained_several_at_once_and_nothing_is_left_of_them(jobs, monkeypatch):
    written = jobs.history._read("SELECT id FROM runs")
    background = Background(jobs, grid(SMALL, seed=range(5)))
    wait(lambda: sum(job.state is State.RUNNING for job in in_background(jobs)) == 2)
    hasten_all(jobs, monkeypatch)
    trained = background.result()
    assert sorted(each.config.seed for each in trained) == [0, 1, 2, 3, 4]
    for each in trained:
        assert_undisturbed(each)
        assert each.seconds > 0
        assert each.versions == versions_here()
    assert in_background(jobs) == []
    assert jobs.history._read("SELECT id FROM runs") == written
    wait(lambda: not jobs.dispatch.uncleared)


def test_one_that_fails_says_why_and_the_others_go_on(jobs):
    broken = SMALL.model_copy(update={"shots": 0})
    by_error = {each.error: each for each in jobs.trained([broken, SMALL])}
    assert by_error["shots must be between 1 and 100000, got 0"].evaluation is None
    assert_undisturbed(by_error[None])


@pytest.mark.usefixtures("slow")
def test_a_viewers_training_goes_before_them_and_they_lose_nothing(jobs, monkeypatch):
    background = Background(jobs, grid(LONG, seed=range(3)))
    wait(lambda: sum(len(job.steps) > 2 for job in in_background(jobs)) == 2)
    holders = [job for job in in_background(jobs) if job.slot]
    mine = jobs.submit(SMALL.replace(seed=9), viewer="ann", pace=0.01)
    assert jobs.place_in_queue(mine) == 1
    assert jobs.seconds_to_wait(mine) == 0
    wait(lambda: mine.slot)
    assert sum(job.turn for job in in_background(jobs)) == 2  # none of them has been handed to a worker since
    (left,) = (job for job in holders if job.slot is None)
    assert (left.state, jobs.place_in_queue(left)) == ("queued", 1)
    assert 2 < len(left.steps) < left.total_steps
    wait(lambda: mine.state == "running")
    hasten_all(jobs, monkeypatch)
    hasten(jobs, mine)
    assert mine.state == "finished"
    trained = background.result()
    assert left.turn == 2
    for each in trained:
        assert_undisturbed(each)


@pytest.mark.usefixtures("slow")
def test_a_killed_worker_is_replaced_and_loses_nothing(jobs, monkeypatch):
    before = trainer_pids(jobs)
    with checkpoints_after_every_step(jobs):
        background = Background(jobs, grid(LONG, seed=range(3)))
        wait(lambda: sum(len(job.steps) > 2 for job in in_background(jobs)) == 2)
        all_jobs = in_background(jobs)
        wait(lambda: all(jobs.desk.network(job) for job in all_jobs if job.slot))
        psutil.Process(before[0]).kill()
        wait(lambda: sum(job.attempts for job in all_jobs) == 3)
        (again,) = (job for job in all_jobs if job.attempts == 2)
        assert again.note.startswith("A worker crashed. Another one resumed the run at step ")
    hasten_all(jobs, monkeypatch)
    trained = background.result()
    assert len(trained) == 3
    assert sum(job.attempts for job in all_jobs) == 4
    for each in trained:
        assert_undisturbed(each)
    after = trainer_pids(jobs)
    assert len(after) == len(before)
    assert before[0] not in after
    assert before[1] in after


def test_a_stop_in_the_middle_loses_nothing_and_what_is_there_is_not_trained_again(jobs, tmp_path):
    configs = grid(SMALL, shots=(10, 100), seed=range(4))
    header = Header(kind="sweep", config=SMALL, vary={"shots": (10, 100)}, seeds=tuple(range(4)))
    file, asked = tmp_path / "results.jsonl", []

    def trained(configs: list[RunConfig]) -> Iterator[Trained]:
        asked.append(configs)
        return jobs.trained(configs, lambda: len(asked) == 1 and len(results.have) >= 3)

    results = Results.open(file, header)
    first = [result.config for result in results.complete(configs, trained)]
    assert 3 <= len(first) < 8
    assert in_background(jobs) == [] or all(job.stop_asked for job in in_background(jobs))
    results = Results.open(file, header)
    second = [result.config for result in results.complete(configs, trained)]
    assert asked == [configs, [config for config in configs if config not in first]]
    assert sorted(map(configs.index, first + second)) == list(range(8))
    assert list(results.complete(configs, trained)) == []
    assert asked[2] == []
    for config, result in Results.read(file).have.items():
        assert without_clocks(result) == without_clocks(alone(config))


def alone(config: RunConfig) -> Result:
    run = undisturbed(config)
    epochs = [record for record in run.history if isinstance(record, EpochRecord)]
    return Result.of(Trained(config, [], epochs, run.evaluation, run.error, 0.0))


def without_clocks(result: Result) -> dict[str, Any]:
    return result.model_dump(exclude={"seconds": True, "curve": {"__all__": {"seconds"}}})


@pytest.mark.usefixtures("slow")
def test_an_iterator_that_is_left_gives_its_trainings_up(jobs):
    trained = jobs.trained([SMALL.replace(epochs=1, n_train=1), *grid(LONG, seed=range(4))])
    next(trained)
    wait(lambda: all(job.steps for job in in_background(jobs) if job.slot))
    trained.close()
    assert jobs.queue.waiting == []
    wait(lambda: in_background(jobs) == [])
    wait(lambda: not jobs.dispatch.uncleared)
