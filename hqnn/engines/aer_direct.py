"""Jobs given directly to Aer's controller: fast, but below Aer's public interface.

`AerSimulator.run` reads a circuit again for every job, which takes longer than the simulation. This module reads it
once. Its import fails if Aer no longer has these private names; `hqnn.engines.aer_public` needs none of them.
"""

from collections.abc import Iterator
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.backends.aer_compiler import assemble_circuits, generate_aer_config
from qiskit_aer.backends.backend_utils import cpp_execute_circuits
from qiskit_aer.backends.controller_wrappers import (  # pyright: ignore[reportMissingModuleSource]
    AerConfig,
    aer_controller_execute,
)

from hqnn.engines.free_angles import Values, is_free, values_of
from hqnn.errors import EngineError

#: Options of a job's configuration. They are looked up here, so that a missing one fails the import, not a job.
OPTIONS = ("parameterizations", "shots", "seed_simulator")
for option in OPTIONS:
    getattr(AerConfig, option)


class Assembled(NamedTuple):
    """A circuit in the form that Aer runs."""

    circuit: QuantumCircuit
    native: list[Any]
    config: Any
    #: Place of each free angle in the native circuit (gate, parameter), and its values for rows of parameters.
    angles: list[tuple[tuple[int, int], Values]]


class DirectJobs:
    """Jobs of one simulator."""

    def __init__(self, simulator: AerSimulator) -> None:
        self._options: Any = simulator.options
        self._controller = aer_controller_execute()
        self._one_at_a_time = Lock()

    def prepare(self, circuit: QuantumCircuit, parameters: list[Any]) -> Assembled:
        """Prepare a circuit in the simulator's gates, to run it at rows of these parameters."""
        native, (places,) = assemble_circuits([circuit])
        angles = [
            ((place, position), values_of(angle, parameters))
            for place, instruction in zip(places, circuit.data, strict=True)
            for position, angle in enumerate(instruction.operation.params)
            if is_free(angle)
        ]
        return Assembled(circuit, native, generate_aer_config([circuit], self._options), angles)

    def run(self, assembled: Assembled, rows: NDArray[np.float64], **options: int) -> Iterator[dict[str, Any]]:
        """Run one job, and yield the data of each row of angles.

        Args:
            assembled: the result of `prepare`.
            rows: angles, (runs, parameters), radians.
            options: `shots` and `seed_simulator`, or none for what the circuit saves.

        Raises:
            EngineError: if Aer's job fails.
        """
        circuit, native, config, angles = assembled
        told: dict[str, Any] = {**options}
        if angles:
            told["parameterizations"] = [[(place, values(rows).tolist()) for place, values in angles]]
        else:
            native, _ = assemble_circuits([circuit] * len(rows))
        with self._one_at_a_time:
            for name, value in told.items():
                setattr(config, name, value)
            output = cpp_execute_circuits(self._controller, native, None, config)
        if not output["success"]:
            raise EngineError(f"Aer failed: {output['status']}")
        return (result["data"] for result in output["results"])
