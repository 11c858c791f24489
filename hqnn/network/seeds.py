"""The seeds of one run: of its weights, its images' order, its dropout and its shots."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Seeds:
    """Independent seeds of one run's four kinds of randomness: so a change of one leaves the others as they were."""

    torch: int
    order: int
    shots: int
    evaluation: int

    @classmethod
    def of(cls, seed: int) -> "Seeds":
        """The sub-seeds of a run's seed."""
        return cls(*np.random.SeedSequence(seed).generate_state(4).tolist())

    def of_evaluation(self, epoch: int, *, train: bool) -> int:
        """The seed of the shots after an epoch, when the training or the test images are looked at."""
        return self.evaluation + 2 * epoch + train
