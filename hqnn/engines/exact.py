"""The state itself, computed in torch for all angles at once; shots are drawn from its exact probabilities."""

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitError, Instruction, ParameterExpression
from scipy import linalg
from torch import Tensor

from hqnn.engines.base import Engine, unmeasured

#: Bytes of the states held at once; a larger batch is computed in parts.
MAX_BYTES = 2**26


class Step(NamedTuple):
    """One gate of a prepared circuit."""

    qubits: tuple[int, ...]
    #: Σ exp(−i angle λ) Π over these eigenvalues (k,) and projectors (k, size²); one projector, the matrix, if fixed.
    projectors: Tensor
    eigenvalues: Tensor
    angle: Any


class ExactEngine(Engine):
    """Batched state vector in complex128.

    It runs every gate of fixed numbers whose matrix Qiskit knows (h, x, y, z, s, sdg, t, tdg, sx, cx, cz, swap, ccx,
    unitary, …) and every gate exp(−i angle G) of one free angle (rx, ry, rz, p, rxx, ryy, rzz, rzx, crx, cry, crz,
    cp, …), on up to `max_qubits` qubits.
    """

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        steps = self._prepare(circuit, 0, lambda: _steps(circuit))
        rows = max(1, MAX_BYTES // (16 * 2**circuit.num_qubits))
        parts = torch.from_numpy(angles).split(rows)
        return torch.cat([_probabilities(circuit, steps, part) for part in parts]).numpy()

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        exact = self._exact(circuit, angles)
        return rng.multinomial(shots, exact / exact.sum(1, keepdims=True)) / shots


def _probabilities(circuit: QuantumCircuit, steps: list[Step], angles: Tensor) -> Tensor:
    columns = dict(zip(circuit.parameters, angles.T, strict=True))
    state = torch.zeros((len(angles), 2**circuit.num_qubits), dtype=torch.complex128)
    state[:, 0] = 1
    for qubits, projectors, eigenvalues, angle in steps:
        matrix = projectors
        if angle is not None:
            turned = torch.outer(_values(angle, columns, len(angles)), eigenvalues)
            matrix = torch.polar(torch.ones_like(turned), -turned) @ projectors
        size = 2 ** len(qubits)
        state = _apply(matrix.reshape(-1, size, size), state, qubits)
    return state.real**2 + state.imag**2


def _steps(circuit: QuantumCircuit) -> list[Step]:
    return [
        _step(instruction.operation, tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits))
        for instruction in unmeasured(circuit).data
        if instruction.operation.name != "barrier"
    ]


def _step(gate: Any, qubits: tuple[int, ...]) -> Step:
    free = [angle for angle in gate.params if isinstance(angle, ParameterExpression) and angle.parameters]
    try:
        if not free:
            return Step(qubits, _flat(np.asarray(gate.to_matrix())), torch.zeros(1, dtype=torch.float64), None)
        (angle,) = gate.params
        return Step(qubits, *_exponential(gate), angle)
    except (AttributeError, CircuitError, TypeError, ValueError):
        raise ValueError(
            "the exact engine runs gates of fixed numbers, and gates exp(-i angle G) of one free angle such as rx, p, "
            f"rzz and crz; it cannot run {gate.name!r} with {len(free)} free angles"
        ) from None


def _exponential(gate: Instruction) -> tuple[Tensor, Tensor]:
    """The projectors and eigenvalues of G, for a gate exp(−i angle G)."""
    form: Any = linalg.schur(_matrix_at(gate, 1.0), output="complex")
    triangle, vectors = form
    phases = -np.angle(np.diag(triangle))
    eigenvalues = np.unique(phases.round(12))
    projectors = np.array([(v := vectors[:, np.isclose(phases, value)]) @ v.conj().T for value in eigenvalues])
    for angle in (0.0, 2.5):
        if not np.allclose(np.tensordot(np.exp(-1j * angle * eigenvalues), projectors, 1), _matrix_at(gate, angle)):
            raise ValueError(f"{gate.name} is no exponential of its angle")
    return _flat(projectors), torch.from_numpy(eigenvalues)


def _matrix_at(gate: Any, angle: float) -> NDArray[np.complex128]:
    fixed = gate.to_mutable()
    fixed.params = [angle]
    return np.asarray(fixed.to_matrix())


def _flat(matrices: NDArray[Any]) -> Tensor:
    return torch.from_numpy(matrices.astype(np.complex128).reshape(-1, matrices.shape[-1] ** 2))


def _values(angle: Any, columns: dict[Any, Tensor], batch: int) -> Tensor:
    """(batch,) radians: the angle is a parameter or an expression of parameters."""
    if angle in columns:
        return columns[angle]
    bound = [angle.bind({p: float(columns[p][row]) for p in angle.parameters}) for row in range(batch)]
    return torch.tensor([float(value) for value in bound], dtype=torch.float64)


def _apply(matrix: Tensor, state: Tensor, qubits: tuple[int, ...]) -> Tensor:
    """The state (batch, 2**num_qubits) after a matrix, one for all or one a row, on some qubits."""
    batch, num_qubits = len(state), state.shape[1].bit_length() - 1
    if num_qubits == 1:
        return (matrix @ state[..., None])[..., 0]
    axes = [num_qubits - qubit for qubit in reversed(qubits)]
    last = list(range(num_qubits + 1 - len(axes), num_qubits + 1))
    moved = state.reshape(batch, *[2] * num_qubits).movedim(axes, last)
    turned = moved.reshape(batch, -1, 2 ** len(axes)) @ matrix.mT
    return turned.reshape(moved.shape).movedim(last, axes).reshape(batch, -1)


def create() -> ExactEngine:
    """The engine, for `hqnn.engines.get_engine`."""
    return ExactEngine()
