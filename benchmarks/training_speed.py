"""Time whole runs with their tests against a bare PyTorch loop without tests: `python -m benchmarks.training_speed`.

The loop trains the same network with (1 + sin θ)/2 in the circuit's place, as people write it: images from a
DataLoader, torch's default memory layout and Adam as it comes.
"""

import gc
from collections.abc import Callable
from functools import partial
from time import perf_counter

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.rounds import ROUNDS, interleaved, print_report, ratios, spread
from hqnn import train
from hqnn.config import RunConfig
from hqnn.network.data import load_pair
from hqnn.network.model import HybridNet, SineLayer

BATCH_SIZES = (1, 8, 32)
EPOCHS = 3
LOOP = "bare loop, no tests"
ENGINES = ("exact", "aer")


def report(rounds: int = ROUNDS) -> str:
    """Return the table in Markdown."""
    torch.set_num_threads(1)
    rows = [row for batch_size in BATCH_SIZES for row in _rows(batch_size, rounds)]
    return "\n".join(["| batch | contender | ms an epoch | to the bare loop |", "|---" * 4 + "|", *rows])


def _rows(batch_size: int, rounds: int) -> list[str]:
    contenders: dict[str, Callable[[], float]] = {LOOP: partial(loop_seconds, batch_size)}
    contenders |= {f"{name}, 100 shots": partial(run_seconds, name, batch_size) for name in ENGINES}
    measured = interleaved(contenders, rounds)
    return [
        f"| {batch_size} | {name} | {spread([1000 * each[name] for each in measured], 0)} | "
        f"{spread(ratios(measured, name, LOOP))} |"
        for name in contenders
    ]


def run_seconds(engine: str, batch_size: int) -> float:
    """Return the seconds of an epoch of `hqnn.train`, with tests and records."""
    config = RunConfig(engine=engine, batch_size=batch_size, epochs=EPOCHS)
    gc.collect()
    started = perf_counter()
    for _ in train(config):
        pass
    return (perf_counter() - started) / EPOCHS


def loop_seconds(batch_size: int) -> float:
    """Return the seconds of an epoch of the bare loop."""
    images = load_pair((3, 7), RunConfig().n_train).train
    model = HybridNet(SineLayer())
    optimizer = torch.optim.Adam(model.parameters(), lr=RunConfig().learning_rate)
    batches = DataLoader(TensorDataset(images.images, images.labels), batch_size, shuffle=True)
    gc.collect()
    started = perf_counter()
    for _ in range(EPOCHS):
        for pixels, labels in batches:
            optimizer.zero_grad()
            F.nll_loss(model(pixels).log(), labels).backward()
            optimizer.step()
    return (perf_counter() - started) / EPOCHS


if __name__ == "__main__":
    print_report(report, __doc__)
