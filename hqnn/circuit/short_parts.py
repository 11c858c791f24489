"""Long measurements in parts that are short enough to be stopped between."""

import numpy as np

#: Seconds of one part: people who ask a short question wait that long for it.
PART_SECONDS = 0.3
#: Seconds for an angle and for each of its shots, measured on the slower of the two simulators, rounded up.
ANGLE_SECONDS, SHOT_SECONDS = 20e-6, 0.25e-6


def sub_seeds(number: int, *seed: int) -> list[int]:
    """Seeds for so many independent measurements."""
    return [int(each.generate_state(1, np.uint64)[0]) for each in np.random.SeedSequence(seed).spawn(number)]
