"""`python -m hqnn atlas`: the same training on every pair of digits."""

import argparse
from collections.abc import Iterator
from json import dumps
from math import isnan
from typing import Any

from hqnn.commands.flags import add_common, add_settings, config_of
from hqnn.commands.streams import say
from hqnn.commands.trainings import add_trainings, answer
from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.statistics.means import Mean
from hqnn.sweeps import experiments
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.pairs import Atlas, Pair


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("atlas", help="train on each of the 45 pairs of digits")
    command.set_defaults(command=_atlas)
    add_settings(command, n_test="all")
    add_trainings(command, seeds=1)
    add_common(command, json="print one JSON object a training, and last what they amount to")


def _atlas(
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
    if given["digits"] is not None:
        raise HqnnError("an atlas trains all 45 pairs: leave --digits out")
    config = config_of(preset, noise_preset, given).replace(digits=RunConfig().digits)
    header = experiments.atlas(config, range(config.seed, config.seed + seeds))
    results, _, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    found = Atlas.of(results)
    for line in [as_json(found, results.header.versions)] if json else lines(found):
        say(line)
    return status


def as_json(found: Atlas, versions: dict[str, str]) -> str:
    """What an atlas has found and what computed it, as one JSON object."""
    pairs = [{"digits": pair.digits, "seeds": pair.seeds, "accuracy": _ends(pair.accuracy)} for pair in found.pairs]
    summary = {"mean": _ends(found.mean), "stuck": found.stuck} if found.pairs else {}
    return dumps({"kind": "atlas", "pairs": pairs, **summary, "versions": versions})


def lines(found: Atlas) -> Iterator[str]:
    """What an atlas has found, as Markdown: a table of accuracies in percent, and what they amount to."""
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
        yield f"trainings that did not learn (below {STUCK_BELOW:.0%}), which count too: {found.stuck}"


def _named(pair: Pair) -> str:
    a, b = pair.digits
    return f"{a} vs {b}: {_of(pair.accuracy)}"


def _of(accuracy: Mean) -> str:
    return f"{accuracy.value:.2%} (95% interval {accuracy.low:.2%} to {accuracy.high:.2%})"


def _ends(accuracy: Mean) -> dict[str, float]:
    return {"value": accuracy.value, "low": accuracy.low, "high": accuracy.high}
