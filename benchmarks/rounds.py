"""Rounds of measurements: interleaved, so that a machine that slows down slows every contender."""

import argparse
from collections.abc import Callable, Mapping
from statistics import median

#: Those that count, unless told.
ROUNDS = 7


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int) -> list[dict[str, float]]:
    """What every contender says in each round, after a round that does not count."""
    return [{name: measure() for name, measure in contenders.items()} for _ in range(rounds + 1)][1:]


def fastest(settings: Mapping[str, Callable[[], float]]) -> str:
    """The setting whose better time of two is the shortest."""
    return min(settings, key=lambda name: min(settings[name]() for _ in range(2)))


def ratios(rounds: list[dict[str, float]], name: str, to: str) -> list[float]:
    """A contender's time over another's, round by round."""
    return [one[name] / one[to] for one in rounds]


def spread(values: list[float], digits: int = 2) -> str:
    """Median and range."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def print_report(report: Callable[[int], str], about: str | None) -> None:
    """Of as many rounds as the command line says."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="interleaved rounds that count, after one that does not"
    )
    print(report(parser.parse_args().rounds))
