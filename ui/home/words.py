"""Sentences and numbers of the start page's cards, as HTML. Nothing here draws."""

from math import pi

from hqnn.config import RunConfig
from hqnn.jobs.job import Job
from hqnn.words import plural
from ui.home.look import LABEL, Look
from ui.kit.digits import NAMES, mark, versus
from ui.kit.words import moment, signed


def pair_line(config: RunConfig) -> str:
    """Return the pair and the amount of training, as HTML."""
    count = "all" if config.n_train is None else f"{config.n_train:,}"
    return f"{versus(config.digits)} &nbsp; {count} training images per digit, {config.epochs} epochs"


def below(look: Look, job: Job) -> str:
    """Return which network of a run its cards show."""
    if look.older:
        said = "This run recorded no pictures of its network."
        return said if look.epoch is None else f"{said} The cards show its numbers {moment(look.epoch.epoch)}."
    if look.step is None:
        waits = "The cards show this run's network once it has started."
        return waits if job.active else "This run ended before its first step. The cards show its settings."
    when = f"after step {look.step:,} of {job.total_steps:,}" if look.step else "before its first step"
    digits = NAMES[look.config.digits[LABEL]]
    return f"The cards follow test image 1 of the {digits} through this run's network, {when}."


def angle(look: Look) -> str:
    """Return θ of the image, or the mean over images of its digit."""
    if look.mean_theta is not None:
        return f"mean of the {NAMES[look.config.digits[LABEL]]}: {_angle(look.mean_theta)}"
    if look.theta is not None:
        return f"θ = {_angle(look.theta)}"
    return "the circuit's only input" if look.step is None else "θ is not finite"


def shots(look: Look) -> str:
    """Return the outcome of the shots, or how many there are."""
    count = look.config.shots
    if look.exact is None:
        return f"one qubit, {'exact, no shots' if count is None else plural(count, 'shot')}"
    if look.ones is None:
        return f"exact, no shots: P(1) = {look.exact:.3f}"
    return f"{look.ones:,} of {plural(count or 0, 'shot')} gave 1"


def prediction(look: Look) -> str:
    """Return both probabilities and whether the prediction is right, the test accuracy, or how the network decides."""
    a, b = look.config.digits
    if look.epoch is not None:
        right = sum(look.epoch.test_confusion[label][label] for label in (0, 1))
        return f"{right:,} of {sum(map(sum, look.epoch.test_confusion)):,} test images right"
    if look.share is None:
        return f"P(1) &gt; ½: {b}, else {a}"
    right = '<b class="right">✓ right</b>' if look.share > 0.5 else '<b class="wrong">✗ wrong</b>'
    return f"{mark(0, f'{a}: {1 - look.share:.2f}')} {mark(1, f'{b}: {look.share:.2f}')} {right}"


def _angle(theta: float) -> str:
    return f"{signed(theta, 2)} rad = {signed(theta * 180 / pi, 0)}°"
