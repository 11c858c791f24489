"""Experiments with many runs, each as the header of a results file, and the runs of each."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any

from hqnn.config import HEADS, RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps.ablation import swap_configs
from hqnn.sweeps.grid import grid
from hqnn.sweeps.result import Header

#: Most runs of an experiment, and of one that is started on a page.
MAX_TRAININGS, MAX_ON_A_PAGE = 10_000, 1000
#: All pairs of two digits.
PAIRS = tuple(combinations(range(10), 2))


def sweep(config: RunConfig, vary: Mapping[str, Iterable[Any]], seeds: Iterable[int]) -> Header:
    """Return an experiment with every combination of values of some settings, each with the same seeds.

    Args:
        config: the shared settings.
        vary: values by setting. `RunConfig` checks them, and duplicates count once.
        seeds: the same for all combinations.

    Raises:
        ConfigError: if a combination is impossible.
        HqnnError: if there are too many runs.
    """
    asked = {name: tuple(values) for name, values in vary.items()}
    seeds = _checked(asked, seeds)
    first = grid(config.replace(seed=seeds[0]), **asked)
    values = {name: tuple(dict.fromkeys(getattr(each, name) for each in first)) for name in asked}
    return Header(kind="sweep", config=config, vary=values, seeds=seeds)


def swap(config: RunConfig, seeds: Iterable[int]) -> Header:
    """Return an experiment with the circuit and each classical replacement for every seed (`hqnn.sweeps.ablation`)."""
    seeds = _checked({"head": HEADS}, seeds)
    swap_configs(config, seeds)
    return Header(kind="swap", config=config, vary={"head": HEADS}, seeds=seeds)


def stuck(config: RunConfig, seeds: Iterable[int]) -> Header:
    """Return an experiment that counts seeds that fail to learn."""
    return Header(kind="stuck", config=config, seeds=_checked({}, seeds))


def atlas(config: RunConfig, seeds: Iterable[int]) -> Header:
    """Return an experiment with all 45 pairs of digits."""
    return Header(kind="atlas", config=config, vary={"digits": PAIRS}, seeds=_checked({"digits": PAIRS}, seeds))


def configs(header: Header) -> tuple[RunConfig, ...]:
    """Return all runs of an experiment, seed by seed, so that early results cover all settings alike.

    Raises:
        ConfigError: if a combination is impossible.
    """
    if header.kind == "swap":
        return swap_configs(header.config, header.seeds)
    return _of_grid(header.model_dump_json(exclude={"versions"}))


@lru_cache(maxsize=20)
def _of_grid(header: str) -> tuple[RunConfig, ...]:
    """Return the runs of a grid. Cached, because pages need them often and each takes 50 µs."""
    asked = Header.model_validate_json(header)
    return tuple(dict.fromkeys(grid(asked.config, seed=asked.seeds, **asked.vary)))


def _checked(vary: Mapping[str, tuple[Any, ...]], seeds: Iterable[int]) -> tuple[int, ...]:
    """Return the seeds without duplicates, if there are not too many runs."""
    seeds = tuple(dict.fromkeys(seeds))
    number = len(seeds) * prod(map(len, vary.values()))
    if not 1 <= number <= MAX_TRAININGS:
        raise HqnnError(f"an experiment must have 1 to {MAX_TRAININGS:,} runs, got {number:,}")
    return seeds
