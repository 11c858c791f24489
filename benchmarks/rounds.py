"""Interleaved rounds of measurements, so that a slow phase of the machine slows every contender."""

import argparse
from collections.abc import Callable, Mapping
from statistics import median

#: Default number of rounds that count.
ROUNDS = 7


def interleaved(contenders: Mapping[str, Callable[[], float]], rounds: int) -> list[dict[str, float]]:
    """Return every contender's result in each round, after one round that does not count."""
    return [{name: measure() for name, measure in contenders.items()} for _ in range(rounds + 1)][1:]


def fastest(settings: Mapping[str, Callable[[], float]]) -> str:
    """Return the setting with the shortest best time of two."""
    return min(settings, key=lambda name: min(settings[name]() for _ in range(2)))


def ratios(rounds: list[dict[str, float]], name: str, to: str) -> list[float]:
    """Return the ratio of two contenders' times, round by round."""
    return [one[name] / one[to] for one in rounds]


def spread(values: list[float], digits: int = 2) -> str:
    """Return median and range as text."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def print_report(report: Callable[[int], str], about: str | None) -> None:
    """Print a report with as many rounds as the command line asks for."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="interleaved rounds that count, after one that does not"
    )
    print(report(parser.parse_args().rounds))
