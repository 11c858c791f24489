"""The state itself, computed in torch for all angles at once; shots are drawn from its exact probabilities."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import CircuitError, ParameterExpression
from qiskit.quantum_info import Pauli
from torch import Tensor

from hqnn.engines.base import Engine, unmeasured

#: Gates exp(-i angle G / 2), by the Pauli operator G.
ROTATIONS = {"rx": "X", "ry": "Y", "rz": "Z", "rxx": "XX", "ryy": "YY", "rzz": "ZZ"}

#: One step of a prepared circuit: fixed matrix, or generator with its angle; and the qubits.
Step = tuple[Tensor, ParameterExpression | float | None, tuple[int, ...]]


class ExactEngine(Engine):
    """Batched state vector in complex128. It runs fixed gates and Pauli rotations."""

    def _exact(self, circuit: QuantumCircuit, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        steps = self._prepare(circuit, 0, lambda: _steps(circuit))
        columns = dict(zip(circuit.parameters, torch.from_numpy(angles).T, strict=True))
        state = torch.zeros((len(angles), 2**circuit.num_qubits), dtype=torch.complex128)
        state[:, 0] = 1
        for matrix, angle, qubits in steps:
            turn = matrix if angle is None else _rotation(matrix, _values(angle, columns, len(angles)))
            state = _apply(turn, state, qubits)
        return (state.real**2 + state.imag**2).numpy()

    def _sampled(
        self, circuit: QuantumCircuit, angles: NDArray[np.float64], shots: int, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        exact = self._exact(circuit, angles)
        return rng.multinomial(shots, exact / exact.sum(1, keepdims=True)) / shots


def _steps(circuit: QuantumCircuit) -> list[Step]:
    steps: list[Step] = []
    for instruction in unmeasured(circuit).data:
        operation = instruction.operation
        if operation.name == "barrier":
            continue
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        if operation.name in ROTATIONS:
            generator = torch.from_numpy(Pauli(ROTATIONS[operation.name]).to_matrix())
            steps.append((generator, operation.params[0], qubits))
        else:
            steps.append((_fixed_matrix(operation), None, qubits))
    return steps


def _fixed_matrix(operation: Any) -> Tensor:
    try:
        return torch.from_numpy(np.array(operation.to_matrix(), dtype=np.complex128))
    except (AttributeError, CircuitError, TypeError):
        raise ValueError(
            f"the exact engine runs fixed gates and {', '.join(ROTATIONS)}; it cannot run {operation.name!r}"
        ) from None


def _values(angle: Any, columns: dict[Any, Tensor], batch: int) -> Tensor:
    """(batch,) radians: the angle is a parameter, an expression of parameters, or a number."""
    if angle in columns:
        return columns[angle]
    if not isinstance(angle, ParameterExpression):
        return torch.full((batch,), float(angle), dtype=torch.float64)
    rows = range(batch)
    bound = [angle.bind({p: float(columns[p][row]) for p in angle.parameters}) for row in rows]
    return torch.tensor([float(value) for value in bound], dtype=torch.float64)


def _rotation(generator: Tensor, angles: Tensor) -> Tensor:
    """exp(-i angle G / 2) = cos(angle/2) − i sin(angle/2) G, for G² = 1: (batch, size, size)."""
    half = (angles / 2)[:, None, None]
    return torch.cos(half) * torch.eye(len(generator), dtype=generator.dtype) - 1j * torch.sin(half) * generator


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
