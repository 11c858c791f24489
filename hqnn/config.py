"""One run, described: every setting of a training with its bounds, validated, frozen and JSON-able.

Widgets, command line, worker processes and saved runs all read their bounds and help texts from here.
"""

from difflib import get_close_matches
from math import pi, sin
from numbers import Integral
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Loss = Literal["cross-entropy", "published"]
GradientRule = Literal["parameter-shift", "published"]
EngineName = Literal["aer", "exact"]

#: Images of each digit in MNIST, by digit: the training set's 60,000 and the test set's 10,000.
TRAIN_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)
TEST_COUNTS = (980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)

#: Below this |sin s| the rule divides shot noise by almost nothing: at 0.01 its noise is 100 times that at s = π/2.
MIN_SHIFT_SINE = 0.01

#: Optimiser steps of one run: all images of a pair for 20 epochs at batch size 1. A step's record takes about 1 kB.
MAX_STEPS = 250_000

Digit = Annotated[int, Field(ge=0, le=9)]


class HqnnError(Exception):
    """What a user can mend: its message is one sentence that says how."""


class ConfigError(HqnnError, ValueError):
    """A setting that cannot be: its message names the setting, the rule and the value."""


def check_shots(shots: int | None) -> None:
    """Refuse a number of shots outside 1 to 100,000; None means exact probabilities."""
    low, high = bounds("shots")
    if shots is not None and not (isinstance(shots, Integral) and low <= shots <= high):
        raise ConfigError(f"shots must be between {low:g} and {high:.0f}, got {shots}")


def check_shift(shift: float, gradient_rule: str) -> None:
    """Refuse an unknown rule, and a shift (radians) whose sine the parameter-shift rule cannot divide by."""
    if gradient_rule not in get_args(GradientRule):
        raise ConfigError(f"gradient_rule must be {_alternatives(get_args(GradientRule))}, got {gradient_rule!r}")
    if gradient_rule == "parameter-shift" and not abs(sin(shift)) >= MIN_SHIFT_SINE:
        raise ConfigError(
            f"shift must have |sin(shift)| of at least {MIN_SHIFT_SINE} under the parameter-shift rule, "
            f"which divides by it, got {shift:.6g} (sine {sin(shift):.2g})"
        )


class RunConfig(BaseModel):
    """One training, described completely: the same config and seed on the same machine give the same run.

    Raises:
        ConfigError: (a ValueError) in one sentence, for any setting out of its bounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    digits: tuple[Digit, Digit] = Field(
        default=(3, 7), description="The two MNIST digits to tell apart; the first is label 0, the second label 1."
    )
    n_train: int | None = Field(
        default=100,
        ge=1,
        description="Training images per digit; all there are if none is given.",
    )
    n_test: int | None = Field(default=50, ge=1, description="Test images per digit; all there are if none is given.")
    shots: int | None = Field(
        default=100, ge=1, le=100_000, description="Measurements of the circuit per angle; exact probabilities if none."
    )
    shift: float = Field(
        default=pi / 2,
        ge=-6.28,
        le=6.28,
        allow_inf_nan=False,
        description="Shift s of the gradient rule, in radians: the circuit is measured at θ + s and θ − s.",
    )
    gradient_rule: GradientRule = Field(
        default="parameter-shift",
        description="parameter-shift divides the difference by 2 sin s, as the slope demands; published leaves it raw.",
    )
    loss: Loss = Field(
        default="cross-entropy",
        description="cross-entropy is −log p of the right digit; published is −p, the post's choice.",
    )
    batch_size: int = Field(default=8, ge=1, le=512, description="Images per optimiser step.")
    epochs: int = Field(default=10, ge=1, le=100, description="Passes over the training images.")
    learning_rate: float = Field(
        default=1e-3, ge=1e-6, le=1.0, allow_inf_nan=False, description="Step size of the Adam optimiser."
    )
    engine: EngineName = Field(
        default="aer",
        description="aer simulates every shot with Qiskit Aer; exact computes the state and draws the shots from it.",
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="Seed of weights, image order, dropout and shots: same seed, same run.",
    )

    if not TYPE_CHECKING:  # type checkers take the signature from the fields

        def __init__(self, **settings: Any) -> None:
            try:
                super().__init__(**settings)
            except ValidationError as error:
                raise ConfigError("; ".join(map(_sentence, error.errors()))) from None

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
        return self

    @model_validator(mode="after")
    def _shift_suits_the_rule(self) -> Self:
        check_shift(self.shift, self.gradient_rule)
        return self

    @classmethod
    def preset(cls, name: str) -> Self:
        """The settings known by a name: "recommended", "published-01" or "published-37"."""
        if name not in PRESETS:
            raise ConfigError(f"preset must be {_alternatives(tuple(PRESETS))}, got {name!r}")
        return cls(**PRESETS[name])

    @property
    def n_images(self) -> int:
        """Training images of both digits together."""
        return sum(TRAIN_COUNTS[digit] if self.n_train is None else self.n_train for digit in self.digits)

    @property
    def steps_per_epoch(self) -> int:
        """Optimiser steps in one pass over the training images."""
        return -(-self.n_images // self.batch_size)

    def replace(self, **changes: Any) -> Self:
        """A copy with some settings changed, validated anew."""
        return type(self)(**(self.model_dump() | changes))


_AS_PUBLISHED: dict[str, Any] = {"batch_size": 1, "epochs": 20, "loss": "published", "gradient_rule": "published"}

PRESETS: dict[str, dict[str, Any]] = {
    "recommended": {},
    "published-01": {"digits": (0, 1), **_AS_PUBLISHED},
    "published-37": {"digits": (3, 7), **_AS_PUBLISHED},
}


def bounds(setting: str) -> tuple[float, float]:
    """The lowest and highest value that a numeric setting of RunConfig may take."""
    low, high = None, None
    for rule in RunConfig.model_fields[setting].metadata:
        low = rule.ge if isinstance(rule, Ge) else low
        high = rule.le if isinstance(rule, Le) else high
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise TypeError(f"{setting} has no numeric bounds")
    return low, high


def _alternatives(values: tuple[str, ...]) -> str:
    *first, last = map(repr, values)
    return f"{', '.join(first)} or {last}"


def _sentence(problem: Any) -> str:
    """One validation problem of pydantic's as a sentence: setting, rule, value."""
    name, value, kind = str(problem["loc"][0]) if problem["loc"] else "", problem["input"], problem["type"]
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind == "extra_forbidden":
        close = get_close_matches(name, RunConfig.model_fields, n=1)
        return f"there is no setting {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
    if kind == "literal_error":
        return f"{name} must be {problem['ctx']['expected']}, got {value!r}"
    if name in ("n_train", "n_test") and kind == "greater_than_equal":
        return f"{name} must be at least {problem['ctx']['ge']}, got {value}"
    if name == "digits":
        return f"digits must be two whole numbers between 0 and 9, got {value!r}"
    if kind in ("greater_than_equal", "less_than_equal", "finite_number"):
        low, high = bounds(name)
        return f"{name} must be between {low:.10g} and {high:.10g}, got {value}"
    wanted = "a number" if kind.startswith("float") else "a whole number"
    return f"{name} must be {wanted}, got {value!r}"
