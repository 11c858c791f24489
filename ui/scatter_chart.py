"""How far estimates scatter: a histogram against a normal curve, as an ECharts option. Nothing here draws."""

from math import ceil, pi, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ui.charts import INKS
from ui.circuit_charts import Reading, axis, grid, legend, text

HISTOGRAM_HEIGHT = 340
#: Standard errors that a histogram spans to both sides, and about how many bars at most.
REACH, MAX_BARS = 4.5, 27


def histogram(estimates: ArrayLike, reading: Reading, most: int, theme: str) -> dict[str, Any]:
    """Estimates of P(1) as a histogram, against the normal curve of the expected width.

    Args:
        estimates: (n,), shares of ones.
        reading: of the engine that measured them.
        most: how many estimates there will be; the axis has room for them from the start.
        theme: "light" or "dark".
    """
    ink, edges, bars = INKS[theme], bin_edges(reading), histogram_bars(estimates, reading)
    tallest = min(1.0, _density(reading, np.array(reading.exact)) * (edges[1] - edges[0])) if reading.error else 1.0
    return {
        "animation": False,
        "grid": grid(left=62),
        "xAxis": axis("measured P(1)", float(edges[0]), float(edges[-1]), ink, gap=34)
        | {"axisLabel": text(ink) | {"showMinLabel": False, "showMaxLabel": False}, "splitLine": {"show": False}},
        "yAxis": axis("estimates", 0, 10 * ceil(most * 1.3 * tallest / 10), ink),
        "series": [
            {
                "name": "estimates",
                "type": "line",
                "step": "middle",
                "symbol": "none",
                "silent": True,
                "lineStyle": {"color": ink.training, "width": 1.5},
                "itemStyle": {"color": ink.training},
                "areaStyle": {"color": ink.training, "opacity": 0.45},
                "data": bars,
            },
            _normal(f"expected of {most}", most, reading, edges, ink.text, "dotted"),
            _normal("expected so far", np.size(estimates), reading, edges, ink.text, "solid"),
        ],
        "legend": legend(["estimates", f"expected of {most}", "expected so far"], ink),
    }


def bin_edges(reading: Reading) -> NDArray[np.float64]:
    """Edges of the histogram's bars, which span `REACH` standard errors to both sides, within 0 to 1.

    A share of N shots is a multiple of 1/N: every bar holds the same number of those.
    """
    shots, reach = reading.shots, max(2.0, REACH * reading.error * reading.shots)
    wide = max(1, round(2 * reach / MAX_BARS))
    first = max(0.0, reading.exact * shots - reach) // wide
    last = min(shots, reading.exact * shots + reach) // wide
    return (wide * np.arange(first, last + 2) - 0.5) / shots


def histogram_bars(estimates: ArrayLike, reading: Reading) -> list[list[float]]:
    """Middle and height of each bar; what lies beyond the outermost ones counts as theirs."""
    edges = bin_edges(reading)
    found, _ = np.histogram(np.clip(np.asarray(estimates, dtype=np.float64), edges[0], edges[-1]), edges)
    middles = (edges[1:] + edges[:-1]) / 2
    return [[round(float(middle), 7), int(n)] for middle, n in zip(middles, found, strict=True)]


def _density(reading: Reading, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the normal distribution with the mean and the standard error of a measured P(1)."""
    return np.exp(-(((at - reading.exact) / reading.error) ** 2) / 2) / (reading.error * sqrt(2 * pi))


def _normal(
    name: str, number: int, reading: Reading, edges: NDArray[np.float64], color: str, dash: str
) -> dict[str, Any]:
    """So many estimates as the normal distribution would have them; nothing where all estimates are the same."""
    at = np.linspace(edges[0], edges[-1], 97)
    heights = number * (edges[1] - edges[0]) * _density(reading, at) if reading.error else np.array([])
    return {
        "name": name,
        "type": "line",
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": color, "width": 2, "type": dash},
        "itemStyle": {"color": color, "opacity": 0},
        "data": [[round(float(x), 6), round(float(y), 3)] for x, y in zip(at, heights, strict=False)],
    }
