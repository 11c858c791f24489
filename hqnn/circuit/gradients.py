"""Derivatives of a circuit's probabilities, and their shot noise."""

from math import inf, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.circuit.response import IDEAL, Response
from hqnn.circuit.slope_rules import slope_variance
from hqnn.shift import as_radians, check_angles, combine

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from hqnn.engines import Engine

#: Gates exp(−i angle G) whose G has two eigenvalues, 1 apart. The parameter-shift rule is exact for them.
SHIFT_RULE_GATES = ("rx", "ry", "rz", "p", "rxx", "ryy", "rzz", "rzx")


def measure_jacobian(
    engine: "Engine",
    circuit: "QuantumCircuit",
    angles: ArrayLike,
    *,
    shots: int | None,
    rng: np.random.Generator | None = None,
    shift: float = pi / 2,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure the probability of every outcome, and its derivative by every parameter, with the parameter-shift rule.

    One engine call measures all rows, with two shifts per parameter.

    Args:
        engine: the engine that runs the circuit.
        circuit: a circuit in which each parameter is the angle of exactly one gate of `SHIFT_RULE_GATES`.
        angles: (batch, parameters), radians, in the order of `circuit.parameters`.
        shots: measurements per point, or None for exact probabilities.
        rng: random generator of the shots.
        shift: s, radians.

    Returns:
        Probabilities, (batch, 2**num_qubits), and derivatives, (batch, parameters, 2**num_qubits), per radian.

    Raises:
        ValueError: if the rule does not hold for the circuit or the shift, or if the engine refuses an argument.
    """
    _check_the_rule_holds(engine.gates(circuit))
    angles, moves = as_radians(angles), shift * np.eye(circuit.num_parameters)
    if angles.ndim != 2 or angles.shape[1] != len(moves):
        raise ValueError(f"angles must have the shape (batch, {len(moves)}), got {angles.shape}")
    check_angles(angles)
    at = angles[:, None]
    rows = np.concatenate((at, at + moves, at - moves), axis=1)
    outcomes = engine.probabilities(circuit, rows.reshape(-1, len(moves)), shots=shots, rng=rng)
    here, plus, minus = np.split(outcomes.reshape(*rows.shape[:2], -1), (1, 1 + len(moves)), axis=1)
    return here[:, 0], combine((plus, minus), shift)


def _check_the_rule_holds(gates: "QuantumCircuit") -> None:
    free = [(gate.name, gate.params) for gate in gates.data if gate.params]
    for parameter in gates.parameters:
        users = [
            (name, angles) for name, angles in free if any(parameter in getattr(a, "parameters", ()) for a in angles)
        ]
        ((name, angles), *others) = users
        if others or name not in SHIFT_RULE_GATES or angles[0] != parameter:
            raise ValueError(
                f"parameter {parameter.name} must be the angle of exactly one gate of {', '.join(SHIFT_RULE_GATES)} "
                f"for the parameter-shift rule, got {', '.join(f'{name}({angles[0]})' for name, angles in users)}"
            )


def slope_deviation(
    theta: ArrayLike, shift: float, shots: int, gradient_rule: str = "parameter-shift", response: Response = IDEAL
) -> NDArray[np.float64]:
    """Return the standard deviation of a measured dP(1)/dθ of H → RY(θ).

    Each of the two measurements is a share of N shots, so its variance is P (1 − P) / N. The rule divides the sum of
    both variances by 4 sin² s. Without noise P = (1 + sin θ)/2, so SD² = [cos²(θ+s) + cos²(θ−s)] / (16 N sin² s).

    Args:
        theta: any shape, radians.
        shift: s, radians.
        shots: N, measurements per point.
        gradient_rule: "published" does not divide, so its noise is 2 |sin s| times as large.
        response: P(1) as a function of θ.

    Returns:
        The shape of theta, per radian.
    """
    return np.sqrt(slope_variance(theta, shift, shots, gradient_rule, response))


def signal_to_noise(
    theta: ArrayLike,
    gradient: ArrayLike,
    shift: float,
    shots: int,
    gradient_rule: str = "parameter-shift",
    response: Response = IDEAL,
) -> float:
    """Return the root mean square of the derivatives divided by that of their shot noise; 0 for noise alone.

    The known contribution of shots to the mean square of the measured derivatives is subtracted. Without shot noise the
    ratio is infinite: at θ = 0 with a shift of π/2, for example, every shot is certain.

    Args:
        theta: (n,), radians.
        gradient: (n,), dP(1)/dθ measured at theta with the rule, shift and shots.
        response: P(1) as a function of θ.
    """
    noise = (slope_deviation(theta, shift, shots, gradient_rule, response) ** 2).mean()
    if noise < np.finfo(np.float64).eps:  # only rounding
        return inf
    return float(np.sqrt(max(0.0, np.square(gradient).mean() - noise) / noise))
