"""What a run makes of one image: the first test image of its second digit, as its records have it."""

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.config import RunConfig
from hqnn.diagnosis.course import Cloud
from hqnn.jobs.job import Job
from hqnn.network.probe import PER_DIGIT, Layers, unpack_layers
from hqnn.records import EpochRecord

#: Place of the image among the probe images, and its label.
PLACE, LABEL = PER_DIGIT, 1


class Look(NamedTuple):
    """One look at the image. Fields are None as long as the run has nothing to show."""

    config: RunConfig
    #: Optimiser steps behind the network, and number of the look from 1, 0 before the first.
    step: int | None = None
    number: int = 0
    #: θ of the image in radians; None too if it is not finite.
    theta: float | None = None
    #: What the layers make of the image alone: maps (4, height, width) and features (64,), 0 to 255.
    layers: Layers | None = None
    #: Whether the run has steps but no looks, as those of earlier versions, and its last epoch then.
    older: bool = False
    epoch: EpochRecord | None = None

    @classmethod
    def at(cls, job: Job) -> Self:
        """Return the latest look of a run."""
        probes, (steps, epochs) = list(job.probes), job.snapshot()
        if not probes:
            return cls(job.config, older=bool(steps), epoch=epochs[-1] if steps and epochs else None)
        packed = next((probe.layers for probe in reversed(probes) if probe.layers), None)
        last = probes[-1]
        return cls(job.config, last.step, len(probes), last.theta[PLACE], None if packed is None else _own(packed))

    @property
    def exact(self) -> float | None:
        """P(1) at θ, with the noise of the run."""
        if self.theta is None:
            return None
        return float(np.clip(Response.of(self.config.noise).probability(self.theta), 0, 1))

    @property
    def ones(self) -> int | None:
        """How many of the run's number of shots give 1, in a measurement of its own. None without shots or θ."""
        if self.exact is None or self.config.shots is None:
            return None
        seed = self.config.seed, self.step or 0
        return int(np.random.default_rng(seed).binomial(self.config.shots, self.exact))

    @property
    def share(self) -> float | None:
        """P(1) as the prediction uses it: the share of ones among the shots, or exact."""
        return self.exact if self.ones is None else self.ones / (self.config.shots or 1)

    @property
    def mean_theta(self) -> float | None:
        """Mean θ of the second digit's training images after the last epoch, for a run without looks."""
        if self.epoch is None or not self.epoch.train_theta:
            return None
        angles = Cloud.of(self.config, np.array(self.epoch.train_theta)).angles[LABEL]
        return float(angles.mean()) if np.isfinite(angles).all() else None


def _own(packed: str) -> Layers:
    """The layers of the one image."""
    layers = unpack_layers(packed)
    rows: list[NDArray[np.uint8]] = [values[PLACE] for values in layers]
    return Layers(*rows)
