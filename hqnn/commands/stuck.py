"""`python -m hqnn stuck`: one training with many seeds, how many do not learn, and when that was said of them."""

import argparse
from collections.abc import Iterator
from typing import Any

from hqnn import questions
from hqnn.commands.flags import add_common, add_settings, config_of
from hqnn.commands.trainings import add_trainings, agree_to, complete, opened
from hqnn.config import RunConfig
from hqnn.diagnosis import RULES, STUCK
from hqnn.results import Result
from hqnn.scores import wilson
from hqnn.sweeps import STUCK_BELOW


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "stuck", help="count the seeds whose training does not learn"
    )
    command.set_defaults(command=_stuck)
    add_settings(command)
    add_trainings(command, seeds=20)
    add_common(command, json="print one JSON object a training")


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
    header = questions.stuck(config, range(config.seed, config.seed + seeds))
    configs = questions.configs(header)
    agree_to(configs, yes)
    results = opened(header, out)
    status = complete(results, configs, json=json, workers=workers)
    there = [results.have[each] for each in configs if each in results.have]
    if not json:
        print("\n".join(_lines([each for each in there if each.evaluation is not None])))
    return status


def is_stuck(result: Result) -> bool:
    """Whether a training has ended without having learned."""
    return result.evaluation is not None and result.evaluation.accuracy < STUCK_BELOW


def _lines(results: list[Result]) -> Iterator[str]:
    stuck = [result for result in results if is_stuck(result)]
    healthy = [result for result in results if not is_stuck(result)]
    yield f"stuck, with a test accuracy below {STUCK_BELOW:.0%} at the end: {share(len(stuck), len(results))}"
    for result in stuck:
        yield f"  seed {result.config.seed:>4}: accuracy {_accuracy(result):6.1%}, {_flagged(result)}"
    before_half = sum(_half(result.config) > result.flagged.get(STUCK.name, _half(result.config)) for result in stuck)
    yield f"stuck ones flagged before half of their steps: {share(before_half, len(stuck))}"
    yield f"healthy ones ever flagged: {share(sum(STUCK.name in result.flagged for result in healthy), len(healthy))}"


def share(part: int, whole: int) -> str:
    """3 of 20, 15.0% (95 % interval 5.2% to 36.0%): Wilson's."""
    if whole == 0:
        return "0 of 0"
    low, high = wilson(part, whole)
    return f"{part} of {whole}, {part / whole:.1%} (95 % interval {low:.1%} to {high:.1%})"


def _accuracy(result: Result) -> float:
    return result.evaluation.accuracy if result.evaluation else float("nan")


def _flagged(result: Result) -> str:
    """When which rule spoke of it."""
    total = result.config.epochs * result.config.steps_per_epoch
    spoken = [
        f"{rule.title.lower()} from step {result.flagged[rule.name]} ({result.flagged[rule.name] / total:.0%})"
        for rule in RULES
        if rule.name in result.flagged
    ]
    return "; ".join(spoken) or "never flagged"


def _half(config: RunConfig) -> float:
    return config.epochs * config.steps_per_epoch / 2
