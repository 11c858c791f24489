"""A run's looks at its probe images: when one is due, and its record."""

from math import isfinite

import torch
from torch import Tensor

from hqnn.config import RunConfig
from hqnn.network.evaluation import at_rest
from hqnn.network.model import HybridNet, in_fastest_layout
from hqnn.network.probe import pack_layers, probe_steps, steps_with_layers, strongest
from hqnn.records import ProbeRecord


class Looks:
    """The looks at the probe images of one run. They change nothing else, and use no random numbers."""

    def __init__(self, config: RunConfig, images: Tensor | None) -> None:
        """
        Args:
            config: the run.
            images: (n, 1, 28, 28), 0 to 1; None for a run that never looks.
        """
        #: Step of the last recorded look, -1 before any.
        self.last = -1
        self._images = None if images is None else in_fastest_layout(images)
        self._steps = frozenset() if images is None else frozenset(probe_steps(config))
        self._with_layers = steps_with_layers(config)

    def due(self, step: int) -> bool:
        """Return whether the next record after so many steps is a look."""
        return self.last < step and step in self._steps

    def record(self, model: HybridNet, step: int, epoch: int) -> ProbeRecord:
        """Return the record that is due; arguments and errors as for `at`."""
        self.last = step
        return self.at(model, step, epoch, layers=step in self._with_layers)

    def at(self, model: HybridNet, step: int, epoch: int, *, layers: bool) -> ProbeRecord:
        """Return a look at the images that is not one of the recorded ones, without dropout.

        Args:
            model: the network, which is not changed.
            step: number of steps behind it.
            epoch: epoch of the last step, 0 before the first.
            layers: whether the record has what the layers make of the images.

        Raises:
            ValueError: if there are no images.
        """
        if self._images is None:
            raise ValueError("images must be given to be looked at, got None")
        with torch.inference_mode():
            seen = at_rest(model).features(self._images)
        packed = pack_layers(strongest(*(values.numpy() for values in seen[:3]))) if layers else None
        theta = tuple(angle if isfinite(angle) else None for angle in seen.theta[:, 0].tolist())
        return ProbeRecord(step=step, epoch=epoch, theta=theta, layers=packed)
