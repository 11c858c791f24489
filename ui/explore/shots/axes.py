"""Axes of the curves: ranges, labels and names. Nothing here draws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from hqnn.sweeps.curves import AXES, Against, Line, measure_name, shots_range
from hqnn.sweeps.groups import Measure
from hqnn.sweeps.result import Header, Result
from ui.kit.echarts import labels, text_style
from ui.kit.ink import Ink

HEIGHT = 376
#: Possible ends of a loss axis.
_LOSS_ENDS = (1, 2, 3, 4, 6, 8, 16)


@dataclass(frozen=True)
class Axes:
    """Ranges of the large chart. They do not depend on how many runs are finished."""

    against: Against
    x: tuple[float, float]
    y: tuple[float, float]
    names: tuple[str, str]


def axes_of(header: Header, measure: Measure, against: Against, begin: int, results: Iterable[Result]) -> Axes:
    """Return the axes of an experiment. Only a loss axis grows with the results, rarely and never back.

    Args:
        header: the experiment.
        measure: on the vertical axis.
        against: epochs or shots.
        begin: start of an accuracy axis, percent.
        results: finished runs.
    """
    span = shots_range(header)
    low, high = span or (1, 10)
    decades = 10.0 ** floor(log10(low)), 10.0 ** ceil(log10(high))
    if measure.endswith("accuracy"):
        y = float(begin), 100.0
    elif header.config.loss == "published":
        y = -1.0, 0.0
    else:
        losses = (getattr(point, measure) for each in results for point in each.curve)
        highest = max((loss for loss in losses if loss is not None), default=0.0)
        y = 0.0, float(next((end for end in _LOSS_ENDS if highest <= end), _LOSS_ENDS[-1]))
    x = (0.0, float(header.config.epochs)) if against == "epochs" else decades
    return Axes(against, x, y, (AXES[against], measure_name(measure, header.config.loss)))


def floor_of(lines: Iterable[Line], floors: Sequence[int]) -> int:
    """Return the start of an accuracy axis, percent: as high as all mean curves allow, without curves the second floor.

    Args:
        lines: curves so far.
        floors: possible starts, rising.
    """
    lowest = min((value for line in lines for value in line.mean), default=None)
    if lowest is None:
        return floors[1]
    return max((floor for floor in floors if floor <= lowest), default=floors[0])


def x_axis(axes: Axes, ink: Ink) -> dict[str, Any]:
    kind = "log" if axes.against == "shots" else "value"
    low, high = axes.x
    return named_axis(ink, axes.names[0], 36) | {
        "type": kind,
        "min": low,
        "max": high,
        "minInterval": 1,
        "axisLabel": text_style(ink) if kind == "value" else {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def y_axis(axes: Axes, ink: Ink) -> dict[str, Any]:
    low, high = axes.y
    return {
        "type": "value",
        "min": low,
        "max": high,
        "name": axes.names[1],
        "nameLocation": "end",
        "nameGap": 14,
        "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, 4 - LEFT]},
        "axisLabel": text_style(ink) if low >= 0 else {"show": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def numbers(axes: Axes, ink: Ink) -> list[dict[str, Any]]:
    """Axis labels that ECharts cannot write: shots with commas, and numbers with a minus sign."""
    found = []
    if axes.against == "shots":
        decades = range(round(log10(axes.x[0])), round(log10(axes.x[1])) + 1)
        found.append(_labels([((10.0**n, axes.y[0]), _power(10**n)) for n in decades], "bottom", ink))
    if axes.y[0] < 0:
        tenths = (-1.0, -0.8, -0.6, -0.4, -0.2, 0.0)
        at = [((axes.x[0], y), f"{y:g}".replace("-0.", "−0.").replace("-", "−")) for y in tenths]
        found.append(_labels(at, "left", ink))
    return found


def _labels(places: Iterable[tuple[tuple[float, float], str]], side: str, ink: Ink) -> dict[str, Any]:
    text = text_style(ink) | {"position": side, "distance": 8}
    return labels(((at, {"formatter": said}) for at, said in places), text) | {"labelLayout": {"hideOverlap": True}}


def _power(number: int) -> str:
    for unit, name in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number // unit:,} {name}"
    return f"{number:,}"


def on_a_phone(before: int, named: bool) -> dict[str, Any]:
    """Return the change for narrow charts: no names at the ends of the lines."""
    series = [{} for _ in range(before)] + ([{"symbolSize": 0, "label": {"show": False}}] if named else [])
    return {"query": {"maxWidth": 500}, "option": {"grid": {"right": 44}, "series": series}}


def named_axis(ink: Ink, name: str, gap: int) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": gap,
        "nameTextStyle": text_style(ink),
    }


_TOP, _BOTTOM, LEFT = 34, 58, 62
