"""A circuit reduced to its gates, which is what every engine runs.

A gate is one of Qiskit's standard gates, or a matrix. Any other gate is replaced by the gates of its definition,
whatever its name is: a PauliEvolutionGate by the product formula of its synthesis. Classical bits, labels and the
global phase are left out, because no probability depends on them.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    Barrier,
    ControlModifier,
    Gate,
    InverseModifier,
    Measure,
    PowerModifier,
)
from qiskit.circuit.library import UnitaryGate, get_standard_gate_name_mapping
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Clifford
from qiskit.quantum_info.operators.predicates import is_unitary_matrix

from hqnn.engines.free_angles import is_free

#: Qiskit's standard gates by name, with all controls on 1.
STANDARD = {gate.name: gate.base_class for gate in get_standard_gate_name_mapping().values() if isinstance(gate, Gate)}


class Placed(NamedTuple):
    """A gate, barrier or measurement on its qubits. Two equal ones have the same effect."""

    name: str
    #: Angles of a gate; the bytes of the matrix of a "unitary".
    params: tuple[Any, ...]
    qubits: tuple[int, ...]


class RefusedError(Exception):
    """The reason why an engine cannot run an operation."""


def gates_of(circuit: QuantumCircuit) -> tuple[Placed, ...]:
    """Return the gates and barriers of a circuit in their order, without its final measurements.

    Raises:
        ValueError: in one sentence, for anything but unitary gates, barriers and measurements of a qubit after its last
            gate.
    """
    gates: list[Placed] = []
    measured: dict[int, str] = {}
    for position, instruction in enumerate(circuit.data):
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        place = f"{instruction.name!r} on {_listed(qubits)} at position {position}"
        try:
            for placed in _unrolled(instruction, qubits):
                if placed.name == "measure":
                    measured[placed.qubits[0]] = place
                elif placed.name != "barrier" and not measured.keys().isdisjoint(placed.qubits):
                    place = next(measured[qubit] for qubit in placed.qubits if qubit in measured)
                    raise RefusedError(f", before {instruction.name!r} at position {position}")
                elif placed.qubits:
                    gates.append(placed)
        except RefusedError as why:
            raise ValueError(
                f"circuit must hold only unitary gates, barriers and measurements at its end, got {place}{why}"
            ) from None
    hidden = {parameter for gate in gates for parameter in _free(gate)} - set(circuit.parameters)
    if hidden:
        names = ", ".join(sorted(parameter.name for parameter in hidden))
        raise ValueError(f"circuit must list the parameters of its gates' definitions among its own, got {names}")
    return tuple(gates)


def circuit_of(num_qubits: int, gates: Iterable[Placed]) -> QuantumCircuit:
    """Return a circuit of these gates, without classical bits."""
    circuit = QuantumCircuit(num_qubits)
    for name, params, qubits in gates:
        if name == "barrier":
            circuit.barrier(qubits)
        elif name == "global_phase":
            circuit.global_phase += params[0]
        elif name == "unitary":
            size = 2 ** len(qubits)
            circuit.append(UnitaryGate(np.frombuffer(params[0], complex).reshape(size, size)), qubits)
        else:
            circuit.append(STANDARD[name](*params), qubits)
    return circuit


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return a circuit with only the gates and barriers that `gates_of` gives."""
    return circuit_of(circuit.num_qubits, gates_of(circuit))


def is_fixed(instruction: Any) -> bool:
    """Return whether the instruction cannot change in place: no other code holds its angles, matrix or definition."""
    return _is_standard(instruction) or isinstance(instruction.operation, Barrier | Measure)


def _is_standard(instruction: Any) -> bool:
    return instruction.is_standard_gate() and instruction.name in STANDARD


def _unrolled(instruction: Any, qubits: tuple[int, ...]) -> Iterator[Placed]:
    if _is_standard(instruction):
        yield Placed(instruction.name, tuple(_angle(angle) for angle in instruction.params), qubits)
        return
    operation: Any = copy(instruction.operation)  # so that the caller's operation does not keep the definition
    if isinstance(operation, Barrier | Measure):
        yield Placed("barrier" if isinstance(operation, Barrier) else "measure", (), qubits)
        return
    try:
        definition = None if isinstance(operation, UnitaryGate) else _definition(operation)
    except (QiskitError, TypeError, ValueError) as problem:
        raise RefusedError(f", whose definition cannot be made ({problem})") from None
    if definition is None:
        yield Placed("unitary", (_matrix(instruction).tobytes(),), qubits)
        return
    if definition.num_qubits != len(qubits):
        raise RefusedError(f", whose definition is of {definition.num_qubits} qubits")
    yield Placed("global_phase", (definition.global_phase,), ())
    for inner in definition.data:
        try:
            yield from _unrolled(inner, tuple(qubits[definition.find_bit(qubit).index] for qubit in inner.qubits))
        except RefusedError as why:
            raise RefusedError(f", which holds {inner.name!r}{why}") from None


def _definition(operation: Any) -> QuantumCircuit | None:
    if isinstance(operation, Clifford):
        return operation.to_circuit()
    if not isinstance(operation, AnnotatedOperation):
        return getattr(operation, "definition", None)
    base = QuantumCircuit(operation.base_op.num_qubits)
    base.append(operation.base_op, base.qubits)
    modified = circuit_of(base.num_qubits, _unrolled(base.data[0], tuple(range(base.num_qubits))))
    for modifier in operation.modifiers:
        if isinstance(modifier, InverseModifier):
            modified = modified.inverse()
        elif isinstance(modifier, ControlModifier):
            modified = modified.control(modifier.num_ctrl_qubits, ctrl_state=modifier.ctrl_state, annotated=False)
        elif isinstance(modifier, PowerModifier):
            modified = (modified if modifier.power >= 0 else modified.inverse()).power(abs(modifier.power))
    return modified


def _matrix(instruction: Any) -> Any:
    """Return the matrix of a gate without a definition, as the circuit has it: (size, size), complex."""
    if not isinstance(instruction.operation, Gate):
        raise RefusedError
    matrix = instruction.matrix
    if matrix is None:
        raise RefusedError(", which has neither a definition nor a matrix")
    if not is_unitary_matrix(matrix):
        raise RefusedError(", whose matrix is not unitary")
    return matrix


def _angle(angle: Any) -> Any:
    """Return the angle as a number, or unchanged if it is free."""
    if is_free(angle):
        return angle
    if not isfinite(number := float(angle)):
        raise RefusedError(f", whose angle is {number}")
    return number


def _free(gate: Placed) -> set[Any]:
    return {parameter for angle in gate.params if is_free(angle) for parameter in angle.parameters}


def _listed(qubits: tuple[int, ...]) -> str:
    *first, last = map(str, qubits or ("",))
    return f"qubits {', '.join(first)} and {last}" if first else f"qubit {last}" if last else "no qubit"
