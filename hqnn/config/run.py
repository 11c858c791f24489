"""All settings of one run with their bounds: validated, frozen and JSON-able.

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

#: Number of images per digit in MNIST: 60,000 in the training set and 10,000 in the test set.
TRAIN_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST_COUNTS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)

#: Optimiser steps of the longest run: all images of a pair, 20 epochs, batch size 1. A step's record takes about 1 kB.
MAX_STEPS = 250_000

#: Shots of the longest run: epochs × images × shots. So many shots take Aer hours.
MAX_SHOTS = 10**10

Digit = Annotated[int, Field(ge=0, le=9)]
_AS_PUBLISHED: dict[str, Any] = {"batch_size": 1, "epochs": 20, "loss": "published", "gradient_rule": "published"}

PRESETS: dict[str, dict[str, Any]] = {
    "recommended": {},
    "published-01": {"digits": (0, 1), **_AS_PUBLISHED},
    "published-37": {"digits": (3, 7), **_AS_PUBLISHED},
}


def check_circuit(config: "RunConfig") -> None:
    """Refuse a run with a classical replacement, which has no circuit to measure."""
    if config.head != "circuit":
        raise ConfigError(f"head must be 'circuit', because only a circuit can be measured, got {config.head!r}")


class RunConfig(OfCircuit):
    """All settings of one run. On the same processor with the same versions, they give the same run each time.

    The settings of single engines are included. They keep their defaults with any other engine.

    Raises:
        ConfigError: (a ValueError) in one sentence, for a setting out of its bounds.
    """

    digits: tuple[Digit, Digit] = Field(
        default=(3, 7), description="The two MNIST digits to tell apart. The first has label 0, the second label 1."
    )
    n_train: int | None = Field(
        default=100,
        ge=1,
        description="Training images per digit. If no number is given, all available images are used.",
    )
    n_test: int | None = Field(
        default=50,
        ge=1,
        description="Test images per digit. If no number is given, all available images are used.",
    )
    head: Head = Field(
        default="circuit",
        description="What turns θ into P(1): the circuit, or a classical replacement without weights and shots. "
        "sigmoid is 1/(1 + exp(−θ)). sine is (1 + sin θ)/2. linear is (1 + θ)/2, which can be below 0 or above 1. "
        "In the loss of every head, p is never taken smaller than 1/(2N), half the weight of one shot.",
    )
    shots: Shots = Field(
        default=100,
        description="Number of times the circuit runs at each angle. Each shot measures 0 or 1. If no number is given, "
        "exact probabilities are used.",
    )
    shift: Shift = Field(
        default=pi / 2,
        description="Shift s of the gradient rule, in radians: the circuit is measured at θ + s and θ − s. π/2 gives "
        "the least shot noise. Any other s needs 1/sin² s times as many shots for the same noise, averaged over θ.",
    )
    gradient_rule: GradientRule = Field(
        default="parameter-shift",
        description="parameter-shift divides the difference by 2 sin s, which gives the exact derivative. published, "
        "the raw difference of the original post, does not divide.",
    )
    loss: Loss = Field(
        default="cross-entropy",
        description="cross-entropy is −log p of the right digit. published is −p, as in the original post. "
        "With few shots the measured −log p is wrong on average, but −p is not.",
    )
    exact_evaluation: bool = Field(
        default=False,
        description="Tests the network with exact probabilities instead of shots. This shows what the network has "
        "learned, without shot noise.",
    )
    batch_size: int = Field(default=8, ge=1, le=512, description="Images per optimiser step.")
    epochs: int = Field(default=10, ge=1, le=100, description="Passes over the training images.")
    learning_rate: float = Field(
        default=1e-3, ge=1e-6, le=1.0, allow_inf_nan=False, description="Step size of the Adam optimiser."
    )
    engine: str = Field(
        default="aer",
        description=" ".join(f"{name}: {kind.description}" for name, kind in ENGINES.items()),
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Random seed of weights, image order, dropout and shots. The same seed gives the same run, on the "
        "same processor with the same versions.",
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
                    f"{name} must be at most {min(counts[a], counts[b])}, because MNIST has {counts[a]} images of {a} "
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
                f"exact_evaluation must be false with the {self.engine!r} engine, which has no exact probabilities, "
                "got True"
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
        """Return the same settings with another head. Settings that only the circuit has take their defaults."""
        defaults = {name: type(self).model_fields[name].default for name in _OF_THE_CIRCUIT}
        return self.replace(head=head, **({} if head == "circuit" else defaults))

    @classmethod
    def preset(cls, name: str) -> Self:
        """Return the settings with a name: "recommended", "published-01" or "published-37"."""
        if name not in PRESETS:
            raise ConfigError(f"preset must be {alternatives(tuple(PRESETS))}, got {name!r}")
        return cls(**PRESETS[name])

    @property
    def tested_shots(self) -> int | None:
        """Shots behind each prediction of a test; None for exact probabilities and classical replacements."""
        return None if self.exact_evaluation or self.head != "circuit" else self.shots

    @property
    def simulator(self) -> tuple[str, Settings | None]:
        """Engine, with its settings, that measures this run again without cost: its own, or Aer instead of a device."""
        return ("aer", None) if ENGINES[self.engine].hardware else (self.engine, self.engine_settings)

    @property
    def noise(self) -> Noise:
        """The noise of the `noisy` engine. Other engines have none."""
        return Noise(**{name: getattr(self, name) for name in Noise.model_fields})

    @property
    def n_images(self) -> int:
        """Number of training images of both digits together."""
        return sum(TRAIN_COUNTS[digit] if self.n_train is None else self.n_train for digit in self.digits)

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one pass over the training images."""
        return -(-self.n_images // self.batch_size)


#: Settings that only the circuit has. Shots are not among them: the loss uses their resolution for every head.
_OF_THE_CIRCUIT = ("engine", "shift", "gradient_rule", *(name for _, name in engine_settings()))
