"""Loss and accuracy of a run over its epochs as an ECharts option. Nothing here draws."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

import numpy as np

from hqnn.config import RunConfig
from hqnn.sweeps.result import EpochResult, Result
from hqnn.words import minus
from ui.kit.chart_cursor import chart_cursor
from ui.kit.echarts import (
    bare_chart,
    error_bars,
    legend_of,
    level_lines,
    line_series,
    named_above,
    named_below,
    text_style,
)
from ui.kit.ink import INKS, Ink
from ui.kit.words import LOSS_NAMES

#: Plot areas of the curves.
GRIDS = ({"top": 38, "height": 90}, {"top": 176, "height": 66})
LEFT, RIGHT = 58, 20


def curves_chart(config: RunConfig, result: Result | None, losses: tuple[float, float], theme: str) -> dict[str, Any]:
    """Loss above, accuracy below, over epochs.

    Args:
        config: of the experiment.
        result: of the run; None for empty axes.
        losses: ends of the loss axis.
        theme: "light" or "dark".
    """
    ink, curve = INKS[theme], result.curve if result else ()
    levels = np.linspace(*losses, 3).round(3).tolist()
    return bare_chart(ink, left=LEFT, right=RIGHT, top=0, bottom=0) | {
        "grid": [{"left": LEFT, "right": RIGHT, "outerBoundsMode": "none"} | grid for grid in GRIDS],
        "legend": legend_of(ink, "training", "test") | {"right": 12, "itemStyle": {"opacity": 1}},
        "xAxis": [_epochs(grid, config.epochs, ink) for grid in (0, 1)],
        "yAxis": [
            _values(0, LOSS_NAMES[config.loss], *losses, ink),
            _values(1, "accuracy", 0, 100, ink),
        ],
        "series": [
            _in_grid(0, level_lines({level: minus(f"{level:g}") for level in levels}, text_style(ink), ink)),
            _in_grid(1, level_lines({0: "0%", 50: "50%", 100: "100%"}, text_style(ink), ink)),
            *_lines(0, curve, [each.loss for each in curve], [each.test_loss for each in curve], ink),
            _in_grid(1, error_bars(_intervals(curve), ink.test, cap=0) | {"name": "95% interval"}),
            *_lines(
                1,
                curve,
                [100 * each.train_accuracy for each in curve],
                [100 * each.test_accuracy for each in curve],
                ink,
            ),
        ],
    }


def cursor(epochs: int) -> str:
    """HTML: the vertical line over the curves, which the player moves, on axes of so many epochs."""
    return chart_cursor(LEFT, RIGHT, f'data-frame="cursor" data-end="{epochs}"')


def loss_range(config: RunConfig, results: Iterable[Result | None]) -> tuple[float, float]:
    """Return the ends of the loss axis for all epochs of some runs. −p lies between −1 and 0."""
    if config.loss == "published":
        return -1, 0
    points = [point for each in results if each for point in each.curve]
    highest = max((loss for point in points for loss in (point.loss, point.test_loss) if loss is not None), default=0.0)
    return 0, next(end for end in (1, 2, 4, 8, 16, inf) if highest <= end or end == 16)


def ends_of(point: EpochResult) -> tuple[float, ...]:
    return (min(point.theta), max(point.theta)) if point.theta else ()


def _epochs(grid: int, epochs: int, ink: Ink) -> dict[str, Any]:
    last = grid == 1
    named = named_below("epoch", 26, text_style(ink))
    return {
        "type": "value",
        "gridIndex": grid,
        "min": 0,
        "max": epochs,
        "minInterval": 1,
        "axisLabel": text_style(ink) | {"show": last},
        "axisLine": {"onZero": False},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
    } | (named if last else {})


def _values(grid: int, name: str, low: float, high: float, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": grid,
        **named_above(name, 12, 48, text_style(ink)),
        "min": low,
        "max": high,
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"show": False},
    }


def _in_grid(grid: int, series: dict[str, Any]) -> dict[str, Any]:
    return series | {"xAxisIndex": grid, "yAxisIndex": grid}


def _lines(
    grid: int, curve: Sequence[EpochResult], training: Sequence[float | None], test: Sequence[float], ink: Ink
) -> list[dict[str, Any]]:
    epochs = [point.epoch for point in curve]
    return [
        _in_grid(grid, line_series(_known(epochs, values), color, width=2.5, dash=dash))
        | {"name": name, "symbol": symbol, "symbolSize": 6}
        for name, values, color, symbol, dash in (
            ("training", training, ink.training, "circle", "solid"),
            ("test", test, ink.test, "diamond", "dashed"),
        )
    ]


def _known(epochs: Sequence[int], values: Sequence[float | None]) -> list[tuple[int, float]]:
    """Return the known values. Epoch 0 has no training loss."""
    return [(epoch, value) for epoch, value in zip(epochs, values, strict=True) if value is not None]


def _intervals(curve: Sequence[EpochResult]) -> list[tuple[float, float, float]]:
    return [(point.epoch, 100 * point.test_accuracy_low, 100 * point.test_accuracy_high) for point in curve]
