"""`hqnn stuck`: the same run with many seeds. How many fail to learn, and when did the diagnosis flag them?"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

from pydantic import TypeAdapter

from hqnn.commands import experiment
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.stuck import Count, count, flagged, is_stuck


@dataclass(frozen=True)
class Found:
    """The runs of an experiment, and how many are stuck."""

    digits: tuple[int, int]
    trainings: list[Result]
    counted: Count


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("stuck", help="count the seeds whose run fails to learn")
    command.set_defaults(command=_stuck)
    experiment.add_flags(command, seeds=20, json="print one JSON object per run, and a summary")


def _stuck(**options: Any) -> int:
    return experiment.run(experiments.stuck, _found_in, as_json, lines, **options)


def _found_in(header: Header, results: Results) -> Found:
    there = [results.have[each] for each in experiments.configs(header) if each in results.have]
    return Found(header.config.digits, there, count(there))


def as_json(found: Found, versions: dict[str, str]) -> str:
    """Return the counts, and the versions that computed them, as one JSON object."""
    figures = loads(TypeAdapter(Count).dump_json(found.counted))
    return dumps({"kind": "stuck", "digits": found.digits, **figures, "versions": versions})


def lines(found: Found) -> Iterator[str]:
    """Yield the counts as lines for people, with one line per stuck run."""
    yield f"stuck (final test accuracy below {STUCK_BELOW:.0%}): {found.counted.stuck}"
    for result in filter(is_stuck, found.trainings):
        yield f"  seed {result.config.seed:>4}: accuracy {_accuracy(result):6.1%}, {_flagged(result)}"
    yield f"stuck runs flagged before the halfway point: {found.counted.flagged_before_half}"
    yield f"healthy runs ever flagged (false alarms): {found.counted.healthy_flagged}"


def _accuracy(result: Result) -> float:
    return result.evaluation.accuracy if result.evaluation else float("nan")


def _flagged(result: Result) -> str:
    """Return which rules flagged a run, and at which step."""
    spoken = [f"{rule.title.lower()} from step {step} ({share:.0%})" for rule, step, share in flagged(result)]
    return "; ".join(spoken) or "never flagged"
