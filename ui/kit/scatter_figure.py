"""How far estimates scatter: a histogram against what is expected of it, as an ECharts option. Nothing here draws."""

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
#: Standard errors that a histogram spans to both sides, and about how many bars at most.
REACH, MAX_BARS = 4.5, 27
#: P(1) that a bar is wide at most: with a few shots, the shares that there can be stand apart.
WIDEST = 0.1
FONT = 15
#: Probabilities that are less come of the floating-point numbers alone.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Reading:
    """What one engine measured at an angle, beside what it measures on average."""

    name: str
    response: Response
    theta: float
    shots: int
    #: Measured P(1), the latest of several.
    measured: float

    @property
    def exact(self) -> float:
        """P(1) that its shots are drawn with."""
        return float(self.response.probability(self.theta))

    @property
    def error(self) -> float:
        """Standard error of a measured P(1), with the exact P."""
        return float(self.response.standard_error(self.theta, self.shots))

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95% interval of the measured P(1)."""
        return bounds(self.measured, self.shots)

    @property
    def is_certain(self) -> bool:
        """Whether every shot gives the same."""
        return min(self.exact, 1 - self.exact) < ROUNDING


def histogram(estimates: ArrayLike, reading: Reading, most: int, theme: str) -> dict[str, Any]:
    """Estimates of P(1) as a histogram, against the binomial distribution that shots have.

    Args:
        estimates: (n,), shares of ones.
        reading: of the engine that measured them.
        most: how many estimates there will be; the axis has room for them from the start.
        theme: "light" or "dark".
    """
    ink, share = INKS[theme], expected_share(reading)
    bars = histogram_bars(estimates, reading)
    half = _bar_width(reading) / 2
    low, high = (0.0, 1.0) if reading.is_certain else (bars[0][0], bars[-1][0])
    names = [f"expected of {most}", "expected so far"]
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
    """Edges of the histogram's bins, which span `REACH` standard errors to both sides, within 0 to 1.

    A share of N shots is a multiple of 1/N: every bin holds the same number of those.
    """
    shots, exact = reading.shots, min(reading.exact, 1 - reading.exact)
    reach = max(2.0, REACH * reading.error * shots)
    wide = max(1, round(2 * reach / MAX_BARS))
    first = max(0.0, exact * shots - reach) // wide
    last = min(shots, exact * shots + reach) // wide
    edges = (wide * np.arange(first, last + 2) - 0.5) / shots
    return edges if exact == reading.exact else 1 - edges[::-1]  # counted from the nearer end, and no further


def histogram_bars(estimates: ArrayLike, reading: Reading) -> list[list[float]]:
    """Middle and height of each bar; what lies beyond the outermost ones counts as theirs."""
    edges = bin_edges(reading)
    found, _ = np.histogram(np.clip(np.asarray(estimates, dtype=np.float64), edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return [[round(float(middle), 7), int(n)] for middle, n in zip(middles, found, strict=True)]


def expected_share(reading: Reading) -> NDArray[np.float64]:
    """(bars,), how much of all the estimates each bar is expected to hold: binomial."""
    below = np.rint(bin_edges(reading) * reading.shots - 0.5)
    up_to = bdtr(np.clip(below, 0, reading.shots), reading.shots, np.clip(reading.exact, 0, 1))
    return np.diff(np.where(below < 0, 0.0, up_to))


def _bar_width(reading: Reading) -> float:
    first, second = bin_edges(reading)[:2]
    return min(WIDEST, float(second - first)) if not reading.is_certain else WIDEST / 2


def _outline(bars: list[list[float]], half: float) -> list[list[float]]:
    """Where the step line goes, from each bar's lower end at its height to its upper end at zero."""
    ends = [[[middle - half, n], [middle + half, 0]] for middle, n in bars if n]
    return [[round(at, 7), n] for bar in ends for at, n in ([bar[0][0], 0], *bar)]


def _expected(
    name: str, heights: NDArray[np.float64], reading: Reading, bars: list[list[float]], color: str, dash: str
) -> dict[str, Any]:
    """So many estimates as each bar is expected to hold, across bars that stand apart, else from bar to bar.

    Nothing where all estimates are the same.
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
    """An axis of numbers: with a gap a horizontal one, named beneath; else a vertical one, named at its top."""
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
    """Where the axes stand, pixels from the picture's edges; their names and labels are outside of it."""
    return {"left": left, "right": 24, "top": 52, "bottom": 68, "outerBoundsMode": "none"}


def text(ink: Ink) -> dict[str, Any]:
    return {"color": ink.text, "fontSize": FONT}
