"""Histogram of repeated estimates of P(1), with the expected distribution, as an ECharts option. Nothing here draws."""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from hqnn.circuit.response import Response
from ui.kit.ink import INKS, Ink
from ui.kit.words import bounds

HISTOGRAM_HEIGHT = 340
#: Standard errors on each side of a histogram, and the approximate maximum number of bars.
REACH, MAX_BARS = 4.5, 27
#: Maximum width of a bar in P(1). With few shots, the possible shares are far apart.
WIDEST = 0.1
FONT = 15
#: Smaller probabilities are floating-point rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Reading:
    """The measurement of one engine at an angle, and its expected value."""

    name: str
    response: Response
    theta: float
    shots: int
    #: Latest measured P(1).
    measured: float

    @property
    def exact(self) -> float:
        """Exact P(1) of each shot."""
        return float(self.response.probability(self.theta))

    @property
    def error(self) -> float:
        """Standard error of a measured P(1), from the exact P(1)."""
        return float(self.response.standard_error(self.theta, self.shots))

    @property
    def interval(self) -> tuple[float, float]:
        """95% Wilson interval of the measured P(1)."""
        return bounds(self.measured, self.shots)

    @property
    def is_certain(self) -> bool:
        """Whether every shot gives the same outcome."""
        return min(self.exact, 1 - self.exact) < ROUNDING


def histogram(estimates: ArrayLike, reading: Reading, most: int, theme: str) -> dict[str, Any]:
    """Return a histogram of estimates of P(1), with the binomial distribution of the shots.

    Args:
        estimates: (n,), shares of ones.
        reading: the reading of the engine that measured them.
        most: final number of estimates. The axis has room for all of them from the start.
        theme: "light" or "dark".
    """
    ink, share = INKS[theme], expected_share(reading)
    bars = histogram_bars(estimates, reading)
    half = _bar_width(reading) / 2
    low, high = (0.0, 1.0) if reading.is_certain else (bars[0][0], bars[-1][0])
    names = [f"expected for {most}", "expected so far"]
    return {
        "animation": False,
        "grid": grid(left=62),
        "xAxis": axis("measured P(1)", low - half, high + half, ink, gap=34)
        | {"axisLabel": text(ink) | {"showMinLabel": False, "showMaxLabel": False}, "splitLine": {"show": False}},
        "yAxis": axis("estimates", 0, 10 * ceil(most * min(1.0, 1.3 * share.max()) / 10), ink),
        "series": [
            {
                "name": "estimates",
                "type": "line",
                "step": "end",
                "symbol": "none",
                "silent": True,
                "lineStyle": {"color": ink.training, "width": 1.5},
                "itemStyle": {"color": ink.training},
                "areaStyle": {"color": ink.training, "opacity": 0.45},
                "data": _outline(bars, half),
            },
            _expected(names[0], most * share, reading, bars, ink.text, "dotted"),
            _expected(names[1], np.size(estimates) * share, reading, bars, ink.text, "solid"),
        ],
        "legend": legend([] if reading.is_certain else names, ink),
    }


def bin_edges(reading: Reading) -> NDArray[np.float64]:
    """Return the edges of the bins: `REACH` standard errors on each side, within 0 to 1.

    A share of N shots is a multiple of 1/N. Every bin holds the same number of multiples.
    """
    shots, exact = reading.shots, min(reading.exact, 1 - reading.exact)
    reach = max(2.0, REACH * reading.error * shots)
    wide = max(1, round(2 * reach / MAX_BARS))
    first = max(0.0, exact * shots - reach) // wide
    last = min(shots, exact * shots + reach) // wide
    edges = (wide * np.arange(first, last + 2) - 0.5) / shots
    return edges if exact == reading.exact else 1 - edges[::-1]  # counted from the nearer end


def histogram_bars(estimates: ArrayLike, reading: Reading) -> list[list[float]]:
    """Return middle and height of each bar. The outermost bars include everything beyond them."""
    edges = bin_edges(reading)
    found, _ = np.histogram(np.clip(np.asarray(estimates, dtype=np.float64), edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return [[round(float(middle), 7), int(n)] for middle, n in zip(middles, found, strict=True)]


def expected_share(reading: Reading) -> NDArray[np.float64]:
    """Return the expected (binomial) share of all estimates in each bar, (bars,)."""
    below = np.rint(bin_edges(reading) * reading.shots - 0.5)
    up_to = bdtr(np.clip(below, 0, reading.shots), reading.shots, np.clip(reading.exact, 0, 1))
    return np.diff(np.where(below < 0, 0.0, up_to))


def _bar_width(reading: Reading) -> float:
    first, second = bin_edges(reading)[:2]
    return min(WIDEST, float(second - first)) if not reading.is_certain else WIDEST / 2


def _outline(bars: list[list[float]], half: float) -> list[list[float]]:
    """Return the points of the step line: each bar's lower end at its height, and its upper end at zero."""
    ends = [[[middle - half, n], [middle + half, 0]] for middle, n in bars if n]
    return [[round(at, 7), n] for bar in ends for at, n in ([bar[0][0], 0], *bar)]


def _expected(
    name: str, heights: NDArray[np.float64], reading: Reading, bars: list[list[float]], color: str, dash: str
) -> dict[str, Any]:
    """Return the expected number of estimates per bar: a line over each separate bar, or one line from bar to bar.

    The line is empty if all estimates are the same.
    """
    tops = [(middle, round(float(height), 3)) for (middle, _), height in zip(bars, heights, strict=True)]
    if reading.is_certain:
        data = []
    elif WIDEST * reading.shots < 1:
        half = WIDEST / 2
        data = [end for at, top in tops for end in ([at - half, top], [at + half, top], [at + half, None])]
    else:
        data = [[at, top] for at, top in tops]
    return {
        "name": name,
        "type": "line",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": color, "width": 2, "type": dash},
        "itemStyle": {"color": color, "opacity": 0},
        "data": data,
    }


def axis(name: str, low: float, high: float, ink: Ink, gap: int | None = None) -> dict[str, Any]:
    """Return a number axis. With a gap it is horizontal and named below, else vertical and named at its top."""
    place: dict[str, Any] = (
        {"nameLocation": "middle", "nameGap": gap, "nameTextStyle": text(ink)}
        if gap
        else {
            "axisLine": {"onZero": False},
            "nameLocation": "end",
            "nameGap": 14,
            "nameTextStyle": text(ink) | {"align": "left", "padding": [0, 0, 0, -50]},
        }
    )
    return {
        "type": "value",
        "name": name,
        "min": low,
        "max": high,
        "axisLabel": text(ink),
        "splitLine": {"lineStyle": {"color": ink.line}},
        **place,
    }


def legend(names: list[str], ink: Ink) -> dict[str, Any]:
    return {"data": names, "top": 0, "right": 12, "itemGap": 16, "textStyle": text(ink), "selectedMode": False}


def grid(left: int) -> dict[str, Any]:
    """Return the area inside the axes, pixels from the edges. Names and labels are outside of it."""
    return {"left": left, "right": 24, "top": 52, "bottom": 68, "outerBoundsMode": "none"}


def text(ink: Ink) -> dict[str, Any]:
    return {"color": ink.text, "fontSize": FONT}
