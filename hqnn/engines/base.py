"""What every engine has in common: its one question, and the checks before it is asked."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from qiskit import QuantumCircuit

from hqnn.config import check_shots

#: Circuits prepared per engine before all are dropped; a program that makes more than these makes one per call.
MAX_PREPARED = 64


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    """A copy of the circuit without its final measurements."""
    copy = circuit.copy()
    copy.remove_final_measurements()
    return copy


class Engine(ABC):
    """Runs one parametrised circuit at many angles."""

    #: Qubits of the widest circuit that it takes.
    max_qubits: ClassVar[int] = 20

    def __init__(self) -> None:
        self._prepared: dict[tuple[int, ...], tuple[QuantumCircuit, Any]] = {}

    def probabilities(
        self,
        circuit: QuantumCircuit,
        angles: ArrayLike,
        *,
        shots: int | None,
        rng: np.random.Generator | None = None,
    ) -> NDArray[np.float64]:
        """Probabilities of every outcome, for each row of angles.

        Args:
            circuit: measured at its end, its parameters free.
            angles: (batch, parameters), radians, in the order of `circuit.parameters`.
            shots: measurements per row, or None for exact probabilities.
            rng: where the shots' randomness comes from; needed unless shots is None. Each call draws from it anew.

        Returns:
            (batch, 2**num_qubits), probabilities, Qiskit's order (qubit 0 is the lowest bit).

        Raises:
            ValueError: for angles of another shape or not finite, for shots out of bounds or without rng, for a
                circuit that is too wide, and for a gate that the engine cannot run.
            EngineError: if the engine cannot run here and now.
        """
        angles = np.asarray(angles, dtype=np.float64)
        if angles.ndim != 2 or angles.shape[1] != circuit.num_parameters:
            raise ValueError(f"angles must have the shape (batch, {circuit.num_parameters}), got {angles.shape}")
        if not np.isfinite(angles).all():
            row, column = np.argwhere(~np.isfinite(angles))[0]
            raise ValueError(f"angles must be finite, got {angles[row, column]} in row {row}")
        if not 1 <= circuit.num_qubits <= self.max_qubits:
            raise ValueError(f"circuit must have 1 to {self.max_qubits} qubits here, got {circuit.num_qubits}")
        check_shots(shots)
        if len(angles) == 0:
            return np.empty((0, 2**circuit.num_qubits))
        if shots is None:
            return self._exact(circuit, angles)
        if rng is None:
            raise ValueError(f"rng must be given with shots, got None with {shots} shots")
        return self._sampled(circuit, angles, shots, rng)

    @contextmanager
    def session(self, should_stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """What is asked within belongs together, which a device can use.

        Args:
            should_stop: asked now and then while a call waits for a device; once it answers True, the call ends with an
                EngineError.
        """
        yield

    @abstractmethod
    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]: ...

    @abstractmethod
    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]: ...

    def _prepare(self, circuit: QuantumCircuit, variant: int, make: Callable[[], Any]) -> Any:
        """What `make` makes of the circuit, made once; the circuit is kept so that its id stays its own."""
        key = (id(circuit), len(circuit.data), variant)
        prepared = self._prepared.get(key)
        if prepared is None:
            if len(self._prepared) >= MAX_PREPARED:
                self._prepared.clear()
            prepared = self._prepared[key] = (circuit, make())
        return prepared[1]
