"""`hqnn pairs`: the same run on every pair of digits."""

import argparse
from collections.abc import Iterable, Iterator
from json import dumps
from math import isnan
from typing import Any

from hqnn.commands import experiment
from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.statistics.means import Mean
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.pairs import Atlas, Pair
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "pairs", aliases=["atlas"], help="train on each of the 45 pairs of digits"
    )
    command.set_defaults(command=_atlas)
    experiment.add_flags(command, seeds=1, json="print one JSON object per run, and a summary", n_test="all")


def _atlas(**options: Any) -> int:
    if options["digits"] is not None:
        raise HqnnError("this command trains all 45 pairs of digits: leave out --digits")
    return experiment.run(_asked, _found_in, as_json, lines, **options)


def _asked(config: RunConfig, seeds: Iterable[int]) -> Header:
    return experiments.atlas(config.replace(digits=RunConfig().digits), seeds)


def _found_in(_header: Header, results: Results) -> Atlas:
    return Atlas.of(results)


def as_json(found: Atlas, versions: dict[str, str]) -> str:
    """Return the accuracies, and the versions that computed them, as one JSON object."""
    pairs = [{"digits": pair.digits, "seeds": pair.seeds, "accuracy": _ends(pair.accuracy)} for pair in found.pairs]
    summary = {"mean": _ends(found.mean), "stuck": found.stuck} if found.pairs else {}
    return dumps({"kind": "atlas", "pairs": pairs, **summary, "versions": versions})


def lines(found: Atlas) -> Iterator[str]:
    """Yield the accuracies as Markdown: a table in percent, and a summary."""
    yield f"| accuracy, % | {' | '.join(map(str, range(10)))} |"
    yield f"|{'---|' * 11}"
    for digit, row in enumerate(found.table()):
        yield f"| {digit} | {' | '.join('–' if isnan(each) else f'{100 * each:.1f}' for each in row)} |"
    if not found.pairs:
        return
    yield ""
    yield f"mean of {len(found.pairs)} pairs: {_of(found.mean)}"
    yield f"lowest: {_named(found.lowest)}"
    yield f"highest: {_named(found.highest)}"
    if found.stuck:
        yield f"stuck runs (final test accuracy below {STUCK_BELOW:.0%}), included above: {found.stuck}"


def _named(pair: Pair) -> str:
    a, b = pair.digits
    return f"{a} vs {b}: {_of(pair.accuracy)}"


def _of(accuracy: Mean) -> str:
    return f"{accuracy.value:.2%} (95% interval {accuracy.low:.2%} to {accuracy.high:.2%})"


def _ends(accuracy: Mean) -> dict[str, float]:
    return {"value": accuracy.value, "low": accuracy.low, "high": accuracy.high}
