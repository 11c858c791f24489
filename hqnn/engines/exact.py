"""The exact state, computed in torch for all angles at once. Shots are drawn from its probabilities."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import UGate
from scipy import linalg
from torch import Tensor

from hqnn.engines.base import Engine
from hqnn.engines.free_angles import Values, is_free, values_of

#: Bytes of the states in memory. A larger batch is computed in parts.
MAX_BYTES = 2**26


class Step(NamedTuple):
    """One gate of a prepared circuit."""

    qubits: tuple[int, ...]
    #: The gate is Σ exp(angle λ) Π, over eigenvalues λ (k,) of −i G and projectors Π (k, size²).
    #: For a fixed gate this is the matrix itself.
    projectors: Tensor
    eigenvalues: Tensor
    angle: Values | None


class Prepared(NamedTuple):
    """A circuit in the form that runs: Σ exp(angle λ) part, over the parts (k, 2**num_qubits), then the steps.

    Up to the second free angle the state is linear in those parts, so all fixed gates there are applied in advance.
    """

    parts: Tensor
    eigenvalues: Tensor
    angle: Values | None
    steps: list[Step]


class ExactEngine(Engine):
    """A batch of state vectors in complex128.

    A gate without a free angle is a matrix. A gate with one free angle is exp(−i angle G) (rx, p, rzz, crz, …). A gate
    with several free angles (u, cu, r, …) is replaced by the gates of its definition.
    """

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        prepared = self._prepare(circuit, 0, lambda: _prepared(circuit))
        rows = max(1, MAX_BYTES // (16 * 2**circuit.num_qubits))
        if len(angles) <= rows:
            return _probabilities(prepared, angles)
        parts = (angles[first : first + rows] for first in range(0, len(angles), rows))
        return np.concatenate([_probabilities(prepared, part) for part in parts])

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        exact = self._exact(circuit, angles)
        return rng.multinomial(shots, exact / exact.sum(1, keepdims=True)) / shots


def _probabilities(prepared: Prepared, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    parts, eigenvalues, angle, steps = prepared
    state = _turns(eigenvalues, angle, angles) @ parts
    for step in steps:
        state = _after(step, state, angles)
    amplitudes: NDArray[np.complex128] = state.numpy()
    return np.square(amplitudes.real) + np.square(amplitudes.imag)


def _turns(eigenvalues: Tensor, angle: Values | None, rows: NDArray[np.float64]) -> Tensor:
    """Return exp(angle λ), (batch, k)."""
    values = np.zeros(len(rows)) if angle is None else angle(rows)
    return torch.exp(torch.from_numpy(values).unsqueeze(1) * eigenvalues)


def _after(step: Step, state: Tensor, angles: NDArray[np.float64]) -> Tensor:
    qubits, matrix, eigenvalues, angle = step
    if angle is not None:
        matrix = _turns(eigenvalues, angle, angles) @ matrix
    size = 2 ** len(qubits)
    return _apply(matrix.reshape(-1, size, size), state, qubits)


def _prepared(circuit: QuantumCircuit) -> Prepared:
    parameters = list(circuit.parameters)
    steps = [
        step
        for instruction in circuit.data
        if instruction.name != "barrier"
        for step in _steps(instruction.operation, _places(circuit, instruction), parameters)
    ]
    start = torch.zeros((1, 2**circuit.num_qubits), dtype=torch.complex128)
    start[:, 0] = 1
    start = _after_fixed(steps, start)
    if not steps:
        return Prepared(start, torch.zeros(1, dtype=torch.complex128), None, steps)
    qubits, projectors, eigenvalues, angle = steps.pop(0)
    size = 2 ** len(qubits)
    parts = _apply(projectors.reshape(-1, size, size), start, qubits)
    return Prepared(_after_fixed(steps, parts), eigenvalues, angle, steps)


def _after_fixed(steps: list[Step], state: Tensor) -> Tensor:
    """Return the state after the fixed steps up to the first free angle, and remove these steps from the list."""
    while steps and steps[0].angle is None:
        state = _after(steps.pop(0), state, np.empty((1, 0)))
    return state


def _places(circuit: QuantumCircuit, instruction: Any) -> tuple[int, ...]:
    return tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)


def _steps(gate: Any, qubits: tuple[int, ...], parameters: list[Any]) -> list[Step]:
    if not any(map(is_free, gate.params)):
        return [Step(qubits, _flat(np.asarray(gate.to_matrix())), torch.zeros(1), None)]
    if len(gate.params) == 1:
        return [Step(qubits, *_exponential(gate), values_of(gate.params[0], parameters))]
    parts = _turned(*gate.params) if isinstance(gate, UGate) else gate.definition
    return [
        step
        for part in parts.data
        for step in _steps(part.operation, tuple(qubits[place] for place in _places(parts, part)), parameters)
    ]


def _turned(theta: Any, phi: Any, lam: Any) -> QuantumCircuit:
    """Return u(θ, φ, λ) as p(φ) ry(θ) p(λ). Qiskit does not define it by other gates."""
    circuit = QuantumCircuit(1)
    circuit.p(lam, 0)
    circuit.ry(theta, 0)
    circuit.p(phi, 0)
    return circuit


def _exponential(gate: Any) -> tuple[Tensor, Tensor]:
    """Return the projectors and eigenvalues of −i G, for a gate exp(−i angle G)."""
    form: Any = linalg.schur(_matrix_at(gate, 1.0), output="complex")
    triangle, vectors = form
    phases = np.angle(np.diag(triangle))
    eigenvalues = np.unique(phases.round(12))
    projectors = np.array([(v := vectors[:, np.isclose(phases, value)]) @ v.conj().T for value in eigenvalues])
    return _flat(projectors), torch.from_numpy(1j * eigenvalues)


def _matrix_at(gate: Any, angle: float) -> NDArray[np.complex128]:
    fixed = gate.to_mutable()
    fixed.params = [angle]
    return np.asarray(fixed.to_matrix())


def _flat(matrices: NDArray[Any]) -> Tensor:
    return torch.from_numpy(matrices.astype(np.complex128).reshape(-1, matrices.shape[-1] ** 2))


def _apply(matrix: Tensor, state: Tensor, qubits: tuple[int, ...]) -> Tensor:
    """Return the state (batch, 2**num_qubits) after a matrix on some qubits. Either may be the same for all rows."""
    num_qubits = state.shape[1].bit_length() - 1
    if num_qubits == 1:
        return (matrix @ state[..., None])[..., 0]
    axes = [num_qubits - qubit for qubit in reversed(qubits)]
    last = list(range(num_qubits + 1 - len(axes), num_qubits + 1))
    moved = state.reshape(-1, *[2] * num_qubits).movedim(axes, last)
    turned = moved.reshape(len(moved), -1, 2 ** len(axes)) @ matrix.mT
    return turned.reshape(-1, *moved.shape[1:]).movedim(last, axes).reshape(len(turned), -1)


def create() -> ExactEngine:
    """Create the engine, for `hqnn.engines.get_engine`."""
    return ExactEngine()
