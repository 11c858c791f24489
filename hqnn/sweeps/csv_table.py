"""Results as CSV tables. Each row contains its pair, all settings and all versions."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import chain
from typing import Any

from hqnn.config import RunConfig
from hqnn.sweeps.groups import groups
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results

#: Columns of an epoch, named as in `hqnn.sweeps.result.EpochResult`.
OF_EPOCH = (
    "epoch",
    "shots",
    "seconds",
    "loss",
    "test_loss",
    "train_accuracy",
    "test_accuracy",
    "test_accuracy_low",
    "test_accuracy_high",
    "exact_train_loss",
    "exact_test_loss",
    "exact_train_accuracy",
    "exact_test_accuracy",
)
#: Other names for columns whose names would be unclear or equal to a setting's.
_HEADS = {"shots": "shots_so_far", "seconds": "seconds_so_far"}
_SETTINGS_HEADS = {"loss": "loss_trained_on"}
OF_END = ("accuracy", "accuracy_low", "accuracy_high")


def race(results: Results) -> str:
    """Return a sweep as CSV, with one row per run and epoch, from epoch 0 on if it is recorded.

    The first columns are the pair, the varied settings, the seed, and shots and seconds so far. Losses and accuracies
    with 95 % Wilson intervals follow, and those of exact probabilities at the same θ. Unknown values are empty, such as
    shots with exact probabilities or the training loss in epoch 0. The last columns are the final accuracy with its
    interval, the kind of experiment, all other settings and all versions.
    """
    text = StringIO(newline="")
    first = [_SETTINGS_HEADS.get(name, name) for name in ("digits", *results.header.vary, "seed")]
    figures = [*(_HEADS.get(name, name) for name in OF_EPOCH), *(f"final_{name}" for name in OF_END)]
    rows = [row for group in groups(results) for result in group.results for row in _rows(result, results.header)]
    shared = [*about(results.header.config, results.header.versions), *chain.from_iterable(rows)]
    table = csv.DictWriter(text, dict.fromkeys([*first, *figures, "kind", *shared]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def about(config: RunConfig, versions: Mapping[str, str]) -> dict[str, Any]:
    """Return all settings and versions of a run, by the names of their columns."""
    settings = {_SETTINGS_HEADS.get(name, name): _written(name, value) for name, value in config}
    return settings | {f"version_{name}": value for name, value in versions.items()}


def _rows(result: Result, header: Header) -> Iterator[dict[str, Any]]:
    end = {f"final_{name}": getattr(result.evaluation, name) for name in OF_END}
    shared = {"kind": header.kind} | about(result.config, result.versions or header.versions)
    for point in result.curve:
        yield shared | {_HEADS.get(name, name): getattr(point, name) for name in OF_EPOCH} | end


def _written(name: str, value: Any) -> Any:
    """Return the value of a setting as the command line takes it."""
    if value is None:
        return {"shots": "exact", "n_train": "all", "n_test": "all"}.get(name, "none")
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else value
