"""Shared by `stuck`, `ablate` and `pairs`: train the runs of an experiment, and print a summary."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hqnn.commands.flags import add_common, add_settings, config_of
from hqnn.commands.streams import say
from hqnn.commands.trainings import add_trainings, answer
from hqnn.config import RunConfig
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results

Found = TypeVar("Found")


def add_flags(command: argparse.ArgumentParser, *, seeds: int, json: str, **defaults: str) -> None:
    """Give a command the flags of an experiment.

    Args:
        command: the command's parser.
        seeds: default number of seeds.
        json: help text of the flag `--json`.
        defaults: this command's own defaults, in words, by setting.
    """
    add_settings(command, **defaults)
    add_trainings(command, seeds=seeds)
    add_common(command, json=json)


def run(
    asked: Callable[[RunConfig, Iterable[int]], Header],
    found_in: Callable[[Header, Results], Found],
    as_json: Callable[[Found, dict[str, str]], str],
    lines: Callable[[Found], Iterable[str]],
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
    """Train the missing runs of an experiment, print its summary, and return the exit status.

    Args:
        asked: makes the experiment from settings and seeds.
        found_in: makes the summary from the experiment and its results.
        as_json: the summary as one JSON object, with the versions that computed it.
        lines: the summary as lines for people.
        preset: settings to start from.
        noise_preset: noise to start from.
        seeds: number of seeds.
        out: the results file; by default the experiment's usual one.
        workers: number of runs at the same time.
        json: whether to print JSON.
        yes: whether the use of a device is confirmed.
        given: the settings' flags.
    """
    config = config_of(preset, noise_preset, given)
    header = asked(config, range(config.seed, config.seed + seeds))
    results, _, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    found = found_in(header, results)
    for line in [as_json(found, results.header.versions)] if json else lines(found):
        say(line)
    return status
