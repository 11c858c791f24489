"""A run as a file: safetensors with the weights, and the config, history, evaluation and versions as its metadata."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from struct import unpack_from

import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import Tensor

from hqnn import files
from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.network.model import HybridNet, make_head
from hqnn.network.training import Seeds, TrainResult
from hqnn.records import HISTORY, EpochRecord, Evaluation, StepRecord

FORMAT = "hqnn run 1"
#: Name of the tensor that holds the history, as compressed JSON; the metadata may not exceed 100 MB, a history may.
HISTORY_TENSOR = "history"
#: Bytes of a history unpacked: 250,000 steps of one image take 50 MB.
MAX_HISTORY = 1_000_000_000

_EVALUATION: TypeAdapter[Evaluation | None] = TypeAdapter(Evaluation | None)


class RunFileError(HqnnError, ValueError):
    """A file that is not a whole run: its message says what is wrong with it."""


@dataclass(frozen=True)
class Run:
    """A finished, stopped or failed training."""

    config: RunConfig
    weights: dict[str, Tensor]
    history: tuple[StepRecord | EpochRecord, ...]
    #: None if the engine failed, the angles ran away, or a device's run was stopped.
    evaluation: Evaluation | None
    completed: bool
    #: What computed it (`hqnn.versions`); what old files do not name is not known.
    versions: dict[str, str]
    #: Why it could not go on, in one sentence, if so.
    error: str | None = None

    @classmethod
    def of(cls, records: Iterable[StepRecord | EpochRecord | TrainResult]) -> "Run":
        """The run that `hqnn.train` yields, record by record."""
        *history, result = records
        if not isinstance(result, TrainResult):
            raise TypeError(f"the last record of a run must be its result, got {type(result).__name__}")
        return cls(
            config=result.config,
            weights={name: weight.detach().clone() for name, weight in result.model.named_parameters()},
            history=tuple(record for record in history if not isinstance(record, TrainResult)),
            evaluation=result.evaluation,
            completed=result.completed,
            versions=result.versions,
            error=result.error,
        )

    def network(self) -> HybridNet:
        """The trained network, with what the run has after θ: the circuit with its engine and shots, or a twin."""
        head = make_head(self.config, Seeds.of(self.config.seed).shots)
        model = HybridNet(head, device="meta")  # draws no weights, so the caller's random state is left as it was
        model.load_state_dict({name: tensor.clone() for name, tensor in self.weights.items()}, assign=True)
        return model.eval()


def to_bytes(run: Run) -> bytes:
    """The run as a file's content."""
    history = zlib.compress(HISTORY.dump_json(list(run.history)))
    tensors = {name: tensor.contiguous() for name, tensor in run.weights.items()}
    tensors[HISTORY_TENSOR] = torch.frombuffer(bytearray(history), dtype=torch.uint8)
    metadata = {
        "format": FORMAT,
        "config": run.config.model_dump_json(),
        "evaluation": _EVALUATION.dump_json(run.evaluation).decode(),
        "completed": json.dumps(run.completed),
        "error": json.dumps(run.error),
        "versions": json.dumps(run.versions),
    }
    return save_tensors(tensors, metadata)


def from_bytes(content: bytes, most_history: int | None = None) -> Run:
    """The run in a file's content, verified: nothing in it is executed.

    Args:
        content: the file's.
        most_history: bytes of its history unpacked, if not as many as any file's may have.

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
    history = weights.pop(HISTORY_TENSOR, None)
    _check_weights(weights)
    try:
        return Run(
            config=RunConfig(**json.loads(metadata["config"])),
            weights=weights,
            history=tuple(HISTORY.validate_json(_unpacked(history, most_history or MAX_HISTORY))),
            evaluation=_EVALUATION.validate_json(metadata["evaluation"]),
            completed=bool(json.loads(metadata["completed"])),
            versions=TypeAdapter(dict[str, str]).validate_json(metadata["versions"]),
            error=TypeAdapter(str | None).validate_json(metadata.get("error", "null")),
        )
    except KeyError as error:
        raise RunFileError(f"not a whole run: {error} is missing") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise RunFileError(f"not a valid run: {first['msg']}, at {'.'.join(map(str, first['loc']))}") from None
    except (TypeError, ValueError) as error:
        raise RunFileError(f"not a valid run: {error}") from None


def with_history(content: bytes, history: bytes) -> bytes:
    """A run's file with another history.

    Args:
        content: the file's.
        history: its records as a JSON list, in order.

    Raises:
        RunFileError: if either is not what it must be.
    """
    return to_bytes(replace(from_bytes(content), history=tuple(HISTORY.validate_json(history))))


def save(run: Run, path: str | Path) -> None:
    """Write the run to a file, in one piece.

    Raises:
        FileError: if the file cannot be written; it is as it was then.
    """
    files.write(path, to_bytes(run))


def load(path: str | Path) -> Run:
    """Read a run from a file.

    Raises:
        RunFileError: if it is no run, is cut off, or does not fit this network.
    """
    return from_bytes(Path(path).read_bytes())


def _unpacked(history: Tensor | None, most: int) -> bytes:
    if history is None:
        raise ValueError("its history is missing")
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(history.numpy().tobytes(), most)
    except zlib.error as error:
        raise ValueError(f"its history is damaged ({error})") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError(f"its history is cut off, or larger than {most} bytes")
    return content


def _check_weights(weights: dict[str, Tensor]) -> None:
    wanted = {name: tuple(weight.shape) for name, weight in HybridNet(device="meta").named_parameters()}
    given = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    if given != wanted:
        name = next(name for name in sorted(wanted | given) if wanted.get(name) != given.get(name))
        raise RunFileError(f"weights {name} must have the shape {wanted.get(name)}, got {given.get(name)}")
    for name, tensor in weights.items():
        if not torch.isfinite(tensor).all():
            raise RunFileError(f"weights {name} must be finite")
