"""`python -m hqnn swap`: the same network with the circuit, and with a classical function in its place."""

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
        "swap", help="train with the circuit and with classical functions in its place, and compare"
    )
    command.set_defaults(command=_swap)
    experiment.add_flags(command, seeds=20, json="print one JSON object a training, and last what they amount to")


def _swap(**options: Any) -> int:
    return experiment.run(experiments.swap, _found_in, as_json, lines, **options)


def _found_in(header: Header, results: Results) -> Swap:
    return compare(results.have, header.config, header.seeds)


def as_json(found: Swap, versions: dict[str, str]) -> str:
    """What a swap test has found and what computed it, as one JSON object."""
    figures = loads(TypeAdapter(Swap).dump_json(found))
    return dumps({"kind": "swap", **figures, "verdict": found.verdict, "versions": versions})


def lines(found: Swap) -> Iterator[str]:
    """What a swap test has found, as Markdown: two tables and the verdict."""
    yield "| in the circuit's place | runs | stuck | accuracy (95% interval) | lowest | after epoch 1 | training |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_head, found.heads)
    yield ""
    yield "| circuit minus | pairs | accuracy, percentage points (95% intervals, together) | higher, lower |"
    yield "|---|---|---|---|"
    yield from map(_difference, found.differences)
    yield ""
    yield found.verdict


def _head(of: HeadSummary) -> str:
    name = "(the circuit itself)" if of.head == "circuit" else of.head
    return (
        f"| {name} | {of.runs} | {of.stuck} | {of.accuracy} | {of.lowest:.2%} "
        f"| {of.by_epoch.get(1, '–')} | {of.seconds.value:.2f} s |"
    )


def _difference(of: Difference) -> str:
    points = [100 * value for value in (of.accuracy.value, of.accuracy.low, of.accuracy.high) if isfinite(value)]
    value, *interval = (minus(f"{each:+.2f}") for each in points)
    said = f"{value} ({' to '.join(interval)})" if interval else value
    return f"| {of.twin} | {of.pairs} | {said} | {of.higher}, {of.lower} |"
