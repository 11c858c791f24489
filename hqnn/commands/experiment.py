"""What `stuck`, `swap` and `atlas` have in common: the trainings of a question, and what they amount to at the end."""

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
        seeds: how many there are by default.
        json: what is printed as JSON.
        defaults: by setting, the words for those values that are this command's own.
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
    """Train what an experiment asks for, and say what it has found; returns the exit status.

    Args:
        asked: the question, for settings and seeds.
        found_in: what a file's trainings say to it.
        as_json: that as one JSON object, with what computed it.
        lines: that for people.
        preset: settings to start from.
        noise_preset: noise to start from.
        seeds: how many there are.
        out: the file; by default the one that the question has.
        workers: trainings at once.
        json: whether JSON is printed.
        yes: whether a device's time is agreed to.
        given: what flags say of the settings.
    """
    config = config_of(preset, noise_preset, given)
    header = asked(config, range(config.seed, config.seed + seeds))
    results, _, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    found = found_in(header, results)
    for line in [as_json(found, results.header.versions)] if json else lines(found):
        say(line)
    return status
