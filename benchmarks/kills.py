"""Kill workers during runs, and servers while they write their history.

python -m benchmarks.kills --workers 100 --servers 20
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import numpy as np
import torch

from hqnn import RunConfig, train
from hqnn.jobs import Jobs
from hqnn.jobs.history import History
from hqnn.jobs.job import Job
from hqnn.records import StepRecord
from hqnn.runs import Run

#: The disturbed runs, by seed; one takes a worker about 4 s.
CONFIG = RunConfig(n_train=100, n_test=20, epochs=10)
SEEDS = 5
#: Seconds between two kills of workers: about as long as a new worker takes to start.
KILL_SECONDS = 4.0

#: A server that trains forever. It prints its run, the number of received steps and the time.
SERVER = """
import sys
from pathlib import Path
from time import sleep, time
from hqnn import RunConfig
from hqnn.jobs.engine import Jobs
engine = Jobs(workers=1, history=Path(sys.argv[1]))
job = None
while True:
    if job is None or not job.active:
        job = engine.submit(RunConfig(epochs=10))
    print(job.id, len(job.steps), time(), flush=True)
    sleep(0.02)
"""


def result(config: RunConfig) -> tuple[Any, ...]:
    """Return losses and evaluation of an undisturbed run."""
    run = Run.of(train(config))
    return [record.loss for record in run.history if isinstance(record, StepRecord)], run.evaluation


def kill_workers(kills: int) -> str:
    """Kill random workers while four runs are always active; return one line with the outcome."""
    torch.set_num_threads(1)
    random = np.random.default_rng(0)
    expected = {seed: result(CONFIG.replace(seed=seed)) for seed in range(SEEDS)}
    jobs: list[Job] = []
    with tempfile.TemporaryDirectory() as folder:
        engine = Jobs(workers=2, history=Path(folder))
        engine.cluster.wait_until_warm()
        killed: Counter[str] = Counter()
        while killed.total() < kills:
            while sum(job.active for job in jobs) < 4:
                jobs.append(engine.submit(CONFIG.replace(seed=len(jobs) % SEEDS)))
            sleep(random.uniform(0.5, 1.5) * KILL_SECONDS)
            workers = engine.cluster.client().scheduler_info()["workers"].values()
            names = sorted(str(worker["name"]) for worker in workers)
            if names:
                name = names[random.integers(len(names))]
                killed[name] += _kill(engine, name)
        end = monotonic() + 300
        while any(job.active for job in jobs) and monotonic() < end:
            sleep(0.2)
        engine.close()
    states = Counter(str(job.state) for job in jobs)
    wrong = sum(([step.loss for step in job.steps], job.evaluation) != expected[job.config.seed] for job in jobs)
    begun_again = sum(job.attempts > 1 for job in jobs)
    return (
        f"{killed.total()} workers killed ({dict(killed)}) during {len(jobs)} runs: {dict(states)}, "
        f"{begun_again} of them continued on another worker, {wrong} with a different result"
    )


def _kill(engine: Jobs, name: str) -> int:
    """Kill a worker; return 1, or 0 if it is just being replaced."""
    own = engine.cluster._own
    nanny = own.workers.get(name) if own else None
    if nanny is None or nanny.pid is None:
        return 0
    os.kill(nanny.pid, signal.SIGKILL)
    return 1


def kill_servers(kills: int) -> str:
    """Kill servers at random moments while they train; return one line about their histories."""
    random, missing, readable = np.random.default_rng(1), [], 0
    for _ in range(kills):
        with tempfile.TemporaryDirectory() as folder:
            server = subprocess.Popen(  # noqa: S603 (our own server)
                [sys.executable, "-c", SERVER, folder],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=os.environ | {"PYTHONPATH": "."},
            )
            assert server.stdout is not None
            said: list[tuple[str, int, float]] = []
            until = None
            for line in server.stdout:
                run_id, steps, when = line.split()
                said.append((run_id, int(steps), float(when)))
                if until is None and int(steps) > 0:
                    until = monotonic() + random.uniform(0.5, 6)
                if until is not None and monotonic() >= until:
                    server.kill()
                    break
            server.wait()
            killed = time()
            history = History(Path(folder))
            for run_id in {run_id for run_id, _, _ in said}:
                found = history.get(run_id)
                on_disk = -1 if found is None else len(found[1])
                lost = [when for known, steps, when in said if known == run_id and steps > on_disk]
                missing.append(killed - min(lost) if lost else 0.0)
            readable += history.problem is None
            history.close()
    return (
        f"{kills} servers killed: {readable} histories readable, with {len(missing)} runs; "
        f"the oldest missing record arrived {max(missing):.2f} s before the kill"
    )


def main() -> None:
    """Kill, and print the outcome."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--servers", type=int, default=20)
    options = parser.parse_args()
    if options.servers:
        print(kill_servers(options.servers), flush=True)
    if options.workers:
        print(kill_workers(options.workers), flush=True)


if __name__ == "__main__":
    main()
