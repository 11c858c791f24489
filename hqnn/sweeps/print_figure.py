"""Charts for print, as PNG or SVG."""

from collections.abc import Sequence
from io import BytesIO
from textwrap import fill
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from hqnn.sweeps.curves import AXES, Against, Line, measure_name, names, settings_said, without_epoch_0
from hqnn.sweeps.curves import lines as lines_of
from hqnn.sweeps.groups import Measure
from hqnn.sweeps.result import Header
from hqnn.sweeps.results_file import Results
from hqnn.versions import spoken
from hqnn.words import plural

Kind = Literal["png", "svg"]
#: Size in inches, and dots per inch of a PNG, which is 2400 pixels wide.
SIZE, PNG_DPI = (8.0, 5.0), 300

_MARKERS = {"■": "s", "▲": "^", "▼": "v", "★": "*"}
_INK, _GRID = "#1B2421", "#D5DCD9"


def of_results(results: Results, kind: Kind, shown: Sequence[str] | None = None) -> bytes:
    """Draw the test accuracy of a sweep over epochs (see `race`).

    Args:
        results: of the sweep so far.
        kind: "png" or "svg".
        shown: names of the combinations; by default as many as there are line styles.
    """
    header = results.header
    drawn = lines_of(results, "test_accuracy", "epochs", names(header) if shown is None else shown)
    return race(header, drawn, "test_accuracy", "epochs", kind)


def race(header: Header, drawn: Sequence[Line], measure: Measure, against: Against, kind: Kind) -> bytes:
    """Draw mean curves with their bands over seeds.

    Args:
        header: of the experiment.
        drawn: the curves.
        measure: on the vertical axis.
        against: epochs or shots.
        kind: "png" or "svg".

    Returns:
        The content of the file. Its metadata contain the settings and the versions that computed it.
    """
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    for line in drawn:
        _draw(axes, line, 0.15 if len(drawn) <= 4 else 0.07)
    _name(axes, header, drawn, measure, against)
    content, caption = BytesIO(), settings_said(header.config, header.vary)
    if against == "epochs" and (later := without_epoch_0(drawn)):
        caption += f". Not all runs recorded epoch 0: {', '.join(later)}"
    figure.supxlabel(fill(caption, 125), fontsize=8, color=_INK)
    about = {"Title": _title(header), "Description": f"{caption}. Computed with {spoken(header.versions)}."}
    with matplotlib.rc_context({"svg.hashsalt": "hqnn"}):
        figure.savefig(content, format=kind, dpi=PNG_DPI, metadata=about | ({"Date": None} if kind == "svg" else {}))
    return content.getvalue()


def _draw(axes: Axes, line: Line, dense: float) -> None:
    style, level = line.style, line.x is None
    x = [0.0, 1.0] if line.x is None else line.x
    mean, low, high = (np.repeat(each[-1:], 2) if level else each for each in (line.mean, line.low, line.high))
    along: dict[str, Any] = {"transform": axes.get_yaxis_transform()} if level else {}
    axes.plot(
        x,
        mean,
        color=style.light,
        linestyle=(0, tuple(length / 2 for length in style.dash)) if style.dash else "solid",
        linewidth=1.8,
        marker=None if level else _MARKERS[style.mark],
        markersize=6,
        markerfacecolor=style.light if style.filled else "white",
        label=f"{line.name}{', after the last epoch' * level} (n = {line.runs})",
        **along,
    )
    if np.isfinite(low).all():
        axes.fill_between(x, low, high, color=style.light, alpha=dense, linewidth=0, **along)


def _name(axes: Axes, header: Header, drawn: Sequence[Line], measure: Measure, against: Against) -> None:
    axes.set_title(_title(header), fontsize=12, color=_INK, loc="left")
    axes.set_xlabel(AXES[against])
    axes.set_ylabel(measure_name(measure, header.config.loss))
    axes.grid(color=_GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if against == "shots":
        axes.set_xscale("log")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if drawn:
        axes.legend(fontsize=9, framealpha=0.85, edgecolor="none")


def _title(header: Header) -> str:
    a, b = header.config.digits
    pair = "" if "digits" in header.vary else f"{a} vs {b}: "
    return f"{pair}means over {plural(len(header.seeds), 'seed')} with 95% intervals"
