"""Chart of repeated measurements of one image: an ECharts option. Nothing here draws."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from ui.kit.digits import MARKS
from ui.kit.echarts import (
    axis_numbers,
    bare_chart,
    line_series,
    named_above,
    named_below,
    rounded,
    straight_lines,
    text_style,
)
from ui.kit.ink import DIGIT_INKS, INKS, Ink

HEIGHT = 320
#: Maximum number of bins from 0 to 1, without the bin of no ones.
BINS = 100


@dataclass(frozen=True)
class Again:
    """Repeated measurements of one image."""

    digits: tuple[int, int]
    #: Its true label, 0 or 1, and its number among those of its digit, from 1.
    label: int
    number: int
    #: Exact P(1), and the number of shots per measurement (None for exact probabilities).
    exact: float
    shots: int | None
    #: (n,), measured P(1).
    shares: NDArray[np.float64]
    #: (n,), the predictions.
    answers: NDArray[np.int64]
    #: Probability that a prediction differs from the one with infinitely many shots.
    flip: float

    @property
    def said(self) -> int:
        """The prediction with infinitely many shots."""
        return int(self.exact > 0.5)

    @property
    def flips(self) -> int:
        """Number of predictions that differ from it."""
        return int((self.answers != self.said).sum())

    @property
    def bins(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Upper ends of the bins of shares, and the expected number of estimates in each.

        Each bin holds what is above the previous end, so a tie is on the first digit's side. There are at most `BINS`
        bins and the bin of no ones.
        """
        if self.shots is None:
            ends = np.arange(BINS + 1) / BINS
            return ends, np.zeros(BINS + 1)
        number = self.shots if self.shots <= BINS + 1 else BINS
        ends = np.arange(number + 1) / number
        ones = np.floor(ends * self.shots + 1e-9)
        return ends, len(self.shares) * np.diff(bdtr(ones, self.shots, np.clip(self.exact, 0, 1)), prepend=0.0)

    @property
    def found(self) -> NDArray[np.int64]:
        """Number of estimates in each bin."""
        ends, _ = self.bins
        return np.bincount(np.searchsorted(ends, self.shares - 1e-9), minlength=len(ends))


def chart(again: Again, theme: str) -> dict[str, Any]:
    """Return a histogram of one image's estimates of P(1) on both sides of 0.5, with the expectation."""
    ink, (ends, wanted) = INKS[theme], again.bins
    width = 1 / max(len(ends) - 1, 25)
    middles = ends - (width / 2 if again.shots is None or again.shots > BINS + 1 else 0)
    tallest = len(again.shares) if again.shots is None else wanted.max()
    highest = next(nice for nice in (20, 40, 60, 100, 150, 200, 250) if nice >= 1.25 * tallest)
    return bare_chart(ink, left=56, right=24, top=44, bottom=58) | {
        "xAxis": _share_axis(width, ink),
        "yAxis": _count_axis(highest, ink),
        "series": [
            *(_bars(again, middles, width, label, theme) for label in (0, 1)),
            _wanted(middles, wanted, ink),
            _half(again, ink),
            axis_numbers((0, 0.25, 0.5, 0.75, 1), 0, "bottom", ink),
            *_sides(again, highest, theme),
        ],
    }


def _bars(again: Again, middles: NDArray[np.float64], width: float, label: int, theme: str) -> dict[str, Any]:
    """Return the bars on one digit's side of 0.5, as the outline of an area."""
    ends, _ = again.bins
    color, half = DIGIT_INKS[theme][label], 0.46 * width
    side = (ends > 0.5) == label
    corners = [
        corner
        for at, height in zip(middles[side].tolist(), again.found[side].tolist(), strict=True)
        if height
        for corner in ((at - half, 0), (at - half, height), (at + half, height), (at + half, 0), ("-", "-"))
    ]
    fill = {"color": color, "opacity": 0.25 if label else 0.75}
    return line_series(corners, color, width=2) | {"areaStyle": fill}


def _wanted(middles: NDArray[np.float64], wanted: NDArray[np.float64], ink: Ink) -> dict[str, Any]:
    """Return the expectation: dots for separate bars, else a line."""
    points = [(at, height) for at, height in zip(middles.tolist(), wanted.tolist(), strict=True) if height > 1e-3]
    line, apart = line_series(points, ink.text, width=1.5), len(wanted) <= 25
    return (
        line
        | {"symbol": "circle" if apart else "none", "symbolSize": 8}
        | ({"lineStyle": {"opacity": 0}} if apart else {})
    )


def _half(again: Again, ink: Ink) -> dict[str, Any]:
    """Return lines at 0.5, where the prediction changes, and at the exact P(1)."""
    line = {"color": ink.text, "width": 2}
    return straight_lines(
        {"xAxis": 0.5, "lineStyle": line | {"type": "solid"}},
        {"xAxis": rounded(again.exact), "lineStyle": line | {"type": "dotted"}},
        label={"show": False},
    )


def _sides(again: Again, highest: int, theme: str) -> list[dict[str, Any]]:
    """Return the predictions on both sides of 0.5, above the chart."""
    return [
        {
            "type": "scatter",
            "silent": True,
            "clip": False,
            "symbolSize": 0.1,
            "itemStyle": {"opacity": 1},
            "label": {"show": True, "position": position, "distance": 14, "fontSize": 16, "fontWeight": 600}
            | {"color": color, "formatter": words, "offset": [0, -14]},
            "data": [[0.5, highest]],
        }
        for position, color, words in zip(
            ("left", "right"),
            DIGIT_INKS[theme],
            (f"predicts {again.digits[0]} {MARKS[0]}", f"{MARKS[1]} predicts {again.digits[1]}"),
            strict=True,
        )
    ]


def _share_axis(width: float, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "min": -width,
        "max": 1 + width,
        **named_below("measured P(1) (grey expected, dotted exact)", 34, text_style(ink)),
        "axisLabel": {"show": False},
        "axisTick": {"show": False},
        "axisLine": {"onZero": False},
        "splitLine": {"show": False},
    }


def _count_axis(top: int, ink: Ink) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": top,
        **named_above("measurements", 22, 46, text_style(ink)),
        "axisLabel": text_style(ink),
        "splitLine": {"lineStyle": {"color": ink.line}},
    }
