"""Gradients of a run over its steps as an ECharts option. Nothing here draws."""

from math import ceil, floor, log2, pi, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.gradients import slope_deviation
from hqnn.config import RunConfig
from hqnn.diagnosis.course import Averages, Course
from hqnn.records import LAYERS
from ui.kit.chart_cursor import chart_cursor
from ui.kit.echarts import decades, level_lines, named_below
from ui.kit.ink import INKS, Ink

#: Most points along the steps. More cannot be distinguished on a projector.
MAX_POINTS = 600
#: Most points of a layer's line. With more, its dashes cannot be seen.
MAX_NORMS = 50
#: Fewest steps on the axes of an active run.
FEWEST_ON_AXIS = 10

HEIGHT, FONT_SIZE = 424, 15

#: Plot areas in pixels. The page draws the line at the present step over them.
LEFT, RIGHT = 52, 24
GRIDS = ({"top": 32, "height": 110}, {"top": 178, "height": 32}, {"top": 270, "height": 104})

DOUBT_INKS = {"light": "#A1260D", "dark": "#FF9B85"}


def steps_chart(course: Course, end: int, theme: str) -> dict[str, Any]:
    """Over the steps of a run: the mean derivative, whether its sign is in doubt, and the gradient norm of each layer.

    Args:
        course: the steps so far.
        end: the step at which the axis ends.
        theme: light or dark.

    Returns:
        An ECharts option.
    """
    ink = INKS[theme]
    text = {"color": ink.text, "fontSize": FONT_SIZE}
    slopes, norms = (course.averages(steps_a_point(end, most)) for most in (MAX_POINTS, MAX_NORMS))
    limit, (lowest, highest) = slope_limit(course.config), decades(norms.norms)
    share = {"min": 0, "max": 1, "interval": 1, "axisLabel": {"show": False}}
    return {
        "animation": False,
        "grid": [{"left": LEFT, "right": RIGHT, "outerBoundsMode": "none"} | grid for grid in GRIDS],
        "xAxis": [_step_axis(index, end, text, ink) for index in range(3)],
        "yAxis": [
            _axis(0, _slope_name(course.config), text) | {"min": -limit, "max": limit, "axisLabel": {"show": False}},
            _axis(1, "▲ sign in doubt", text) | share,
            _axis(2, "gradient norm", text)
            | {"type": "log", "min": lowest, "max": highest, "splitLine": {"lineStyle": {"color": ink.line}}},
        ],
        "series": [
            *_slopes(slopes, ink, theme),
            level_lines({-limit: f"−{limit:.1f}", 0: "0", limit: f"{limit:.1f}"}, text, ink),
            _doubts(slopes, theme),
            *_norms(norms, ink),
        ],
        "legend": {"data": list(LAYERS), "top": GRIDS[2]["top"] - 24, "right": RIGHT, "selectedMode": False}
        | {"textStyle": text, "itemWidth": 30, "itemHeight": 8, "itemGap": 10},
    }


def axis_end(done: int, total: int) -> int:
    """Return the step at which the axes end. It doubles as the run grows, so steps fill at least half of the width.

    Args:
        done: steps so far.
        total: steps of the whole run.
    """
    seen = min(total, max(done, FEWEST_ON_AXIS))
    return ceil(total / 2 ** floor(log2(total / seen)))


def steps_a_point(total: int, most: int = MAX_POINTS) -> int:
    """Return how many steps one point averages if there are at most so many points."""
    return max(1, ceil(total / most))


def slope_limit(config: RunConfig) -> float:
    """Return the end of the derivative axis, per radian: the steepest slope plus four times its shot noise, in tenths.

    It is at least a twentieth above the steepest slope, so no point is cut at the end.
    """
    published = config.gradient_rule == "published"
    steepest = abs(sin(config.shift)) if published else 0.5
    room = 1.05 * steepest
    if config.shots is None:
        return ceil(10 * room) / 10
    noise = slope_deviation(np.linspace(-pi, pi, 65), config.shift, config.shots, config.gradient_rule).max()
    return ceil(10 * max(room, steepest + 4 * float(noise) / sqrt(config.batch_size))) / 10


def _slope_name(config: RunConfig) -> str:
    rule = "dP(1)/dθ" if config.gradient_rule == "parameter-shift" else "P(θ+s) − P(θ−s)"
    return f"{rule}, mean of the batch"


def _step_axis(index: int, end: int, text: dict[str, Any], ink: Ink) -> dict[str, Any]:
    last = index == 2
    axis = {"type": "value", "gridIndex": index, "min": 0, "max": end, "splitLine": {"show": False}}
    axis |= {"axisLine": {"onZero": False, "lineStyle": {"color": ink.line}}, "axisTick": {"show": last}}
    named = named_below("step", 24, text)
    return axis | {"axisLabel": text | {"show": last, "hideOverlap": True}} | (named if last else {})


def _axis(index: int, name: str, text: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": index,
        "name": name,
        "nameGap": 28 if index == 2 else 13,
        "nameTextStyle": text | {"align": "left", "padding": [0, 0, 0, 4 - LEFT]},
        "axisLabel": text,
        "axisTick": {"show": False},
        "splitLine": {"show": False},
    }


def _slopes(means: Averages, ink: Ink, theme: str) -> list[dict[str, Any]]:
    """The error bars, then the points. Points of single steps have another mark if their sign is in doubt."""
    low, high = means.slopes - means.errors, means.slopes + means.errors
    ends = zip(means.steps.tolist(), low.round(4).tolist(), high.round(4).tolist(), strict=True)
    bars = [point for at, least, most in ends for point in ([at, least], [at, most], [at, None])]
    doubtful = means.uncertain == 1 if means.few == 1 else np.zeros(len(means.steps), dtype=bool)
    points = np.column_stack((means.steps, means.slopes)).round(4)
    error_bars = {
        "type": "line",
        "name": "standard error",
        "data": bars if means.errors.any() else [],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": ink.dots, "width": 1},
    }
    return [
        error_bars,
        _points("sign is certain", points[~doubtful], "circle", 6, ink.training),
        _points("sign is in doubt", points[doubtful], "triangle", 10, DOUBT_INKS[theme]),
    ]


def _points(name: str, data: NDArray[np.float64], symbol: str, size: int, color: str) -> dict[str, Any]:
    own = {"symbol": symbol, "symbolSize": size, "itemStyle": {"color": color}}
    return {"type": "scatter", "name": name, "data": data.tolist(), "silent": True} | own


def _doubts(means: Averages, theme: str) -> dict[str, Any]:
    """Bars whose height is the share of steps with a doubtful sign; for single steps it is all or nothing."""
    return {
        "type": "bar",
        "name": "sign in doubt",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "data": np.column_stack((means.steps, means.uncertain)).round(3).tolist(),
        "barCategoryGap": "0%",
        "silent": True,
        "itemStyle": {"color": DOUBT_INKS[theme]},
    }


def _norms(means: Averages, ink: Ink) -> list[dict[str, Any]]:
    """One line per layer, each with its colour, dashes and symbols. A norm of 0 has no place on a log axis."""
    colors, dashes = (ink.text, ink.training, ink.test, ink.dots), ("solid", "dashed", "dotted", [9, 3, 2, 3])
    symbols, at = ("rect", "circle", "triangle", "diamond"), means.steps.round(1).tolist()
    return [
        {
            "type": "line",
            "name": layer,
            "xAxisIndex": 2,
            "yAxisIndex": 2,
            "data": [[x, float(f"{norm:.3g}") if norm else None] for x, norm in zip(at, norms, strict=True)],
            "symbol": symbol,
            "symbolSize": 7,
            "showSymbol": True,
            "silent": True,
            "itemStyle": {"color": color},
            "lineStyle": {"color": color, "width": 2, "type": dash},
        }
        for layer, norms, color, dash, symbol in zip(
            LAYERS, means.norms.T.tolist(), colors, dashes, symbols, strict=True
        )
    ]


def cursor(end: float) -> str:
    """HTML: the vertical line over the step charts, which the player moves.

    Args:
        end: number of the frame at which the axes of the charts end.
    """
    return chart_cursor(LEFT, RIGHT, f'data-frame="cursor" data-end="{end:.3f}"')
