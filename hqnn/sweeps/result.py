"""What was asked of many trainings, and what is kept of each: the lines of a file of results."""

from itertools import accumulate
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hqnn.config import RunConfig
from hqnn.diagnosis import Diagnosis
from hqnn.records import EpochRecord, Evaluation
from hqnn.sweeps.grid import Trained
from hqnn.versions import versions_here

FORMAT = "hqnn results 1"
#: Which question the trainings answer.
Kind = Literal["sweep", "swap", "stuck", "atlas"]


class ResultLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Header(ResultLine):
    """What was asked: the first line of a file."""

    format: Literal["hqnn results 1"] = FORMAT
    kind: Kind
    #: The settings that all have in common.
    config: RunConfig
    #: The values of each setting that varies.
    vary: dict[str, tuple[Any, ...]] = {}
    seeds: tuple[int, ...]
    #: What computes (`hqnn.versions`); what old files do not name is not known.
    versions: dict[str, str] = Field(default_factory=versions_here)

    @field_validator("vary")
    @classmethod
    def _pairs_are_tuples(cls, vary: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        """As a config has them: JSON knows lists alone."""
        return {name: tuple(map(_as_tuple, values)) for name, values in vary.items()}


class EpochResult(ResultLine):
    """A training after one of its epochs; epoch 0 is before its first step, and older lines and devices have none."""

    epoch: int
    #: The loss trained on: mean over the epoch's training images, none in epoch 0, and over the test images after it.
    loss: float | None = None
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    #: Wilson's 95 % interval of the test accuracy.
    test_accuracy_low: float
    test_accuracy_high: float
    #: Measurements that the training has taken so far, without those that look at it; none with exact probabilities.
    shots: int | None
    #: Time that the training has taken so far, without looking at it.
    seconds: float
    #: θ of the first digit's training images, then of the second's, without dropout, radians; where that is kept.
    theta: tuple[float, ...] = ()
    #: The loss trained on and the accuracy, of exact probabilities at the same θ; a device's and older lines have none.
    exact_train_loss: float | None = None
    exact_test_loss: float | None = None
    exact_train_accuracy: float | None = None
    exact_test_accuracy: float | None = None


class Figures(ResultLine):
    """A trained network on its test images."""

    n: int
    accuracy: float
    #: Wilson's 95 % interval of the accuracy.
    accuracy_low: float
    accuracy_high: float
    cross_entropy: float
    published: float


class Result(ResultLine):
    """One training, as far as comparing many needs it."""

    config: RunConfig
    #: None if it failed.
    evaluation: Figures | None
    curve: tuple[EpochResult, ...]
    #: Time that it had a worker.
    seconds: float
    #: By each rule of `hqnn.diagnosis` that spoke of it, the step after which it first did.
    flagged: dict[str, int] = {}
    #: Why it failed, in one sentence, if so.
    error: str | None = None
    #: What computed it, if that is something else than the file says.
    versions: dict[str, str] | None = None

    def after(self, epoch: int) -> EpochResult | None:
        """The training after the epoch of that number; none if that is not recorded."""
        return next((point for point in self.curve if point.epoch == epoch), None)

    @classmethod
    def of(cls, trained: Trained, *, angles: bool = False, versions: dict[str, str] | None = None) -> Self:
        """What is kept of a training.

        Args:
            trained: how it ended.
            angles: whether θ of the training images is kept after every epoch, too.
            versions: what its file says that it was computed with.
        """
        config = trained.config
        flagged = Diagnosis.of(config, trained.steps, trained.epochs).first if config.head == "circuit" else {}
        return cls(
            config=config,
            evaluation=_figures(trained.evaluation),
            curve=_curve(config, trained.epochs, angles),
            seconds=trained.seconds,
            flagged=flagged,
            error=trained.error,
            versions=None if trained.versions == versions else trained.versions,
        )


def shots_an_epoch(config: RunConfig) -> int | None:
    """Measurements in one pass over the training images, at θ, θ + s and θ − s of each; none if exact, or a twin's."""
    return None if config.shots is None or config.head != "circuit" else 3 * config.n_images * config.shots


def _figures(evaluation: Evaluation | None) -> Figures | None:
    if evaluation is None:
        return None
    return Figures(**{name: getattr(evaluation, name) for name in Figures.model_fields})


def _curve(config: RunConfig, epochs: list[EpochRecord], angles: bool) -> tuple[EpochResult, ...]:
    an_epoch = shots_an_epoch(config)
    speeds = (record.images_per_second for record in epochs)
    seconds = accumulate(config.n_images / speed if speed else 0.0 for speed in speeds)
    copied = EpochResult.model_fields.keys() - {"shots", "seconds", "theta"}
    return tuple(
        EpochResult(
            **{name: getattr(record, name) for name in copied},
            shots=None if an_epoch is None else record.epoch * an_epoch,
            seconds=so_far,
            theta=tuple(round(theta, 3) for theta in record.train_theta) if angles else (),
        )
        for record, so_far in zip(epochs, seconds, strict=True)
    )


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
