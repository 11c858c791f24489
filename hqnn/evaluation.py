"""How good a network is: accuracy with its interval, losses, confusion, and every single answer."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn

from hqnn.layer import HybridLayer
from hqnn.losses import LOSSES
from hqnn.records import Confusion, Evaluation
from hqnn.scores import wilson

#: Images looked at in one go: larger chunks are no faster and take more memory (28 MB each at 256).
CHUNK = 256


def evaluate(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    *,
    loss: str = "cross-entropy",
    seed: int = 0,
    exact: bool = False,
) -> Evaluation:
    """The model's answers on images, without dropout, measured with the shots of its HybridLayer if it has one.

    The model's mode and its own shot generator are left as they were.

    Args:
        model: images (batch, 1, 28, 28) to label probabilities (batch, 2).
        images: (n, 1, 28, 28), 0 to 1.
        labels: (n,), 0 or 1.
        loss: which of the two losses is reported as `loss`.
        seed: of the shots.
        exact: whether exact probabilities take the place of the shots.

    Raises:
        ValueError: for no images, another number of labels than of images, or an unknown loss.
    """
    _check(images, labels, loss)
    with _evaluating(model, seed, exact) as shots:
        probabilities = torch.cat([model(chunk) for chunk in images.split(CHUNK)])
    return score(probabilities, labels, shots=shots, loss=loss, seed=seed)


def score(probabilities: Tensor, labels: Tensor, *, shots: int | None, loss: str, seed: int) -> Evaluation:
    """What probabilities that have been measured say of the network.

    Args:
        probabilities: (n, 2), of each label.
        labels: (n,), 0 or 1.
        shots: measurements behind each probability, None for exact ones.
        loss: which of the two losses is reported as `loss`.
        seed: of the shots, to be recorded.

    Raises:
        ValueError: for no probabilities, another number of labels than of them, or an unknown loss.
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
        raise ValueError(f"images and labels must be as many, at least 1, got {len(images)} and {len(labels)}")
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {loss!r}")


@contextmanager
def _evaluating(model: nn.Module, seed: int, exact: bool) -> Iterator[int | None]:
    """No dropout, no gradients, shots from a generator of the evaluation's own; gives the number of shots."""
    layers = [module for module in model.modules() if isinstance(module, HybridLayer)]
    modes = {module: module.training for module in model.modules()}
    with ExitStack() as stack, torch.no_grad():
        for layer in layers:
            stack.enter_context(layer.reseeded(seed, exact=exact))
        model.eval()
        try:
            yield next((layer.shots for layer in layers), None)
        finally:
            for module, training in modes.items():
                module.training = training


def _confusion(labels: Tensor, predictions: Tensor) -> Confusion:
    (a, b), (c, d) = torch.bincount(2 * labels + predictions, minlength=4).reshape(2, 2).tolist()
    return (a, b), (c, d)
