"""Evaluation of a network: accuracy with its interval, losses, confusion, and every prediction."""

from contextlib import ExitStack
from copy import deepcopy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from hqnn.config import check_seed
from hqnn.network.layer import HybridLayer
from hqnn.network.losses import LOSSES
from hqnn.records import Confusion, Evaluation
from hqnn.statistics.intervals import wilson

#: Images per chunk. Larger chunks are no faster and take more memory (28 MB each at 256).
CHUNK = 256

Module = TypeVar("Module", bound=nn.Module)


def evaluate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    loss: str = "cross-entropy",
    seed: int = 0,
    exact: bool = False,
) -> Evaluation:
    """Return the model's predictions on images, without dropout, with the shots of its HybridLayer if it has one.

    The model is never changed, so other threads may use it at the same time.

    Args:
        model: images (batch, 1, 28, 28) to label probabilities (batch, 2).
        images: (n, 1, 28, 28), 0 to 1.
        labels: (n,), 0 or 1.
        loss: the loss to report as `loss`.
        seed: random seed of the shots, at least 0.
        exact: whether to use exact probabilities instead of shots.

    Raises:
        ValueError: for no images, for images and labels of different numbers, for an unknown loss or an invalid seed.
        AngleError: (a ValueError) for angles that cannot be measured (`hqnn.network.layer`).
    """
    _check(images, labels, loss)
    check_seed(seed)
    resting = at_rest(model)
    layers = [module for module in resting.modules() if isinstance(module, HybridLayer)]
    shots = None if exact or not layers else layers[0].shots
    with ExitStack() as stack, torch.no_grad():
        for layer in layers:
            stack.enter_context(layer.reseeded(seed, exact=exact))
        probabilities = torch.cat([resting(chunk) for chunk in images.split(CHUNK)])
    return score(probabilities, labels, shots=shots, loss=loss, seed=seed)


def at_rest(model: Module) -> Module:
    """Return the network without dropout, as new modules that share the model's weights, buffers and hooks."""
    return _at_rest(model, {})


def _at_rest(module: Any, made: dict[Any, Any]) -> Any:
    if module is None or module in made:
        return made.get(module)
    if "_orig_mod" in module._modules:  # torch.compile has wrapped it
        return _at_rest(module._modules["_orig_mod"], made)
    if isinstance(module, torch.jit.ScriptModule):  # Python cannot change its mode
        return made.setdefault(module, deepcopy(module).eval())
    twin = made[module] = object.__new__(type(module))
    twin.__dict__.update(module.__dict__, training=False, _compiled_call_impl=None)
    twin.__dict__["_modules"] = {name: _at_rest(child, made) for name, child in module._modules.items()}
    return twin


def score(probabilities: Tensor, labels: Tensor, *, shots: int | None, loss: str, seed: int) -> Evaluation:
    """Return the evaluation of measured probabilities.

    Args:
        probabilities: (n, 2), one per label.
        labels: (n,), 0 or 1.
        shots: measurements behind each probability, None for exact ones.
        loss: the loss to report as `loss`.
        seed: random seed of the shots, for the record.

    Raises:
        ValueError: for no probabilities, for probabilities and labels of different numbers, or for an unknown loss.
    """
    _check(probabilities, labels, loss)
    losses = {name: float(of(probabilities, labels, shots)) for name, of in LOSSES.items()}
    predictions = probabilities.argmax(1)
    correct = int((predictions == labels).sum())
    low, high = wilson(correct, len(labels))
    return Evaluation(
        n=len(labels),
        seed=seed,
        accuracy=correct / len(labels),
        accuracy_low=float(low),
        accuracy_high=float(high),
        loss=losses[loss],
        cross_entropy=losses["cross-entropy"],
        published=losses["published"],
        confusion=_confusion(labels, predictions),
        labels=tuple(labels.tolist()),
        predictions=tuple(predictions.tolist()),
        probabilities=tuple(probabilities[:, 1].tolist()),
    )


def _check(images: Tensor, labels: Tensor, loss: str) -> None:
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(
            f"images and labels must have the same length of at least 1, got {len(images)} and {len(labels)}"
        )
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {loss!r}")


def _confusion(labels: Tensor, predictions: Tensor) -> Confusion:
    (a, b), (c, d) = torch.bincount(2 * labels + predictions, minlength=4).reshape(2, 2).tolist()
    return (a, b), (c, d)
