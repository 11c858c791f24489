"""Base of all engines: one method, with the checks of its arguments."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from reprlib import repr as short
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from qiskit import QuantumCircuit

from hqnn.config import check_shots
from hqnn.engines.gates import gates_of, is_fixed, unmeasured
from hqnn.shift import as_radians

#: Prepared circuits per engine after which all are dropped. Only a program with a new circuit per call has more.
MAX_PREPARED = 64


class Known(NamedTuple):
    """A circuit as it was in the last call, and its gates alone."""

    circuit: QuantumCircuit
    data: list[Any]
    gates: QuantumCircuit


class Engine(ABC):
    """Runs one parametrised circuit at many angles."""

    #: Largest number of qubits of a circuit.
    max_qubits: int = 20

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        self._gates: dict[Any, QuantumCircuit] = {}
        self._prepared: dict[tuple[int, int], tuple[QuantumCircuit, Any]] = {}

    def probabilities(
        self,
        circuit: QuantumCircuit,
        angles: ArrayLike,
        *,
        shots: int | None,
        rng: np.random.Generator | None = None,
    ) -> NDArray[np.float64]:
        """Return the probabilities of every outcome of all qubits, for each row of angles.

        An outcome has all qubits at the circuit's end. It does not matter which of them the circuit measures, and into
        which classical bits.

        Args:
            circuit: unitary gates and barriers with free parameters. Qubits may be measured after their last gates. A
                gate that is not a standard gate of Qiskit runs as the gates of its definition.
            angles: (batch, parameters), radians, in the order of `circuit.parameters`.
            shots: measurements per row, or None for exact probabilities.
            rng: random generator of the shots; needed unless shots is None. Each call draws new numbers from it.

        Returns:
            (batch, 2**num_qubits), probabilities, Qiskit's order (qubit 0 is the lowest bit).

        Raises:
            ValueError: if the circuit is not a circuit, has too many qubits, has anything but gates (a reset, a
                channel, a measurement before a gate, control flow), or has a gate that the engine cannot run; if the
                angles are not finite real numbers of this shape; if shots are out of bounds or lack an rng; if the rng
                is not a generator.
            EngineError: if the engine cannot run here and now.
        """
        gates = self.gates(circuit)
        angles = as_radians(angles)
        if angles.ndim != 2 or angles.shape[1] != circuit.num_parameters:
            raise ValueError(f"angles must have the shape (batch, {circuit.num_parameters}), got {angles.shape}")
        if np.count_nonzero(np.isfinite(angles)) != angles.size:
            row, column = np.argwhere(~np.isfinite(angles))[0]
            raise ValueError(f"angles must be finite, got {angles[row, column]} in row {row}")
        if not 1 <= circuit.num_qubits <= self.max_qubits:
            raise ValueError(
                f"circuit must have 1 to {self.max_qubits} qubits for this engine, got {circuit.num_qubits}"
            )
        check_shots(shots)
        if rng is not None and not isinstance(rng, np.random.Generator):
            raise ValueError(f"rng must be a numpy.random.Generator, got {short(rng)}")
        if gates.num_parameters != circuit.num_parameters:
            order = list(circuit.parameters)
            angles = angles[:, [order.index(parameter) for parameter in gates.parameters]]
        if len(angles) == 0:
            return np.empty((0, 2**circuit.num_qubits))
        if shots is None:
            return self._exact(gates, angles)
        if rng is None:
            raise ValueError(f"rng must be given with shots, got None with {shots} shots")
        return self._sampled(gates, angles, int(shots), rng)

    def gates(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Return the circuit's gates and barriers alone.

        Circuits of the same gates give the same object. Do not change it.

        Raises:
            ValueError: as `hqnn.engines.gates.gates_of`.
        """
        if not isinstance(circuit, QuantumCircuit):
            raise ValueError(f"circuit must be a qiskit.QuantumCircuit, got {short(circuit)}")
        data, known = circuit.data[:], self._known.get(id(circuit))
        if known is not None and known.data == data and known.gates.num_qubits == circuit.num_qubits:
            return known.gates
        content = circuit.num_qubits, gates_of(circuit)
        gates = self._gates.get(content)
        if gates is None:
            gates = _kept(self._gates, content, unmeasured(circuit))
        if all(map(is_fixed, data)):
            _kept(self._known, id(circuit), Known(circuit, data, gates))
        return gates

    @contextmanager
    def session(self, should_stop: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Group the calls of a block, so that a device can run them together.

        Args:
            should_stop: called repeatedly while a call waits for a device. Once it returns True, the call ends with an
                EngineError.
        """
        yield

    @abstractmethod
    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]: ...

    @abstractmethod
    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]: ...

    def _prepare(self, gates: QuantumCircuit, variant: int, make: Callable[[], Any]) -> Any:
        """Return the result of `make`, called once. The gates are kept, so that no other object gets their id."""
        key = (id(gates), variant)
        prepared = self._prepared.get(key) or _kept(self._prepared, key, (gates, make()))
        return prepared[1]


def _kept(of: dict[Any, Any], key: Any, value: Any) -> Any:
    if len(of) >= MAX_PREPARED:
        of.clear()
    of[key] = value
    return value
