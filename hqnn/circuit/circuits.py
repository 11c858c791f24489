"""Qiskit circuits by name, and the meaning of their outcomes.

For H then RY(θ) on |0⟩: P(1) = (1 + sin θ)/2 and ⟨Z⟩ = 1 − 2 P(1) = −sin θ.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter


def hadamard_ry(num_qubits: int = 1) -> QuantumCircuit:
    """Return the circuit with H and RY(θ) on every qubit, one shared angle θ (radians), and a measurement of all."""
    if num_qubits < 1:
        raise ValueError(f"num_qubits must be at least 1, got {num_qubits}")
    circuit = QuantumCircuit(num_qubits)
    circuit.h(range(num_qubits))
    circuit.barrier()
    circuit.ry(Parameter("θ"), range(num_qubits))
    circuit.measure_all()
    return circuit


@cache
def one_qubit() -> QuantumCircuit:
    """Return the network's circuit. It is always the same object, so an engine prepares it once per process."""
    return hadamard_ry()


CIRCUITS: dict[str, Callable[..., QuantumCircuit]] = {"hadamard-ry": hadamard_ry}


def probability_of_one(probabilities: ArrayLike) -> NDArray[np.float64]:
    """Return P(1) of each qubit.

    Args:
        probabilities: (batch, 2**num_qubits), one per outcome, in Qiskit's order (qubit 0 is the lowest bit).

    Returns:
        (batch, num_qubits), qubit 0 first.
    """
    outcomes = np.asarray(probabilities, dtype=np.float64)
    return outcomes @ _bits(outcomes.shape[1].bit_length() - 1)


@cache
def _bits(num_qubits: int) -> NDArray[np.float64]:
    """Return the bits of every outcome, (2**num_qubits, num_qubits)."""
    return (np.arange(2**num_qubits)[:, None] >> np.arange(num_qubits) & 1).astype(np.float64)
