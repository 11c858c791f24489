"""A run as a safetensors file: weights and history as tensors; config, evaluation and versions as metadata."""

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
from hqnn.errors import RunFileError
from hqnn.network.model import HybridNet, make_head
from hqnn.network.training import Seeds, TrainResult
from hqnn.records import HISTORY, Evaluation, HistoryRecord
from hqnn.states import State

FORMAT = "hqnn run 1"
#: Name of the tensor with the history as compressed JSON. The metadata is limited to 100 MB; a history can be larger.
HISTORY_TENSOR = "history"
#: Largest history, unpacked, in bytes. 250,000 steps of one image take 50 MB.
MAX_HISTORY = 1_000_000_000

_EVALUATION: TypeAdapter[Evaluation | None] = TypeAdapter(Evaluation | None)


@dataclass(frozen=True)
class Run:
    """A finished, stopped or failed run."""

    config: RunConfig
    weights: dict[str, Tensor]
    history: tuple[HistoryRecord, ...]
    #: None if the engine failed, if the angles diverged, or if a run on a device was stopped.
    evaluation: Evaluation | None
    completed: bool
    #: The versions that computed it (`hqnn.versions`). Old files lack some of them.
    versions: dict[str, str]
    #: The reason for a failure, in one sentence.
    error: str | None = None

    @classmethod
    def of(cls, records: Iterable[HistoryRecord | TrainResult]) -> "Run":
        """Return the run of the records that `hqnn.train` yields."""
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

    @property
    def state(self) -> State:
        """How it ended."""
        return State.FAILED if self.error else State.FINISHED if self.completed else State.STOPPED

    def network(self) -> HybridNet:
        """Return the trained network, with the circuit and its settings or with a classical replacement."""
        head = make_head(self.config, Seeds.of(self.config.seed).shots)
        model = HybridNet(head, device="meta")  # draws no weights, so the caller's random state does not change
        model.load_state_dict({name: tensor.clone() for name, tensor in self.weights.items()}, assign=True)
        return model.eval()


def to_bytes(run: Run) -> bytes:
    """Return the run as the content of a file."""
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
    """Return the run in the content of a file. The content is checked, and nothing in it is executed.

    Args:
        content: content of the file.
        most_history: largest unpacked history in bytes, if smaller than `MAX_HISTORY`.

    Raises:
        RunFileError: if the content is not a run, is cut off, or does not fit this network.
    """
    try:
        weights = load_tensors(content)
        header = json.loads(content[8 : 8 + unpack_from("<Q", content)[0]])
    except (SafetensorError, ValueError) as error:
        why = str(error).removeprefix("Error while deserializing: ")
        raise RunFileError(f"not a complete safetensors file: {why}") from None
    metadata = header.get("__metadata__", {})
    if metadata.get("format") != FORMAT:
        raise RunFileError(f"not a run file: its format must be {FORMAT!r}, got {metadata.get('format')!r}")
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
        raise RunFileError(f"not a complete run file: {error} is missing") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise RunFileError(f"not a valid run file: {first['msg']}, at {'.'.join(map(str, first['loc']))}") from None
    except (TypeError, ValueError) as error:
        raise RunFileError(f"not a valid run file: {error}") from None


def with_history(content: bytes, history: bytes) -> bytes:
    """Return a run file with another history.

    Args:
        content: content of the file.
        history: records as a JSON list, in order.

    Raises:
        RunFileError: if the content or the history is not valid.
    """
    return to_bytes(replace(from_bytes(content), history=tuple(HISTORY.validate_json(history))))


def save(run: Run, path: str | Path) -> None:
    """Write the run to a file atomically.

    Raises:
        FileError: if the file cannot be written. It is then unchanged.
    """
    files.write(path, to_bytes(run))


def load(path: str | Path) -> Run:
    """Read a run from a file.

    Raises:
        RunFileError: if the file is not a run, is cut off, or does not fit this network.
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
