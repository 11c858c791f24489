"""Whether the circuit helps: it is compared with each classical replacement, in numbers and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hqnn.config import HEADS
from hqnn.statistics.means import MIN_SEEDS, Mean
from hqnn.sweeps.grid import STUCK_BELOW

#: Confidence of each interval, so that all of them hold together at 95 %.
CONFIDENCE = 1 - 0.05 / (len(HEADS) - 1)
#: Names of the classical replacements.
TWIN_NAMES = {"sigmoid": "the sigmoid", "sine": "the noiseless sine", "linear": "the plain linear output"}


@dataclass(frozen=True)
class HeadSummary:
    """All runs with one head."""

    head: str
    runs: int
    #: Runs that ended below `hqnn.sweeps.grid.STUCK_BELOW`. They count in every mean.
    stuck: int
    #: Final test accuracy, a fraction, and the lowest of all seeds.
    accuracy: Mean
    lowest: float
    #: Seconds per run, without the tests after each epoch.
    seconds: Mean
    #: Epochs that all runs recorded, and the test accuracy after each.
    epochs: tuple[int, ...]
    curve: tuple[Mean, ...]

    @property
    def by_epoch(self) -> dict[int, Mean]:
        """Test accuracy by epoch."""
        return dict(zip(self.epochs, self.curve, strict=True))


@dataclass(frozen=True)
class Difference:
    """The circuit's accuracy minus that of a classical replacement, in pairs of the same seed."""

    twin: str
    pairs: int
    #: Number of seeds with which the circuit is more, and less, accurate.
    higher: int
    lower: int
    #: Mean difference, a fraction, with its interval at `CONFIDENCE`.
    accuracy: Mean
    #: Seed and difference of every pair, in the order of the seeds.
    by_seed: tuple[tuple[int, float], ...]

    @property
    def equal(self) -> int:
        """Number of seeds with which both are equally accurate."""
        return self.pairs - self.higher - self.lower

    @property
    def circuit_is(self) -> Literal["better", "worse", "even"]:
        """The result by the interval: "even" if it includes 0."""
        return "better" if self.accuracy.low > 0 else "worse" if self.accuracy.high < 0 else "even"

    @property
    def largest(self) -> float:
        """Distance from 0 to the farther end of the interval: no larger difference is plausible."""
        return max(abs(self.accuracy.low), abs(self.accuracy.high))


@dataclass(frozen=True)
class Swap:
    """Results so far of the circuit and its classical replacements."""

    digits: tuple[int, int]
    #: Number of seeds in the experiment, and whether all of its runs are finished.
    seeds: int
    complete: bool
    #: Heads with a finished run, and replacements with a finished pair.
    heads: tuple[HeadSummary, ...]
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> str:
        """The verdict in sentences. It compares only when all runs are finished.

        A test after every run would find false differences more often than the intervals promise.
        """
        if not self.complete:
            return f"So far, {self.pairs} of {self.seeds} seeds have finished with every head. The verdict comes last."
        if self.conclusion is None:
            return f"Too few seeds for a verdict: it needs {MIN_SEEDS} finished with every head, got {self.pairs}."
        a, b = self.digits
        return f"{a} vs {b}, {self.pairs} seeds: {self.findings} {self.conclusion}{self._stuck}"

    @property
    def pairs(self) -> int:
        """Least number of finished pairs over all replacements."""
        return min(each.pairs for each in self.differences) if len(self.differences) == len(HEADS) - 1 else 0

    @property
    def findings(self) -> str:
        """The comparison with every replacement, in sentences."""
        return _findings(self.differences)

    @property
    def conclusion(self) -> str | None:
        """The verdict's last sentence; None before the end, and with fewer than `MIN_SEEDS` pairs."""
        return _conclusion(self.differences) if self.complete and self.pairs >= MIN_SEEDS else None

    @property
    def _stuck(self) -> str:
        stuck = ", ".join(f"{each.head} {each.stuck}" for each in self.heads if each.stuck)
        return f" Stuck runs (below {STUCK_BELOW:.0%}) are included: {stuck}." if stuck else ""


def _findings(differences: Sequence[Difference]) -> str:
    """Return the comparison with every replacement, in sentences."""
    kinds = {kind: [each for each in differences if each.circuit_is == kind] for kind in ("better", "worse", "even")}
    said = [
        f"The circuit is {word} accurate than {_listed([f'{TWIN_NAMES[e.twin]} ({_by(e)})' for e in kinds[kind]])}."
        for kind, word in (("better", "more"), ("worse", "less"))
        if kinds[kind]
    ]
    if kinds["even"]:
        limits = [
            f"{TWIN_NAMES[each.twin]} "
            f"({f'at most {_points(each.largest)}' if each.equal < each.pairs else 'equal with every seed'})"
            for each in kinds["even"]
        ]
        said.append(f"No difference was found from {_listed(limits)}.")
    return " ".join(said)


def _conclusion(differences: Sequence[Difference]) -> str:
    """Return whether the circuit helps: only if it is more accurate than every replacement."""
    worse = [TWIN_NAMES[each.twin] for each in differences if each.circuit_is == "worse"]
    unbeaten = [TWIN_NAMES[each.twin] for each in differences if each.circuit_is != "better"]
    if not unbeaten:
        return "The circuit helps: it beats every classical replacement."
    if worse:
        return f"The circuit does not help: {_listed(worse)} {'is' if len(worse) == 1 else 'are'} more accurate."
    if len(unbeaten) < len(differences):
        return f"The circuit beats some replacements, but no difference from {_listed(unbeaten)} was found."
    return "This test shows no benefit from the circuit."


def _by(difference: Difference) -> str:
    low, high = sorted((abs(difference.accuracy.low), abs(difference.accuracy.high)))
    return f"by {_points(abs(difference.accuracy.value))}, 95%: {100 * low:.2f} to {100 * high:.2f}"


def _points(fraction: float) -> str:
    return f"{100 * fraction:.2f} percentage points"


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
