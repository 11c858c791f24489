"""Many trainings at once in the background: what a stop, a lost worker and viewers' trainings do to them."""

import os
from collections.abc import Iterator
from threading import Thread
from typing import Any

import psutil
import pytest

from hqnn import RunConfig, train
from hqnn.jobs import Jobs
from hqnn.lifecycle import State
from hqnn.records import EpochRecord, StepRecord
from hqnn.results import Header, Result, Results
from hqnn.runs import Run
from hqnn.sweeps import Trained, grid
from tests.waiting import wait

SMALL = RunConfig(n_train=20, n_test=10, epochs=2)
#: A second or two of a worker.
LONGER = RunConfig(n_train=50, n_test=10, epochs=12)
CLOCKS = {"images_per_second"}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    engine = Jobs(workers=2, history=tmp_path_factory.mktemp("history"))
    engine.cluster.wait_until_warm()
    engine.cluster.client().run(_checkpoint_often)
    yield engine
    engine.close()


def _checkpoint_often() -> None:
    from hqnn import tasks

    whole: Any = tasks
    whole.FIRST_CHECKPOINT_SECONDS = whole.CHECKPOINT_SECONDS = 0.1


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
        self.join(120)
        assert not self.is_alive()
        return self.ended


def told(records: list[Any]) -> list[dict[str, Any]]:
    """Records without what depends on the clock."""
    return [record.model_dump(exclude=CLOCKS) for record in records]


def assert_undisturbed(trained: Trained) -> None:
    """It is, record by record, what `train` gives here, without any engine of jobs."""
    run = Run.of(train(trained.config))
    assert told(trained.steps) == told([record for record in run.history if isinstance(record, StepRecord)])
    assert told(trained.epochs) == told([record for record in run.history if isinstance(record, EpochRecord)])
    assert (trained.evaluation, trained.error) == (run.evaluation, None)


def in_background(jobs: Jobs) -> list[Any]:
    return [job for job in list(jobs._jobs.values()) if job.background]


def test_all_are_trained_several_at_once_and_nothing_is_left_of_them(jobs):
    configs = grid(SMALL.replace(epochs=8), seed=range(5))
    background, at_once = Background(jobs, configs), 0
    while background.is_alive():
        at_once = max(at_once, sum(job.state is State.RUNNING for job in in_background(jobs)))
    trained = background.result()
    assert sorted(each.config.seed for each in trained) == [0, 1, 2, 3, 4]
    assert at_once == 2
    for each in trained:
        assert_undisturbed(each)
        assert each.seconds > 0
    assert in_background(jobs) == []
    assert jobs.history.of_viewer("", 10) == []
    wait(lambda: not jobs._uncleared)


def test_one_that_fails_says_why_and_the_others_go_on(jobs):
    broken = SMALL.model_copy(update={"shots": 0})
    by_error = {each.error: each for each in jobs.trained([broken, SMALL])}
    assert by_error["shots must be between 1 and 100000, got 0"].evaluation is None
    assert_undisturbed(by_error[None])


def test_a_viewers_training_goes_before_them_and_they_lose_nothing(jobs):
    background = Background(jobs, grid(LONGER, seed=range(3)))
    wait(lambda: sum(len(job.steps) > 20 for job in in_background(jobs)) == 2)
    holders = [job for job in in_background(jobs) if job.slot]
    mine, _ = jobs.submit(LONGER.replace(seed=9), viewer="ann")
    assert jobs.place_in_queue(mine) == 1
    assert jobs.seconds_to_wait(mine) == 0
    wait(lambda: mine.slot)
    assert sum(job.turn for job in in_background(jobs)) == 2  # none of them has been handed to a worker since
    (left,) = (job for job in holders if job.slot is None)
    assert (left.state, jobs.place_in_queue(left)) == ("queued", 1)
    assert 20 < len(left.steps) < left.total_steps
    wait(lambda: not mine.active)
    assert mine.state == "finished"
    trained = background.result()
    assert left.turn == 2
    for each in trained:
        assert_undisturbed(each)


def test_a_killed_worker_loses_nothing(jobs):
    background = Background(jobs, grid(LONGER, seed=range(3)))
    wait(lambda: sum(len(job.steps) > 60 for job in in_background(jobs)) == 2)
    before = in_background(jobs)
    psutil.Process(trainer_pid(jobs)).kill()
    trained = background.result()
    assert len(trained) == 3
    assert sum(job.attempts for job in before) == 4
    for each in trained:
        assert_undisturbed(each)
    jobs.cluster.wait_until_warm()


def trainer_pid(jobs: Jobs) -> int:
    """One of the two processes that train."""
    client = jobs.cluster.client()
    workers = client.scheduler_info()["workers"]
    trainers = [address for address, info in workers.items() if "training" in info["resources"]]
    pids: Any = client.run(os.getpid, workers=trainers[:1])
    return pids[trainers[0]]


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
        assert without_clocks(result) == without_clocks(undisturbed(config))


def undisturbed(config: RunConfig) -> Result:
    run = Run.of(train(config))
    epochs = [record for record in run.history if isinstance(record, EpochRecord)]
    return Result.of(Trained(config, [], epochs, run.evaluation, run.error, 0.0))


def without_clocks(result: Result) -> dict[str, Any]:
    return result.model_dump(exclude={"seconds": True, "curve": {"__all__": {"seconds"}}})


def test_an_iterator_that_is_left_gives_its_trainings_up(jobs):
    trained = jobs.trained(grid(LONGER, seed=range(4)))
    next(trained)
    trained.close()
    assert jobs._queue == []
    wait(lambda: in_background(jobs) == [], seconds=20)
    wait(lambda: not jobs._uncleared)
