"""The curves of a sweep as lines, with their names and styles. Pages and printed figures use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import isclose, pi
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hqnn.config import RunConfig
from hqnn.config.words import spoken
from hqnn.shift import in_pi
from hqnn.sweeps.grid import grid
from hqnn.sweeps.groups import Group, Measure, groups, recorded
from hqnn.sweeps.result import Header, shots_an_epoch
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.summaries import curve
from hqnn.words import plural

#: What is on the horizontal axis.
Against = Literal["epochs", "shots"]

AXES: dict[Against, str] = {"epochs": "epoch", "shots": "total shots per run (log axis)"}
#: How networks are tested: with exact probabilities, or with their own shots.
TESTED = {True: "exact probabilities", False: "own shots"}
_LOSSES = {"cross-entropy": "loss −log p", "published": "loss −p"}


@dataclass(frozen=True)
class LineStyle:
    """Style of a line: its colours on light and dark ground, its dashes, and its mark."""

    light: str
    dark: str
    #: Lengths of strokes and gaps, in pixels; empty for a solid line.
    dash: tuple[int, ...]
    mark: str
    filled: bool

    @property
    def sign(self) -> str:
        """The mark as a character."""
        return self.mark if self.filled else {"■": "□", "▲": "△", "▼": "▽", "★": "☆"}[self.mark]


#: Colours that colour-blind people can distinguish, also from those of the two digits, and marks that no digit has.
LINE_STYLES = (
    LineStyle("#00795A", "#3CCBA0", (), "■", True),
    LineStyle("#8A3FB0", "#B57BE6", (8, 4), "▲", True),
    LineStyle("#1B2421", "#F2F7F5", (2, 3), "▼", True),
    LineStyle("#A68200", "#F0D24A", (10, 3, 2, 3), "★", True),
    LineStyle("#5C26FF", "#9326FF", (), "▲", False),
    LineStyle("#40400A", "#8C6E15", (8, 4), "■", False),
    LineStyle("#B274B2", "#8C5B8C", (2, 3), "★", False),
    LineStyle("#170A40", "#D2FFA6", (10, 3, 2, 3), "▼", False),
)


@dataclass(frozen=True)
class Line:
    """Mean of a group over seeds, epoch by epoch. All arrays: (epochs,)."""

    name: str
    style: LineStyle
    #: Number of runs.
    runs: int
    #: Epochs, or total shots without the 0 of epoch 0, which has no place on a log axis. None for exact probabilities
    #: on the axis of shots: the final value is a horizontal line there.
    x: NDArray[np.int64] | None
    #: Mean and ends of its 95 % interval, NaN with one seed. Accuracies are in percent.
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def names(header: Header) -> list[str]:
    """Return the names of all groups of a sweep, in order, also of those without results."""
    vary = header.vary
    return [called(dict(zip(vary, values, strict=True))) for values in product(*vary.values())]


def called(values: Mapping[str, Any]) -> str:
    """Return the name of a group, from its varied settings: 10 shots, s = π/2."""
    return ", ".join(called_one(name, value) for name, value in values.items()) or "all seeds"


def called_one(name: str, value: Any) -> str:
    """Return the value of one setting as a group's name contains it."""
    if name == "shots":
        return "exact" if value is None else plural(value, "shot")
    if name == "shift":
        return f"s = {shift_name(value)}"
    if name == "gradient_rule":
        return "raw difference" if value == "published" else value
    if name == "engine":
        return f"{value} engine"
    if name == "depolarizing_1q":
        return f"noise {spoken(name, value)}"
    said = spoken(name, value)
    return said if name == "digits" else f"{name.replace('_', ' ')} {said}"


def shift_name(shift: float) -> str:
    """Return a shift as a multiple of π if it is a multiple of π/8, else in radians."""
    eighths = round(8 * shift / pi)
    return in_pi(Fraction(eighths, 8)) if isclose(shift, eighths * pi / 8, abs_tol=1e-9) else f"{shift:.4g} rad"


def lines(results: Results, measure: Measure, against: Against, shown: Sequence[str]) -> list[Line]:
    """Return the curves of some groups. Runs that did not record the measure are left out.

    Args:
        results: of a sweep.
        measure: on the vertical axis.
        against: epochs or shots.
        shown: names of the groups, at most as many as `LINE_STYLES`.
    """
    styles = dict(zip(shown, LINE_STYLES, strict=False))
    found = [(called(group.values), recorded(group, measure)) for group in groups(results)]
    return [
        _line(name, styles[name], group, measure, against) for name, group in found if name in styles and group.results
    ]


def without_epoch_0(drawn: Sequence[Line]) -> list[str]:
    """Return the names of lines that start after epoch 0 while others start at epoch 0."""
    begins = {line.name: int(line.x[0]) for line in drawn if line.x is not None and len(line.x)}
    return [name for name, begin in begins.items() if begin > 0] if 0 in begins.values() else []


def measure_name(measure: Measure, loss: str) -> str:
    """Return the name of a measure, with its unit."""
    if measure.endswith("accuracy"):
        return f"test accuracy (%), {TESTED[measure == 'exact_test_accuracy']}"
    return f"exact {'test' if measure == 'exact_test_loss' else 'training'} {_LOSSES[loss]}"


def shots_range(header: Header) -> tuple[int, int] | None:
    """Return the total shots of a run: the fewest after the first epoch, and the most after the last.

    Returns:
        None if all are exact.
    """
    configs = grid(header.config, **header.vary)
    found = [(shots, shots * config.epochs) for config in configs if (shots := shots_an_epoch(config)) is not None]
    return (min(first for first, _ in found), max(last for _, last in found)) if found else None


def settings_said(config: RunConfig, vary: Mapping[str, Any]) -> str:
    """Return the settings that all runs share, in one line."""
    images = "all" if config.n_train is None else config.n_train
    tested = "all" if config.n_test is None else config.n_test
    shared = {name: called_one(name, getattr(config, name)) for name in ("shots", "shift", "gradient_rule", "engine")}
    return ", ".join(
        [
            f"{images} training and {tested} test images per digit",
            f"{config.epochs} epochs",
            f"batch size {config.batch_size}",
            f"learning rate {config.learning_rate:g}",
            _LOSSES[config.loss],
            *(said for name, said in shared.items() if name not in vary),
        ]
    )


def _line(name: str, style: LineStyle, group: Group, measure: Measure, against: Against) -> Line:
    found = curve(group, measure)
    scale = 100.0 if measure.endswith("accuracy") else 1.0
    x = found.shots if against == "shots" else found.epochs
    drawn = found.epochs > 0 if against == "shots" else found.epochs >= 0
    return Line(
        name=name,
        style=style,
        runs=len(group.results),
        x=None if x is None else x[drawn],
        mean=scale * found.mean[drawn],
        low=scale * found.low[drawn],
        high=scale * found.high[drawn],
    )
