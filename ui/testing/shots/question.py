"""Controls of the Effect of shots tab as data, and their cached results."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.circuit.short_parts import sub_seeds
from hqnn.config import Noise
from hqnn.inference import shot_accuracy
from hqnn.jobs import desk_questions
from hqnn.jobs.study import Study
from ui.session import cached
from ui.session.network_choice import Network
from ui.testing.shots import controls
from ui.testing.shots.figures import Accuracy


@dataclass(frozen=True)
class Dials:
    """The network and the values of the controls."""

    network: Network
    #: θ of all test images, radians, and their labels, (n,) each.
    theta: NDArray[np.float64]
    labels: NDArray[np.int64]
    shots: int | None
    engine: dict[str, Any]
    seed: int
    #: Number of repeated tests. Measurements do not depend on it.
    rounds: int
    view: str

    @property
    def response(self) -> Response:
        """P(1) over θ on this engine."""
        return Response.of(Noise(**self.engine.get("settings", {})))

    def expected(self, *shots: int) -> shot_accuracy.Expected:
        """Return the expected result of a test."""
        return cached.expected(self.network.key, self.response, shots, self.theta, self.labels)

    def tested(self, study: Study | None) -> Accuracy:
        """Return the accuracies. A measurement counts if it used these controls."""
        (seed,) = sub_seeds(1, self.seed, self.rounds, 0)
        config = self.network.config
        return Accuracy(
            digits=config.digits,
            expected=self.expected(*shot_accuracy.LINE),
            shots=self.shots,
            here=self.expected(self.shots or 1),
            evaluation=cached.tested(
                self.network.key, self.engine, self.shots, config.loss, seed, self.theta, self.labels
            ),
            study=shot_accuracy.gathered(study.results, len(self.theta)) if study and self.is_of(study) else {},
            of_study=self.expected(*shot_accuracy.SHOTS),
        )

    def study(self) -> Study:
        """Start a measurement with all numbers of shots, on the worker for short tasks."""
        parts = shot_accuracy.parts(self.theta, self.labels, (self.seed, 1), self.engine)
        return cached.jobs().desk.study(desk_questions.count_right, parts)

    def is_of(self, study: Study | None) -> bool:
        """Whether the latest measurement used these controls."""
        kept = controls.kept_study()
        return kept is not None and kept == (self.of_study(), study)

    def of_study(self) -> tuple[Any, ...]:
        """Return what identifies a measurement with these controls."""
        return self.network.key, repr(self.engine), self.seed
