"""The lines of a results file: the experiment, and what is kept of each run."""

from itertools import accumulate
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hqnn.config import RunConfig
from hqnn.diagnosis import Diagnosis
from hqnn.records import EpochRecord, Evaluation
from hqnn.sweeps.grid import Trained
from hqnn.versions import versions_here

FORMAT = "hqnn results 1"
#: Kind of experiment. Files have the names of earlier versions.
Kind = Literal["sweep", "swap", "stuck", "atlas"]


class ResultLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Header(ResultLine):
    """The experiment: the first line of a file."""

    format: Literal["hqnn results 1"] = FORMAT
    kind: Kind
    #: The shared settings.
    config: RunConfig
    #: The values of each varied setting.
    vary: dict[str, tuple[Any, ...]] = {}
    seeds: tuple[int, ...]
    #: Versions that compute (`hqnn.versions`). Parts that old files do not name are unknown.
    versions: dict[str, str] = Field(default_factory=versions_here)

    @field_validator("vary")
    @classmethod
    def _pairs_are_tuples(cls, vary: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
        """Turn pairs into tuples, as in a config. JSON has only lists."""
        return {name: tuple(map(_as_tuple, values)) for name, values in vary.items()}


class EpochResult(ResultLine):
    """A run after one of its epochs. Epoch 0 is before its first step; older lines and devices have none."""

    epoch: int
    #: The loss used in training: mean over the epoch's training images (None in epoch 0), then over the test images.
    loss: float | None = None
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    #: 95 % Wilson interval of the test accuracy.
    test_accuracy_low: float
    test_accuracy_high: float
    #: Total shots of training so far, without tests; None with exact probabilities.
    shots: int | None
    #: Training time so far in seconds, without tests.
    seconds: float
    #: θ of the first digit's training images, then of the second's, without dropout, radians; empty if not kept.
    theta: tuple[float, ...] = ()
    #: Loss and accuracy with exact probabilities at the same θ; devices and older lines have none.
    exact_train_loss: float | None = None
    exact_test_loss: float | None = None
    exact_train_accuracy: float | None = None
    exact_test_accuracy: float | None = None


class Figures(ResultLine):
    """Results of a trained network on its test images."""

    n: int
    accuracy: float
    #: 95 % Wilson interval of the accuracy.
    accuracy_low: float
    accuracy_high: float
    cross_entropy: float
    published: float


class Result(ResultLine):
    """The parts of a run that experiments need."""

    config: RunConfig
    #: None if the run failed.
    evaluation: Figures | None
    curve: tuple[EpochResult, ...]
    #: Seconds with a worker.
    seconds: float
    #: Rules of `hqnn.diagnosis` that triggered, each with the step after which it first did.
    flagged: dict[str, int] = {}
    #: Why it failed, in one sentence.
    error: str | None = None
    #: Versions that computed it, if they differ from those of the file.
    versions: dict[str, str] | None = None

    def after(self, epoch: int) -> EpochResult | None:
        """Return the run after an epoch; None if it is not recorded."""
        return next((point for point in self.curve if point.epoch == epoch), None)

    @classmethod
    def of(cls, trained: Trained, *, angles: bool = False, versions: dict[str, str] | None = None) -> Self:
        """Return what is kept of a run.

        Args:
            trained: the ended run.
            angles: whether to keep θ of the training images after every epoch.
            versions: versions in the header of its file.
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
    """Return the shots of one epoch: every image at θ, θ + s and θ − s. None if exact or without the circuit."""
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
