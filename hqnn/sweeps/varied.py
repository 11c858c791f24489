"""What a race asks: its values of some settings, and the trainings that follow. Nothing here draws."""

from dataclasses import dataclass
from math import prod
from typing import Any

from hqnn.config import ENGINES, Hardware, Noise, RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps import experiments
from hqnn.sweeps.result import Header


@dataclass(frozen=True)
class Choice:
    """The values that are raced; of a setting without any, the settings' own."""

    shots: tuple[int | None, ...] = ()
    shifts: tuple[float, ...] = ()
    rules: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    #: Depolarizing rates.
    rates: tuple[float, ...] = ()
    seeds: int = 5

    @property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """By setting, without those that have none."""
        every = {
            "shots": self.shots,
            "shift": self.shifts,
            "gradient_rule": self.rules,
            "engine": self.engines,
            "depolarizing_1q": self.rates,
        }
        return {name: values for name, values in every.items() if values}

    @property
    def trainings(self) -> int:
        """How many there are."""
        return self.seeds * prod(map(len, self.values.values()))


def header(config: RunConfig, choice: Choice) -> Header:
    """The question. The settings' own value of what varies is no part of it.

    Raises:
        HqnnError: in one sentence, if it cannot be asked.
    """
    if choice.trainings > experiments.MAX_ON_A_PAGE:
        raise HqnnError(
            f"A race must have at most {experiments.MAX_ON_A_PAGE:,} trainings, got {choice.trainings:,}: choose "
            "fewer values, or fewer seeds."
        )
    given = choice.values
    varied = {name: values for name, values in given.items() if len(values) > 1}
    fixed = {name: values[0] for name, values in given.items() if len(values) == 1}
    at_rest = {name: RunConfig.model_fields[name].default for name in varied}
    config = config.replace(**(_engine(config, choice) | at_rest | fixed))
    config.replace(seed=config.seed + choice.seeds - 1)
    return experiments.sweep(config, varied, range(config.seed, config.seed + choice.seeds))


def _engine(config: RunConfig, choice: Choice) -> dict[str, Any]:
    """What the choice of engines and rates changes beside them: an engine's own settings go where it goes."""
    if choice.rates and set(choice.engines) - {"noisy"}:
        raise HqnnError("Choose engines or noise levels, not both: every noise level has the engine noisy.")
    if choice.rates:
        return _defaults(Hardware) | {"engine": "noisy"}
    if not choice.engines:
        if ENGINES[config.engine].hardware:
            raise HqnnError(
                f"engine must be a simulator in a race, got {config.engine!r}: choose engines to race, or "
                "another engine in the settings."
            )
        return {}
    if choice.engines == ("noisy",):
        return _defaults(Hardware)
    if "noisy" in choice.engines and config.noise != Noise():
        raise HqnnError(
            "The settings' noise is noisy's alone, and cannot race against other engines: choose noise levels, of "
            "which 0 is none, or the engine noisy alone."
        )
    return _defaults(Hardware) | _defaults(Noise)


def _defaults(settings: type[Hardware] | type[Noise]) -> dict[str, Any]:
    return {name: field.default for name, field in settings.model_fields.items()}
