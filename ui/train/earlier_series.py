"""The curves of earlier runs in the training chart, and their labels. They are ECharts series. Nothing here draws."""

from collections.abc import Sequence, Set
from typing import Any

from hqnn.config import RunConfig
from ui.kit.echarts import on_ground
from ui.kit.ink import Style
from ui.train.earlier_curves import Curve, difference, last_accuracy

#: Colour and mark of a run, by its number. None is used by the run in front.
STYLES = (
    Style("rose", {"light": "#B5305F", "dark": "#F58FB2"}, "triangle", [6, 3], mark="▲"),
    Style("olive", {"light": "#7A6A00", "dark": "#D9C65C"}, "rect", [2, 2], mark="■"),
    Style("slate", {"light": "#5B6B7F", "dark": "#A9BACD"}, "triangle", [9, 3, 2, 3], turned=180, mark="▼"),
    Style("brown", {"light": "#8B5A2B", "dark": "#D9A87C"}, "emptyRect", [4, 6], mark="□"),
)
#: Height of a label and least size of the plots, pixels (`training_chart.HEIGHT` explains the sizes).
LABEL_HEIGHT, LEAST_HEIGHT, LEAST_WIDTH = 18, 122, 220
#: Mean width of a character of a label, pixels.
CHARACTER = 6.8


def style_of(curve: Curve) -> Style:
    """Return the colour and mark of a run's curve."""
    return STYLES[curve.number % len(STYLES)]


def label_of(curve: Curve, front: RunConfig) -> str:
    """Return the label at the end of a run's curve: its mark, what differs, and its last test accuracy."""
    return f"{style_of(curve).mark} {difference(curve.config, front)} · {last_accuracy(curve)}"


def has_loss(curve: Curve, front: RunConfig) -> bool:
    """Return whether a run's loss is the one on the axis."""
    return curve.config.loss == front.loss


def series(
    curves: Sequence[Curve], front: RunConfig, low: float, high: float, theme: str, font_size: int, bold: str | None
) -> list[dict[str, Any]]:
    """Return the curves of earlier runs, and their labels in the upper plot.

    Args:
        curves: of the earlier runs.
        front: settings of the run in front.
        low: lower end of the loss axis.
        high: its upper end.
        theme: "light" or "dark".
        font_size: size of the labels, pixels.
        bold: id of the run whose curve and label stand out.
    """
    drawn: list[dict[str, Any]] = []
    for curve in curves:
        if has_loss(curve, front):
            drawn.append(_line(0, curve, front, curve.loss.tolist(), theme, bold))
        drawn.append(_line(1, curve, front, (100 * curve.accuracy).tolist(), theme, bold))
    heights = label_heights([_end(curve, front, high) for curve in curves], low, high)
    for curve, height in zip(curves, heights, strict=True):
        drawn.append(_label(curve, front, height, theme, font_size, bold))
    return [each | {"selectedMode": "single", "cursor": "pointer"} for each in drawn]


def clicked(now: Set[str], before: Set[str]) -> str | None:
    """Return the id of the run whose curve or label was clicked, None if none was.

    A click selects a series, and a second one no longer does.

    Args:
        now: ids of the selected series.
        before: the same before the click.
    """
    return next((series_id.partition(" ")[0] for series_id in (now - before or before - now)), None)


def label_heights(ends: Sequence[float], low: float, high: float) -> list[float]:
    """Return the middles of labels along the loss axis: near the ends of their curves, and one above the other.

    Args:
        ends: where the curves end.
        low: lower end of the axis.
        high: its upper end.
    """
    apart = (high - low) * LABEL_HEIGHT / LEAST_HEIGHT
    heights = dict.fromkeys(range(len(ends)), low)
    least = low + apart / 2
    for place in sorted(heights, key=ends.__getitem__):
        heights[place] = max(ends[place] + apart, least)
        least = heights[place] + apart
    most = high - apart / 2
    for place in sorted(heights, key=heights.__getitem__, reverse=True):
        heights[place] = min(heights[place], most)
        most = heights[place] - apart
    return list(heights.values())


def _end(curve: Curve, front: RunConfig, high: float) -> float:
    return float(curve.loss[-1]) if has_loss(curve, front) else high


def _line(
    grid: int, curve: Curve, front: RunConfig, values: Sequence[float], theme: str, bold: str | None
) -> dict[str, Any]:
    """Return a faint line with a mark at its end. Its other points are invisible, and react to a click."""
    style, is_bold = style_of(curve), curve.run_id == bold
    points = [[epoch, round(value, 4)] for epoch, value in zip(curve.epochs.tolist(), values, strict=True)]
    last = {
        "value": points[-1],
        "symbol": style.symbol,
        "symbolRotate": style.turned,
        "symbolSize": 9,
        "itemStyle": {"opacity": 1},
    }
    return {
        "id": f"{curve.run_id} {('loss', 'accuracy')[grid]}",
        "name": difference(curve.config, front),
        "type": "line",
        "xAxisIndex": grid,
        "yAxisIndex": grid,
        "z": 4 if is_bold else 1,
        "data": [*points[:-1], last],
        "symbol": "circle",
        "symbolSize": 14,
        "showSymbol": True,
        "itemStyle": {"color": style.colors[theme], "opacity": 0},
        "lineStyle": {
            "color": style.colors[theme],
            "width": 3 if is_bold else 1.5,
            "type": style.dash,
            "opacity": 1 if is_bold else 0.75,
        },
    }


def _label(
    curve: Curve, front: RunConfig, height: float, theme: str, font_size: int, bold: str | None
) -> dict[str, Any]:
    """Return a label to the right of the curve's end if it fits there, or else at the right edge of the plot."""
    text = label_of(curve, front)
    end = int(curve.epochs[-1])
    fits = end / front.epochs * LEAST_WIDTH + 10 + CHARACTER * len(text) <= LEAST_WIDTH
    label = on_ground(theme) | {
        "formatter": text,
        "fontSize": font_size,
        "fontWeight": 700 if curve.run_id == bold else 400,
        "color": style_of(curve).colors[theme],
        "position": "right" if fits else "left",
        "distance": 6 if fits else 0,
    }
    return {
        "id": f"{curve.run_id} label",
        "type": "scatter",
        "z": 5,
        "clip": False,
        "symbolSize": 0.1,
        "itemStyle": {"opacity": 1},
        "label": label,
        "data": [[end if fits else front.epochs, height]],
        "tooltip": {"show": False},
    }
