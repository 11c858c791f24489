"""`hqnn sweep`: runs with every combination of some settings' values, each with the same seeds."""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hqnn import files
from hqnn.commands.flags import add_common, add_settings, config_of, file_to_write, value_of
from hqnn.commands.streams import say
from hqnn.commands.trainings import add_trainings, answer
from hqnn.config.words import spoken
from hqnn.errors import HqnnError
from hqnn.sweeps import csv_table, experiments
from hqnn.sweeps.groups import Group, final, groups, recorded
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.summaries import reach as reach_of


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "sweep", help="train all combinations of settings with several seeds, and compare them"
    )
    command.set_defaults(command=_sweep)
    command.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="SETTING=A,B,…",
        help="values to try for one setting, such as shots=10,100,exact or digits=3-7,0-1; "
        "repeat --vary to try all combinations of several settings",
    )
    command.add_argument(
        "--reach",
        type=_share,
        default=0.95,
        metavar="SHARE",
        help="target test accuracy: the table shows the epochs and shots needed to reach it (default: 0.95)",
    )
    command.add_argument(
        "--csv",
        type=file_to_write("csv"),
        metavar="FILE.csv",
        help="also write a CSV table with one row per run and epoch",
    )
    command.add_argument(
        "--figure",
        type=file_to_write("png", "svg"),
        metavar="FILE.png|FILE.svg",
        help="also draw a figure: the mean test accuracy over epochs with its 95%% interval over seeds, "
        "for the first 8 combinations",
    )
    add_settings(command)
    add_trainings(command, seeds=5)
    add_common(command, json="print one JSON object per run")


def _sweep(
    *,
    preset: str,
    noise_preset: str,
    vary: list[str],
    reach: float,
    seeds: int,
    out: str | None,
    workers: int | None,
    json: bool,
    yes: bool,
    csv: str | None,
    figure: str | None,
    **given: Any,
) -> int:
    config = config_of(preset, noise_preset, given)
    header = experiments.sweep(config, variations(vary), range(config.seed, config.seed + seeds))
    results, _, status = answer(header, out=out, workers=workers, json=json, yes=yes)
    try:
        for line in () if json else _table(results, reach):
            say(line)
    finally:
        _write(results, csv, figure)
    return status


def _write(results: Results, csv: str | None, figure: str | None) -> None:
    if csv:
        files.write(csv, csv_table.race(results).encode())
    if figure:
        from hqnn.sweeps import print_figure

        files.write(figure, print_figure.of_results(results, "svg" if figure.endswith(".svg") else "png"))


def variations(vary: list[str]) -> dict[str, list[Any]]:
    """Read arguments such as "shots=10,exact". Return the values per setting, which RunConfig checks."""
    found: dict[str, list[Any]] = {}
    for said in vary:
        name, equals, values = said.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise HqnnError(f"--vary must be SETTING=A,B,…, got {said!r}")
        if name == "seed":
            raise HqnnError("--vary must not name the seed: use --seeds for the number of seeds")
        if name in found:
            raise HqnnError(f"--vary must name a setting once, got {name} twice")
        found[name] = [_value(name, value.strip()) for value in values.split(",")]
    return found


def _table(results: Results, share: float) -> Iterator[str]:
    """Yield Markdown with one row per combination.

    Epochs and shots are medians over all runs. A run that never reaches the target counts as the slowest.
    """
    names = list(results.header.vary)
    means = ["mean accuracy as tested (95% interval)", "with exact probabilities (95% interval)"]
    figures = ["runs", *means, "lowest", "stuck", f"reached {share:.4g}", "epochs", "shots"]
    yield f"| {' | '.join([*names, *figures])} |"
    yield "|---" * (len(names) + len(figures)) + "|"
    for group in groups(results):
        values = [spoken(name, value) for name, value in group.values.items()]
        yield f"| {' | '.join([*values, *_figures(group, share)])} |"


def _figures(group: Group, share: float) -> list[str]:
    end, way = final(group), reach_of(group, share)
    exact = recorded(replace(group, measure="exact_test_accuracy"), "exact_test_accuracy")
    needed = ["–" if each is None else f"{each:,}" for each in (way.epochs, way.shots)]
    return [
        str(end.runs),
        str(end.accuracy),
        str(final(exact).accuracy) if len(exact.results) == end.runs else "not recorded",
        f"{end.lowest:.2%}",
        str(end.stuck),
        f"{way.reached} of {way.runs}",
        *needed,
    ]


def _share(said: str) -> float:
    try:
        share = float(said)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, got {said!r}")
    return share


def _value(name: str, said: str) -> Any:
    if name != "digits":
        return value_of(name, said)
    if said.count("-") != 1:
        raise HqnnError(f"digits must be two digits such as 3-7, got {said!r}")
    return said.split("-")
