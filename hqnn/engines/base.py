"""What every engine has in common: its one question, and the checks before it is asked."""

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

#: Circuits prepared per engine before all are dropped; a program that makes more than these makes one per call.
MAX_PREPARED = 64


class Known(NamedTuple):
    """A circuit as it was when last asked, and its gates alone."""

    circuit: QuantumCircuit
    data: list[Any]
    gates: QuantumCircuit


class Engine(ABC):
    """Runs one parametrised circuit at many angles."""

    #: Qubits of the widest circuit that it takes.
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
        """Probabilities of every outcome of all qubits, for each row of angles.

        The outcomes are those of the qubits at the circuit's end. Which of them it measures, and into which classical
        bits, changes nothing.

        Args:
            circuit: of unitary gates and barriers, its parameters free; its qubits may be measured after their last
                gates. A gate that is not one of Qiskit's standard gates runs as the gates of its definition.
            angles: (batch, parameters), radians, in the order of `circuit.parameters`.
            shots: measurements per row, or None for exact probabilities.
            rng: where the shots' randomness comes from; needed unless shots is None. Each call draws from it anew.

        Returns:
            (batch, 2**num_qubits), probabilities, Qiskit's order (qubit 0 is the lowest bit).

        Raises:
            ValueError: for a circuit that is none, too wide or holds anything else (a reset, a channel, a measurement
                before a gate, control flow), for angles that are not finite real numbers of this shape, for shots out
                of bounds or without rng, for an rng that is none, and for a gate that the engine cannot run.
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
            raise ValueError(f"circuit must have 1 to {self.max_qubits} qubits here, got {circuit.num_qubits}")
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
        """The circuit's gates and barriers alone: the same object for circuits of the same gates, not to be changed.

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

    def _prepare(self, gates: QuantumCircuit, variant: int, make: Callable[[], Any]) -> Any:
        """What `make` makes of the gates, made once; they are kept so that their id stays their own."""
        key = (id(gates), variant)
        prepared = self._prepared.get(key) or _kept(self._prepared, key, (gates, make()))
        return prepared[1]


def _kept(of: dict[Any, Any], key: Any, value: Any) -> Any:
    if len(of) >= MAX_PREPARED:
        of.clear()
    of[key] = value
    return value
