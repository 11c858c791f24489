"""Results as tables that a spreadsheet opens."""

import csv
from io import StringIO
from typing import Any

from hqnn.race import groups
from hqnn.results import Result, Results

#: Of a training after one of its epochs, as `hqnn.results.EpochResult` calls them.
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
#: What they are called where their names would be settings' or unclear.
_HEADS = {"shots": "shots_so_far", "seconds": "seconds_so_far"}
OF_END = ("accuracy", "accuracy_low", "accuracy_high")


def race(results: Results) -> str:
    """A sweep as CSV: a row for each training and epoch.

    The settings that vary, the seed, what the training has taken so far (shots are empty with exact probabilities), its
    losses and accuracies with Wilson's 95 % interval, those of exact probabilities at the same θ (empty where they are
    not recorded), and the accuracy of the network at the end with its own interval.
    """
    text = StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    vary = list(results.header.vary)
    table.writerow(
        [*vary, "seed", *(_HEADS.get(name, name) for name in OF_EPOCH), *(f"final_{name}" for name in OF_END)]
    )
    for group in groups(results):
        for result in group.results:
            table.writerows(_rows([_written(name, value) for name, value in group.values.items()], result))
    return text.getvalue()


def _rows(values: list[Any], result: Result) -> list[list[Any]]:
    end = [getattr(result.evaluation, name) for name in OF_END]
    return [[*values, result.config.seed, *(getattr(point, name) for name in OF_EPOCH), *end] for point in result.curve]


def _written(name: str, value: Any) -> Any:
    """A setting's value as the command line takes it."""
    if value is None:
        return {"shots": "exact", "n_train": "all", "n_test": "all"}.get(name, "none")
    return "-".join(map(str, value)) if isinstance(value, list | tuple) else value
