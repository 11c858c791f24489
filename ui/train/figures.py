"""Metrics and chart of a run, from its records. Charts are ECharts options. Nothing here draws."""

from collections.abc import Sequence
from math import ceil, isfinite
from typing import Any

from hqnn.circuit.gradients import signal_to_noise
from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.records import EpochRecord, Evaluation, StepRecord
from ui.kit.echarts import SMALL_LEGEND, named_above, named_below
from ui.kit.ink import INKS, Ink
from ui.kit.words import LOSS_NAMES, Figure, decimal, interval

#: Maximum number of dots for steps. More are indistinguishable on a projector, and each update sends them all.
MAX_DOTS = 1500

#: Height of the training chart, pixels.
TRAINING_HEIGHT = 350


def figures(
    config: RunConfig,
    steps: Sequence[StepRecord],
    epochs: Sequence[EpochRecord],
    evaluation: Evaluation | None = None,
) -> list[Figure]:
    """Return the four metrics of a run so far: loss, accuracy, gradient signal-to-noise and speed.

    Args:
        config: the run.
        steps: its steps so far.
        epochs: its epochs so far.
        evaluation: the test at the end of the run, None before.
    """
    last, recent = (epochs[-1] if epochs else None), steps[-config.steps_per_epoch :]
    return [
        Figure(
            f"Training {LOSS_NAMES[config.loss]}",
            decimal(last.loss) if last and last.loss is not None else "–",
            "Mean over the steps of the last complete epoch, measured with dropout.",
        ),
        Figure(
            "Test accuracy (95% interval)",
            _accuracy(last, evaluation),
            "Share of test images that the network gets right, with a 95% Wilson interval. Test images are never used "
            "for training. Measured before the first step, after each complete epoch and at the end of the run.",
        ),
        Figure(
            "Gradient signal-to-noise",
            _signal(config, recent) if last and last.epoch > 0 else "–",
            "How large the circuit's gradients dP(1)/dθ are compared with their shot noise: the ratio of root mean "
            "squares over the last epoch of steps. Below 1, noise dominates.",
        ),
        Figure(
            "Training speed",
            f"{_speed(steps):,.0f} images/s" if steps else "–",
            "Training images per second, over the last 50 optimiser steps.",
        ),
    ]


def _accuracy(last: EpochRecord | None, evaluation: Evaluation | None) -> str:
    if evaluation is not None:
        return interval(evaluation.accuracy, evaluation.accuracy_low, evaluation.accuracy_high)
    return interval(last.test_accuracy, last.test_accuracy_low, last.test_accuracy_high) if last else "–"


def _signal(config: RunConfig, steps: Sequence[StepRecord]) -> str:
    if config.shots is None or config.head != "circuit":
        return "no noise"
    theta, gradient = ([value for step in steps for value in getattr(step, name)] for name in ("theta", "gradient"))
    response = Response.of(config.noise)
    ratio = signal_to_noise(theta, gradient, config.shift, config.shots, config.gradient_rule, response)
    return f"{ratio:.1f}" if isfinite(ratio) else "no noise"


def _speed(steps: Sequence[StepRecord]) -> float:
    recent = steps[-50:]
    return sum(len(step.theta) for step in recent) / sum(len(step.theta) / step.images_per_second for step in recent)


def training_chart(
    config: RunConfig, steps: Sequence[StepRecord], epochs: Sequence[EpochRecord], theme: str
) -> dict[str, Any]:
    """Return the chart of loss (above) and accuracy (below) over epochs, from epoch 0. The axes cover the whole run.

    Returns:
        An ECharts option.
    """
    ink = INKS[theme]
    low, high = _loss_range(config, steps)
    dots = steps[:: max(1, ceil(len(steps) / MAX_DOTS))]
    axis_text = {"color": ink.text, "fontSize": 13}
    return {
        "animation": False,
        "grid": [
            {"left": 52, "right": 20, "top": 28, "height": 172},
            {"left": 52, "right": 20, "top": 236, "height": 68},
        ],
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
        ],
        "legend": {
            "data": ["one batch", "training", "test"],
            "top": 0,
            "right": 16,
            "textStyle": axis_text,
            "itemGap": 16,
            "itemWidth": 20,
            "itemHeight": 10,
            "selectedMode": False,
        },
        "media": [SMALL_LEGEND],
        "tooltip": {"trigger": "axis"},
    }


def _loss_range(config: RunConfig, steps: Sequence[StepRecord]) -> tuple[float, float]:
    """Return the ends of the loss axis: −1 and 0 for −p. For −log p the upper end grows rarely and never shrinks."""
    if config.loss == "published":
        return -1, 0
    highest = max((step.loss for step in steps), default=0)
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
        **named_above(name, 12, 44, axis_text),
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
    """Return a line at 50%, the accuracy of guessing."""
    return {
        "type": "line",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "data": [],
        "markLine": {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": ink.text, "type": "dotted"},
            "label": {"formatter": "guessing", "position": "insideEndTop", "color": ink.text, "fontSize": 12},
            "data": [{"yAxis": 50}],
        },
    }
