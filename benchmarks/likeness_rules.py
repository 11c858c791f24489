"""Compare rules for the "neither digit" warning: `python -m benchmarks.likeness_rules`.

All use the same reference images. Each threshold is set on other training images, so that it rejects 2% of the pair's
own. The results count MNIST's test images. hqnn's rule is the last one. `hqnn.inference.neither` has its fixed numbers,
and `benchmarks.robustness` tests them.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from hqnn import RunConfig, train
from hqnn.inference.neither import FARTHEST, LEAD, REFERENCES, likenesses
from hqnn.inference.networks import trained
from hqnn.inference.pretrained import PAIRS, run_file
from hqnn.network.data import pixels
from hqnn.runs import Run, to_bytes

#: Share of the pair's training images that each rule rejects, and how many images per digit set it.
STOPPED, HELD = 0.02, 1000
#: Number of the neighbour whose distance counts among features.
NEIGHBOUR = 10

Pixels = NDArray[np.uint8]
#: Maps images to their distance from the pair.
Rule = Callable[[Pixels], NDArray[np.float64]]


def rules(digits: tuple[int, int], file: bytes) -> dict[str, Rule]:
    """Return every rule, made for a pair and a network of it.

    Args:
        digits: the pair.
        file: a run's, as content.
    """
    known = [pixels(digit, True)[:REFERENCES] for digit in digits]
    every, hidden = np.concatenate(known), _Hidden(file)
    return {
        "the network's own doubt (arXiv:1610.02136)": lambda images: -np.abs(np.sin(hidden.theta(images))),
        "Mahalanobis distance of the network's features (arXiv:1807.03888)": _mahalanobis(known, hidden),
        f"{NEIGHBOUR}th neighbour among the network's features (arXiv:2204.06507)": _nearest(every, hidden, NEIGHBOUR),
        "nearest training image of the pair, pixels": _nearest(every, _as_they_are, 1),
        "nearest training image of the pair, blurred": lambda images: likenesses(images, digits)[0],
        "nearest of the pair against nearest of the others, blurred": lambda images: _lead(images, digits),
    }


class _Hidden:
    """What a network's last layer weighs, (n, 64), each of length 1; and its angles."""

    def __init__(self, file: bytes) -> None:
        self.model = trained(file).model

    def _features(self, images: Pixels):
        with torch.no_grad():
            parts = torch.from_numpy(images.astype(np.float32))[:, None].div(255).split(500)
            return [self.model.features(part) for part in parts]

    def __call__(self, images: Pixels) -> NDArray[np.float32]:
        return _unit(torch.cat([each.hidden for each in self._features(images)]).numpy())

    def theta(self, images: Pixels) -> NDArray[np.float64]:
        """(n,), radians."""
        return torch.cat([each.theta for each in self._features(images)])[:, 0].double().numpy()


def _as_they_are(images: Pixels) -> NDArray[np.float32]:
    return _unit(images.reshape(len(images), -1).astype(np.float32))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)


def _nearest(known: Pixels, of: Callable[[Pixels], NDArray[np.float32]], neighbour: int) -> Rule:
    references = of(known)

    def distance(images: Pixels) -> NDArray[np.float64]:
        similar = np.partition(of(images) @ references.T, -neighbour, axis=1)[:, -neighbour]
        return np.sqrt(np.maximum(0, 2 - 2 * similar)).astype(np.float64)

    return distance


def _mahalanobis(known: list[Pixels], of: _Hidden) -> Rule:
    found = [of(images).astype(np.float64) for images in known]
    means = [each.mean(0) for each in found]
    spread = np.concatenate([each - mean for each, mean in zip(found, means, strict=True)])
    inverse = np.linalg.pinv(np.cov(spread.T), hermitian=True)

    def distance(images: Pixels) -> NDArray[np.float64]:
        apart = [of(images) - mean for mean in means]
        return np.sqrt(np.min([np.einsum("ni,ij,nj->n", each, inverse, each) for each in apart], axis=0))

    return distance


def _lead(images: Pixels, digits: tuple[int, int]) -> NDArray[np.float64]:
    distances, limits = likenesses(images, digits)
    return distances / np.maximum(limits, 1e-9)


def compared(
    digits: tuple[int, int], file: bytes, number: int | None = None
) -> dict[str, tuple[float, float, int, float]]:
    """Return the pair's test images that each rule rejects, and the other digits' images that it accepts.

    Args:
        digits: the pair.
        file: a run's of it, as content.
        number: test images of each digit, and training images for the thresholds, or None for all there are and `HELD`.

    Returns:
        For each rule: the share of the pair's images that it stops, the share of the other eight digits' that it does
        not, and the digit that it stops least, with that share.
    """
    held = np.concatenate([pixels(digit, True)[REFERENCES:][: number or HELD] for digit in digits])
    own = np.concatenate([pixels(digit, False)[:number] for digit in digits])
    others = {digit: pixels(digit, False)[:number] for digit in range(10) if digit not in digits}
    found = {}
    for name, rule in rules(digits, file).items():
        threshold = np.quantile(rule(held), 1 - STOPPED)
        passes = {digit: rule(images) <= threshold for digit, images in others.items()}
        worst = max(passes, key=lambda digit: passes[digit].mean())
        every = np.concatenate(list(passes.values()))
        found[name] = ((rule(own) > threshold).mean(), every.mean(), worst, passes[worst].mean())
    return found


def held_out(numbers: int = 300) -> NDArray[np.float64]:
    """(45, 2): of each pair's training images that are no references, the share that is farther than `FARTHEST` from
    all of the pair's, and the share that hqnn's rule stops."""
    held = [pixels(digit, True)[REFERENCES : REFERENCES + numbers] for digit in range(10)]
    shares = []
    for pair in ((a, b) for a in range(10) for b in range(a + 1, 10)):
        distances, limits = likenesses(np.concatenate([held[digit] for digit in pair]), pair)
        shares.append([(distances > FARTHEST).mean(), (distances > limits).mean()])
    return np.array(shares)


def main() -> None:
    """Print a table per pair, and the share of training images that hqnn's rule rejects."""
    torch.set_num_threads(1)
    print("| pair | rule | own digits rejected | other eight digits accepted | most often missed |")
    print("|---|---|---|---|---|")
    for digits in (*PAIRS, (4, 9)):
        file = run_file(digits) if digits in PAIRS else to_bytes(Run.of(train(RunConfig(digits=digits))))
        for name, (own, others, worst, missed) in compared(digits, file).items():
            print(f"| {digits[0]} vs {digits[1]} | {name} | {own:.1%} | {others:.1%} | {worst}: {missed:.1%} |")
    shares = held_out()
    (far, stopped), highest = shares.mean(0), shares[:, 1].max()
    print(
        f"\nOf all 45 pairs' training images that are no references, {far:.2%} are farther than {FARTHEST} from all of "
        f"their pair's; with a lead of {LEAD}, {stopped:.1%} are stopped, {highest:.1%} of the worst pair's."
    )


if __name__ == "__main__":
    main()
