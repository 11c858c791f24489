"""Charts of the loss with few shots over p, as ECharts options with fixed axes. Nothing here draws."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.network.shot_loss import Spread, measured_loss, slope_factor
from ui.gradients.shift.rules import number
from ui.gradients.shift.words import shot_count
from ui.kit.echarts import (
    axis_numbers,
    bare_chart,
    legend_of,
    line_series,
    named_below,
    number_axis,
    text_style,
    upright_line,
)
from ui.kit.ink import INKS, Ink
from ui.session.lab_controls import SHOTS

#: In pixels.
HEIGHT = 430

#: The smallest p on the axis, and the values of p at which the lines are computed.
LEAST = 0.001
PROBABILITIES = np.geomspace(LEAST, 1, 121)

#: Axis labels: −log 0.001 is 6.9, and no number of shots makes a gradient more than 1.56 times as large.
LOSSES, FACTORS = (0, 2, 4, 6, 8), (0, 0.5, 1, 1.5, 2)

EXACT = "exact"

Line = NDArray[np.float64]


@lru_cache(maxsize=len(SHOTS))
def lines(shots: int) -> tuple[Spread, Spread]:
    """Return the measured loss with N shots at `PROBABILITIES`, and the factor of its gradient."""
    return measured_loss(PROBABILITIES, shots), slope_factor(PROBABILITIES, shots)


def loss_chart(p: float, shots: int, theme: str) -> dict[str, Any]:
    """−log p over p: the exact value, and the mean with N shots in a band of one standard deviation.

    Args:
        p: probability of the right digit now.
        shots: N.
        theme: "light" or "dark".
    """
    ink, (loss, _) = INKS[theme], lines(shots)
    low, high = (np.clip(loss.mean + side * loss.deviation, 0, LOSSES[-1]) for side in (-1, 1))
    name = f"mean with {shot_count(shots)} ± SD"
    chart = _over_p(p, "loss −log p", LOSSES, {name: loss.mean, EXACT: -np.log(PROBABILITIES)}, ink)
    return chart | {"series": [*_band(low, high, ink), *chart["series"]]}


def factor_chart(p: float, shots: int, theme: str) -> dict[str, Any]:
    """The mean gradient with N shots divided by the exact one, over p; arguments as for `loss_chart`."""
    name = f"mean with {shot_count(shots)}"
    both = {name: lines(shots)[1].mean, EXACT: np.ones(len(PROBABILITIES))}
    return _over_p(p, "gradient of −log p ÷ exact gradient", FACTORS, both, INKS[theme])


def _over_p(p: float, axis: str, numbers: Sequence[float], both: dict[str, Line], ink: Ink) -> dict[str, Any]:
    """The measured value as a thick line, the exact one as a dashed line over it, and a line at the present p."""
    looks = ((ink.training, 4, "solid"), (ink.text, 2, "dashed"))
    return bare_chart(ink, left=64, right=24, top=62, bottom=108) | {
        "legend": legend_of(ink, *both) | {"top": "auto", "bottom": 0, "left": "center", "right": "auto"},
        "xAxis": _p_axis(ink),
        "yAxis": number_axis(axis, 0, numbers[-1], numbers[1], ink) | {"nameGap": 34},  # above the line at p
        "series": [
            *(
                line_series(zip(PROBABILITIES, values, strict=True), color, width=width, dash=dash) | {"name": name}
                for (name, values), (color, width, dash) in zip(both.items(), looks, strict=True)
            ),
            _here(p, ink),
            axis_numbers((LEAST, 0.01, 0.1, 1), 0, "bottom", ink),
            axis_numbers(numbers, LEAST, "left", ink),
        ],
    }


def _p_axis(ink: Ink) -> dict[str, Any]:
    return {
        "type": "log",
        "min": LEAST,
        "max": 1,
        **named_below("p of the right digit (log axis)", 36, text_style(ink)),
        "axisLabel": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"lineStyle": {"color": ink.line}},
    }


def _band(low: Line, high: Line, ink: Ink) -> list[dict[str, Any]]:
    """An invisible lower edge, and a band stacked on it."""
    return [
        line_series(zip(PROBABILITIES, edge, strict=True), ink.training, width=0)
        | {"stack": "band", "lineStyle": {"opacity": 0}, "areaStyle": {"color": ink.training, "opacity": opacity}}
        for edge, opacity in ((low, 0), (high - low, 0.2))
    ]


def _here(p: float, ink: Ink) -> dict[str, Any]:
    """A line at the present p, at the left end if p is below the axis."""
    side = "left" if p < 5 * LEAST else "right" if p > 0.3 else "center"
    name = f"p = {number(p, 3)}" if p >= LEAST else f"p < {LEAST}"
    return upright_line(max(p, LEAST), name, ink, align=side)
