"""`python -m hqnn swap`: the same network with the circuit, and with a classical function in its place."""

import argparse
from collections.abc import Iterator
from json import dumps, loads
from math import isfinite
from typing import Any

from pydantic import TypeAdapter

from hqnn.commands.flags import add_common, add_settings, config_of
from hqnn.commands.streams import say
from hqnn.commands.trainings import add_trainings, answer
from hqnn.sweeps import experiments
from hqnn.sweeps.ablation import compare
from hqnn.sweeps.verdict import Difference, HeadSummary, Swap
from hqnn.words import minus


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "swap", help="train with the circuit and with classical functions in its place, and compare"
    )
    command.set_defaults(command=_swap)
    add_settings(command)
    add_trainings(command, seeds=20)
    add_common(command, json="print one JSON object a training, and last what they amount to")


def _swap(
    *,
    preset: str,
    noise_preset: str,
    seeds: int,
    out: str | None,
    workers: int | None,
    json: bool,
    yes: bool,
    **given: Any,
) -> int:
    config = config_of(preset, noise_preset, given)
    header = experiments.swap(config, range(config.seed, config.seed + seeds))
    results, _, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    found = compare(results.have, config, header.seeds)
    for line in [as_json(found, results.header.versions)] if json else lines(found):
        say(line)
    return status


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
