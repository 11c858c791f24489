"""Seeds that learn and seeds that do not, as figures: ECharts options. Nothing here draws."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

import numpy as np

from hqnn.config import RunConfig
from hqnn.diagnosis.course import Cloud
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import EpochResult, Result
from hqnn.sweeps.stuck import is_stuck
from hqnn.words import minus
from ui.kit import cloud_figure
from ui.kit.cloud_figure import Runs, level_lines
from ui.kit.echarts import (
    bare_chart,
    error_bars,
    legend_of,
    line_series,
    on_ground,
    rounded,
    straight_lines,
    text_style,
)
from ui.kit.ink import INKS, Ink
from ui.kit.words import LOSS_NAMES

#: Heights of the pictures, pixels.
SEEDS_HEIGHT, CLOUD_HEIGHT, CURVES_HEIGHT = 280, 330, 296

#: What is drawn of each kind of seed: the dials call the choices of a seed so.
STUCK, HEALTHY = "stuck_seed", "stuck_healthy"
STUCK_INKS = {"light": "#A1260D", "dark": "#FF9B85"}
#: ✗, filled: it can be pressed.
CROSS = "path://M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2Z"

#: Plot areas of the curves.
GRIDS = ({"top": 38, "height": 90}, {"top": 176, "height": 66})
LEFT = 58


def pair_of(config: RunConfig, results: Iterable[Result | None]) -> Runs:
    """The axis on which all epochs of some runs are drawn."""
    ends = [angle for each in results if each for point in each.curve for angle in _ends(point)]
    return Runs(config, (min(ends), max(ends)) if ends else (0.0, 0.0))


def seeds_chart(
    seeds: Sequence[int], results: Sequence[Result], chosen: Sequence[int | None], theme: str
) -> dict[str, Any]:
    """Every seed's accuracy at the end: a dot, or a ✗ where it did not learn. Each can be pressed.

    Args:
        seeds: all of the question's: each has its place whether it has been trained or not.
        results: those that have ended.
        chosen: the seeds that are looked at.
        theme: "light" or "dark".
    """
    ink = INKS[theme]
    found = {each.config.seed: each for each in results if each.evaluation is not None}
    kinds = {key: [_point(seed, found, stuck=key == STUCK) for seed in seeds] for key in (STUCK, HEALTHY)}
    first, last = seeds[0], seeds[-1]
    return bare_chart(ink, left=LEFT, right=92, top=44, bottom=54) | {
        "xAxis": {
            "type": "value",
            "min": first - 0.5 - 0.005 * len(seeds),
            "max": last + 0.5 + 0.005 * len(seeds),
            "name": "seed",
            "nameLocation": "middle",
            "nameGap": 32,
            "nameTextStyle": text_style(ink),
            "minInterval": 1,
            "axisLabel": text_style(ink) | {"showMinLabel": False, "showMaxLabel": False},
            "axisLine": {"onZero": False},
            "axisTick": {"show": False},
            "splitLine": {"show": False},
        },
        "yAxis": _percent("test accuracy at the end: ● learned, ✗ stuck", ink),
        "series": [
            _thresholds(ink, theme),
            _marks(HEALTHY, kinds[HEALTHY], "circle", 11, ink.training),
            _marks(STUCK, kinds[STUCK], CROSS, 15, STUCK_INKS[theme]),
            _rings([each for each in chosen if each in found], found, ink, theme),
        ],
    }


def cloud(pair: Runs, result: Result | None, epoch: int, theme: str) -> dict[str, Any]:
    """Where a run's training images stand on the sine after an epoch, without dropout; the bare sine without a run."""
    theta = angles(result, epoch)
    seen = Cloud.of(pair.config, np.full(pair.config.n_images, np.nan) if theta is None else np.array(theta))
    return cloud_figure.cloud_chart(pair, seen, theme)


def angles(result: Result | None, epoch: int) -> tuple[float, ...] | None:
    """θ of a run's training images after an epoch; none where that is not known."""
    point = result.after(epoch) if result else None
    return (point.theta or None) if point else None


def curves_chart(
    config: RunConfig, result: Result | None, epoch: int, losses: tuple[float, float], theme: str
) -> dict[str, Any]:
    """Loss above, accuracy below, over epochs, with a line at one of them.

    Args:
        config: of the question.
        result: the run; none for empty axes.
        epoch: where the line is.
        losses: ends of the axis of the loss.
        theme: "light" or "dark".
    """
    ink, curve = INKS[theme], result.curve if result else ()
    levels = np.linspace(*losses, 3).round(3).tolist()
    return bare_chart(ink, left=LEFT, right=20, top=0, bottom=0) | {
        "grid": [{"left": LEFT, "right": 20, "outerBoundsMode": "none"} | grid for grid in GRIDS],
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
            *(_line_at(grid, epoch, ink) for grid in (0, 1) if curve),
        ],
    }


def loss_range(config: RunConfig, results: Iterable[Result | None]) -> tuple[float, float]:
    """Ends of the axis of the loss for all epochs of some runs: −p lies between −1 and 0."""
    if config.loss == "published":
        return -1, 0
    points = [point for each in results if each for point in each.curve]
    highest = max((loss for point in points for loss in (point.loss, point.test_loss) if loss is not None), default=0.0)
    return 0, next(end for end in (1, 2, 4, 8, 16, inf) if highest <= end or end == 16)


def _ends(point: EpochResult) -> tuple[float, ...]:
    return (min(point.theta), max(point.theta)) if point.theta else ()


def _point(seed: int, found: dict[int, Result], *, stuck: bool) -> list[Any]:
    result = found.get(seed)
    if result is None or result.evaluation is None or is_stuck(result) != stuck:
        return [seed, "-"]
    return [seed, rounded(100 * result.evaluation.accuracy)]


def _marks(name: str, data: list[Any], symbol: str, size: int, color: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "scatter",
        "symbol": symbol,
        "symbolSize": size,
        "cursor": "pointer",
        "selectedMode": "single",
        "select": {"itemStyle": {"borderWidth": 0}},
        "itemStyle": {"color": color, "opacity": 0.85},
        "data": data,
    }


def _rings(chosen: Iterable[int], found: dict[int, Result], ink: Ink, theme: str) -> dict[str, Any]:
    """Around the seeds that are looked at, with their numbers."""
    return {
        "name": "looked at",
        "type": "scatter",
        "symbol": "circle",
        "symbolSize": 24,
        "silent": True,
        "itemStyle": {"color": "transparent", "borderColor": ink.text, "borderWidth": 2},
        "label": text_style(ink) | on_ground(theme) | {"position": "bottom", "distance": 3},
        "data": [
            {"value": _point(seed, found, stuck=is_stuck(found[seed])), "label": {"formatter": f"seed {seed}"}}
            for seed in chosen
        ],
    }


def _thresholds(ink: Ink, theme: str) -> dict[str, Any]:
    """Below which a seed is stuck, and what a coin would reach."""
    label = text_style(ink) | {"position": "end", "distance": 6, "fontSize": 13}
    return {
        "type": "scatter",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "z": 0,
            "data": [
                {
                    "yAxis": 100 * STUCK_BELOW,
                    "lineStyle": {"color": STUCK_INKS[theme], "type": "solid", "width": 2},
                    "label": label | {"formatter": f"stuck: <{STUCK_BELOW:.0%}", "color": STUCK_INKS[theme]},
                },
                {
                    "yAxis": 50,
                    "lineStyle": {"color": ink.text, "type": "dotted", "width": 2},
                    "label": label | {"formatter": "guessing"},
                },
            ],
        },
    }


def _percent(name: str, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "end",
        "nameGap": 18,
        "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, -48]},
        "min": 0,
        "max": 100,
        "interval": 20,
        "axisLabel": text_style(ink) | {"formatter": "{value}%"},
        "axisLine": {"show": False, "onZero": False},
        "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _epochs(grid: int, epochs: int, ink: Ink) -> dict[str, Any]:
    last = grid == 1
    named = {"name": "epoch", "nameLocation": "middle", "nameGap": 26, "nameTextStyle": text_style(ink)}
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
        "name": name,
        "nameLocation": "end",
        "nameGap": 12,
        "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, -48]},
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
    """Without the training loss that epoch 0 does not have."""
    return [(epoch, value) for epoch, value in zip(epochs, values, strict=True) if value is not None]


def _intervals(curve: Sequence[EpochResult]) -> list[tuple[float, float, float]]:
    return [(point.epoch, 100 * point.test_accuracy_low, 100 * point.test_accuracy_high) for point in curve]


def _line_at(grid: int, epoch: int, ink: Ink) -> dict[str, Any]:
    line = {"color": ink.text, "type": "solid", "width": 2}
    return _in_grid(grid, straight_lines({"xAxis": epoch}, lineStyle=line, label={"show": False}) | {"name": "now"})
