"""Short trainings for the tests of the job engine, what they are undisturbed, and how to meddle with their workers."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from hqnn import RunConfig, train
from hqnn.jobs import Jobs
from hqnn.jobs.job import Job, NotNowError
from hqnn.records import EpochRecord, StepRecord
from hqnn.runs import Run
from hqnn.sweeps.grid import Trained
from tests.waiting import wait

#: 10 steps, which take a fraction of a second.
SMALL = RunConfig(n_train=20, n_test=10, epochs=2, engine="exact")
#: 100 steps. At the pace SLOW it does not end by itself while a test looks at it.
LONG = RunConfig(n_train=40, n_test=5, epochs=10, engine="exact")
#: Steps a second.
SLOW = 2.0
CLOCKS = {"images_per_second"}


def submitted(jobs: Jobs, config: RunConfig, *, viewer: str = "", pace: float | None = None) -> Job:
    """A training that has just been submitted."""
    return jobs.submit(config, viewer=viewer, pace=pace)


def begun(jobs: Jobs, config: RunConfig = LONG, *, viewer: str = "", pace: float | None = SLOW) -> Job:
    """A training that has made a step and, by its pace, makes the others slowly."""
    job = submitted(jobs, config, viewer=viewer, pace=pace)
    wait(lambda: job.steps)
    return job


def ended(jobs: Jobs, config: RunConfig) -> Job:
    """A training that has ended."""
    job = submitted(jobs, config)
    wait(lambda: not job.active)
    return job


def paused(jobs: Jobs, job: Job) -> int:
    """Pause a training; how many steps it has made."""
    jobs.pause(job)
    wait(lambda: job.state == "paused")
    return len(job.steps)


def stopped(jobs: Jobs, job: Job) -> None:
    """Stop a training, and wait for its end."""
    jobs.stop(job)
    wait(lambda: not job.active)


def hasten(jobs: Jobs, job: Job) -> None:
    """Have a slow training make its other steps as fast as it can, and wait for its end."""
    jobs.set_pace(job, None)
    wait(lambda: not job.active)


def stop_all(jobs: Jobs) -> None:
    """End every training that has not ended."""
    for job in list(jobs.queue.known.values()):
        with suppress(NotNowError):
            jobs.stop(job)
    wait(lambda: not any(job.active for job in list(jobs.queue.known.values())))


def undisturbed(config: RunConfig) -> Run:
    """The same training here, without any engine of jobs. It is made once."""
    return _undisturbed(config.model_dump_json())


@cache
def _undisturbed(settings: str) -> Run:
    return Run.of(train(RunConfig(**json.loads(settings))))


def told(records: Any) -> list[dict[str, Any]]:
    """Records without what depends on the clock."""
    return [record.model_dump(exclude=CLOCKS) for record in records]


def assert_undisturbed(job: Job | Trained) -> None:
    """Its records and its evaluation are what `train` gives here."""
    run = undisturbed(job.config)
    assert told(job.steps) == told(record for record in run.history if isinstance(record, StepRecord))
    assert told(job.epochs) == told(record for record in run.history if isinstance(record, EpochRecord))
    assert (job.evaluation, job.error) == (run.evaluation, None)


@contextmanager
def checkpoints_after_every_step(jobs: Jobs) -> Iterator[None]:
    """Within the block, workers keep a checkpoint after every step; one that is started meanwhile does not."""
    client = jobs.cluster.client()
    client.run(_set_checkpoint_seconds, 0.0, 0.0)
    try:
        yield
    finally:
        jobs.cluster.client().run(_set_checkpoint_seconds, 1.0, 5.0)


def _set_checkpoint_seconds(first: float, others: float) -> None:
    from hqnn.jobs import worker_task

    whole: Any = worker_task
    whole.FIRST_CHECKPOINT_SECONDS, whole.CHECKPOINT_SECONDS = first, others


def trainer_pids(jobs: Jobs) -> list[int]:
    """The processes that train, as far as the scheduler knows them."""
    client = jobs.cluster.client()
    workers = client.scheduler_info()["workers"]
    trainers = [address for address, info in workers.items() if "training" in info["resources"]]
    pids: Any = client.run(os.getpid, workers=trainers, on_error="ignore")
    return list(pids.values())


def left_in_the_cluster(jobs: Jobs) -> list[str]:
    """What the cluster still holds of trainings that have ended."""

    def variables(dask_scheduler: Any) -> list[str]:
        return list(dask_scheduler.extensions["variables"].variables)

    names: Any = jobs.cluster.client().run_on_scheduler(variables)
    active = [job.id for job in list(jobs.queue.known.values()) if job.active]
    return [name for name in names if not any(run_id in name for run_id in active)]
