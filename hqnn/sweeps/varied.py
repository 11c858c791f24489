"""The values to compare in a Shots vs convergence experiment, and its header. Nothing here draws."""

from dataclasses import dataclass
from math import prod
from typing import Any

from hqnn.config import ENGINES, Hardware, Noise, RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps import experiments
from hqnn.sweeps.result import Header


@dataclass(frozen=True)
class Choice:
    """The values to compare. A setting without values keeps the viewer's value."""

    shots: tuple[int | None, ...] = ()
    shifts: tuple[float, ...] = ()
    rules: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    #: Depolarizing rates.
    rates: tuple[float, ...] = ()
    seeds: int = 5

    @property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """Values by setting, without settings that have none."""
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
        """Number of runs."""
        return self.seeds * prod(map(len, self.values.values()))


def header(config: RunConfig, choice: Choice) -> Header:
    """Return the experiment. The viewer's own values of varied settings are no part of it.

    Raises:
        HqnnError: in one sentence, if the values do not fit together.
    """
    if choice.trainings > experiments.MAX_ON_A_PAGE:
        raise HqnnError(
            f"An experiment must have at most {experiments.MAX_ON_A_PAGE:,} runs, got {choice.trainings:,}. Choose "
            "fewer values or fewer seeds."
        )
    given = choice.values
    varied = {name: values for name, values in given.items() if len(values) > 1}
    fixed = {name: values[0] for name, values in given.items() if len(values) == 1}
    at_rest = {name: RunConfig.model_fields[name].default for name in varied}
    config = config.replace(**(_engine(config, choice) | at_rest | fixed))
    config.replace(seed=config.seed + choice.seeds - 1)
    return experiments.sweep(config, varied, range(config.seed, config.seed + choice.seeds))


def _engine(config: RunConfig, choice: Choice) -> dict[str, Any]:
    """Return what the choice of engines and noise levels changes in the other settings."""
    if choice.rates and set(choice.engines) - {"noisy"}:
        raise HqnnError("Choose engines or noise levels, not both: all noise levels use the noisy engine.")
    if choice.rates:
        return _defaults(Hardware) | {"engine": "noisy"}
    if not choice.engines:
        if ENGINES[config.engine].hardware:
            raise HqnnError(
                f"engine must be a simulator in an experiment, got {config.engine!r}. Choose engines here, or another "
                "engine in the settings."
            )
        return {}
    if choice.engines == ("noisy",):
        return _defaults(Hardware)
    if "noisy" in choice.engines and config.noise != Noise():
        raise HqnnError(
            "Noise needs the noisy engine, but you also chose other engines. Choose noise levels, or only the noisy "
            "engine."
        )
    return _defaults(Hardware) | _defaults(Noise)


def _defaults(settings: type[Hardware] | type[Noise]) -> dict[str, Any]:
    return {name: field.default for name, field in settings.model_fields.items()}
