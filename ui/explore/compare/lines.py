"""Runs side by side: their marks, and their values after every epoch. Nothing here draws."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal, NamedTuple

from hqnn.config import Loss
from hqnn.records import LAYERS
from hqnn.states import State
from hqnn.sweeps.comparison import Compared
from ui.kit.words import LOSS_NAMES

Measure = Literal["Test accuracy", "Training accuracy", "Test loss", "Training loss", "Slopes", "Gradient norms"]


class Sign(NamedTuple):
    """Letter, mark and colours of a run."""

    letter: str
    #: The mark as a character, and as ECharts draws it.
    mark: str
    symbol: str
    turned: int
    colors: dict[str, str]


_CROSS = "path://M4,0h4v4h4v4h-4v4h-4v-4h-4v-4h4z"
_CROSSING = "path://M2,0l4,4 4,-4 2,2 -4,4 4,4 -2,2 -4,-4 -4,4 -2,-2 4,-4 -4,-4z"
_STAR = "path://M10,0l2.4,7h7.4l-5.9,4.4 2.2,7.2-6.1-4.4-6.1,4.4 2.2-7.2-5.9-4.4h7.4z"

#: Colours after Tol's muted scheme, with enough contrast for text. Neither digit has them.
SIGNS = (
    Sign("A", "■", "rect", 0, {"light": "#332288", "dark": "#B3A6FF"}),
    Sign("B", "▲", "triangle", 0, {"light": "#A8325A", "dark": "#FF93AC"}),
    Sign("C", "▼", "triangle", 180, {"light": "#117733", "dark": "#62D383"}),
    Sign("D", "▶", "triangle", -90, {"light": "#75680F", "dark": "#DDCC77"}),
    Sign("E", "◀", "triangle", 90, {"light": "#9A3D8B", "dark": "#E59BD8"}),
    Sign("F", "✚", _CROSS, 0, {"light": "#1F7A70", "dark": "#7FE0D3"}),
    Sign("G", "★", _STAR, 0, {"light": "#66172F", "dark": "#F0C8B4"}),
    Sign("H", "✖", _CROSSING, 0, {"light": "#46524E", "dark": "#B8C4C0"}),
)


@dataclass(frozen=True)
class View:
    """What the chart shows."""

    measure: Measure
    #: Which loss, if the measure is a loss.
    loss: Loss = "cross-entropy"
    #: Which layer, if the measure is the gradient norm.
    layer: str = LAYERS[-1]

    @property
    def name(self) -> str:
        """Name of the axis, with its unit."""
        match self.measure:
            case "Test loss" | "Training loss":
                return f"{self.measure.split()[0].lower()} {LOSS_NAMES[self.loss]}, mean over images"
            case "Slopes":
                return "dP(1)/dθ per radian, root mean square per epoch"
            case "Gradient norms":
                return f"gradient norm in {self.layer}, mean per epoch"
            case _:
                return f"{self.measure.lower()}, % of images"


class Point(NamedTuple):
    """A value of a run after one of its epochs."""

    epoch: int
    value: float
    #: Ends of the 95 % interval, if it has one.
    low: float | None = None
    high: float | None = None


def points(run: Compared, view: View) -> list[Point]:
    """Return the known values of a run. The test loss that was not used in training is known only at the end."""
    match view.measure:
        case "Test accuracy":
            return [
                Point(e.epoch, 100 * e.test_accuracy, 100 * e.test_accuracy_low, 100 * e.test_accuracy_high)
                for e in run.epochs
            ]
        case "Training accuracy":
            values = [100 * e.train_accuracy for e in run.epochs]
        case "Test loss":
            return _test_loss(run, view.loss)
        case "Training loss":
            values = [e.cross_entropy if view.loss == "cross-entropy" else e.published for e in run.epochs]
        case "Slopes":
            values = list(run.slopes)
        case "Gradient norms":
            values = [norms[LAYERS.index(view.layer)] if norms else None for norms in run.norms]
    positive = view.measure == "Gradient norms"
    known = [(e.epoch, value) for e, value in zip(run.epochs, values, strict=True) if value is not None]
    return [Point(epoch, value) for epoch, value in known if isfinite(value) and (value > 0 or not positive)]


def _test_loss(run: Compared, loss: Loss) -> list[Point]:
    if run.config.loss == loss:
        return [Point(e.epoch, e.test_loss) for e in run.epochs]
    if run.evaluation is None or run.state is not State.FINISHED or not run.epochs:
        return []
    found = run.evaluation.cross_entropy if loss == "cross-entropy" else run.evaluation.published
    return [Point(run.epochs[-1].epoch, found)]
