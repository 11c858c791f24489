"""What a run says while it goes: one typed, JSON-able record per optimiser step and per epoch, and the evaluation."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, TypeAdapter

#: [[label 0 seen as 0, as 1], [label 1 seen as 0, as 1]], numbers of images.
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
    #: The loss trained on, mean over the batch, with dropout.
    loss: float
    #: θ of every image of the batch, radians.
    theta: tuple[float, ...]
    #: dP(1)/dθ of every image of the batch, per radian, as the gradient rule measured it; a classical twin's own slope.
    gradient: tuple[float, ...]
    images_per_second: float
    #: Place of every image of the batch among the pair's training images, in the order of θ; older records have none.
    images: tuple[int, ...] = ()
    #: L2 norm of the loss's gradient in each of `LAYERS`, weights and biases together; older records have none.
    gradient_norms: tuple[float, ...] = ()


class EpochRecord(_Record):
    """One pass over the training images, then both sets looked at without dropout.

    Epoch 0 is the look at both sets before the first step: it has no training behind it. Older runs and those on
    devices have none.
    """

    kind: Literal["epoch"] = "epoch"
    epoch: int
    step: int
    #: The loss trained on; means over the epoch's images, as are the next two. Epoch 0 has none of them.
    loss: float | None = None
    cross_entropy: float | None = None
    published: float | None = None
    train_accuracy: float
    test_accuracy: float
    #: Wilson's 95 % interval of the test accuracy.
    test_accuracy_low: float
    test_accuracy_high: float
    #: The loss trained on, over the test images.
    test_loss: float
    train_confusion: Confusion
    test_confusion: Confusion
    #: Of the epoch's steps; epoch 0 has none.
    images_per_second: float | None = None
    #: θ of every training image after it, without dropout, radians; older records have none.
    train_theta: tuple[float, ...] = ()
    #: The loss trained on and the accuracy, of exact probabilities at the same θ; a device's and older records have
    #: none.
    exact_train_loss: float | None = None
    exact_test_loss: float | None = None
    exact_train_accuracy: float | None = None
    exact_test_accuracy: float | None = None


class Evaluation(_Record):
    """A network's answers on a set of images."""

    kind: Literal["evaluation"] = "evaluation"
    n: int
    #: Of the shots.
    seed: int
    accuracy: float
    #: Wilson's 95 % interval of the accuracy.
    accuracy_low: float
    accuracy_high: float
    #: The loss named when evaluating; one of the next two.
    loss: float
    cross_entropy: float
    published: float
    confusion: Confusion
    labels: tuple[int, ...]
    predictions: tuple[int, ...]
    #: P(1) of every image as tested: the probability of label 1; what a linear twin has for it may leave 0 to 1.
    probabilities: tuple[float, ...]


class Quote(_Record):
    """What a run takes of a device."""

    backend: str
    qubits: int
    #: Whether the device is an imitation on this machine, which costs nothing.
    local: bool
    #: Jobs that wait at the device now.
    queue: int
    #: What the whole run sends: jobs, circuits in them, and shots of those circuits.
    jobs: int
    circuits: int
    shots: int

    def __str__(self) -> str:
        where = "on this machine" if self.local else f"{self.queue:,} jobs waiting there"
        return (
            f"This run sends {self.jobs:,} jobs with {self.circuits:,} circuits and {self.shots:,} shots in all "
            f"to {self.backend} ({self.qubits} qubits, {where})."
        )


Record = Annotated[StepRecord | EpochRecord | Evaluation, Field(discriminator="kind")]

#: Reads a record from JSON-able data by its kind.
RECORD: TypeAdapter[StepRecord | EpochRecord | Evaluation] = TypeAdapter(Record)

#: Reads and writes the records of a whole training, in order; at the first that is none it stops.
HISTORY: TypeAdapter[list[StepRecord | EpochRecord]] = TypeAdapter(
    Annotated[list[Annotated[StepRecord | EpochRecord, Field(discriminator="kind")]], FailFast()]
)
