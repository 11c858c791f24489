"""A measurement of the gradient rules over all shifts, split into short parts."""

from collections.abc import Iterable, Mapping
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.short_parts import ANGLE_SECONDS, PART_SECONDS, SHOT_SECONDS, sub_seeds

#: Shifts s of the study, radians. They go past π, to show which rules fail there.
SHIFTS = tuple(float(s) for s in pi / 24 * np.arange(1, 31))
Part = tuple[float, float, dict[str, Any]]


def repeats_at_once(shots: int, repeats: int) -> int:
    """Return how many repeats of three points one part can measure."""
    return max(1, min(repeats, int(PART_SECONDS / (3 * (ANGLE_SECONDS + shots * SHOT_SECONDS)))))


def parts(theta: float, shots: int, repeats: int, seeds: tuple[int, ...], engine: Mapping[str, Any]) -> list[Part]:
    """Return the parts of the study, as arguments of `hqnn.circuit.estimates.measure_around`.

    The parts go through all s once, and start over until all repeats are measured.

    Args:
        theta: radians.
        shots: N, measurements at each point in each repeat.
        repeats: number of repeats of each s.
        seeds: whole numbers that set this study's shots.
        engine: arguments `engine` and `settings` of `hqnn.circuit.estimates.measure`.
    """
    size = repeats_at_once(shots, repeats)
    rounds = [min(size, repeats - first) for first in range(0, repeats, size)]
    seed = iter(sub_seeds(len(rounds) * len(SHIFTS), *seeds))
    return [
        (theta, shift, {"shots": shots, "repeats": each, "seed": next(seed), **engine})
        for each in rounds
        for shift in SHIFTS
    ]


def gathered(measured: Iterable[tuple[Part, NDArray[np.float64]]]) -> dict[float, NDArray[np.float64]]:
    """Return the measured points of all finished parts, (repeats, 3) by s."""
    found: dict[float, list[NDArray[np.float64]]] = {}
    for (_, shift, _), points in measured:
        found.setdefault(shift, []).append(points)
    return {shift: np.concatenate(found[shift]) for shift in sorted(found)}
