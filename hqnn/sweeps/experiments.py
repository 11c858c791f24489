"""The questions that many trainings answer, each as the header of a file of results, and the trainings of each."""

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

#: Trainings of one question, and of one that is asked on a page.
MAX_TRAININGS, MAX_ON_A_PAGE = 10_000, 1000
#: All pairs of two digits.
PAIRS = tuple(combinations(range(10), 2))


def sweep(config: RunConfig, vary: Mapping[str, Iterable[Any]], seeds: Iterable[int]) -> Header:
    """What do some settings do? Every combination of their values, each with the same seeds.

    Args:
        config: what all have in common.
        vary: values by setting; `RunConfig` checks them, and one that is there twice counts once.
        seeds: the same for all combinations.

    Raises:
        ConfigError: if a combination cannot be.
        HqnnError: if there are too many.
    """
    asked = {name: tuple(values) for name, values in vary.items()}
    seeds = _checked(asked, seeds)
    first = grid(config.replace(seed=seeds[0]), **asked)
    values = {name: tuple(dict.fromkeys(getattr(each, name) for each in first)) for name in asked}
    return Header(kind="sweep", config=config, vary=values, seeds=seeds)


def swap(config: RunConfig, seeds: Iterable[int]) -> Header:
    """Does the circuit help? Each seed with it, and with each of its twins (`hqnn.sweeps.ablation`)."""
    seeds = _checked({"head": HEADS}, seeds)
    swap_configs(config, seeds)
    return Header(kind="swap", config=config, vary={"head": HEADS}, seeds=seeds)


def stuck(config: RunConfig, seeds: Iterable[int]) -> Header:
    """How many seeds do not learn?"""
    return Header(kind="stuck", config=config, seeds=_checked({}, seeds))


def atlas(config: RunConfig, seeds: Iterable[int]) -> Header:
    """Which pairs of digits are hard to tell apart? All 45."""
    return Header(kind="atlas", config=config, vary={"digits": PAIRS}, seeds=_checked({"digits": PAIRS}, seeds))


def configs(header: Header) -> tuple[RunConfig, ...]:
    """All trainings of a question, seed by seed: what is there of it early is there of every setting alike.

    Raises:
        ConfigError: if a combination cannot be.
    """
    if header.kind == "swap":
        return swap_configs(header.config, header.seeds)
    return _of_grid(header.model_dump_json(exclude={"versions"}))


@lru_cache(maxsize=20)
def _of_grid(header: str) -> tuple[RunConfig, ...]:
    """Made once for each experiment: pages ask for them again and again, and each takes 50 µs."""
    asked = Header.model_validate_json(header)
    return tuple(dict.fromkeys(grid(asked.config, seed=asked.seeds, **asked.vary)))


def _checked(vary: Mapping[str, tuple[Any, ...]], seeds: Iterable[int]) -> tuple[int, ...]:
    """The seeds, each once, if there are not too many trainings."""
    seeds = tuple(dict.fromkeys(seeds))
    number = len(seeds) * prod(map(len, vary.values()))
    if not 1 <= number <= MAX_TRAININGS:
        raise HqnnError(f"there must be 1 to {MAX_TRAININGS:,} trainings, got {number:,}")
    return seeds
