"""The records of a run: typed and JSON-able, one per optimiser step and per epoch, and the evaluation."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, TypeAdapter

#: [[label 0 predicted as 0, as 1], [label 1 predicted as 0, as 1]], numbers of images.
Confusion = tuple[tuple[int, int], tuple[int, int]]

#: The network's layers with weights, from the image to θ.
LAYERS = ("conv1", "conv2", "fc1", "fc2")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepRecord(_Record):
    """One optimiser step. Steps and epochs count from 1."""

    kind: Literal["step"] = "step"
    step: int
    epoch: int
    #: Training loss: mean over the batch, with dropout.
    loss: float
    #: θ of every image of the batch, radians.
    theta: tuple[float, ...]
    #: dP(1)/dθ of every image of the batch, per radian, by the gradient rule; exact for a classical replacement.
    gradient: tuple[float, ...]
    images_per_second: float
    #: Position of every image of the batch among the training images, in the order of θ; older records have none.
    images: tuple[int, ...] = ()
    #: L2 norm of the loss gradient in each of `LAYERS`, weights and biases together; older records have none.
    gradient_norms: tuple[float, ...] = ()


class EpochRecord(_Record):
    """One pass over the training images, and a test on training and test images without dropout.

    Epoch 0 is the test before the first step. Older runs, and runs on devices, have no epoch 0.
    """

    kind: Literal["epoch"] = "epoch"
    epoch: int
    step: int
    #: Training loss, and the two losses: means over the epoch's images. Epoch 0 has none of them.
    loss: float | None = None
    cross_entropy: float | None = None
    published: float | None = None
    train_accuracy: float
    test_accuracy: float
    #: 95% Wilson interval of the test accuracy.
    test_accuracy_low: float
    test_accuracy_high: float
    #: The same loss on the test images.
    test_loss: float
    train_confusion: Confusion
    test_confusion: Confusion
    #: Speed of the epoch's steps; epoch 0 has none.
    images_per_second: float | None = None
    #: θ of every training image after the epoch, without dropout, radians; older records have none.
    train_theta: tuple[float, ...] = ()
    #: Loss and accuracy with exact probabilities at the same θ; records of devices and older records have none.
    exact_train_loss: float | None = None
    exact_test_loss: float | None = None
    exact_train_accuracy: float | None = None
    exact_test_accuracy: float | None = None


class ProbeRecord(_Record):
    """The same few test images at one step, without dropout and without shots.

    The images are the first 12 test images of each digit in MNIST's order, the first digit's before the second's.
    `hqnn.network.probe` decides at which steps there is one. Older runs have none.
    """

    kind: Literal["probe"] = "probe"
    #: Optimiser steps behind the network, and the epoch of the last one; 0 before the first.
    step: int
    epoch: int
    #: θ of each image, radians; None where it is not finite.
    theta: tuple[float | None, ...]
    #: What the layers make of each image, at some of the steps (`hqnn.network.probe.unpack_layers`).
    layers: str | None = None


class Evaluation(_Record):
    """A network's predictions on a set of images, and their accuracy and losses."""

    kind: Literal["evaluation"] = "evaluation"
    n: int
    #: Random seed of the shots.
    seed: int
    accuracy: float
    #: 95% Wilson interval of the accuracy.
    accuracy_low: float
    accuracy_high: float
    #: The loss that was asked for; one of the next two.
    loss: float
    cross_entropy: float
    published: float
    confusion: Confusion
    labels: tuple[int, ...]
    predictions: tuple[int, ...]
    #: P(1) of every image as tested, the probability of label 1; with the linear head it can be below 0 or above 1.
    probabilities: tuple[float, ...]


class Quote(_Record):
    """The cost estimate of a run on a device."""

    backend: str
    qubits: int
    #: Whether the device is a local simulation, which costs nothing.
    local: bool
    #: Number of jobs that wait for the device.
    queue: int
    #: Totals of the run: jobs, circuits in all jobs, and shots of all circuits.
    jobs: int
    circuits: int
    shots: int

    def __str__(self) -> str:
        where = "on this machine" if self.local else f"{self.queue:,} jobs in its queue"
        return (
            f"This run sends {self.jobs:,} jobs with {self.circuits:,} circuits and {self.shots:,} shots in total "
            f"to {self.backend} ({self.qubits} qubits, {where})."
        )


HistoryRecord = StepRecord | EpochRecord | ProbeRecord

_ORDER = {"step": 0, "probe": 1, "epoch": 2}


def place_in_history(record: HistoryRecord) -> tuple[int, int]:
    """Return a key that sorts the records of a run into the order in which they came."""
    return record.step, _ORDER[record.kind]


#: Read a record from JSON-able data by its kind.
RECORD: TypeAdapter[HistoryRecord | Evaluation] = TypeAdapter(
    Annotated[HistoryRecord | Evaluation, Field(discriminator="kind")]
)

#: Read and write all records of a run, in order. Reading stops at the first invalid one.
HISTORY: TypeAdapter[list[HistoryRecord]] = TypeAdapter(
    Annotated[list[Annotated[HistoryRecord, Field(discriminator="kind")]], FailFast()]
)
