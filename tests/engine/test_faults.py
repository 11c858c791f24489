"""What is lost on the way: workers, connections and schedulers, most of them of a Dask cluster that runs already."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import psutil
import pytest

from hqnn.jobs import Jobs
from tests.dask_cluster import dask_cluster
from tests.trainings import (
    SMALL,
    assert_undisturbed,
    begun,
    checkpoints_after_every_step,
    ended,
    hasten,
    left_in_the_cluster,
    stop_all,
    trainer_pids,
)
from tests.waiting import PATIENCE, wait

#: Processes that load torch start several times in one test: on a busy machine each may take a minute.
pytestmark = [pytest.mark.workers, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def lossy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """A job engine with one worker for trainings: its own, or that of a cluster which runs already."""
    with ExitStack() as stack:
        address = stack.enter_context(dask_cluster()) if request.param == "cluster" else None
        engine = Jobs(workers=1, address=address, history=tmp_path_factory.mktemp(request.param))
        stack.callback(engine.close)
        engine.cluster.wait_until_warm(PATIENCE)
        yield engine


both = pytest.mark.parametrize("lossy", ["embedded", "cluster"], indirect=True)
embedded = pytest.mark.parametrize("lossy", ["embedded"], indirect=True)
cluster = pytest.mark.parametrize("lossy", ["cluster"], indirect=True)


@pytest.fixture
def jobs(lossy: Jobs) -> Iterator[Jobs]:
    """The engine, in whose trainings a test may break what it likes; what it leaves unfinished is stopped."""
    yield lossy
    stop_all(lossy)


@pytest.fixture
def gate(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Event:
    """While it is closed (not set), a lost connection is not made again."""
    gate, come_up = Event(), jobs.cluster._come_up

    def once_open() -> None:
        if gate.is_set():
            come_up()

    monkeypatch.setattr(jobs.cluster, "_come_up", once_open)
    return gate


@cluster
def test_a_training_whose_worker_is_killed_goes_on_from_its_checkpoint_and_ends_the_same(jobs):
    with checkpoints_after_every_step(jobs):
        job = begun(jobs)
        wait(lambda: (jobs.desk.network(job) or (b"", 0))[1])  # a checkpoint may be from before the first step
        psutil.Process(trainer_pids(jobs)[0]).kill()
        wait(lambda: job.attempts == 2)
        assert job.note is not None
        assert job.note.startswith("A worker crashed. Another one resumed the run at step ")
    hasten(jobs, job)
    assert job.state == "finished"
    assert_undisturbed(job)


@both
def test_a_training_goes_on_when_the_connection_to_the_workers_is_lost(jobs, gate):
    """Its worker, which knows nothing of that, gives it up, and takes it up again; from its beginning if records of
    what its checkpoint holds were lost."""
    with checkpoints_after_every_step(jobs):
        job = begun(jobs)
        wait(lambda: jobs.desk.network(job))
        jobs.cluster.client().close()
        wait(lambda: job.state == "queued")
        assert (
            job.note == "The connection to the Dask scheduler was lost. The run continues when the scheduler is back."
        )
        gate.set()
        wait(lambda: job.turn == 2)
    hasten(jobs, job)
    assert job.state == "finished"
    assert job.turn in (2, 3)
    assert_undisturbed(job)
    wait(lambda: not left_in_the_cluster(jobs))


@cluster
def test_a_training_that_ended_while_the_connection_was_lost_leaves_its_worker_and_nothing_in_the_cluster(
    jobs, gate, tmp_path
):
    """Not even the checkpoint that its worker had begun to make when it ended."""
    with checkpoints_after_every_step(jobs):
        jobs.cluster.client().run(_hold_checkpoints, str(tmp_path))
        job = begun(jobs)
        wait((tmp_path / "begun").exists)
        jobs.cluster.client().close()
        wait(lambda: job.state == "queued")
        jobs.stop(job)
        assert job.state == "stopped"
        gate.set()
        wait(lambda: jobs.cluster.up and not left_in_the_cluster(jobs))
        (tmp_path / "go").touch()
        assert ended(jobs, SMALL).state == "finished"
        jobs.cluster.client().run(_hold_no_checkpoints)
    assert (tmp_path / "made").exists()
    wait(lambda: not left_in_the_cluster(jobs))


def _hold_checkpoints(folder: str) -> None:
    """Have checkpoints after a step take until a file says that they may be done."""
    from hqnn.network.training import Training

    def held(self) -> bytes:
        if not self.fit.step:
            return whole.free(self)
        (Path(folder) / "begun").touch()
        while not (Path(folder) / "go").exists():
            sleep(0.01)
        (Path(folder) / "made").touch()
        return whole.free(self)

    whole: Any = Training
    whole.free, whole.checkpoint = whole.checkpoint, held


def _hold_no_checkpoints() -> None:
    from hqnn.network.training import Training

    whole: Any = Training
    whole.checkpoint = whole.free


@embedded
def test_a_worker_that_dies_while_it_starts_is_replaced(jobs):
    own = jobs.cluster._own
    assert own is not None
    killed: set[int] = set()

    def newest() -> int | None:
        found = own.workers["trainer-0"].pid if "trainer-0" in own.workers else None
        return None if found in killed else found

    for _ in range(3):
        wait(newest)
        pid = newest()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)
    assert ended(jobs, SMALL).state == "finished"
