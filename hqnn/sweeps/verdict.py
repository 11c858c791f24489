"""Whether the circuit helps: it against each function in its place, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hqnn.config import HEADS
from hqnn.statistics.means import MIN_SEEDS, Mean
from hqnn.sweeps.grid import STUCK_BELOW

#: Of each twin's interval, so that all of them hold together at 95 %.
CONFIDENCE = 1 - 0.05 / (len(HEADS) - 1)
#: What stands in the circuit's place, in words.
TWIN_NAMES = {"sigmoid": "the sigmoid", "sine": "the noiseless sine", "linear": "the plain linear output"}


@dataclass(frozen=True)
class HeadSummary:
    """All trainings with one head."""

    head: str
    runs: int
    #: Those that ended below `hqnn.sweeps.grid.STUCK_BELOW`; they count in every mean.
    stuck: int
    #: A fraction of the test images, and the lowest of all seeds.
    accuracy: Mean
    lowest: float
    #: Seconds that a training takes, without the tests after each epoch.
    seconds: Mean
    #: Numbers of the epochs that all of its trainings have recorded, and accuracy on the test images after each.
    epochs: tuple[int, ...]
    curve: tuple[Mean, ...]

    @property
    def by_epoch(self) -> dict[int, Mean]:
        """Accuracy on the test images by the number of the epoch."""
        return dict(zip(self.epochs, self.curve, strict=True))


@dataclass(frozen=True)
class Difference:
    """The circuit's accuracy minus a twin's, in pairs of the same seed."""

    twin: str
    pairs: int
    #: Seeds with which the circuit is more, and less, accurate.
    higher: int
    lower: int
    #: A fraction of the test images, its interval at `CONFIDENCE`.
    accuracy: Mean
    #: Seed and difference of every pair, in the seeds' order.
    by_seed: tuple[tuple[int, float], ...]

    @property
    def equal(self) -> int:
        """Seeds with which both are right as often."""
        return self.pairs - self.higher - self.lower

    @property
    def circuit_is(self) -> Literal["better", "worse", "even"]:
        """What the interval says: "even" if 0 is in it."""
        return "better" if self.accuracy.low > 0 else "worse" if self.accuracy.high < 0 else "even"

    @property
    def largest(self) -> float:
        """The end of the interval that is farther from 0: no larger difference is plausible."""
        return max(abs(self.accuracy.low), abs(self.accuracy.high))


@dataclass(frozen=True)
class Swap:
    """What a swap test has found so far."""

    digits: tuple[int, int]
    #: How many are asked for, and whether every training with them has ended.
    seeds: int
    complete: bool
    #: Of every head that has been trained; of every twin that has been trained with a seed of the circuit's.
    heads: tuple[HeadSummary, ...]
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> str:
        """Plain sentences that follow from the numbers, whatever they are; none on a difference before the end.

        A verdict at every look would find a difference that is none more often than the intervals promise.
        """
        if not self.complete:
            return f"So far, {self.pairs} of {self.seeds} seeds have trained with every head. The verdict comes last."
        if self.conclusion is None:
            return f"Too few seeds for a verdict: it takes {MIN_SEEDS} with every head, here {_are(self.pairs)}."
        a, b = self.digits
        return f"{a} vs {b}, {self.pairs} seeds: {self.findings}. {self.conclusion}{self._stuck}"

    @property
    def pairs(self) -> int:
        """Seeds with which the circuit and every twin have been trained, or fewer."""
        return min(each.pairs for each in self.differences) if len(self.differences) == len(HEADS) - 1 else 0

    @property
    def findings(self) -> str:
        """The verdict's first half: what is found of every twin, without a full stop."""
        return _findings(self.differences)

    @property
    def conclusion(self) -> str | None:
        """The verdict's sentence; None before the end, and with fewer than `MIN_SEEDS` with every head."""
        return _conclusion(self.differences) if self.complete and self.pairs >= MIN_SEEDS else None

    @property
    def _stuck(self) -> str:
        stuck = ", ".join(f"{each.head} {each.stuck}" for each in self.heads if each.stuck)
        return f" Runs that did not learn (below {STUCK_BELOW:.0%}) count too: {stuck}." if stuck else ""


def _findings(differences: Sequence[Difference]) -> str:
    """Of every twin."""
    kinds = {kind: [each for each in differences if each.circuit_is == kind] for kind in ("better", "worse", "even")}
    said = [
        f"the circuit is {word} accurate than {_listed([f'{TWIN_NAMES[e.twin]} ({_by(e)})' for e in kinds[kind]])}"
        for kind, word in (("better", "more"), ("worse", "less"))
        if kinds[kind]
    ]
    if kinds["even"]:
        limits = [
            f"{TWIN_NAMES[each.twin]} "
            f"({f'at most {_points(each.largest)}' if each.equal < each.pairs else 'none with any seed'})"
            for each in kinds["even"]
        ]
        said.append(f"no difference in accuracy from {_listed(limits)} was found")
    return "; ".join(said)


def _conclusion(differences: Sequence[Difference]) -> str:
    """Whether the circuit helps: only if it is more accurate than everything that takes its place."""
    worse = [TWIN_NAMES[each.twin] for each in differences if each.circuit_is == "worse"]
    unbeaten = [TWIN_NAMES[each.twin] for each in differences if each.circuit_is != "better"]
    if not unbeaten:
        return "The circuit helps."
    if worse:
        return f"The circuit does not help: {_listed(worse)} {'does' if len(worse) == 1 else 'do'} better without it."
    if len(unbeaten) < len(differences):
        return f"It is not the circuit alone that helps: no difference from {_listed(unbeaten)} was found."
    return "Nothing here says that the circuit helps."


def _by(difference: Difference) -> str:
    low, high = sorted((abs(difference.accuracy.low), abs(difference.accuracy.high)))
    return f"by {_points(abs(difference.accuracy.value))}, 95%: {100 * low:.2f} to {100 * high:.2f}"


def _are(number: int) -> str:
    return f"{'is' if number == 1 else 'are'} {number}"


def _points(fraction: float) -> str:
    return f"{100 * fraction:.2f} percentage points"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
