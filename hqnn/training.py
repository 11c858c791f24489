"""Training as a stream: `train(config)` yields a record per step and per epoch, and last the result."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from hqnn.config import RunConfig
from hqnn.data import DigitPair, load_pair
from hqnn.engines import EngineError
from hqnn.evaluation import evaluate
from hqnn.layer import HybridLayer
from hqnn.losses import LOSSES
from hqnn.model import HybridNet, label_probabilities
from hqnn.records import EpochRecord, Evaluation, StepRecord


@dataclass(frozen=True)
class TrainResult:
    """The end of a training: the network, and its answers on the test images."""

    config: RunConfig
    model: HybridNet
    #: None if the engine failed.
    evaluation: Evaluation | None
    #: False if it ended before its last epoch was over.
    completed: bool
    #: Why the engine failed, in one sentence, if so.
    error: str | None = None


def train(
    config: RunConfig, *, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[StepRecord | EpochRecord | TrainResult]:
    """Train a network as the config says.

    On one machine the run depends on the config and torch's number of threads alone (the dashboard and the command line
    use one): torch's global random state is neither read nor changed.

    Args:
        config: the run.
        should_stop: asked after every record; once it answers True, the network is evaluated as it stands.

    Yields:
        A StepRecord per optimiser step, an EpochRecord per epoch, and last the TrainResult; an engine that fails ends
        the run early, its history kept.

    Raises:
        DataError: if the bundled images are missing or damaged.
        EngineError: if the engine cannot even begin.
        ValueError: if the angles overflow.
    """
    seeds = Seeds.of(config.seed)
    pair = load_pair(config.digits, config.n_train, config.n_test)
    randomness = TorchRandomness(seeds.torch)
    layer = HybridLayer.of(config, seeds.shots)
    with randomness.active():
        model = HybridNet(layer)
    epochs, evaluation, error = 0, None, None
    with layer.session(should_stop):
        try:
            for record in fit(model, pair, config, randomness):
                yield record
                epochs += isinstance(record, EpochRecord)
                if should_stop():
                    break
            seed = seeds.of_evaluation(epochs, train=False)
            evaluation = evaluate(model, pair.test.images, pair.test.labels, loss=config.loss, seed=seed)
        except EngineError as problem:
            error = None if should_stop() else str(problem)
    yield TrainResult(config, model, evaluation, completed=epochs == config.epochs and error is None, error=error)


def fit(
    model: HybridNet, pair: DigitPair, config: RunConfig, randomness: "TorchRandomness"
) -> Iterator[StepRecord | EpochRecord]:
    """Train a given network in place, with the config's optimiser, loss, batches, epochs and seed."""
    seeds = Seeds.of(config.seed)
    order = torch.Generator().manual_seed(seeds.order)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
    step = 0
    for epoch in range(1, config.epochs + 1):
        seconds, epoch_losses = 0.0, []
        model.train()
        for rows in torch.randperm(len(pair.train), generator=order).split(config.batch_size):
            step += 1
            images, labels = pair.train.images[rows], pair.train.labels[rows]
            record, losses = _step(model, optimizer, images, labels, config, randomness, step, epoch)
            epoch_losses.append((len(rows), losses))
            seconds += len(rows) / record.images_per_second
            yield record
        on_train, on_test = (
            evaluate(
                model,
                part.images,
                part.labels,
                loss=config.loss,
                seed=seeds.of_evaluation(epoch, train=part is pair.train),
            )
            for part in (pair.train, pair.test)
        )
        weights = [size for size, _ in epoch_losses]
        means = {name: fmean((losses[name] for _, losses in epoch_losses), weights) for name in LOSSES}
        yield EpochRecord(
            epoch=epoch,
            step=step,
            loss=means[config.loss],
            cross_entropy=means["cross-entropy"],
            published=means["published"],
            train_accuracy=on_train.accuracy,
            test_accuracy=on_test.accuracy,
            test_accuracy_low=on_test.accuracy_low,
            test_accuracy_high=on_test.accuracy_high,
            test_loss=on_test.loss,
            train_confusion=on_train.confusion,
            test_confusion=on_test.confusion,
            images_per_second=len(pair.train) / seconds,
        )


def _step(
    model: HybridNet,
    optimizer: torch.optim.Optimizer,
    images: Tensor,
    labels: Tensor,
    config: RunConfig,
    randomness: "TorchRandomness",
    step: int,
    epoch: int,
) -> tuple[StepRecord, dict[str, float]]:
    started = perf_counter()
    with randomness.active():
        theta = model.angle(images)
    probability, slope = model.quantum.measure(theta)
    probabilities = label_probabilities(probability)
    losses = {name: of(probabilities, labels, config.shots) for name, of in LOSSES.items()}
    optimizer.zero_grad()
    losses[config.loss].backward()
    optimizer.step()
    values = {name: loss.item() for name, loss in losses.items()}
    record = StepRecord(
        step=step,
        epoch=epoch,
        loss=values[config.loss],
        theta=tuple(theta[:, 0].tolist()),
        gradient=() if slope is None else tuple(slope[:, 0].tolist()),
        images_per_second=len(labels) / (perf_counter() - started),
    )
    return record, values


@dataclass(frozen=True)
class Seeds:
    """Independent seeds of one run's four kinds of randomness: so a change of one leaves the others as they were."""

    torch: int
    order: int
    shots: int
    evaluation: int

    @classmethod
    def of(cls, seed: int) -> "Seeds":
        """The sub-seeds of a run's seed."""
        return cls(*np.random.SeedSequence(seed).generate_state(4).tolist())

    def of_evaluation(self, epoch: int, *, train: bool) -> int:
        """The seed of the shots after an epoch, when the training or the test images are looked at."""
        return self.evaluation + 2 * epoch + train


class TorchRandomness:
    """A stream of torch's global randomness (weights, dropout) of one's own, beside the caller's."""

    def __init__(self, seed: int) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._state = torch.get_rng_state()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Torch draws from this stream for a while; the caller's state is then as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._state)
            yield
            self._state = torch.get_rng_state()
