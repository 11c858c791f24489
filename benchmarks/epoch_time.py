"""Seconds for one epoch of each engine beside the classical twin: `python -m benchmarks.epoch_time`.

Rounds are interleaved, so that a machine that slows down slows every engine; figures are medians of the rounds'
ratios, with their range. One epoch is 200 images, 100 shots; evaluation is not counted.
"""

import argparse
import platform
from importlib.metadata import version
from statistics import median

import torch

from hqnn.config import RunConfig
from hqnn.data import load_pair
from hqnn.layer import HybridLayer
from hqnn.model import HybridNet, SineLayer
from hqnn.records import EpochRecord
from hqnn.training import TorchRandomness, fit

CONTENDERS = {
    "classical twin, (1 + sin θ)/2 (the limit)": SineLayer,
    "exact, no shots": lambda: HybridLayer("exact", None),
    "exact, 100 shots": lambda: HybridLayer("exact", 100),
    "aer, 100 shots": lambda: HybridLayer("aer", 100),
}


def epoch_seconds(name: str, batch_size: int) -> float:
    """One epoch of a fresh network, in seconds."""
    config = RunConfig(batch_size=batch_size, epochs=1)
    randomness = TorchRandomness(0)
    with randomness.active():
        model = HybridNet(CONTENDERS[name]())
    *_, last = fit(model, load_pair((3, 7), n_test=1), config, randomness)
    assert isinstance(last, EpochRecord)
    return config.n_images / last.images_per_second


def main() -> None:
    """Print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds that count, after one that does not")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    limit, *_ = CONTENDERS
    print(f"torch {version('torch')}, qiskit-aer {version('qiskit-aer')}, one thread, {platform.machine()}\n")
    print("| batch size | engine | ratio to the twin, median (range) | seconds an epoch |\n|---|---|---|---|")
    for batch_size in (1, 8, 32):
        measured = [{name: epoch_seconds(name, batch_size) for name in CONTENDERS} for _ in range(rounds + 1)][1:]
        for name in CONTENDERS:
            ratios = [one[name] / one[limit] for one in measured]
            print(
                f"| {batch_size} | {name} | {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) "
                f"| {median(one[name] for one in measured):.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
