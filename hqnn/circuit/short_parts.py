"""Long measurements in short parts, with stops possible between them."""

import numpy as np

#: Seconds of one part: a short task waits that long for its worker.
PART_SECONDS = 0.3
#: Seconds per angle and per shot, measured on the slower of the two simulators and rounded up.
ANGLE_SECONDS, SHOT_SECONDS = 20e-6, 0.25e-6


def sub_seeds(number: int, *seed: int) -> list[int]:
    """Return seeds for a number of independent measurements."""
    return [int(each.generate_state(1, np.uint64)[0]) for each in np.random.SeedSequence(seed).spawn(number)]
