"""Why a training does not learn, said while it goes: named rules, each with its threshold.

The rules look at all training images after every epoch, without dropout, and at the epoch's slopes. A rule speaks once
it has held for some epochs without a break, and falls silent when it no longer holds. `python -m benchmarks.diagnosis`
measures how often each speaks of stuck and of healthy trainings.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hqnn.config import RunConfig
from hqnn.diagnosis.course import ONE_SIDED, PAST, Cloud

#: Below this share of right training images a network has not told the two digits apart, in any epoch looked at.
LEARNED = 0.85
#: Share of a run's epochs after which the verdict is given: it is then not half over. Before that, a run that will
#: learn looks like one that will not: angles that have run away at first often come back within a third of a run.
VERDICT_AT = 0.45
#: Epochs in a row that have to be that bad then.
IN_A_ROW = 2
#: Radians within which the middle half of all angles lie where they are gathered, with a median between −π and π. From
#: there runs often still learn.
GATHERED = 0.25
#: Below this share of right images a network has not learned what it reads right with dropout.
READ = 0.7
#: Share of images past a turning point from which on all are called wrapped; healthy runs have up to nine in ten there.
WRAPPED = 0.95
#: Share of images wrong after a whole epoch's slopes below their shot noise: a network that is right needs no slope.
STILL_WRONG = 0.1
#: Healthy trainings of `benchmarks.diagnosis`, with seeds from 2000 on, and how many of them each rule ever spoke of.
HEALTHY = 182
FALSE_ALARMS = {"stuck": 3, "one-side": 12, "wrapped": 7, "far": 5, "dropout": 0, "noise": 0}


@dataclass(frozen=True)
class Snapshot:
    """All training images after an epoch, without dropout, and the epoch's slopes."""

    epoch: int
    step: int
    #: Whether it is the training's last epoch, or else the one after which the verdict is given.
    last: bool
    at_verdict: bool
    cloud: Cloud
    #: Whether all angles are close together, near θ = 0 (`GATHERED`).
    gathered: bool
    #: Shares of images read right: without dropout, and by the steps as they went, with it.
    right: float
    right_with_dropout: float
    #: Of the epoch's slopes (`hqnn.circuit.gradients.signal_to_noise`); infinite for exact probabilities.
    signal_to_noise: float

    @property
    def images(self) -> int:
        """How many there are."""
        return sum(self.cloud.seen)

    @property
    def up(self) -> int:
        """How many of them are answered with the second digit."""
        return sum(self.cloud.up)


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong with a training."""

    #: As results and links call it, and as a page does.
    name: str
    title: str
    #: When it holds, with its threshold.
    statement: str
    holds: Callable[[Snapshot], bool]
    #: What it saw last, in numbers.
    says: Callable[[Snapshot, RunConfig], str]
    #: Epochs that it must hold without a break before it speaks.
    patience: int
    #: Where it may begin to speak.
    begins: Callable[[Snapshot], bool] = lambda _: True


def _one_side(now: Snapshot, config: RunConfig) -> str:
    most = max(now.up, now.images - now.up)
    digit = config.digits[now.up > now.images - now.up]
    return f"The network predicts {digit} for {most} of {now.images} training images."


#: The verdict: of a training of which it speaks, no more is expected.
STUCK = Rule(
    "stuck",
    "Does not learn",
    f"When {VERDICT_AT:.0%} of the run's epochs are over, less than {LEARNED:.0%} of the training images have been "
    f"right after each of the last {IN_A_ROW}, and the angles are not all close together near θ = 0; or, wherever the "
    f"angles are, at the run's end.",
    lambda now: now.right < LEARNED,
    lambda now, _: f"Epoch after epoch less than {LEARNED:.0%} of the training images are right; now {now.right:.0%}.",
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
        "Wrapped past the turning point",
        f"After two epochs in a row at least {WRAPPED:.0%} of the training images are past ±π/2, where P(1) turns.",
        lambda now: now.cloud.past >= WRAPPED * now.images,
        lambda now, _: f"{now.cloud.past / now.images:.0%} of the training images are past a turning point of P(1).",
        patience=2,
    ),
    Rule(
        "far",
        "Angles have run away",
        f"After an epoch at least {PAST:.0%} of the training images are more than two turns from θ = 0.",
        lambda now: now.cloud.far >= PAST * now.images,
        lambda now, _: f"{now.cloud.far / now.images:.0%} of the training images are more than two turns from θ = 0.",
        patience=1,
    ),
    Rule(
        "dropout",
        "Right only with dropout",
        f"After two epochs in a row the steps, with dropout, read at least {READ:.0%} of the images right, and the "
        f"network without dropout less than that.",
        lambda now: now.right < READ <= now.right_with_dropout,
        lambda now, _: (
            f"With dropout {now.right_with_dropout:.0%} of the training images are read right, "
            f"without it {now.right:.0%}."
        ),
        patience=2,
    ),
    Rule(
        "noise",
        "Slope below its shot noise",
        f"Over two epochs in a row the measured slopes are below their shot noise (root mean squares), and more than "
        f"{STILL_WRONG:.0%} of the training images are wrong.",
        lambda now: now.signal_to_noise < 1 and now.right < 1 - STILL_WRONG,
        lambda now, _: f"The slopes of the last epoch are {now.signal_to_noise:.1f} times their shot noise.",
        patience=2,
    ),
)
