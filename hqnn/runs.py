"""A run as a file: safetensors with the weights, and the config, history, evaluation and versions as its metadata."""

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from struct import unpack_from
from typing import Annotated

import torch
from pydantic import Field, TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from hqnn.config import ConfigError, RunConfig
from hqnn.layer import HybridLayer
from hqnn.model import HybridNet
from hqnn.records import EpochRecord, Evaluation, StepRecord
from hqnn.training import TrainResult

FORMAT = "hqnn run 1"
PARTS = ("torch", "torchvision", "qiskit", "qiskit-aer", "numpy")

_HISTORY = TypeAdapter(list[Annotated[StepRecord | EpochRecord, Field(discriminator="kind")]])


class RunFileError(ValueError):
    """A file that is not a whole run: its message says what is wrong with it."""


@dataclass(frozen=True)
class Run:
    """A finished or stopped training."""

    config: RunConfig
    weights: dict[str, Tensor]
    history: tuple[StepRecord | EpochRecord, ...]
    evaluation: Evaluation
    completed: bool
    #: Version of Python and of each part that computes, by name.
    versions: dict[str, str]

    @classmethod
    def of(cls, records: Iterable[StepRecord | EpochRecord | TrainResult]) -> "Run":
        """The run that `hqnn.train` yields, record by record."""
        *history, result = records
        if not isinstance(result, TrainResult):
            raise TypeError(f"the last record of a run must be its result, got {type(result).__name__}")
        return cls(
            config=result.config,
            weights=result.model.state_dict(),
            history=tuple(record for record in history if not isinstance(record, TrainResult)),
            evaluation=result.evaluation,
            completed=result.completed,
            versions=_present_versions(),
        )

    def network(self) -> HybridNet:
        """The trained network, with the run's engine and shots."""
        c = self.config
        model = HybridNet(HybridLayer(c.engine, c.shots, c.shift, c.gradient_rule, seed=c.seed))
        model.load_state_dict(self.weights)
        return model.eval()


def _present_versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {part: version(part) for part in PARTS}


def to_bytes(run: Run) -> bytes:
    """The run as a file's content."""
    metadata = {
        "format": FORMAT,
        "config": run.config.model_dump_json(),
        "history": _HISTORY.dump_json(list(run.history)).decode(),
        "evaluation": run.evaluation.model_dump_json(),
        "completed": json.dumps(run.completed),
        "versions": json.dumps(run.versions),
    }
    return save_tensors({name: tensor.contiguous() for name, tensor in run.weights.items()}, metadata)


def from_bytes(content: bytes) -> Run:
    """The run in a file's content, verified: nothing in it is executed.

    Raises:
        RunFileError: if it is no run, is cut off, or does not fit this network.
    """
    try:
        weights = load_tensors(content)
        header = json.loads(content[8 : 8 + unpack_from("<Q", content)[0]])
    except (SafetensorError, ValueError) as error:
        raise RunFileError(f"not a whole safetensors file: {error}") from None
    metadata = header.get("__metadata__", {})
    if metadata.get("format") != FORMAT:
        raise RunFileError(f"not a run: its format must be {FORMAT!r}, got {metadata.get('format')!r}")
    _check_weights(weights)
    try:
        return Run(
            config=RunConfig(**json.loads(metadata["config"])),
            weights=weights,
            history=tuple(_HISTORY.validate_json(metadata["history"])),
            evaluation=Evaluation.model_validate_json(metadata["evaluation"]),
            completed=bool(json.loads(metadata["completed"])),
            versions=TypeAdapter(dict[str, str]).validate_json(metadata["versions"]),
        )
    except KeyError as error:
        raise RunFileError(f"not a whole run: {error} is missing") from None
    except (ConfigError, ValidationError, TypeError, ValueError) as error:
        raise RunFileError(f"not a valid run: {error}") from None


def save(run: Run, path: str | Path) -> None:
    """Write the run to a file."""
    Path(path).write_bytes(to_bytes(run))


def load(path: str | Path) -> Run:
    """Read a run from a file.

    Raises:
        RunFileError: if it is no run, is cut off, or does not fit this network.
    """
    return from_bytes(Path(path).read_bytes())


def _check_weights(weights: dict[str, Tensor]) -> None:
    wanted = {name: tuple(tensor.shape) for name, tensor in HybridNet().state_dict().items()}
    given = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if given != wanted:
        name = next(name for name in sorted(wanted | given) if wanted.get(name) != given.get(name))
        raise RunFileError(f"weights {name} must have the shape {wanted.get(name)}, got {given.get(name)}")
    for name, tensor in weights.items():
        if not torch.isfinite(tensor).all():
            raise RunFileError(f"weights {name} must be finite")
