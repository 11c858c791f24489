"""Training as a stream: `train(config)` yields a record per step and per epoch, and last the result."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from statistics import fmean
from struct import error as StructError
from struct import unpack_from
from time import perf_counter
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from hqnn.config import RunConfig
from hqnn.data import DigitPair, load_pair
from hqnn.engines import EngineError
from hqnn.evaluation import evaluate
from hqnn.layer import HybridLayer
from hqnn.losses import LOSSES
from hqnn.model import HybridNet, label_probabilities, make_head
from hqnn.records import LAYERS, EpochRecord, Evaluation, StepRecord
from hqnn.settings import HqnnError


class CheckpointError(HqnnError, ValueError):
    """A checkpoint that no training of this config left behind."""


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

    On one machine with the same versions the run depends on the config and torch's number of threads alone (the
    dashboard and the command line use one): torch's global random state is neither read nor changed.

    Args:
        config: the run.
        should_stop: asked first, and after every record; once it answers True, the network is evaluated as it stands.

    Yields:
        A StepRecord per optimiser step, an EpochRecord per epoch, and last the TrainResult; an engine that fails ends
        the run early, its history kept.

    Raises:
        DataError: if the bundled images are missing or damaged.
        EngineError: if the engine cannot even begin.
        ValueError: if the angles overflow.
    """
    yield from Training(config).records(should_stop)


class Training:
    """A training that can be left after any record, and taken up again from its checkpoint as if nothing had been."""

    def __init__(self, config: RunConfig, checkpoint: bytes | None = None) -> None:
        """
        Args:
            config: the run.
            checkpoint: of a training of the same config; from its beginning if there is none.

        Raises:
            CheckpointError: if the checkpoint is not one of this config.
            DataError: if the bundled images are missing or damaged.
        """
        seeds = Seeds.of(config.seed)
        randomness = TorchRandomness(seeds.torch)
        layer = make_head(config, seeds.shots)
        with randomness.active():
            model = HybridNet(layer)
        self.config, self._circuit = config, layer if isinstance(layer, HybridLayer) else None
        self.pair = load_pair(config.digits, config.n_train, config.n_test)
        self.fit = Fit(model, self.pair, config, randomness)
        if checkpoint is not None:
            self._restore(checkpoint)

    def records(
        self, should_stop: Callable[[], bool] = lambda: False
    ) -> Generator[StepRecord | EpochRecord | TrainResult]:
        """What `train` yields, from here on."""
        config, model, fit = self.config, self.fit.model, self.fit
        evaluation, error = None, None
        with nullcontext() if self._circuit is None else self._circuit.session(should_stop):
            try:
                stopped = should_stop()
                while not stopped and not fit.finished:
                    yield fit.advance()
                    stopped = should_stop()
                seed = Seeds.of(config.seed).of_evaluation(fit.epoch, train=False)
                test = self.pair.test
                evaluation = evaluate(
                    model, test.images, test.labels, loss=config.loss, seed=seed, exact=config.exact_evaluation
                )
            except EngineError as problem:
                error = None if should_stop() else str(problem)
        yield TrainResult(config, model, evaluation, completed=fit.finished and error is None, error=error)

    def checkpoint(self) -> bytes:
        """Everything that its next step depends on: a safetensors file's content."""
        tensors, values = self.fit.state()
        shots = None if self._circuit is None else self._circuit.rng.bit_generator.state
        values |= {"config": self.config.model_dump(mode="json"), "shots": shots}
        contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
        return save_tensors(contiguous, {"values": json.dumps(values)})

    def _restore(self, checkpoint: bytes) -> None:
        try:
            tensors = load_tensors(checkpoint)
            header = json.loads(checkpoint[8 : 8 + unpack_from("<Q", checkpoint)[0]])
            values = json.loads(header["__metadata__"]["values"])
            if RunConfig(**values["config"]) != self.config:
                raise ValueError("it is of a training with other settings")
            self.fit.take_up(tensors, values)
            if self._circuit is not None:
                self._circuit.rng.bit_generator.state = values["shots"]
        except (SafetensorError, StructError, KeyError, ValueError, RuntimeError) as error:
            raise CheckpointError(f"the checkpoint cannot be used: {error}") from None


class Fit:
    """A network in training, and everything that its next step depends on."""

    def __init__(self, model: HybridNet, pair: DigitPair, config: RunConfig, randomness: "TorchRandomness") -> None:
        """Train a network in place, with the config's optimiser, loss, batches, epochs and seed.

        Args:
            model: the network.
            pair: the images.
            config: the run.
            randomness: of the dropout.
        """
        self.model, self.pair, self.config = model, pair, config
        self.optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
        #: Whole epochs and steps behind it.
        self.epoch, self.step = 0, 0
        self._parameters = [each for layer in LAYERS for each in model.get_submodule(layer).parameters()]
        self._randomness = randomness
        self._generator = torch.Generator().manual_seed(Seeds.of(config.seed).order)
        self._order = torch.empty(0, dtype=torch.int64)
        self._seconds = 0.0
        #: Of the present epoch's batches: images, and the mean of each loss.
        self._batches: list[tuple[int, dict[str, float]]] = []

    @property
    def finished(self) -> bool:
        """Whether its last epoch is over."""
        return self.epoch == self.config.epochs

    @property
    def epoch_trained(self) -> bool:
        """Whether every image of the present epoch has been trained on, so that its record is next."""
        return len(self._batches) == self.config.steps_per_epoch

    def advance(self) -> StepRecord | EpochRecord:
        """Do one optimiser step, or end the epoch."""
        return self._end_epoch() if self.epoch_trained else self._do_step()

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that its next step depends on, but for the layer's shots: tensors, and JSON-able values."""
        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": tensor for name, tensor in moments.items()}
        tensors |= {
            "order": self._order,
            "order_state": self._generator.get_state(),
            "torch_state": self._randomness.state,
        }
        return tensors, {"epoch": self.epoch, "step": self.step, "seconds": self._seconds, "batches": self._batches}

    def take_up(self, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.model.load_state_dict(_below("model.", tensors))
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below("adam.", tensors).items():
            number, _, moment = name.partition(".")
            moments.setdefault(int(number), {})[moment] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        self._order = tensors["order"]
        self._generator.set_state(tensors["order_state"])
        self._randomness.state = tensors["torch_state"]
        self.epoch, self.step, self._seconds = values["epoch"], values["step"], values["seconds"]
        self._batches = [(images, losses) for images, losses in values["batches"]]

    def _do_step(self) -> StepRecord:
        config, done = self.config, len(self._batches)
        if done == 0:
            self._order = torch.randperm(len(self.pair.train), generator=self._generator)
        rows = self._order[done * config.batch_size : (done + 1) * config.batch_size]
        images, labels = self.pair.train.images[rows], self.pair.train.labels[rows]
        if not self.model.training:
            self.model.train()
        started = perf_counter()
        with self._randomness.active():
            theta = self.model.angle(images)
        probability, slope = self.model.quantum.measure(theta)
        probabilities = label_probabilities(probability)
        losses = {name: of(probabilities, labels, config.shots) for name, of in LOSSES.items()}
        self.optimizer.zero_grad()
        losses[config.loss].backward()
        self.optimizer.step()
        values = {name: loss.item() for name, loss in losses.items()}
        seconds = perf_counter() - started
        self.step += 1
        self._seconds += seconds
        self._batches.append((len(labels), values))
        return StepRecord(
            step=self.step,
            epoch=self.epoch + 1,
            loss=values[config.loss],
            theta=tuple(theta[:, 0].tolist()),
            gradient=() if slope is None else tuple(slope[:, 0].tolist()),
            images_per_second=len(labels) / seconds,
            images=tuple(rows.tolist()),
            gradient_norms=tuple(self._gradient_norms().tolist()),
        )

    def _gradient_norms(self) -> Tensor:
        """Of each of `LAYERS`. Cheapest right after the optimiser's step, which leaves the gradients in the cache."""
        gradients = [each.grad for each in self._parameters if each.grad is not None]
        norms = torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients])
        return torch.linalg.vector_norm(norms.view(len(LAYERS), -1), dim=1)

    def _end_epoch(self) -> EpochRecord:
        """Look at both sets of images without dropout."""
        config, pair, seeds = self.config, self.pair, Seeds.of(self.config.seed)
        self.epoch += 1
        angles: list[Tensor] = []
        with self.model.quantum.register_forward_pre_hook(lambda _, given: angles.append(given[0])):
            on_train, on_test = (
                evaluate(
                    self.model,
                    part.images,
                    part.labels,
                    loss=config.loss,
                    seed=seeds.of_evaluation(self.epoch, train=part is pair.train),
                    exact=config.exact_evaluation,
                )
                for part in (pair.train, pair.test)
            )
        weights = [size for size, _ in self._batches]
        means = {name: fmean((losses[name] for _, losses in self._batches), weights) for name in LOSSES}
        speed = len(pair.train) / self._seconds
        self._batches, self._seconds = [], 0.0
        return EpochRecord(
            epoch=self.epoch,
            step=self.step,
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
            images_per_second=speed,
            train_theta=tuple(torch.cat(angles)[: len(pair.train), 0].tolist()),
        )


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


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
            self.state = torch.get_rng_state()

    @contextmanager
    def active(self) -> Iterator[None]:
        """Torch draws from this stream for a while; the caller's state is then as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.state)
            yield
            self.state = torch.get_rng_state()
