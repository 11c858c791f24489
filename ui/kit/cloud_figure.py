"""Where a training's images stand on the sine, as a figure: an ECharts option. Nothing here draws."""

from collections.abc import Mapping
from math import ceil, floor, pi
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis.course import FAR, Cloud, Course, turning_points
from ui.kit.digits import NAMES
from ui.kit.echarts import on_ground
from ui.kit.ink import DIGIT_INKS, INKS, Ink

#: Images of each digit drawn at most; all of them are counted.
MAX_IMAGES = 400
#: Ends of the axis of P(1), which leave room for words above the curve and for the marks at its bottom.
FOOTROOM, HEADROOM = -0.1, 1.22
#: Where the upright lines end, below the words above the curve.
_UNDER_WORDS = 1.06

HEIGHT = 400


class Runs(NamedTuple):
    """What several runs on the same axis have in common, where there is no `Course`."""

    config: RunConfig
    #: The smallest and the largest θ of all of them, radians.
    reach: tuple[float, float]


def cloud_chart(course: Course | Runs, cloud: Cloud, theme: str) -> dict[str, Any]:
    """Every image at its θ on the curve of P(1), at one step; its axis is that of the whole training.

    Returns:
        An ECharts option.
    """
    ink, response, (low, high) = INKS[theme], Response.of(course.config.noise), theta_range(course)
    text = {"color": ink.text, "fontSize": 16}
    along = np.linspace(low, high, 240)
    named = {"nameLocation": "middle", "nameTextStyle": text}
    bare = {"type": "value", "axisTick": {"show": False}, "splitLine": {"show": False}}
    return {
        "animation": False,
        "grid": {"left": 58, "right": 14, "top": 30, "bottom": 56, "outerBoundsMode": "none"},
        "legend": {"top": 0, "right": 8, "textStyle": text | {"fontSize": 17}, "selectedMode": False, "itemGap": 20},
        "xAxis": bare
        | named
        | {"min": low, "max": high, "name": "angle θ (radians)", "nameGap": 34, "axisLabel": {"show": False}},
        "yAxis": bare
        | named
        | {"min": FOOTROOM, "max": HEADROOM, "name": "P(1)", "nameGap": 36}
        | {"axisLine": {"onZero": False}, "axisLabel": {"show": False}},
        "series": [
            _curve(along, response, ink) | _angles(low, high, text, ink) | _far_sides(low, high, response, ink),
            level_lines({0: "0", 0.5: "0.5", 1: "1"}, text, ink),
            *(_images(course, cloud, label, response, theme) for label in (0, 1)),
            _beyond(cloud, low, high, text | on_ground(theme)),
        ],
    }


def theta_range(course: Course | Runs) -> tuple[float, float]:
    """Ends of the axis of θ: at least −π to π, at most −4π to 4π, and multiples of π/2."""
    low, high = (min(max(end, -FAR), FAR) for end in course.reach)
    return min(-pi, floor(low / (pi / 2)) * pi / 2), max(pi, ceil(high / (pi / 2)) * pi / 2)


def multiple_of_pi(halves: int) -> str:
    """So many halves of π, in words of mathematics: 3π/2."""
    if halves % 2 == 0:
        whole = abs(halves) // 2
        size = "0" if whole == 0 else "π" if whole == 1 else f"{whole}π"
    else:
        size = "π/2" if abs(halves) == 1 else f"{abs(halves)}π/2"
    return f"−{size}" if halves < 0 else size


def level_lines(labels: Mapping[float, str], text: dict[str, Any], ink: Ink) -> dict[str, Any]:
    """A series of nothing but level lines with labels of one's own: ECharts writes a hyphen where a minus should be."""
    return {
        "type": "scatter",
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.line, "type": "solid", "width": 1},
            "label": text | {"position": "start", "distance": 6},
            "data": [{"yAxis": level, "label": {"formatter": label}} for level, label in labels.items()],
        },
    }


def _curve(along: NDArray[np.float64], response: Response, ink: Ink) -> dict[str, Any]:
    return {
        "type": "line",
        "data": np.column_stack((along, response.probability(along))).round(4).tolist(),
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": ink.text, "width": 1.5},
    }


def _angles(low: float, high: float, text: dict[str, Any], ink: Ink) -> dict[str, Any]:
    """Upright lines at multiples of π/2, or of π where those would be too many, with their labels."""
    first, last = round(low / (pi / 2)), round(high / (pi / 2))
    stride = next(stride for stride in (1, 2, 4) if last - first <= 6 * stride)
    halves = [each for each in range(first, last + 1) if each % stride == 0]
    return {
        "markLine": {
            "silent": True,
            "symbol": "none",
            "precision": 6,
            "animation": False,
            "lineStyle": {"color": ink.line, "type": "solid", "width": 1},
            "label": text | {"position": "start", "distance": 6},
            "data": [
                # ECharts rounds it to the precision, and leaves out what is then beyond the axis
                [
                    {"coord": [at, FOOTROOM], "label": {"formatter": multiple_of_pi(each)}},
                    {"coord": [at, _UNDER_WORDS]},
                ]
                for each in halves
                for at in [min(max(each * pi / 2, low + 1e-6), high - 1e-6)]
            ],
        }
    }


def _far_sides(low: float, high: float, response: Response, ink: Ink) -> dict[str, Any]:
    """What lies past the turning points, shaded."""
    falling, rising = turning_points(response)
    label = {
        "color": ink.text,
        "fontSize": 13,
        "lineHeight": 15,
        "position": "insideTop",
        "distance": 2,
        "formatter": "past the\nturning point",
    }
    return {
        "markArea": {
            "silent": True,
            "itemStyle": {"color": ink.dots, "opacity": 0.16},
            "label": label,
            "data": [[{"xAxis": low}, {"xAxis": falling}], [{"xAxis": rising}, {"xAxis": high}]],
        }
    }


def _images(course: Course | Runs, cloud: Cloud, label: int, response: Response, theme: str) -> dict[str, Any]:
    """One digit's images, those beyond the axis at its end; where they are very many, evenly chosen ones."""
    angles = cloud.angles[label]
    angles = angles[:: max(1, ceil(len(angles) / MAX_IMAGES))]
    angles = angles[~np.isnan(angles)]
    at = np.clip(angles, *theta_range(course))
    return {
        "name": NAMES[course.config.digits[label]],
        "type": "scatter",
        "symbol": ("circle", "diamond")[label],
        "symbolSize": (12, 15)[label],
        "silent": True,
        "itemStyle": {"color": DIGIT_INKS[theme][label], "opacity": 0.55},
        "data": np.column_stack((at, response.probability(angles))).round(3).tolist(),
    }


def _beyond(cloud: Cloud, low: float, high: float, text: dict[str, Any]) -> dict[str, Any]:
    """How many images stand beyond each end of the axis, said there."""
    angles = np.concatenate(cloud.angles)
    below, above = int(np.sum(angles < low)), int(np.sum(angles > high))
    ends = [(low, "right", f"← {below:,} beyond")] if below else []
    ends += [(high, "left", f"{above:,} beyond →")] if above else []
    return {
        "type": "scatter",
        "silent": True,
        "symbolSize": 0.1,
        "itemStyle": {"opacity": 1},
        "label": text | {"distance": 10},
        "data": [
            {"value": [at, FOOTROOM / 2], "label": {"formatter": said, "position": side}} for at, side, said in ends
        ],
    }
