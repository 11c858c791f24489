"""Training of a network: optimiser steps, and a test on all images before the first epoch and after each one."""

from math import inf
from statistics import fmean
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from hqnn.circuit.response import Response
from hqnn.config import ENGINES, RunConfig
from hqnn.network.data import DigitPair, Images
from hqnn.network.evaluation import CHUNK, at_rest, evaluate, score
from hqnn.network.looks import Looks
from hqnn.network.losses import LOSSES
from hqnn.network.model import AfterTheta, HybridNet, in_fastest_layout, label_probabilities
from hqnn.network.seeds import Seeds
from hqnn.records import LAYERS, EpochRecord, Evaluation, HistoryRecord, ProbeRecord, StepRecord
from hqnn.shift import check_angles


class Fit:
    """A network in training, with everything that its next step depends on."""

    def __init__(
        self,
        model: HybridNet,
        pair: DigitPair,
        config: RunConfig,
        generator: torch.Generator,
        probes: Tensor | None = None,
    ) -> None:
        """Train a network in place, with the config's optimiser, loss, batches, epochs and seed.

        Args:
            model: the network.
            pair: the images.
            config: the run.
            generator: random generator of the dropout.
            probes: images (n, 1, 28, 28), 0 to 1, to look at after some steps (`hqnn.network.probe`), or none.
        """
        self.model, self.pair, self.config = model, pair, config
        self.optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
        #: Number of the last recorded epoch, -1 before any, and number of finished steps.
        self.recorded, self.step = -1, 0
        #: The looks at the probe images.
        self.looks = Looks(config, probes)
        #: Evaluation of the present network on the test images; None after a step since the last test.
        self.tested: Evaluation | None = None
        self._parameters = [each for layer in LAYERS for each in model.get_submodule(layer).parameters()]
        self._dropout = generator
        self._shuffle = torch.Generator().manual_seed(Seeds.of(config.seed).order)
        self._order = torch.empty(0, dtype=torch.int64)
        self._seconds = 0.0
        #: Number of images and mean of each loss, for each finished batch of the present epoch.
        self._batches: list[tuple[int, dict[str, float]]] = []

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return max(0, self.recorded)

    @property
    def finished(self) -> bool:
        """Whether the last epoch is finished."""
        return self.epoch == self.config.epochs

    @property
    def epoch_trained(self) -> bool:
        """Whether all batches of the present epoch are finished, so that its record is next."""
        return len(self._batches) == self.config.steps_per_epoch

    @property
    def probe_due(self) -> bool:
        """Whether the next record is of the probe images."""
        return self.looks.due(self.step)

    @torch.inference_mode(False)
    @torch.enable_grad()
    def advance(self) -> HistoryRecord:
        """Record the probe images or epoch 0, do one optimiser step, or finish the epoch.

        The caller's mode of torch does not matter.

        Epoch 0 is the network before its first step. It is not measured on a device, where it would cost time.

        Raises:
            AngleError: (a ValueError) for angles that have diverged.
            EngineError: if the engine fails.
        """
        if self.probe_due:
            return self.looks.record(self.model, self.step, self.epoch + bool(self._batches))
        if self.recorded < 0 and self.step == 0 and not ENGINES[self.config.engine].hardware:
            return self._record(0)
        return self._end_epoch() if self.epoch_trained else self._do_step()

    def look(self) -> ProbeRecord:
        """Look at the probe images and their layers as the network is now, without noting it. Errors: see `looks`."""
        return self.looks.at(self.model, self.step, self.epoch + bool(self._batches), layers=True)

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return everything that the next step depends on: tensors, and JSON-able values."""
        tensors = {f"model.{name}": tensor for name, tensor in self.model.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": tensor for name, tensor in moments.items()}
        tensors |= {
            "order": self._order,
            "order_state": self._shuffle.get_state(),
            "torch_state": self._dropout.get_state(),
        }
        done = {"recorded": self.recorded, "probed": self.looks.last, "step": self.step}
        return tensors, done | {"seconds": self._seconds, "batches": self._batches}

    def take_up(self, tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
        """Continue from a `state`."""
        self.model.load_state_dict(_below("model.", tensors))
        moments: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below("adam.", tensors).items():
            number, _, moment = name.partition(".")
            moments.setdefault(int(number), {})[moment] = tensor
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": moments})
        self._order = tensors["order"]
        self._shuffle.set_state(tensors["order_state"])
        self._dropout.set_state(tensors["torch_state"])
        # older states have the number of finished epochs, and no epoch 0
        self.recorded = values["recorded"] if "recorded" in values else values["epoch"] or -1
        self.step, self._seconds = values["step"], values["seconds"]
        self.looks.last = values.get("probed", -1)
        self._batches = [(images, losses) for images, losses in values["batches"]]

    def test(self, part: Images, seed: int) -> tuple[Evaluation, Tensor]:
        """Test the network on images, without dropout.

        Args:
            part: training or test images of the pair.
            seed: random seed of the shots.

        Returns:
            The evaluation, and θ of each image, (n, 1), radians.

        Raises:
            AngleError: (a ValueError) for angles that have diverged.
            EngineError: if the engine fails.
        """
        config, model = self.config, at_rest(self.model)
        with torch.inference_mode():
            theta = torch.cat([model.angle(in_fastest_layout(chunk)) for chunk in part.images.split(CHUNK)])
        check_angles(theta, inf)
        ending = AfterTheta(model.quantum)
        options = {"loss": config.loss, "seed": seed, "exact": config.exact_evaluation}
        return evaluate(ending, theta, part.labels, **options), theta

    def _do_step(self) -> StepRecord:
        config, done = self.config, len(self._batches)
        self.tested = None
        if done == 0:
            self._order = torch.randperm(len(self.pair.train), generator=self._shuffle)
        rows = self._order[done * config.batch_size : (done + 1) * config.batch_size]
        images, labels = self.pair.train.images[rows], self.pair.train.labels[rows]
        if not self.model.training:
            self.model.train()
        started = perf_counter()
        theta = self.model.angle(in_fastest_layout(images), self._dropout)
        check_angles(theta.detach(), inf)
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
        """Return the gradient norm of each of `LAYERS`.

        This is fastest right after the optimiser's step, which leaves the gradients in the cache.
        """
        gradients = [each.grad for each in self._parameters if each.grad is not None]
        norms = torch.stack([torch.linalg.vector_norm(gradient) for gradient in gradients])
        return torch.linalg.vector_norm(norms.view(len(LAYERS), -1), dim=1)

    def _end_epoch(self) -> EpochRecord:
        """Test the network, and add the means over the epoch's steps."""
        record = self._record(self.epoch + 1)
        weights = [size for size, _ in self._batches]
        means = {name: fmean((losses[name] for _, losses in self._batches), weights) for name in LOSSES}
        trained = {
            "loss": means[self.config.loss],
            "cross_entropy": means["cross-entropy"],
            "published": means["published"],
            "images_per_second": len(self.pair.train) / self._seconds,
        }
        self._batches, self._seconds = [], 0.0
        return record.model_copy(update=trained)

    def _record(self, epoch: int) -> EpochRecord:
        """Test the network on both sets of images, without dropout."""
        pair, seeds = self.pair, Seeds.of(self.config.seed)
        on_train, theta = self.test(pair.train, seeds.of_evaluation(epoch, train=True))
        on_test, test_theta = self.test(pair.test, seeds.of_evaluation(epoch, train=False))
        exact_train = self._without_shots(on_train, theta, pair.train)
        exact_test = self._without_shots(on_test, test_theta, pair.test)
        self.recorded, self.tested = epoch, on_test
        return EpochRecord(
            epoch=epoch,
            step=self.step,
            train_accuracy=on_train.accuracy,
            test_accuracy=on_test.accuracy,
            test_accuracy_low=on_test.accuracy_low,
            test_accuracy_high=on_test.accuracy_high,
            test_loss=on_test.loss,
            train_confusion=on_train.confusion,
            test_confusion=on_test.confusion,
            train_theta=tuple(theta[:, 0].tolist()),
            exact_train_loss=exact_train and exact_train.loss,
            exact_test_loss=exact_test and exact_test.loss,
            exact_train_accuracy=exact_train and exact_train.accuracy,
            exact_test_accuracy=exact_test and exact_test.accuracy,
        )

    def _without_shots(self, tested: Evaluation, theta: Tensor, part: Images) -> Evaluation | None:
        """Return the evaluation with exact probabilities; None on a device, which has none."""
        config = self.config
        if config.tested_shots is None:
            return tested
        if ENGINES[config.engine].hardware:
            return None
        one = torch.from_numpy(Response.of(config.noise).probability(theta)).to(theta.dtype)
        return score(label_probabilities(one), part.labels, shots=None, loss=config.loss, seed=tested.seed)


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
