"""`python -m hqnn stuck`: one training with many seeds, how many do not learn, and when that was said of them."""

import argparse
from collections.abc import Iterator, Sequence
from json import dumps, loads
from typing import Any

from pydantic import TypeAdapter

from hqnn.commands.flags import add_common, add_settings, config_of
from hqnn.commands.streams import say
from hqnn.commands.trainings import add_trainings, answer
from hqnn.config import RunConfig
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import Result
from hqnn.sweeps.stuck import Count, count, flagged, is_stuck


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "stuck", help="count the seeds whose training does not learn"
    )
    command.set_defaults(command=_stuck)
    add_settings(command)
    add_trainings(command, seeds=20)
    add_common(command, json="print one JSON object a training, and last how many did not learn")


def _stuck(
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
    header = experiments.stuck(config, range(config.seed, config.seed + seeds))
    results, configs, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    there = [results.have[each] for each in configs if each in results.have]
    found = count(there)
    for line in [as_json(found, config, results.header.versions)] if json else lines(found, there):
        say(line)
    return status


def as_json(found: Count, config: RunConfig, versions: dict[str, str]) -> str:
    """How many seeds did not learn, and what computed them, as one JSON object."""
    figures = loads(TypeAdapter(Count).dump_json(found))
    return dumps({"kind": "stuck", "digits": config.digits, **figures, "versions": versions})


def lines(found: Count, results: Sequence[Result]) -> Iterator[str]:
    """How many seeds did not learn, and when that was said of each."""
    yield f"stuck, with a test accuracy below {STUCK_BELOW:.0%} at the end: {found.stuck}"
    for result in filter(is_stuck, results):
        yield f"  seed {result.config.seed:>4}: accuracy {_accuracy(result):6.1%}, {_flagged(result)}"
    yield f"stuck ones flagged before half of their steps: {found.flagged_before_half}"
    yield f"healthy ones ever flagged: {found.healthy_flagged}"


def _accuracy(result: Result) -> float:
    return result.evaluation.accuracy if result.evaluation else float("nan")


def _flagged(result: Result) -> str:
    """When which rule spoke of it."""
    spoken = [f"{rule.title.lower()} from step {step} ({share:.0%})" for rule, step, share in flagged(result)]
    return "; ".join(spoken) or "never flagged"
