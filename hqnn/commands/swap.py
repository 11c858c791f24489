"""`hqnn ablate`: the same network with the circuit, and with classical replacements."""

import argparse
from collections.abc import Iterator
from json import dumps, loads
from math import isfinite
from typing import Any

from pydantic import TypeAdapter

from hqnn.commands import experiment
from hqnn.sweeps import experiments
from hqnn.sweeps.ablation import compare
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.verdict import Difference, HeadSummary, Swap
from hqnn.words import minus


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "ablate", aliases=["swap"], help="compare the circuit with classical replacements"
    )
    command.set_defaults(command=_swap)
    experiment.add_flags(command, seeds=20, json="print one JSON object per run, and a summary")


def _swap(**options: Any) -> int:
    return experiment.run(experiments.swap, _found_in, as_json, lines, **options)


def _found_in(header: Header, results: Results) -> Swap:
    return compare(results.have, header.config, header.seeds)


def as_json(found: Swap, versions: dict[str, str]) -> str:
    """Return the comparison, and the versions that computed it, as one JSON object."""
    figures = loads(TypeAdapter(Swap).dump_json(found))
    return dumps({"kind": "swap", **figures, "verdict": found.verdict, "versions": versions})


def lines(found: Swap) -> Iterator[str]:
    """Yield the comparison as Markdown: two tables and the verdict."""
    yield "| head | runs | stuck | accuracy (95% interval) | lowest | accuracy after epoch 1 | training time |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_head, found.heads)
    yield ""
    yield (
        "| circuit minus | seeds compared | difference in accuracy, percentage points (simultaneous 95% intervals) "
        "| seeds with higher, lower accuracy |"
    )
    yield "|---|---|---|---|"
    yield from map(_difference, found.differences)
    yield ""
    yield found.verdict


def _head(of: HeadSummary) -> str:
    return (
        f"| {of.head} | {of.runs} | {of.stuck} | {of.accuracy} | {of.lowest:.2%} "
        f"| {of.by_epoch.get(1, '–')} | {of.seconds.value:.2f} s |"
    )


def _difference(of: Difference) -> str:
    points = [100 * value for value in (of.accuracy.value, of.accuracy.low, of.accuracy.high) if isfinite(value)]
    value, *interval = (minus(f"{each:+.2f}") for each in points)
    said = f"{value} ({' to '.join(interval)})" if interval else value
    return f"| {of.twin} | {of.pairs} | {said} | {of.higher}, {of.lower} |"
