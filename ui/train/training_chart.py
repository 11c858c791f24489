"""The chart of a run: loss above, accuracy below, over epochs. It is an ECharts option. Nothing here draws.

It is made for a narrow column beside other pictures, and for a phone.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

from hqnn.config import RunConfig
from hqnn.records import EpochRecord, StepRecord
from ui.kit.echarts import named_above, named_below
from ui.kit.ink import INKS, Ink
from ui.kit.words import LOSS_NAMES
from ui.train import earlier_series
from ui.train.earlier_curves import Curve

#: Maximum number of dots for steps. More are indistinguishable on a projector, and each update sends them all.
MAX_DOTS = 1500
#: Height of the chart in a column of about 400 pixels, pixels. It is readable from 330 pixels on.
HEIGHT = 420
#: Pixels from the chart's left and right edge to the plots. A cursor over them needs the margins.
LEFT, RIGHT = 50, 18
#: Size of all words, pixels: readable from the back of a room.
FONT_SIZE = 13


def training_chart(
    config: RunConfig,
    steps: Sequence[StepRecord],
    epochs: Sequence[EpochRecord],
    theme: str,
    earlier: Sequence[Curve] = (),
    bold: str | None = None,
) -> dict[str, Any]:
    """Return the chart of loss (above) and accuracy (below) over epochs, from epoch 0. The axes cover the whole run.

    Args:
        config: the run in front.
        steps: its steps so far.
        epochs: its epochs so far.
        theme: "light" or "dark".
        earlier: curves of earlier runs, which are drawn behind it.
        bold: id of the earlier run whose curve stands out.

    Returns:
        An ECharts option.
    """
    ink = INKS[theme]
    low, high = _loss_range(config, steps, earlier)
    dots = steps[:: max(1, ceil(len(steps) / MAX_DOTS))]
    axis_text = {"color": ink.text, "fontSize": FONT_SIZE}
    across = {"left": LEFT, "right": RIGHT, "outerBoundsMode": "none"}
    return {
        "animation": False,
        "grid": [across | {"top": 50, "bottom": "46%"}, across | {"top": "65%", "bottom": 46}],
        "xAxis": [
            _epoch_axis(0, config.epochs, ink) | {"axisLabel": {"show": False}},
            _epoch_axis(1, config.epochs, ink)
            | {
                **named_below("epoch", 26, axis_text),
                "axisLabel": axis_text,
            },
        ],
        "yAxis": [
            _value_axis(0, LOSS_NAMES[config.loss], low, high, axis_text, ink),
            _value_axis(1, "accuracy", 0, 100, axis_text, ink)
            | {"interval": 50, "axisLabel": axis_text | {"formatter": "{value}%"}},
        ],
        "series": [
            {
                "name": "one batch",
                "type": "scatter",
                "symbolSize": 4,
                "itemStyle": {"color": ink.dots, "opacity": 0.6},
                "silent": True,
                "data": [[round(s.step / config.steps_per_epoch, 4), round(s.loss, 4)] for s in dots],
            },
            *_lines(0, epochs, [e.loss for e in epochs], [e.test_loss for e in epochs], ink),
            *_interval(epochs, ink),
            *_lines(1, epochs, [100 * e.train_accuracy for e in epochs], [100 * e.test_accuracy for e in epochs], ink),
            _guessing(ink),
            *earlier_series.series(earlier, config, low, high, theme, FONT_SIZE, bold),
        ],
        "legend": {
            "data": ["one batch", "training", "test"],
            "top": 0,
            "left": 0,
            "padding": 0,
            "textStyle": axis_text,
            "itemGap": 16,
            "itemWidth": 20,
            "itemHeight": 10,
            "selectedMode": False,
        },
        "tooltip": {"trigger": "axis"},
    }


def _loss_range(config: RunConfig, steps: Sequence[StepRecord], earlier: Sequence[Curve]) -> tuple[float, float]:
    """Return the ends of the loss axis: −1 and 0 for −p. For −log p the upper end grows rarely and never shrinks."""
    if config.loss == "published":
        return -1, 0
    before = (float(curve.loss.max()) for curve in earlier if earlier_series.has_loss(curve, config))
    highest = max([0.0, *(step.loss for step in steps), *before])
    return 0, next((end for end in (1, 2, 3, 4, 6, 8) if highest <= end), 16)


def _epoch_axis(grid: int, epochs: int, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": grid,
        "min": 0,
        "max": epochs,
        "splitNumber": min(epochs, 10),
        "minInterval": 1,
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _value_axis(grid: int, name: str, low: float, high: float, axis_text: dict[str, Any], ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": grid,
        **named_above(name, 12, LEFT, axis_text),
        "min": low,
        "max": high,
        "axisLabel": axis_text,
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _lines(
    grid: int, epochs: Sequence[EpochRecord], training: Sequence[float | None], test: Sequence[float], ink: Ink
) -> list[dict[str, Any]]:
    """Return a line for training and one for the test images, with different colour, dash and symbol.

    Both start at epoch 0, before the first step. There is no training loss there.
    """
    return [
        {
            "name": name,
            "type": "line",
            "xAxisIndex": grid,
            "yAxisIndex": grid,
            "data": [
                [epoch.epoch, round(value, 4)] for epoch, value in zip(epochs, values, strict=True) if value is not None
            ],
            "symbol": symbol,
            "symbolSize": 7,
            "showSymbol": True,
            "lineStyle": {"color": color, "width": 2.5, "type": dash},
            "itemStyle": {"color": color},
        }
        for name, values, color, symbol, dash in (
            ("training", training, ink.training, "circle", "solid"),
            ("test", test, ink.test, "diamond", "dashed"),
        )
    ]


def _interval(epochs: Sequence[EpochRecord], ink: Ink) -> list[dict[str, Any]]:
    """Return the 95% interval of the test accuracy: an invisible lower edge and a band stacked on it."""
    low = [[epoch.epoch, 100 * epoch.test_accuracy_low] for epoch in epochs]
    width = [[epoch.epoch, 100 * (epoch.test_accuracy_high - epoch.test_accuracy_low)] for epoch in epochs]
    return [
        {
            "name": name,
            "type": "line",
            "xAxisIndex": 1,
            "yAxisIndex": 1,
            "stack": "interval",
            "data": data,
            "symbol": "none",
            "silent": True,
            "lineStyle": {"opacity": 0},
            "areaStyle": {"color": ink.test, "opacity": opacity},
            "tooltip": {"show": False},
        }
        for name, data, opacity in (("interval's lower end", low, 0), ("95% interval", width, 0.25))
    ]


def _guessing(ink: Ink) -> dict[str, Any]:
    """Return a line at 50%, the accuracy of guessing.

    `st.echarts_chart` needs a series that can be selected, also before there are any earlier runs.
    """
    return {
        "type": "line",
        "selectedMode": "single",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.text, "type": "dotted"},
            "label": {"formatter": "guessing", "position": "insideEndTop", "color": ink.text, "fontSize": FONT_SIZE},
            "data": [{"yAxis": 50}],
        },
    }
