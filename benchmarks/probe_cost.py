"""Processor time of whole runs with and without their looks at the probe images: `python -m benchmarks.probe_cost`."""

import gc
from functools import partial
from time import process_time

import torch

from benchmarks.rounds import ROUNDS, interleaved, print_report, ratios, spread
from hqnn.config import RunConfig
from hqnn.network.training import train

WITHOUT, WITH = "without looks", "with looks"


def report(rounds: int = ROUNDS) -> str:
    """Return the table in Markdown."""
    torch.set_num_threads(1)
    measured = interleaved({WITHOUT: partial(run_seconds, False), WITH: partial(run_seconds, True)}, rounds)
    lines = []
    for name in (WITHOUT, WITH):
        times = spread([1000 * each[name] for each in measured], 0)
        lines.append(f"| {name} | {times} | {spread(ratios(measured, name, WITHOUT))} |")
    return "\n".join(["| a run | ms | to one without looks |", "|---" * 3 + "|", *lines])


def run_seconds(probes: bool) -> float:
    """Return the seconds of processor time of a run with the recommended settings, with its tests."""
    gc.collect()
    started = process_time()
    for _ in train(RunConfig(), probes=probes):
        pass
    return process_time() - started


if __name__ == "__main__":
    print_report(report, __doc__)
