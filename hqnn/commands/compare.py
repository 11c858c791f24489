"""`hqnn compare`: saved runs and results files side by side, and the differences between them."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from json import dumps
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from hqnn.commands.streams import say
from hqnn.errors import HqnnError
from hqnn.sweeps.comparison import Compared, Row, differing, paired, sameness, value_words
from hqnn.sweeps.groups import groups
from hqnn.sweeps.results_file import Results
from hqnn.words import minus


class Entry(NamedTuple):
    """A row of the table, with its run if it has a single one."""

    row: Row
    run: Compared | None


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("compare", help="compare saved runs and results files")
    command.set_defaults(command=_compare)
    command.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="a run file (from train --save or the dashboard) or a results file (from sweep, ablate, stuck or pairs); "
        "a results file gives one row per combination of settings, with means over its seeds",
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")


def _compare(*, files: list[str], json: bool) -> int:
    entries = [entry for file in files for entry in _read(file)]
    for line in [_as_json(entries)] if json else _lines(entries):
        say(line)
    return 0


def _read(file: str) -> list[Entry]:
    """Return a file's rows of the table."""
    from hqnn.inference.networks import compared

    content = Path(file).read_bytes()
    if content.startswith(b"{"):
        results = Results.of(Path(file), content)
        rows = [Row.of_group(file, group, results.header) for group in groups(results)]
        if not rows:
            raise HqnnError(f"{file} must have at least one finished run, got none")
        return [Entry(row, None) for row in rows]
    try:
        run = compared(content)
    except HqnnError as error:
        raise HqnnError(f"{file}: {error}") from None
    return [Entry(Row.of(file, run), run)]


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield Markdown: a table, the kinds of its intervals, and a test of two networks on the same images."""
    rows, runs = [entry.row for entry in entries], [entry.run for entry in entries if entry.run]
    names, many = differing(rows), any(entry.run is None for entry in entries)
    heads = ["file", *names, *(["runs"] if many else []), "accuracy (95% interval)"]
    heads += ["−log p", "−p", "test images", "epochs", "state"]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        cells = [row.name.replace("|", r"\|"), *(value_words(name, row.settings[name]) for name in names)]
        cells += [str(row.trainings)] if many else []
        yield f"| {' | '.join([*cells, *_figures(row)])} |"
    yield ""
    yield "Losses are means over the test images. " + _intervals(bool(runs), many)
    if not names and len(runs) == len(entries) > 1:
        yield sameness(runs, [row.name for row in rows])
    if len(runs) == len(entries) == 2:
        found = paired(*runs)
        yield found.sentence(*(row.name for row in rows)) if found else _NOT_PAIRED


def _intervals(one: bool, many: bool) -> str:
    said = ["Wilson for a single run"] if one else []
    said += ["Student for a mean over seeds"] if many else []
    return f"Intervals: {'; '.join(said)}."


def _figures(row: Row) -> list[str]:
    losses = ["–" if loss is None else minus(f"{loss:.4f}") for loss in (row.cross_entropy, row.published)]
    accuracy = "–" if row.accuracy is None else str(row.accuracy)
    return [accuracy, *losses, f"{row.n:,}", f"{row.epochs} of {row.of_epochs}", row.state]


def _as_json(entries: Sequence[Entry]) -> str:
    rows, runs = [entry.row for entry in entries], [entry.run for entry in entries if entry.run]
    two = runs if len(runs) == len(entries) == 2 else None
    found = paired(*two) if two else None
    alike = len(runs) == len(entries) > 1 and not differing(rows)
    return dumps(
        {
            "kind": "comparison",
            "differing": differing(rows),
            "rows": [_plain(row) for row in rows],
            "sameness": sameness(runs, [row.name for row in rows]) if alike else None,
            "paired": None if found is None else {**asdict(found), "n": found.n, "p": found.p},
        },
        ensure_ascii=False,
    )


def _plain(row: Row) -> dict[str, Any]:
    accuracy = row.accuracy and {
        name: value if isfinite(value) else None for name, value in asdict(row.accuracy).items()
    }
    interval = "wilson" if row.trainings == 1 and not isinstance(row.settings["seed"], tuple) else "student"
    return asdict(row) | {"accuracy": accuracy, "interval": interval}


_NOT_PAIRED = "The predictions cannot be compared image by image: the two runs were not both tested on the same images."
