"""Time one epoch with every engine and with the layers of other projects: `python -m benchmarks.epoch_time`.

The network, images, shots and optimiser are the same, and only the layer differs. A check first confirms P(1) and the
gradient of each layer. One epoch is 200 images with 100 shots. Tests are not included.
"""

import gc
from collections.abc import Callable
from functools import partial
from math import pi
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks import published_loop
from benchmarks.peers import PEERS, PeerLayer
from benchmarks.rounds import ROUNDS, fastest, interleaved, print_report, ratios, spread
from hqnn.circuit.gradients import slope_deviation
from hqnn.config import RunConfig
from hqnn.network.data import load_pair
from hqnn.network.layer import HybridLayer
from hqnn.network.model import HybridNet, SineLayer
from hqnn.network.training import Fit
from hqnn.records import EpochRecord

SHOTS = 100
BATCH_SIZES = (1, 8, 32)
PUBLISHED_IMAGES = 4

BASELINE = "baseline, (1 + sin θ)/2"
SHOT_BASED = {
    "exact, 100 shots": lambda: HybridLayer("exact", SHOTS),
    "aer, 100 shots": lambda: HybridLayer("aer", SHOTS),
    "noisy, 100 shots": lambda: HybridLayer("noisy", SHOTS),
}
OURS: dict[str, Callable[[], nn.Module]] = {
    BASELINE: SineLayer,
    "exact, no shots": lambda: HybridLayer("exact"),
    **SHOT_BASED,
}
LOOP = "published loop"
TRANSPILED_LOOP = "published loop, transpiled once"
MENDED_LOOP = "published loop, transpiled once, 1 row per image"


#: By batch size: seconds per epoch, round by round, and the fastest settings of each other project.
Measured = dict[int, tuple[list[dict[str, float]], dict[str, str]]]


def epoch_seconds(layer: Callable[[], Any], batch_size: int) -> float:
    """One epoch of a fresh network, in seconds."""
    config = RunConfig(batch_size=batch_size, epochs=1)
    generator = torch.Generator().manual_seed(0)
    model = HybridNet(layer(), generator=generator)
    gc.collect()
    gc.freeze()  # leftovers of the other layers do not count
    fit = Fit(model, load_pair((3, 7), n_test=1), config, generator)
    last = None
    while not fit.finished:
        last = fit.advance()
    assert isinstance(last, EpochRecord)
    assert last.images_per_second is not None
    return config.n_images / last.images_per_second


def published_layer() -> PeerLayer:
    """The layer of the original post, image by image."""
    one = published_loop.layer(SHOTS, transpiled_once=True)
    return PeerLayer(lambda angles: torch.cat([one(angle) for angle in angles.split(1)]))


def loop_seconds(transpiled_once: bool) -> float:
    """Estimate one epoch of the published loop from a few images."""
    pair = load_pair((3, 7), n_test=1)
    return 200 * published_loop.seconds_an_image(pair, SHOTS, PUBLISHED_IMAGES, transpiled_once)


def confirm(layer: Any, rows: int) -> None:
    """Check measured shares against (1 + sin θ)/2, and gradients against cos θ / 2, within five standard errors."""
    for theta in (-2.0, -0.4, 0.9):
        angles = torch.full((rows, 1), theta, requires_grad=True)
        probability, _ = layer.measure(angles)
        probability.sum().backward()
        assert angles.grad is not None
        counts = SHOTS * probability.detach().double()
        assert torch.allclose(counts, counts.round(), atol=1e-3)
        expected = (1 + torch.sin(torch.tensor(theta))) / 2
        error = torch.sqrt(expected * (1 - expected) / (SHOTS * rows))
        assert abs(probability.mean() - expected) < 5 * error
        slope_error = float(slope_deviation(theta, pi / 2, SHOTS * rows))
        assert abs(float(angles.grad.mean()) - float(torch.cos(torch.tensor(theta))) / 2) < 5 * slope_error


def confirm_all() -> None:
    """Check every timed layer; the gradient of the published layer differs and is left out."""
    for layer in SHOT_BASED.values():
        confirm(layer(), rows=40)
    for settings in PEERS.values():
        for layer in settings.values():
            confirm(layer(SHOTS), rows=40)


def measure(batch_size: int, rounds: int) -> tuple[list[dict[str, float]], dict[str, str]]:
    """Return the seconds per epoch, round by round, and the fastest settings of each other project."""
    contenders: dict[str, Callable[[], float]] = {
        name: partial(epoch_seconds, layer, batch_size) for name, layer in OURS.items()
    }
    chosen = {}
    for name, settings in PEERS.items():
        timed = {setting: partial(epoch_seconds, partial(of, SHOTS), batch_size) for setting, of in settings.items()}
        chosen[name] = fastest(timed)
        contenders[name] = timed[chosen[name]]
    if batch_size == 1:
        contenders[MENDED_LOOP] = partial(epoch_seconds, published_layer, 1)
        contenders[TRANSPILED_LOOP] = partial(loop_seconds, True)
        contenders[LOOP] = partial(loop_seconds, False)
    return interleaved(contenders, rounds), chosen


def report(rounds: int = ROUNDS) -> str:
    """Return the tables in Markdown."""
    torch.set_num_threads(1)
    confirm_all()
    measured = {size: measure(size, rounds) for size in BATCH_SIZES}
    return "\n\n".join((_table(measured), _settings(measured), _comparisons(measured)))


def _table(measured: Measured) -> str:
    heads = [f"batch {size}" for size in BATCH_SIZES]
    lines = [
        f"| layer | time ÷ baseline: {' | '.join(heads)} | seconds per epoch: {' | '.join(heads)} |",
        "|---" * (1 + 2 * len(BATCH_SIZES)) + "|",
    ]
    for name in measured[1][0][0]:
        of_sizes = [rounds if name in rounds[0] else None for rounds, _ in measured.values()]
        against = [spread(ratios(rounds, name, BASELINE)) if rounds else "" for rounds in of_sizes]
        seconds = [f"{median(one[name] for one in rounds):.3f}" if rounds else "" for rounds in of_sizes]
        lines.append(f"| {' | '.join((name, *against, *seconds))} |")
    return "\n".join(lines)


def _settings(measured: Measured) -> str:
    lines = []
    for name in PEERS:
        settings = (f"{chosen[name]} (batch {size})" for size, (_, chosen) in measured.items())
        lines.append(f"- {name}: fastest with {', '.join(settings)}")
    return "\n".join(lines)


def _comparisons(measured: Measured) -> str:
    lines = [
        "| time of … | ÷ time of | " + " | ".join(f"batch {size}" for size in BATCH_SIZES) + " |",
        "|---" * 5 + "|",
    ]
    for other in (*PEERS, MENDED_LOOP, TRANSPILED_LOOP, LOOP):
        for own in ("exact, 100 shots", "aer, 100 shots"):
            cells = [
                spread(ratios(rounds, other, own), 1) if other in rounds[0] else "" for rounds, _ in measured.values()
            ]
            lines.append(f"| {other} | {own} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print_report(report, __doc__)
