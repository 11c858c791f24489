"""The steps of a run as arrays: derivatives with their shot noise, and the angles of the images."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import atan2, hypot, pi
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.gradients import slope_deviation
from hqnn.circuit.response import Response
from hqnn.config import TRAIN_COUNTS, RunConfig, check_circuit
from hqnn.records import LAYERS, EpochRecord, StepRecord

#: Standard errors within which the sign of a mean derivative is in doubt: half the width of a 95 % interval.
DOUBT = 1.96
#: Share of images with the same prediction from which a run is one-sided, and share of images past a turning point from
#: which it is mostly past.
ONE_SIDED, PAST = 0.95, 0.5
#: θ beyond which an image has diverged: two whole turns, radians.
FAR = 4 * pi


@dataclass(frozen=True)
class Cloud:
    """Angles of the training images."""

    #: θ of each digit's images, radians, in their own order; NaN if unknown.
    angles: tuple[NDArray[np.float64], NDArray[np.float64]]
    #: For each digit: images with known θ, and those with P(1) above 1/2, predicted as the second digit.
    seen: tuple[int, int]
    up: tuple[int, int]
    #: Images of both digits beyond a turning point.
    past: int

    @classmethod
    def of(cls, config: RunConfig, angles: NDArray[np.float64]) -> Self:
        """Return the cloud of a run's training images at their θ: (images,), radians, the first digit's images first.

        Raises:
            ConfigError: (a ValueError) if the run has a classical replacement of the circuit.
        """
        check_circuit(config)
        count = TRAIN_COUNTS[config.digits[0]] if config.n_train is None else config.n_train
        response = Response.of(config.noise)
        low, high = turning_points(response)
        each = angles[:count], angles[count:]
        (seen_a, up_a), (seen_b, up_b) = ((int((~np.isnan(a)).sum()), _count_up(response, a)) for a in each)
        past = int(((angles < low) | (angles > high)).sum())
        return cls(each, seen=(seen_a, seen_b), up=(up_a, up_b), past=past)

    @property
    def unseen(self) -> int:
        """Number of images with unknown θ."""
        return sum(map(len, self.angles)) - sum(self.seen)

    @property
    def far(self) -> int:
        """Number of images of both digits more than two turns from θ = 0."""
        return sum(int((np.abs(angles) > FAR).sum()) for angles in self.angles)

    @property
    def one_sided(self) -> bool:
        """Whether at least 95 % of the images get the same prediction, with θ of all images known."""
        up, every = sum(self.up), sum(self.seen)
        return self.unseen == 0 and max(up, every - up) >= ONE_SIDED * every

    @property
    def mostly_past(self) -> bool:
        """Whether at least half of the images are past a turning point."""
        return self.past >= PAST * max(1, sum(self.seen))


@dataclass(frozen=True)
class Averages:
    """Averages over every few steps, m of them. A short run has one step each."""

    #: Steps per average; the last may have fewer.
    few: int
    #: (m,), mean number of the steps.
    steps: NDArray[np.float64]
    #: (m,), mean derivative, and its standard error.
    slopes: NDArray[np.float64]
    errors: NDArray[np.float64]
    #: (m,), share of steps whose sign shot noise could have reversed.
    uncertain: NDArray[np.float64]
    #: (m, layers), mean norms.
    norms: NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """The steps of a run, n of them, in order. Viewers share it, so never write to its arrays."""

    config: RunConfig
    #: (n,), from 1.
    epochs: NDArray[np.int64]
    #: (n,), dP(1)/dθ, mean over the batch, per radian.
    slopes: NDArray[np.float64]
    #: (n,), standard error of the mean derivative due to shots; zeros for exact probabilities.
    errors: NDArray[np.float64]
    #: (n, layers), L2 norms of the loss gradient.
    norms: NDArray[np.float64]
    #: (n,), images trained on up to and including each step: rows of the next two arrays.
    ends: NDArray[np.int64]
    #: (images trained on,), places among the training images, and their θ, radians.
    images: NDArray[np.int64]
    angles: NDArray[np.float64]

    @classmethod
    def of(cls, config: RunConfig, steps: Sequence[StepRecord]) -> Self:
        """Return the course of steps with images and gradient norms (`is_complete`).

        Raises:
            ConfigError: (a ValueError) if the run has a classical replacement of the circuit.
        """
        check_circuit(config)
        sizes = np.array([len(step.theta) for step in steps], dtype=np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        angles = np.array([angle for step in steps for angle in step.theta], dtype=np.float64)
        slopes = np.array([slope for step in steps for slope in step.gradient], dtype=np.float64)
        variances = _variances(config, angles)
        return cls(
            config,
            epochs=np.array([step.epoch for step in steps], dtype=np.int64),
            slopes=_sums(slopes, starts) / sizes,
            errors=np.sqrt(_sums(variances, starts)) / sizes,
            norms=np.array([step.gradient_norms for step in steps], dtype=np.float64).reshape(-1, len(LAYERS)),
            ends=ends,
            images=np.array([image for step in steps for image in step.images], dtype=np.int64),
            angles=angles,
        )

    def extended(self, steps: Sequence[StepRecord]) -> Self:
        """Return this course with more steps."""
        more, done = type(self).of(self.config, steps), len(self.images)
        joined = {
            name: np.concatenate((getattr(self, name), getattr(more, name) + (done if name == "ends" else 0)))
            for name in (field.name for field in fields(self))
            if name != "config"
        }
        return type(self)(self.config, **joined)

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def uncertain(self) -> NDArray[np.bool_]:
        """(n,), whether shot noise could have reversed the sign: |mean| < 1.96 standard errors."""
        return np.abs(self.slopes) < DOUBT * self.errors

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Smallest and largest θ of all steps, radians; zeros before the first step."""
        return (float(self.angles.min()), float(self.angles.max())) if len(self.angles) else (0.0, 0.0)

    def averages(self, few: int) -> Averages:
        """Return averages over every few steps. They include all steps."""
        starts = np.arange(0, len(self), few)
        counts = np.diff(np.append(starts, len(self)))
        return Averages(
            few,
            steps=_sums(np.arange(1.0, len(self) + 1), starts) / counts,
            slopes=_sums(self.slopes, starts) / counts,
            errors=np.sqrt(_sums(self.errors**2, starts)) / counts,
            uncertain=_sums(self.uncertain.astype(np.float64), starts) / counts,
            norms=_sums(self.norms, starts) / counts[:, None],
        )

    def cloud(self, step: int) -> Cloud:
        """Return each image at its angle in its latest batch, up to and including a step; 0 is before the first."""
        count, end = self.config.n_images, int(self.ends[step - 1]) if step else 0
        recent = slice(max(0, end - 2 * count), end)  # a whole epoch is in there, and so is every image
        latest = np.full(count, np.nan)
        latest[self.images[recent]] = self.angles[recent]  # of an image's several θ the last one stays
        return Cloud.of(self.config, latest)


def settled_cloud(config: RunConfig, epochs: Sequence[EpochRecord], step: int) -> tuple[int, Cloud] | None:
    """Return the last complete epoch at a step, with the angles after it without dropout; None if there is none."""
    over = [epoch for epoch in epochs if epoch.step <= step and epoch.train_theta]
    return (over[-1].epoch, Cloud.of(config, np.array(over[-1].train_theta))) if over else None


def is_complete(steps: Sequence[StepRecord]) -> bool:
    """Return whether every step has images and gradient norms. Runs of older versions do not."""
    return all(step.images and step.gradient_norms for step in steps)


def turning_points(response: Response) -> tuple[float, float]:
    """Return the θ around 0 between which P(1) rises, radians: −π/2 and π/2 without noise.

    P(1) is largest where sine · cos θ = cosine · sin θ. If noise removes the whole sine, the ideal values are used.
    """
    flat = hypot(response.sine, response.cosine) < 1e-12
    highest = pi / 2 if flat else atan2(response.sine, response.cosine)
    return highest - pi, highest


def _variances(config: RunConfig, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    if config.shots is None:
        return np.zeros_like(angles)
    response = Response.of(config.noise)
    return slope_deviation(angles, config.shift, config.shots, config.gradient_rule, response) ** 2


def _sums(values: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the sum of each step's values."""
    return np.add.reduceat(values, starts) if len(starts) else values


def _count_up(response: Response, angles: NDArray[np.float64]) -> int:
    return int((response.probability(angles) > 0.5).sum())
