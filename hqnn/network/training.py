"""Training as a generator: `train(config)` yields one record per step and per epoch, and then the result."""

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
from hqnn.network.data import load_pair, probe_images
from hqnn.network.fit import Fit
from hqnn.network.layer import HybridLayer
from hqnn.network.model import HybridNet, make_head
from hqnn.network.seeds import Seeds
from hqnn.records import Evaluation, HistoryRecord
from hqnn.shift import AngleError
from hqnn.versions import together, versions_here

#: Title for angles that are too large to be measured, as in `hqnn.diagnosis`.
DIVERGED = "Angles have diverged"


class CheckpointError(HqnnError, ValueError):
    """A checkpoint does not belong to this config, or is damaged."""


@dataclass(frozen=True)
class TrainResult:
    """The end of a run: the network, and its evaluation on the test images."""

    config: RunConfig
    model: HybridNet
    #: None if the engine failed, or if the angles diverged.
    evaluation: Evaluation | None
    #: False if the run ended before the last epoch was finished.
    completed: bool
    #: The reason for a failure, in one sentence.
    error: str | None = None
    #: The versions that computed it (`hqnn.versions`).
    versions: dict[str, str] = field(default_factory=versions_here)


def train(
    config: RunConfig, *, should_stop: Callable[[], bool] = lambda: False, probes: bool = True
) -> Iterator[HistoryRecord | TrainResult]:
    """Train a network with the settings of the config.

    On the same processor with the same versions, the run depends only on the config and on torch's number of threads
    (one in the dashboard and on the command line). Torch's global random state is neither read nor changed. Its modes
    and its default dtype do not matter. Other runs may train in other threads.

    Args:
        config: the run.
        should_stop: called at the start and after every record. Once it returns True, the network is tested as it is.
        probes: whether to yield ProbeRecords (`hqnn.network.probe`), which change nothing else.

    Yields:
        The ProbeRecord and the EpochRecord of the network before its first step (no EpochRecord on a device); then a
        StepRecord per optimiser step, a ProbeRecord after some of them and an EpochRecord per epoch; last the
        TrainResult. The run ends early if the engine fails or the angles diverge (`hqnn.shift.MAX_ANGLE`), and keeps
        its history.

    Raises:
        DataError: if the bundled images are missing or damaged.
        EngineError: if the engine cannot start.
    """
    yield from Training(config, probes=probes).records(should_stop)


class Training:
    """A run that can stop after any record, and continue from its checkpoint with the same result."""

    @torch.inference_mode(False)
    def __init__(self, config: RunConfig, checkpoint: bytes | None = None, *, probes: bool = True) -> None:
        """
        Args:
            config: the run.
            checkpoint: checkpoint of a run with the same config; None starts from the beginning.
            probes: whether its records have ProbeRecords among them.

        Raises:
            CheckpointError: if the checkpoint does not belong to this config.
            DataError: if the bundled images are missing or damaged.
        """
        seeds = Seeds.of(config.seed)
        generator = torch.Generator().manual_seed(seeds.torch)
        layer = make_head(config, seeds.shots)
        model = HybridNet(layer, generator=generator, device="cpu", dtype=torch.float32)
        self.config, self._circuit = config, layer if isinstance(layer, HybridLayer) else None
        self.pair = load_pair(config.digits, config.n_train, config.n_test)
        #: The versions that have computed it so far. They change if a run continues elsewhere.
        self.versions = versions_here()
        self.fit = Fit(model, self.pair, config, generator, probe_images(config.digits) if probes else None)
        if checkpoint is not None:
            self._restore(checkpoint)

    def records(self, should_stop: Callable[[], bool] = lambda: False) -> Generator[HistoryRecord | TrainResult]:
        """Yield the records of `train`, from the present step on."""
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
                error = f"{DIVERGED}: {problem}"
        yield TrainResult(config, fit.model, evaluation, fit.finished and error is None, error, self.versions)

    def checkpoint(self) -> bytes:
        """Return everything that the next step depends on, as the content of a safetensors file."""
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
                raise ValueError("it is from a run with other settings")
            self.fit.take_up(tensors, values)
            self.versions = together(values["versions"], self.versions)
            if self._circuit is not None and "shots" in values:  # the shots' generator in checkpoints of older versions
                self._circuit.rng.bit_generator.state = values["shots"]
        except (SafetensorError, StructError, KeyError, ValueError, RuntimeError) as error:
            raise CheckpointError(f"the checkpoint cannot be used: {error}") from None
