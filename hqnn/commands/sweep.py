"""`python -m hqnn sweep`: trainings with every combination of some settings' values, each with the same seeds."""

import argparse
from collections.abc import Iterator
from math import prod
from typing import Any

from hqnn.commands.flags import add_common, add_settings, config_of, value_of
from hqnn.commands.trainings import MAX_TRAININGS, add_trainings, agree_to, complete, opened
from hqnn.race import final, groups, spoken
from hqnn.results import Header, Results
from hqnn.settings import HqnnError
from hqnn.sweeps import grid


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("sweep", help="train many networks and compare them")
    command.set_defaults(command=_sweep)
    command.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="SETTING=A,B,…",
        help="values of a setting, such as shots=10,100,exact or digits=3-7,0-1; every combination if given again",
    )
    add_settings(command)
    add_trainings(command, seeds=5)
    add_common(command, json="print one JSON object a training")


def _sweep(
    *,
    preset: str,
    noise_preset: str,
    vary: list[str],
    seeds: int,
    out: str | None,
    workers: int | None,
    json: bool,
    yes: bool,
    **given: Any,
) -> int:
    config = config_of(preset, noise_preset, given)
    asked = variations(vary)
    number = seeds * prod(map(len, asked.values()))
    if number > MAX_TRAININGS:
        raise HqnnError(f"there must be at most {MAX_TRAININGS:,} trainings, got {number:,}")
    wanted = range(config.seed, config.seed + seeds)
    configs = list(dict.fromkeys(grid(config, seed=wanted, **asked)))
    values = {name: tuple(dict.fromkeys(getattr(each, name) for each in configs)) for name in asked}
    agree_to(configs, yes)
    results = opened(Header(kind="sweep", config=config, vary=values, seeds=tuple(wanted)), out)
    status = complete(results, configs, json=json, workers=workers)
    if not json:
        print("\n".join(_table(results)))
    return status


def variations(vary: list[str]) -> dict[str, list[Any]]:
    """What "shots=10,exact" and the like say: the values of each setting, which RunConfig checks."""
    found: dict[str, list[Any]] = {}
    for said in vary:
        name, equals, values = said.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise HqnnError(f"--vary must be SETTING=A,B,…, got {said!r}")
        if name == "seed":
            raise HqnnError("--vary must not name the seed: --seeds says how many there are")
        if name in found:
            raise HqnnError(f"--vary must name a setting once, got {name} twice")
        found[name] = [_value(name, value.strip()) for value in values.split(",")]
    return found


def _table(results: Results) -> Iterator[str]:
    """Markdown: one row for each setting."""
    names = list(results.header.vary)
    yield f"| {' | '.join([*names, 'runs', 'mean accuracy (95 % interval)', 'lowest', 'stuck'])} |"
    yield "|---" * (len(names) + 4) + "|"
    for group in groups(results):
        found = final(group)
        values = [spoken(name, value) for name, value in group.values.items()]
        figures = [str(found.runs), str(found.accuracy), f"{found.lowest:.2%}", str(found.stuck)]
        yield f"| {' | '.join([*values, *figures])} |"


def _value(name: str, said: str) -> Any:
    if name != "digits":
        return value_of(name, said)
    if said.count("-") != 1:
        raise HqnnError(f"digits must be two digits such as 3-7, got {said!r}")
    return said.split("-")
