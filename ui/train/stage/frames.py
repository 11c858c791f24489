"""What the stage in the browser reads of a run: its frames, and the layers of the image that it follows."""

from base64 import b64encode
from collections.abc import Sequence
from itertools import islice
from math import isfinite
from typing import Literal, TypedDict

from hqnn.config import TRAIN_COUNTS, RunConfig
from hqnn.jobs.job import Job
from hqnn.network.probe import PER_DIGIT, layers_of_image
from hqnn.records import EpochRecord, ProbeRecord, StepRecord

#: Where the frames of a run come from: its looks at the probe images; θ of its training images after each epoch, if it
#: is older than those looks; or nowhere.
Source = Literal["probes", "epochs", "none"]
#: Step, epoch, θ of each of the 24 images (radians, None if unknown), gradient norms of the four layers at that step.
Frame = tuple[int, int, list[float | None], list[float] | None]
#: Step, and base64 of 712 bytes (`hqnn.network.probe.layers_of_image`).
LayersFrame = tuple[int, str]


class Message(TypedDict):
    """News of a run for one browser. JSON can carry it."""

    source: Source
    frames: list[Frame]
    #: Epoch; test confusion by rows; test accuracy and the ends of its 95% interval.
    confusions: list[tuple[int, list[int], float, float, float]]
    #: Of the followed image; none if no image is followed.
    layers: list[LayersFrame]
    #: The network now, if it is newer than all frames: a frame and, in base64, the layers of the followed image.
    live: tuple[int, int, list[float | None], list[float] | None, str | None] | None
    #: Finished steps, steps of the whole run, and seconds of training without pauses.
    step: int
    total: int
    seconds: float
    active: bool
    state: str
    #: Most steps per second; None for full speed.
    pace: float | None


def source_of(job: Job) -> Source:
    """Return where the frames of a run come from. A run that began without looks has none in the middle, either."""
    first = next(iter(job.probes), None)
    if first.step == 0 if first else job.active and not job.steps:
        return "probes"
    return "epochs" if job.active or _with_theta(job.epochs) else "none"


def message(job: Job, since: int, epochs_since: int, image: int | None, layers_since: int) -> Message:
    """Return what a browser does not have yet.

    Args:
        job: the run.
        since: number of frames that the browser has.
        epochs_since: number of confusions that it has.
        image: image that it follows, 0 to 23, the first digit's before the second's; None for no image.
        layers_since: number of layers that it has of this image.

    Returns:
        The news. A number beyond the end gives nothing: records are forgotten if a worker crashes, and come again.

    Raises:
        ValueError: if a number or the image is out of range.
    """
    for name, number in (("since", since), ("epochs_since", epochs_since), ("layers_since", layers_since)):
        if number < 0:
            raise ValueError(f"{name} must be at least 0, got {number}")
    if image is not None and not 0 <= image < 2 * PER_DIGIT:
        raise ValueError(f"image must be from 0 to {2 * PER_DIGIT - 1}, got {image}")
    source, steps, live = source_of(job), job.steps, job.live
    return {
        "source": source,
        "frames": _frames(job, source, since),
        "confusions": [_confusion(epoch) for epoch in job.epochs[epochs_since:]],
        "layers": [] if image is None or source != "probes" else _layers(job.probes, image, layers_since),
        "live": (*_look(live, steps), _image_layers(live, image)) if live and source == "probes" else None,
        "step": len(steps),
        "total": job.total_steps,
        "seconds": round(job.seconds, 2),
        "active": job.active,
        "state": str(job.state),
        "pace": job.pace,
    }


def _frames(job: Job, source: Source, since: int) -> list[Frame]:
    if source == "probes":
        return [_look(look, job.steps) for look in job.probes[since:]]
    return [_epoch(epoch, job.config, job.steps) for epoch in _with_theta(job.epochs)[since:]]


def _with_theta(epochs: Sequence[EpochRecord]) -> list[EpochRecord]:
    """Those that know θ of the training images: all but those of the oldest versions."""
    return [epoch for epoch in epochs if epoch.train_theta]


def _look(look: ProbeRecord, steps: Sequence[StepRecord]) -> Frame:
    theta = [None if angle is None else round(angle, 4) for angle in look.theta]
    return look.step, look.epoch, theta, _norms(steps, look.step)


def _epoch(epoch: EpochRecord, config: RunConfig, steps: Sequence[StepRecord]) -> Frame:
    """A frame of the first 12 training images of each digit; without a θ for those that the run does not have."""
    count = TRAIN_COUNTS[config.digits[0]] if config.n_train is None else config.n_train
    theta: list[float | None] = []
    for angles in (epoch.train_theta[:count], epoch.train_theta[count:]):
        known = [round(angle, 4) if isfinite(angle) else None for angle in angles[:PER_DIGIT]]
        theta += known + [None] * (PER_DIGIT - len(known))
    return epoch.step, epoch.epoch, theta, _norms(steps, epoch.step)


def _norms(steps: Sequence[StepRecord], step: int) -> list[float] | None:
    """The gradient norms of a step with three digits; None before the first, and if one is unknown or not finite."""
    norms = steps[step - 1].gradient_norms if 0 < step <= len(steps) else ()
    return [float(f"{norm:.3g}") for norm in norms] if norms and all(map(isfinite, norms)) else None


def _confusion(epoch: EpochRecord) -> tuple[int, list[int], float, float, float]:
    counts = [count for row in epoch.test_confusion for count in row]
    ends = epoch.test_accuracy_low, epoch.test_accuracy_high
    accuracy, low, high = (round(share, 4) for share in (epoch.test_accuracy, *ends))
    return epoch.epoch, counts, accuracy, low, high


def _layers(probes: Sequence[ProbeRecord], image: int, since: int) -> list[LayersFrame]:
    kept = islice((look for look in probes if look.layers), since, None)
    return [(look.step, layers) for look in kept if (layers := _image_layers(look, image))]


def _image_layers(look: ProbeRecord, image: int | None) -> str | None:
    """One image's layers in base64, if the look has layers and an image is followed."""
    return None if image is None or not look.layers else b64encode(layers_of_image(look.layers, image)).decode()
