"""Circuit vs classical: does the circuit help, or would a classical function do as well?

Every seed trains once with the circuit and once with each classical replacement. First weights, images, order, dropout,
loss and number of steps are the same. All are tested with exact probabilities. So each seed gives a pair, and the
test uses the differences within pairs: Student 1908, doi:10.1093/biomet/6.1.1. The three intervals hold together at
95 %, each at 98.3 %: Bonferroni's correction, Dunn 1961, doi:10.1080/01621459.1961.10482090.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from numpy.typing import ArrayLike

from hqnn.config import ENGINES, HEADS, RunConfig, check_circuit
from hqnn.errors import ConfigError
from hqnn.statistics.means import Mean, difference, end_accuracy, mean, mean_accuracy
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.groups import in_common
from hqnn.sweeps.result import Figures, Result
from hqnn.sweeps.verdict import CONFIDENCE, Difference, HeadSummary, Swap


def swap_configs(config: RunConfig, seeds: Iterable[int]) -> tuple[RunConfig, ...]:
    """Return the runs of the experiment: every head with every seed, seed by seed, tested with exact probabilities.

    Args:
        config: of the circuit's run. Its seed and exact_evaluation do not matter.
        seeds: of the pairs.

    Raises:
        ConfigError: (a ValueError) if the config is without the circuit, or for a device, which can only measure.
    """
    check_circuit(config)
    if ENGINES[config.engine].hardware:
        raise ConfigError(
            f"engine must be a simulator, because the test uses exact probabilities, got {config.engine!r}"
        )
    return _of_every_head(config.model_dump_json(), tuple(dict.fromkeys(seeds)))


@lru_cache(maxsize=20)
def _of_every_head(settings: str, seeds: tuple[int, ...]) -> tuple[RunConfig, ...]:
    """Return every head with every seed. Cached, because pages need it often and each config takes 50 µs."""
    config = RunConfig.model_validate_json(settings)
    return tuple(config.replace(seed=seed, exact_evaluation=True).with_head(head) for seed in seeds for head in HEADS)


def compare(results: Mapping[RunConfig, Result], config: RunConfig, seeds: Sequence[int]) -> Swap:
    """Return the results so far. Missing and failed runs are left out, with their pairs.

    Args:
        results: of runs, by config (`hqnn.sweeps.results_file.Results.have`).
        config: as for `swap_configs`.
        seeds: as for `swap_configs`.
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
