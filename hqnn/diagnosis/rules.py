"""Why a run does not learn, found during the run: named rules, each with its threshold.

The rules use all training images after every epoch, without dropout, and the gradients of the epoch. A rule triggers
once it has held for some epochs in a row, and clears when it no longer holds. `python -m benchmarks.diagnosis` measures
how often each rule triggers in stuck and in healthy runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hqnn.config import RunConfig
from hqnn.diagnosis.course import ONE_SIDED, PAST, Cloud

#: Below this share of right training images a network does not distinguish the two digits.
LEARNED = 0.85
#: Share of a run's epochs after which the verdict is given, before half of the run. Earlier, runs that will learn look
#: like runs that will not: angles that have diverged at first often come back within a third of a run.
VERDICT_AT = 0.45
#: Epochs in a row that must be below it then.
IN_A_ROW = 2
#: Angles are gathered if their middle half is within so many radians, with a median between −π and π. From there runs
#: often still learn.
GATHERED = 0.25
#: Below this share of right images without dropout, a network has not learned what it gets right with dropout.
READ = 0.7
#: Share of images past a turning point from which the rule holds. Healthy runs have up to nine in ten there.
WRAPPED = 0.95
#: Share of wrong images above which gradients below their shot noise matter. A network that is right needs none.
STILL_WRONG = 0.1
#: Healthy runs of `benchmarks.diagnosis`, with seeds from 2000 on, and in how many of them each rule ever triggered.
HEALTHY = 182
FALSE_ALARMS = {"stuck": 3, "one-side": 12, "wrapped": 7, "far": 5, "dropout": 0, "noise": 0}


@dataclass(frozen=True)
class Snapshot:
    """All training images after an epoch, without dropout, and the gradients of the epoch."""

    epoch: int
    step: int
    #: Whether it is the last epoch of the run, and whether the verdict is given after it.
    last: bool
    at_verdict: bool
    cloud: Cloud
    #: Whether all angles are close together, near θ = 0 (`GATHERED`).
    gathered: bool
    #: Shares of right images: without dropout, and in the steps of the epoch, with dropout.
    right: float
    right_with_dropout: float
    #: Of the epoch's gradients (`hqnn.circuit.gradients.signal_to_noise`); infinite for exact probabilities.
    signal_to_noise: float

    @property
    def images(self) -> int:
        """Number of images."""
        return sum(self.cloud.seen)

    @property
    def up(self) -> int:
        """Number of images predicted as the second digit."""
        return sum(self.cloud.up)


@dataclass(frozen=True)
class Rule:
    """One problem that a run can have."""

    #: Name in results and links, and title on pages.
    name: str
    title: str
    #: Its condition, with the threshold.
    statement: str
    holds: Callable[[Snapshot], bool]
    #: Its latest values, in a sentence.
    says: Callable[[Snapshot, RunConfig], str]
    #: Epochs in a row that it must hold before it triggers.
    patience: int
    #: Where it may trigger for the first time.
    begins: Callable[[Snapshot], bool] = lambda _: True


def _one_side(now: Snapshot, config: RunConfig) -> str:
    most = max(now.up, now.images - now.up)
    digit = config.digits[now.up > now.images - now.up]
    return f"The network predicts {digit} for {most} of {now.images} training images."


#: The verdict: such a run is not expected to learn any more.
STUCK = Rule(
    "stuck",
    "Does not learn",
    f"Checked at {VERDICT_AT:.0%} of the run's epochs and at its end: fewer than {LEARNED:.0%} of the training images "
    f"were right after each of the last {IN_A_ROW} epochs. At {VERDICT_AT:.0%} the rule does not trigger if all angles "
    "are close together near θ = 0.",
    lambda now: now.right < LEARNED,
    lambda now, _: (
        f"For several epochs fewer than {LEARNED:.0%} of the training images have been right. Now: {now.right:.0%}."
    ),
    patience=IN_A_ROW,
    begins=lambda now: now.last or (now.at_verdict and not now.gathered),
)

RULES = (
    STUCK,
    Rule(
        "one-side",
        "Same prediction for nearly all images",
        f"After two epochs in a row the network predicts the same digit for at least {ONE_SIDED:.0%} of the training "
        f"images.",
        lambda now: now.cloud.one_sided,
        _one_side,
        patience=2,
    ),
    Rule(
        "wrapped",
        "Past the peak of the sine",
        f"After two epochs in a row at least {WRAPPED:.0%} of the training images are past a turning point, θ = ±π/2.",
        lambda now: now.cloud.past >= WRAPPED * now.images,
        lambda now, _: f"{now.cloud.past / now.images:.0%} of the training images are past a turning point of P(1).",
        patience=2,
    ),
    Rule(
        "far",
        "Angles have diverged",
        f"After an epoch at least {PAST:.0%} of the training images are more than two turns from θ = 0.",
        lambda now: now.cloud.far >= PAST * now.images,
        lambda now, _: f"{now.cloud.far / now.images:.0%} of the training images are more than two turns from θ = 0.",
        patience=1,
    ),
    Rule(
        "dropout",
        "Right only with dropout",
        f"After two epochs in a row the network gets at least {READ:.0%} of the training images right with dropout, "
        "but fewer without it.",
        lambda now: now.right < READ <= now.right_with_dropout,
        lambda now, _: (
            f"The network gets {now.right_with_dropout:.0%} of the training images right with dropout, but only "
            f"{now.right:.0%} without it."
        ),
        patience=2,
    ),
    Rule(
        "noise",
        "Gradient below its shot noise",
        "In two epochs in a row the measured gradients are smaller than their shot noise (root mean squares). At the "
        f"same time more than {STILL_WRONG:.0%} of the training images are wrong.",
        lambda now: now.signal_to_noise < 1 and now.right < 1 - STILL_WRONG,
        lambda now, _: f"The gradients of the last epoch are {now.signal_to_noise:.1f} times their shot noise.",
        patience=2,
    ),
)
