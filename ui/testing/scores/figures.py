"""Charts of accuracy and confidence: ECharts options as plain dictionaries. Nothing here draws."""

from typing import Any

from hqnn.statistics.scores import histogram as counts_of
from ui.kit.digits import MARKS, NAMES
from ui.kit.echarts import (
    SMALL_LEGEND,
    bare_chart,
    error_bars,
    ground,
    legend_of,
    level_lines,
    line_series,
    named_below,
    on_ground,
    rounded,
    text_style,
)
from ui.kit.ink import DIGIT_INKS, INKS, Ink
from ui.testing.prediction_table import Answers

#: Bins of the histogram, unless there are few shots, and the end of its axis, above the test images of any digit.
BINS, MOST = 20, 2000
#: Heights of the histogram and of the other charts, pixels.
FIRST_HEIGHT, HEIGHT = 310, 360
CALIBRATED = "perfect calibration"
#: Size of the enlarged corner of the ROC curve, percent, and the smallest area at which the curve does not cross it.
CORNER, CLEAR = 5, 0.9


def histogram(answers: Answers, theme: str) -> dict[str, Any]:
    """Return a histogram of P(1) for each digit on a log axis: filled bars with ●, hollow bars with ◆.

    Returns:
        An ECharts option.
    """
    ink = INKS[theme]
    counts = counts_of(answers.probabilities, answers.labels, _bins(answers.config.tested_shots))
    names = [f"{MARKS[label]} {NAMES[digit]}" for label, digit in enumerate(answers.config.digits)]
    levels = {2.0 * 10**power: f"{10**power:,}" for power in range(4)}
    return bare_chart(ink, left=62, right=16, top=40, bottom=54) | {
        "xAxis": [
            _axis("measured P(1)", ink),
            {"type": "category", "data": list(range(counts.shape[1])), "show": False},
        ],
        "yAxis": {
            "type": "log",
            "min": 1,
            "max": 2 * MOST,
            "name": "images (log axis)",
            "nameTextStyle": text_style(ink) | {"align": "left", "padding": [0, 0, 0, -52]},
            "axisLabel": {"show": False},
            "splitLine": {"show": False},
        },
        "legend": {"data": names, "top": 0, "right": 0, "itemGap": 18, "selectedMode": False}
        | {"textStyle": text_style(ink) | {"fontSize": 16}, "itemWidth": 16, "itemHeight": 12},
        "series": [
            _beneath(level_lines(levels, text_style(ink), ink)),
            *(_bars(names[label], counts[label].tolist(), label, theme) for label in (0, 1)),
        ],
        "media": [SMALL_LEGEND],
    }


def _bins(shots: int | None) -> int:
    """Return the number of bins. With few shots, each possible share has its own bin."""
    return BINS if shots is None or shots > BINS else shots + 1


def _beneath(lines: dict[str, Any]) -> dict[str, Any]:
    """Return horizontal lines behind the bars."""
    return lines | {"markLine": lines["markLine"] | {"z": 0}}


def _bars(name: str, counts: list[int], label: int, theme: str) -> dict[str, Any]:
    """Return bars of twice the counts; the axis is doubled too. A log axis starts at 1, and one image needs a bar."""
    color = DIGIT_INKS[theme][label]
    hollow = {"color": f"{color}30", "borderColor": color, "borderWidth": 2}
    return {
        "name": name,
        "type": "bar",
        "xAxisIndex": 1,
        "silent": True,
        "barGap": "0%",
        "barCategoryGap": "12%",
        "itemStyle": hollow if label else {"color": color},
        "label": {"show": True, "position": "top", "distance": 2, "formatter": MARKS[label], "color": color}
        | {"fontSize": 13},
        "data": [2 * count or "-" for count in counts],
    }


def reliability(answers: Answers, theme: str) -> dict[str, Any]:
    """Return the share of the second digit over the measured P(1), in ten bins with 95% Wilson intervals.

    Returns:
        An ECharts option.
    """
    ink, found = INKS[theme], answers.calibration
    full = found.count > 0
    points = zip(found.predicted[full], found.observed[full], strict=True)
    spans = zip(found.predicted[full], found.low[full], found.high[full], strict=True)
    return bare_chart(ink, left=62, right=24, top=86, bottom=54) | {
        "legend": legend_of(ink, CALIBRATED),
        "xAxis": _axis("mean measured P(1) of a bin", ink),
        "yAxis": _upright(_axis(f"share of {NAMES[answers.config.digits[1]]}", ink), gap=38),
        "series": [
            line_series(((0, 0), (1, 1)), ink.text, width=1.5, dash="dashed") | {"name": CALIBRATED},
            error_bars(spans, ink.test, cap=12) | {"clip": False},
            {
                "type": "scatter",
                "symbol": "circle",
                "symbolSize": 12,
                "silent": True,
                "clip": False,
                "itemStyle": {"color": ink.test, "opacity": 1},
                "data": [[rounded(x), rounded(y)] for x, y in points],
            },
            _counts_above(found.count.tolist(), ink),
        ],
    }


def _counts_above(counts: list[int], ink: Ink) -> dict[str, Any]:
    """Return the number of images of each bin, above the chart. Empty bins have none."""
    label = text_style(ink) | {"show": True, "position": "top", "distance": 12, "fontSize": 13}
    heading = {"position": "left", "formatter": "images", "distance": 10, "offset": [0, -20]}
    numbers = [
        {"value": [(place + 0.5) / len(counts), 1], "label": {"formatter": f"{count:,}"}}
        for place, count in enumerate(counts)
        if count
    ]
    return {
        "type": "scatter",
        "silent": True,
        "clip": False,
        "symbolSize": 0.1,
        "itemStyle": {"color": ink.text, "opacity": 1},
        "label": label,
        "data": [{"value": [0, 1], "label": heading}, *numbers],
    }


def roc(answers: Answers, theme: str) -> dict[str, Any]:
    """Return the ROC curve, its enlarged corner and the point of the network's predictions.

    Returns:
        An ECharts option.
    """
    ink, found, (a, b) = INKS[theme], answers.roc, answers.config.digits
    curve = list(zip(100 * found.false_positive, 100 * found.true_positive, strict=True))
    (right_a, wrong_a), (wrong_b, right_b) = answers.evaluation.confusion
    here = _here(100 * wrong_a / (right_a + wrong_a), 100 * right_b / (wrong_b + right_b), ink)
    option = bare_chart(ink, left=62, right=24, top=44, bottom=54)
    grid, percent = [option["grid"]], {"unit": "%", "ends": (0, 100), "step": 25}
    x = [_axis(f"{NAMES[a]} predicted as {b}", ink, **percent)]
    y = [_upright(_axis(f"{NAMES[b]} predicted as {b}", ink, **percent), gap=16)]
    series = [
        line_series(curve, ink.test, width=3),
        line_series(((0, 0), (100, 100)), ink.text, width=1.5, dash="dotted") | {"z": 0},
        here,
    ]
    if found.area > CLEAR:
        inset = {"left": "44%", "right": 44, "top": "36%", "bottom": 92, "outerBoundsMode": "none"}
        grid.append(inset | {"show": True, "backgroundColor": ground(theme), "borderColor": ink.text, "z": 1})
        readable = {"gridIndex": 1, "z": 1, "axisLabel": x[0]["axisLabel"] | on_ground(theme)}
        x.append(_axis("", ink, unit="%", ends=(0, CORNER), step=CORNER) | readable)
        y.append(_axis("", ink, unit="%", ends=(100 - CORNER, 100), step=CORNER) | readable)
        enlarged = {"xAxisIndex": 1, "yAxisIndex": 1}
        series += [line_series(curve, ink.test, width=3) | enlarged, here | enlarged]
    return option | {"grid": grid, "xAxis": x, "yAxis": y, "series": series}


def _here(x: float, y: float, ink: Ink) -> dict[str, Any]:
    """Return the point of the predictions, with the threshold P(1) > 0.5."""
    return {
        "type": "scatter",
        "symbol": "rect",
        "symbolSize": 13,
        "silent": True,
        "itemStyle": {"color": ink.test, "borderColor": ink.text, "borderWidth": 2, "opacity": 1},
        "data": [[rounded(x), rounded(y)]],
    }


def _axis(
    name: str, ink: Ink, *, unit: str = "", ends: tuple[float, float] = (0, 1), step: float = 0.25
) -> dict[str, Any]:
    """Return an axis of shares, named below."""
    return {
        "type": "value",
        "min": ends[0],
        "max": ends[1],
        "interval": step,
        **named_below(name, 34, text_style(ink)),
        "axisLabel": text_style(ink) | {"formatter": f"{{value}}{unit}"},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _upright(axis: dict[str, Any], gap: int) -> dict[str, Any]:
    """Return the same axis on the left, named at its top."""
    return axis | {
        "nameLocation": "end",
        "nameGap": gap,
        "nameTextStyle": axis["nameTextStyle"] | {"align": "left", "padding": [0, 0, 0, -52]},
    }
