"""The swap test: does the circuit help, or would a classical function in its place do as well?

Every seed trains once with the circuit and once with each of its twins: the same first weights, images, order and
dropout, the same loss and the same number of steps, all tested with exact probabilities. So each seed gives a pair, and
differences within pairs are what is compared: Student 1908, doi:10.1093/biomet/6.1.1. The intervals of all twins hold
together at 95 %, each at 98.3 %: Bonferroni's correction, Dunn 1961, doi:10.1080/01621459.1961.10482090.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from hqnn.config import ENGINES, HEADS, RunConfig, check_circuit
from hqnn.errors import ConfigError
from hqnn.statistics.means import MIN_SEEDS, Mean, difference, end_accuracy, mean, mean_accuracy
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.groups import in_common
from hqnn.sweeps.result import Figures, Result

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


def swap_configs(config: RunConfig, seeds: Iterable[int]) -> list[RunConfig]:
    """The trainings of a swap test: every head with every seed, seed by seed, tested with exact probabilities.

    Args:
        config: the circuit's run; its seed and exact_evaluation do not matter.
        seeds: of the pairs.

    Raises:
        ConfigError: (a ValueError) if the config is not of a circuit, or of a device, which only measures.
    """
    check_circuit(config)
    if ENGINES[config.engine].hardware:
        raise ConfigError(
            f"engine must be a simulator: a swap test asks for exact probabilities, got {config.engine!r}"
        )
    return [
        config.replace(seed=seed, exact_evaluation=True).with_head(head)
        for seed in dict.fromkeys(seeds)
        for head in HEADS
    ]


def compare(results: Mapping[RunConfig, Result], config: RunConfig, seeds: Sequence[int]) -> Swap:
    """What a swap test has found so far; trainings that are missing or have failed are left out with their pairs.

    Args:
        results: of trainings, by config (`hqnn.sweeps.results_file.Results.have`).
        config: as of `swap_configs`.
        seeds: as of `swap_configs`.
    """
    found: dict[str, dict[int, Result]] = {head: {} for head in HEADS}
    wanted = swap_configs(config, seeds)
    for each in wanted:
        result = results.get(each)
        if result is not None and result.evaluation is not None and result.error is None:
            found[each.head][each.seed] = result
    circuit = _ends(found["circuit"])
    twins = {head: _ends(of_head) for head, of_head in found.items() if head != "circuit"}
    return Swap(
        digits=config.digits,
        seeds=len(wanted) // len(HEADS),
        complete=all(each in results for each in wanted),
        heads=tuple(_summary(head, list(of_head.values())) for head, of_head in found.items() if of_head),
        differences=tuple(
            _difference(head, {seed: (circuit[seed], twin[seed]) for seed in sorted(circuit.keys() & twin.keys())})
            for head, twin in twins.items()
            if circuit.keys() & twin.keys()
        ),
    )


def _ends(results: Mapping[int, Result]) -> dict[int, Figures]:
    return {seed: result.evaluation for seed, result in results.items() if result.evaluation is not None}


def _summary(head: str, results: Sequence[Result]) -> HeadSummary:
    ends = list(_ends(dict(enumerate(results))).values())
    accuracies = [end.accuracy for end in ends]
    points = in_common(results)
    return HeadSummary(
        head=head,
        runs=len(results),
        stuck=sum(accuracy < STUCK_BELOW for accuracy in accuracies),
        accuracy=end_accuracy(ends),
        lowest=min(accuracies),
        seconds=_mean([result.curve[-1].seconds for result in results]),
        epochs=tuple(at[0].epoch for at in points),
        curve=tuple(_mean_accuracy([point.test_accuracy for point in at]) for at in points),
    )


def _difference(twin: str, pairs: Mapping[int, tuple[Figures, Figures]]) -> Difference:
    by_seed = {seed: circuit.accuracy - other.accuracy for seed, (circuit, other) in pairs.items()}
    return Difference(
        twin,
        pairs=len(pairs),
        higher=sum(each > 0 for each in by_seed.values()),
        lower=sum(each < 0 for each in by_seed.values()),
        accuracy=difference(list(pairs.values()), CONFIDENCE),
        by_seed=tuple(by_seed.items()),
    )


def _mean(values: ArrayLike) -> Mean:
    return Mean(*map(float, mean(values)))


def _mean_accuracy(values: ArrayLike) -> Mean:
    return Mean(*map(float, mean_accuracy(values)))


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
