"""One run, described: every setting of a training with its bounds, validated, frozen and JSON-able.

Widgets, command line, worker processes and saved runs all read their bounds and help texts from here.
"""

from math import pi
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from hqnn.config.circuit import GradientRule, OfCircuit, Shift, Shots, engine_settings
from hqnn.config.engine_kinds import ENGINES
from hqnn.config.noise import Noise
from hqnn.config.validation import Settings, alternatives
from hqnn.errors import ConfigError

Loss = Literal["cross-entropy", "published"]
Head = Literal["circuit", "sigmoid", "sine", "linear"]
HEADS = get_args(Head)

#: Images of each digit in MNIST, by digit: the training set's 60,000 and the test set's 10,000.
TRAIN_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST_COUNTS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)

#: Optimiser steps of one run: all images of a pair for 20 epochs at batch size 1. A step's record takes about 1 kB.
MAX_STEPS = 250_000

#: Shots of one run, of each image in each epoch: so many keep Aer busy for hours.
MAX_SHOTS = 10**10

Digit = Annotated[int, Field(ge=0, le=9)]
_AS_PUBLISHED: dict[str, Any] = {"batch_size": 1, "epochs": 20, "loss": "published", "gradient_rule": "published"}

PRESETS: dict[str, dict[str, Any]] = {
    "recommended": {},
    "published-01": {"digits": (0, 1), **_AS_PUBLISHED},
    "published-37": {"digits": (3, 7), **_AS_PUBLISHED},
}


def check_circuit(config: "RunConfig") -> None:
    """Refuse a run with a classical twin in the circuit's place, where a circuit is to be measured."""
    if config.head != "circuit":
        raise ConfigError(f"head must be 'circuit': there is no circuit to measure in a run with {config.head!r}")


class RunConfig(OfCircuit):
    """One training, described completely: with one processor and the same versions, it gives the same run each time.

    The settings of single engines are among its own; they keep their defaults with another engine.

    Raises:
        ConfigError: (a ValueError) in one sentence, for any setting out of its bounds.
    """

    digits: tuple[Digit, Digit] = Field(
        default=(3, 7), description="The two MNIST digits to tell apart; the first is label 0, the second label 1."
    )
    n_train: int | None = Field(
        default=100,
        ge=1,
        description="Training images per digit; all there are if none is given.",
    )
    n_test: int | None = Field(default=50, ge=1, description="Test images per digit; all there are if none is given.")
    head: Head = Field(
        default="circuit",
        description="What turns θ into P(1): the circuit, or in its place a classical twin without weights and shots: "
        "sigmoid is 1/(1 + exp(−θ)), sine (1 + sin θ)/2, linear (1 + θ)/2, which may leave 0 to 1. "
        "A twin's loss takes probabilities for no smaller than half of a shot's share, as the circuit's does.",
    )
    shots: Shots = Field(
        default=100,
        description="Shots per angle: how often the circuit is run and measured, each time with 0 or 1 as the result; "
        "exact probabilities if none.",
    )
    shift: Shift = Field(
        default=pi / 2,
        description="Shift s of the gradient rule, in radians: the circuit is measured at θ + s and θ − s. π/2 gives "
        "the least shot noise; for the same noise another s takes 1/sin² s times as many shots, on average over θ.",
    )
    gradient_rule: GradientRule = Field(
        default="parameter-shift",
        description="parameter-shift divides the difference by 2 sin s, as the slope demands; published leaves it raw.",
    )
    loss: Loss = Field(
        default="cross-entropy",
        description="cross-entropy is −log p of the right digit; published is −p, the post's choice. "
        "Few shots make −log p wrong on average, but not −p.",
    )
    exact_evaluation: bool = Field(
        default=False,
        description="Whether the network is tested with exact probabilities instead of shots: what it has learned, "
        "without the noise of asking.",
    )
    batch_size: int = Field(default=8, ge=1, le=512, description="Images per optimiser step.")
    epochs: int = Field(default=10, ge=1, le=100, description="Passes over the training images.")
    learning_rate: float = Field(
        default=1e-3, ge=1e-6, le=1.0, allow_inf_nan=False, description="Step size of the Adam optimiser."
    )
    engine: str = Field(
        default="aer",
        description="; ".join(f"{name}: {kind.description.rstrip('.')}" for name, kind in ENGINES.items()) + ".",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Seed of weights, image order, dropout and shots: on the same processor with the same "
        "versions, the same seed gives the same run.",
    )

    @classmethod
    def _sentence(cls, problem: Any) -> str:
        if problem["loc"][:1] == ("digits",) and problem["type"] != "value_error":
            return f"digits must be two whole numbers between 0 and 9, got {problem['input']!r}"
        return super()._sentence(problem)

    @field_validator("digits")
    @classmethod
    def _digits_differ(cls, digits: tuple[int, int]) -> tuple[int, int]:
        if digits[0] == digits[1]:
            raise ValueError(f"digits must be two different digits, got {digits[0]} and {digits[1]}")
        return digits

    @model_validator(mode="after")
    def _enough_images_exist(self) -> Self:
        for name, counts in (("n_train", TRAIN_COUNTS), ("n_test", TEST_COUNTS)):
            wanted, (a, b) = getattr(self, name), self.digits
            if wanted is not None and wanted > min(counts[a], counts[b]):
                raise ValueError(
                    f"{name} must be at most {min(counts[a], counts[b])}: there are {counts[a]} images of {a} "
                    f"and {counts[b]} of {b}, got {wanted}"
                )
        return self

    @model_validator(mode="after")
    def _not_endless(self) -> Self:
        if self.epochs * self.steps_per_epoch > MAX_STEPS:
            raise ValueError(
                f"epochs must be at most {MAX_STEPS // self.steps_per_epoch} with {self.n_images} images in batches of "
                f"{self.batch_size}, so that a run has at most {MAX_STEPS} steps, got {self.epochs}"
            )
        shots = self.epochs * self.n_images * (self.shots or 0)
        if shots > MAX_SHOTS:
            raise ValueError(
                f"epochs times images times shots must be at most {MAX_SHOTS:,}, "
                f"got {self.epochs} x {self.n_images:,} x {self.shots:,} = {shots:,}"
            )
        return self

    @model_validator(mode="after")
    def _hardware_is_tested_with_shots(self) -> Self:
        if ENGINES[self.engine].hardware and self.exact_evaluation:
            raise ValueError(
                f"exact_evaluation must be false with the engine {self.engine!r}, which only measures, got True"
            )
        return self

    @model_validator(mode="after")
    def _twins_are_not_measured(self) -> Self:
        for name in _OF_THE_CIRCUIT:
            value, default = getattr(self, name), type(self).model_fields[name].default
            if self.head != "circuit" and value != default:
                raise ValueError(
                    f"{name} must be left out unless the head is 'circuit', got {value!r} with {self.head!r}"
                )
        return self

    def with_head(self, head: str) -> Self:
        """The same training with something else in the circuit's place, without what only a circuit has."""
        defaults = {name: type(self).model_fields[name].default for name in _OF_THE_CIRCUIT}
        return self.replace(head=head, **({} if head == "circuit" else defaults))

    @classmethod
    def preset(cls, name: str) -> Self:
        """The settings known by a name: "recommended", "published-01" or "published-37"."""
        if name not in PRESETS:
            raise ConfigError(f"preset must be {alternatives(tuple(PRESETS))}, got {name!r}")
        return cls(**PRESETS[name])

    @property
    def tested_shots(self) -> int | None:
        """Measurements behind each answer of a test; None for exact ones, and for a twin's."""
        return None if self.exact_evaluation or self.head != "circuit" else self.shots

    @property
    def simulator(self) -> tuple[str, Settings | None]:
        """The engine that measures it again without cost, and its settings: its own, or Aer in a device's place."""
        return ("aer", None) if ENGINES[self.engine].hardware else (self.engine, self.engine_settings)

    @property
    def noise(self) -> Noise:
        """The noise of its engine; none with an engine other than noisy."""
        return Noise(**{name: getattr(self, name) for name in Noise.model_fields})

    @property
    def n_images(self) -> int:
        """Training images of both digits together."""
        return sum(TRAIN_COUNTS[digit] if self.n_train is None else self.n_train for digit in self.digits)

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one pass over the training images."""
        return -(-self.n_images // self.batch_size)


#: What only the circuit has. Not its shots: the loss tells no smaller probability from 0 than they could.
_OF_THE_CIRCUIT = ("engine", "shift", "gradient_rule", *(name for _, name in engine_settings()))
