"""The seeds of one run: for weights, image order, dropout and shots."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Seeds:
    """Independent seeds of a run's sources of randomness, so that a change in one does not affect the others."""

    torch: int
    order: int
    shots: int
    evaluation: int

    @classmethod
    def of(cls, seed: int) -> "Seeds":
        """Return the seeds that follow from a run's seed."""
        return cls(*np.random.SeedSequence(seed).generate_state(4).tolist())

    def of_evaluation(self, epoch: int, *, train: bool) -> int:
        """Return the seed of the shots for the test after an epoch, on the training or the test images."""
        return self.evaluation + 2 * epoch + train
