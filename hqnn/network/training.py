"""Training as a stream: `train(config)` yields a record per step and per epoch from epoch 0 on, and last the result."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from struct import error as StructError
from struct import unpack_from

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors

from hqnn.config import RunConfig
from hqnn.engines import EngineError
from hqnn.errors import HqnnError
from hqnn.network.data import load_pair
from hqnn.network.fit import Fit
from hqnn.network.layer import HybridLayer
from hqnn.network.model import HybridNet, make_head
from hqnn.network.seeds import Seeds
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.shift import AngleError
from hqnn.versions import together, versions_here

#: Of angles that are too large to be measured, as `hqnn.diagnosis` calls those that grow large.
RUN_AWAY = "Angles have run away"


class CheckpointError(HqnnError, ValueError):
    """A checkpoint that no training of this config left behind."""


@dataclass(frozen=True)
class TrainResult:
    """The end of a training: the network, and its answers on the test images."""

    config: RunConfig
    model: HybridNet
    #: None if the engine failed, or the angles ran away.
    evaluation: Evaluation | None
    #: False if it ended before its last epoch was over.
    completed: bool
    #: Why it could not go on, in one sentence, if so.
    error: str | None = None
    #: What computed it (`hqnn.versions`).
    versions: dict[str, str] = field(default_factory=versions_here)


def train(
    config: RunConfig, *, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[StepRecord | EpochRecord | TrainResult]:
    """Train a network as the config says.

    With the same processor and versions the run depends on the config and torch's number of threads alone (the
    dashboard and the command line use one). Torch's global random state is neither read nor changed, and its modes and
    default dtype do not matter; other trainings may run in other threads.

    Args:
        config: the run.
        should_stop: asked first, and after every record; once it answers True, the network is evaluated as it stands.

    Yields:
        First the EpochRecord of epoch 0, the network before it learns (not on a device); then a StepRecord per
        optimiser step, an EpochRecord per epoch, and last the TrainResult. An engine that fails, and angles that run
        away (`hqnn.shift.MAX_ANGLE`), end the run early, its history kept.

    Raises:
        DataError: if the bundled images are missing or damaged.
        EngineError: if the engine cannot even begin.
    """
    yield from Training(config).records(should_stop)


class Training:
    """A training that can be left after any record, and taken up again from its checkpoint as if nothing had been."""

    @torch.inference_mode(False)
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
        generator = torch.Generator().manual_seed(seeds.torch)
        layer = make_head(config, seeds.shots)
        model = HybridNet(layer, generator=generator, device="cpu", dtype=torch.float32)
        self.config, self._circuit = config, layer if isinstance(layer, HybridLayer) else None
        self.pair = load_pair(config.digits, config.n_train, config.n_test)
        #: What has computed it so far; more than one may, one after another.
        self.versions = versions_here()
        self.fit = Fit(model, self.pair, config, generator)
        if checkpoint is not None:
            self._restore(checkpoint)

    def records(
        self, should_stop: Callable[[], bool] = lambda: False
    ) -> Generator[StepRecord | EpochRecord | TrainResult]:
        """What `train` yields, from here on."""
        config, fit = self.config, self.fit
        evaluation, error = None, None
        with nullcontext() if self._circuit is None else self._circuit.session(should_stop):
            try:
                stopped = should_stop()
                while not stopped and not fit.finished:
                    yield fit.advance()
                    stopped = should_stop()
                seed = Seeds.of(config.seed).of_evaluation(fit.epoch, train=False)
                evaluation = fit.tested or fit.test(self.pair.test, seed)[0]
            except EngineError as problem:
                error = None if should_stop() else str(problem)
            except AngleError as problem:
                error = f"{RUN_AWAY}: {problem}"
        yield TrainResult(config, fit.model, evaluation, fit.finished and error is None, error, self.versions)

    def checkpoint(self) -> bytes:
        """Everything that its next step depends on: a safetensors file's content."""
        tensors, values = self.fit.state()
        values |= {"config": self.config.model_dump(mode="json"), "versions": self.versions}
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
            self.versions = together(values["versions"], self.versions)
            if self._circuit is not None and "shots" in values:  # where older versions keep the shots' generator
                self._circuit.rng.bit_generator.state = values["shots"]
        except (SafetensorError, StructError, KeyError, ValueError, RuntimeError) as error:
            raise CheckpointError(f"the checkpoint cannot be used: {error}") from None
