"""The curves of a viewer's last runs, and how their settings differ from those of the run in front. Nothing here draws.

A curve is a few arrays. It outlives its run, which may have been replaced before its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hqnn.config import RunConfig
from hqnn.records import EpochRecord
from ui.frame.run_settings import phrases

#: Number of curves beside that of the run in front.
KEPT = 3
#: Number of differences in a label, and most characters of a label.
AT_ONCE, LONGEST = 2, 22


@dataclass(frozen=True, eq=False)
class Curve:
    """Test loss and test accuracy of a run so far, one value per tested epoch."""

    run_id: str
    config: RunConfig
    #: Counts the viewer's runs, so that a run keeps its colour and mark.
    number: int
    epochs: NDArray[np.int16]
    loss: NDArray[np.float32]
    #: Shares of the test images, between 0 and 1.
    accuracy: NDArray[np.float32]
    #: Whether the run may still get longer.
    active: bool = False

    @classmethod
    def of(
        cls, run_id: str, config: RunConfig, epochs: Sequence[EpochRecord], number: int = 0, *, active: bool = False
    ) -> Self:
        """Return the curve of a run's records so far."""
        return cls(
            run_id,
            config,
            number,
            np.array([epoch.epoch for epoch in epochs], np.int16),
            np.array([epoch.test_loss for epoch in epochs], np.float32),
            np.array([epoch.test_accuracy for epoch in epochs], np.float32),
            active,
        )

    def until(self, epoch: int) -> Self:
        """Return the part of the curve up to an epoch."""
        n = int(np.searchsorted(self.epochs, epoch, "right"))
        return replace(self, epochs=self.epochs[:n], loss=self.loss[:n], accuracy=self.accuracy[:n])


def with_run(
    curves: Sequence[Curve], run_id: str, config: RunConfig, epochs: Sequence[EpochRecord], *, active: bool = False
) -> tuple[Curve, ...]:
    """Return the curves, the oldest first, with the present state of a run.

    Curves of another pair or head are dropped, because they cannot be compared, and all but the newest `KEPT` + 1.
    """
    alike = [each for each in curves if _task(each.config) == _task(config)]
    for place, each in enumerate(alike):
        if each.run_id == run_id:
            if (len(each.epochs), each.active) != (len(epochs), active):
                alike[place] = Curve.of(run_id, config, epochs, each.number, active=active)
            return tuple(alike)
    number = 1 + max((each.number for each in alike), default=-1)
    return (*alike, Curve.of(run_id, config, epochs, number, active=active))[-KEPT - 1 :]


def without_change(curves: Sequence[Curve], run_id: str) -> tuple[Curve, ...]:
    """Return the curves after a run has been replaced, so that its curve gets no longer."""
    return tuple(replace(each, active=False) if each.run_id == run_id else each for each in curves)


def behind(curves: Sequence[Curve], run_id: str | None, config: RunConfig) -> list[Curve]:
    """Return the curves to show behind the run in front, with its epochs at most.

    Args:
        curves: all curves of the viewer.
        run_id: id of the run in front, None without one.
        config: its settings, or those that the next run would have.
    """
    others = [each.until(config.epochs) for each in curves if each.run_id != run_id]
    return [each for each in others if len(each.epochs) and _task(each.config) == _task(config)][-KEPT:]


def difference(config: RunConfig, front: RunConfig) -> str:
    """Return what differs in a run's settings from those of the run in front, in a few words."""
    differing = phrases(config, front)
    more = f" +{len(differing) - AT_ONCE}" if len(differing) > AT_ONCE else ""
    said = f"{', '.join(differing[:AT_ONCE])}{more}" or "same settings"
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip(' ,')}…"


def last_accuracy(curve: Curve) -> str:
    """Return the last test accuracy of a run, in percent."""
    return f"{curve.accuracy[-1]:.1%}"


def _task(config: RunConfig) -> tuple[tuple[int, int], str]:
    return config.digits, config.head
