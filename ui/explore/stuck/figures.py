"""Charts of the Runs that fail to learn tab as ECharts options. Nothing here draws."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from hqnn.config import RunConfig
from hqnn.diagnosis.course import Cloud
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import Result
from hqnn.sweeps.stuck import is_stuck
from ui.explore.stuck.curves_figure import LEFT, ends_of
from ui.kit.cloud_figure import Runs
from ui.kit.echarts import (
    bare_chart,
    named_above,
    named_below,
    on_ground,
    rounded,
    text_style,
)
from ui.kit.ink import INKS, Ink

#: Heights of the charts, pixels.
SEEDS_HEIGHT, CLOUD_HEIGHT, CURVES_HEIGHT = 280, 244, 296

#: Keys of the two choices of a seed.
STUCK, HEALTHY = "stuck_seed", "stuck_healthy"
STUCK_INKS = {"light": "#A1260D", "dark": "#FF9B85"}
#: A filled ✗, which can be pressed.
CROSS = "path://M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2Z"


def pair_of(config: RunConfig, results: Iterable[Result | None]) -> Runs:
    """Return the common axis of all epochs of some runs."""
    ends = [angle for each in results if each for point in each.curve for angle in ends_of(point)]
    return Runs(config, (min(ends), max(ends)) if ends else (0.0, 0.0))


def seeds_chart(
    seeds: Sequence[int], results: Sequence[Result], chosen: Sequence[int | None], theme: str
) -> dict[str, Any]:
    """The final accuracy of every seed: a dot, or a ✗ if the run is stuck. Each mark can be pressed.

    Args:
        seeds: all seeds of the experiment. Each has a place, also without a result.
        results: of finished runs.
        chosen: the chosen seeds.
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
            **named_below("seed", 32, text_style(ink)),
            "minInterval": 1,
            "axisLabel": text_style(ink) | {"showMinLabel": False, "showMaxLabel": False},
            "axisLine": {"onZero": False},
            "axisTick": {"show": False},
            "splitLine": {"show": False},
        },
        "yAxis": _percent("final test accuracy: ● learned, ✗ stuck", ink),
        "series": [
            _thresholds(ink, theme),
            _marks(HEALTHY, kinds[HEALTHY], "circle", 11, ink.training),
            _marks(STUCK, kinds[STUCK], CROSS, 15, STUCK_INKS[theme]),
            _rings([each for each in chosen if each in found], found, ink, theme),
        ],
    }


def cloud(config: RunConfig, theta: Sequence[float] | None) -> Cloud:
    """Return the training images at θ, radians; without θ all of them are unknown."""
    return Cloud.of(config, np.full(config.n_images, np.nan) if theta is None else np.array(theta))


def angles(result: Result | None, epoch: int) -> tuple[float, ...] | None:
    """Return θ of the training images after an epoch; None if it is not recorded."""
    point = result.after(epoch) if result else None
    return (point.theta or None) if point else None


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
    """Rings around the chosen seeds, with their numbers."""
    return {
        "name": "chosen",
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
    """Lines at the limit for stuck runs and at the accuracy of guessing."""
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
        **named_above(name, 18, 48, text_style(ink)),
        "min": 0,
        "max": 100,
        "interval": 20,
        "axisLabel": text_style(ink) | {"formatter": "{value}%"},
        "axisLine": {"show": False, "onZero": False},
        "axisTick": {"show": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }
