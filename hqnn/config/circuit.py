"""Settings with which a layer or a run measures its circuit: engine, shots, shift and rule, with their checks."""

from math import sin
from numbers import Integral, Real
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from hqnn.config.engine_kinds import ENGINES, Hardware
from hqnn.config.noise import Noise
from hqnn.config.validation import Settings, alternatives
from hqnn.errors import ConfigError

GradientRule = Literal["parameter-shift", "published"]
GRADIENT_RULES = get_args(GradientRule)

#: Largest number of shots per angle.
MAX_SHOTS_PER_ANGLE = 100_000
#: Below this |sin s| the rule divides shot noise by almost nothing: at 0.01 its noise is 100 times that at s = π/2.
MIN_SHIFT_SINE = 0.01

Shots = Annotated[int | None, Field(ge=1, le=MAX_SHOTS_PER_ANGLE)]
#: Radians.
Shift = Annotated[float, Field(ge=-6.28, le=6.28, allow_inf_nan=False)]


def check_shots(shots: int | None) -> None:
    """Refuse anything but a whole number from 1 to 100,000. None means exact probabilities."""
    if shots is None:
        return
    if isinstance(shots, bool) or not (isinstance(shots, Integral) and 1 <= shots <= MAX_SHOTS_PER_ANGLE):
        is_number = isinstance(shots, Real) and not isinstance(shots, bool)
        kind = "" if is_number else "a whole number "
        raise ConfigError(f"shots must be {kind}between 1 and {MAX_SHOTS_PER_ANGLE}, got {shots!r}")


def check_engine(engine: str) -> None:
    """Refuse an unknown engine."""
    if engine not in ENGINES:
        raise ConfigError(f"engine must be {alternatives(tuple(ENGINES))}, got {engine!r}")


def check_shift(shift: float, gradient_rule: str) -> None:
    """Refuse an unknown rule, and a shift (radians) whose sine is too small for the parameter-shift rule."""
    if gradient_rule not in GRADIENT_RULES:
        raise ConfigError(f"gradient_rule must be {alternatives(GRADIENT_RULES)}, got {gradient_rule!r}")
    if gradient_rule == "parameter-shift" and not abs(sin(shift)) >= MIN_SHIFT_SINE:
        raise ConfigError(
            f"shift must have |sin(shift)| of at least {MIN_SHIFT_SINE}, because the parameter-shift rule divides by "
            f"it, got {shift:.6g} (sine {sin(shift):.2g})"
        )


def check_seed(seed: int) -> None:
    """Refuse anything but a whole number of at least 0."""
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise ConfigError(f"seed must be a whole number of at least 0, got {seed!r}")


class OfCircuit(Noise, Hardware):
    """Base of all settings with a circuit: the rules for these names, and the settings of every engine."""

    if TYPE_CHECKING:  # each subclass defines the fields, in its own order
        engine: str
        shots: int | None
        shift: float
        gradient_rule: GradientRule

    @field_validator("shots", mode="before", check_fields=False)
    @classmethod
    def _shots_are_no_truth(cls, shots: Any) -> Any:
        if type(shots).__name__ == "bool":  # NumPy's too
            check_shots(shots)
        return shots

    @field_validator("engine", check_fields=False)
    @classmethod
    def _engine_exists(cls, engine: str) -> str:
        check_engine(engine)
        return engine

    @model_validator(mode="after")
    def _shift_suits_the_rule(self) -> Self:
        check_shift(self.shift, self.gradient_rule)
        return self

    @model_validator(mode="after")
    def _settings_suit_the_engine(self) -> Self:
        if ENGINES[self.engine].hardware and self.shots is None:
            raise ValueError(
                f"shots must be a number with the {self.engine!r} engine, which has no exact probabilities, got None"
            )
        for engine, name in engine_settings():
            value = getattr(self, name)
            if engine != self.engine and value != type(self).model_fields[name].default:
                raise ValueError(
                    f"{name} must be left out unless the engine is {engine!r}, got {value} with {self.engine!r}"
                )
        return self

    @property
    def engine_settings(self) -> Settings | None:
        """The settings of this engine alone, if it has any."""
        kind = ENGINES[self.engine].settings
        return None if kind is None else kind(**{name: getattr(self, name) for name in kind.model_fields})


class CircuitSettings(OfCircuit):
    """Settings with which a layer measures its circuit.

    Raises:
        ConfigError: (a ValueError) in one sentence, for a setting out of its bounds.
    """

    engine: str
    shots: Shots
    shift: Shift
    gradient_rule: GradientRule


def engine_settings() -> list[tuple[str, str]]:
    """Return all settings that belong to one engine: (engine, name)."""
    return [(engine, name) for engine, kind in ENGINES.items() if kind.settings for name in kind.settings.model_fields]
