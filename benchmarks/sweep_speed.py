"""Speed-up of a sweep by a second worker: 60 runs on two workers and on one, side by side.

python -m benchmarks.sweep_speed --runs 60 --rounds 3
"""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from hqnn.config import RunConfig
from hqnn.jobs import Jobs
from hqnn.sweeps.grid import grid

#: A run of about a second.
CONFIG = RunConfig(n_train=100, n_test=50, epochs=4)


def seconds(workers: int, configs: Sequence[RunConfig]) -> float:
    """Return the seconds that so many workers take, alone on the machine and ready."""
    with tempfile.TemporaryDirectory() as folder, closing(Jobs(workers, history=Path(folder))) as jobs:
        jobs.cluster.wait_until_warm()
        started = perf_counter()
        ended = [trained.config for trained in jobs.trained(configs)]
        taken = perf_counter() - started
    assert set(ended) == set(configs)
    assert len(ended) == len(configs)
    return taken


def report(runs: int, rounds: int) -> str:
    """Give each engine the same share in each round, one after the other; take the ratio within the round."""
    configs = grid(CONFIG, seed=range(runs))
    shares = [configs[number::rounds] for number in range(rounds)]
    taken: list[tuple[float, float]] = []
    for share in shares:
        one, two = (seconds(workers, share) for workers in (1, 2))
        taken.append((one, two))
        print(f"{len(share)} runs: {one:.1f} s on one worker, {two:.1f} s on two, {one / two:.2f} x", flush=True)
    one, two = (sum(column) for column in zip(*taken, strict=True))
    ratios = [first / second for first, second in taken]
    return (
        f"{runs} runs: {one:.1f} s on one worker, {two:.1f} s on two: {one / two:.2f} times as fast "
        f"(rounds: {min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f})"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(report(options.runs, options.rounds))


if __name__ == "__main__":
    main()
