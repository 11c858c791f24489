"""The rules over all shifts: what is measured in which short part, and what the parts say together."""

from collections.abc import Iterable, Mapping
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.short_parts import ANGLE_SECONDS, PART_SECONDS, SHOT_SECONDS, sub_seeds

#: Shifts s of the study, radians: past π, so that every rule is seen to fail or hold there.
SHIFTS = tuple(float(s) for s in pi / 24 * np.arange(1, 31))
Part = tuple[float, float, dict[str, Any]]


def repeats_at_once(shots: int, repeats: int) -> int:
    """How many repeats of three points can be measured in one part."""
    return max(1, min(repeats, int(PART_SECONDS / (3 * (ANGLE_SECONDS + shots * SHOT_SECONDS)))))


def parts(theta: float, shots: int, repeats: int, seeds: tuple[int, ...], engine: Mapping[str, Any]) -> list[Part]:
    """The study as arguments of `hqnn.circuit.estimates.measure_around`.

    Every s is measured once, then every s again until all repeats are measured.

    Args:
        theta: radians.
        shots: N, measurements at each point in each repeat.
        repeats: of each s.
        seeds: whole numbers that tell this study's shots from another's.
        engine: engine and settings, as `hqnn.circuit.estimates.measure` takes them.
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
    """The measured points by s, (repeats, 3), of all parts that are done."""
    found: dict[float, list[NDArray[np.float64]]] = {}
    for (_, shift, _), points in measured:
        found.setdefault(shift, []).append(points)
    return {shift: np.concatenate(found[shift]) for shift in sorted(found)}
