"""Qiskit Aer with noise: a density matrix, which simulates gate and readout errors exactly.

Aer's own errors are put into the circuit as channels when it is prepared. Every job would read a noise model again,
which takes longer than the job.
"""

from collections.abc import Sequence
from math import sqrt
from statistics import median
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Instruction
from qiskit.quantum_info import Kraus, SuperOp, average_gate_fidelity
from qiskit_aer.noise import LocalNoisePass, depolarizing_error, thermal_relaxation_error

from hqnn.config import Noise
from hqnn.engines.aer import AerEngine


class NoisyEngine(AerEngine):
    """An error follows every gate of the circuit as drawn, and the readout error comes before the measurement.

    In a custom gate, an error follows each gate of its definition.
    """

    max_qubits = 10
    #: Qubits n of the packed circuit, whose density matrix has 4^n entries. Measured for 3 to 600 angles of one qubit:
    #: 3 and 4 are fastest.
    lane_qubits = 3
    method = "density_matrix"

    def __init__(self, noise: Noise) -> None:
        super().__init__()
        self._noise = noise
        self._insertion = LocalNoisePass(self._error_after, method="append")

    def _physical(self, circuit: QuantumCircuit) -> QuantumCircuit:
        noisy = self._insertion(circuit)
        readout = self._readout()
        for qubit in range(noisy.num_qubits):
            noisy.append(readout, [qubit])
        return noisy

    def _error_after(self, gate: Instruction, qubits: Sequence[int]) -> Instruction | None:
        if gate.name == "barrier":
            return None
        if len(qubits) > 2:
            raise ValueError(
                f"gates of the noisy engine must act on one or two qubits, got {gate.name!r} on {len(qubits)}"
            )
        noise, alone = self._noise, len(qubits) == 1
        time = noise.gate_time_1q_ns if alone else noise.gate_time_2q_ns
        relaxation = thermal_relaxation_error(noise.t1_ns, noise.t2_ns, time)
        error = depolarizing_error(noise.depolarizing_1q if alone else noise.depolarizing_2q, len(qubits))
        return SuperOp(error.compose(relaxation if alone else relaxation.tensor(relaxation))).to_instruction()

    def _readout(self) -> Instruction:
        """Return a bit flip: 0 is read as 1 with probability e0, 1 is read as 0 with probability e1."""
        e0, e1 = self._noise.readout_e0, self._noise.readout_e1
        flips = np.array([[1 - e0, e1], [e0, 1 - e1]])
        operators: Any = [
            sqrt(flips[read, was]) * np.outer(np.eye(2)[read], np.eye(2)[was]) for read, was in np.ndindex(2, 2)
        ]
        return SuperOp(Kraus(operators)).to_instruction()


def device_noise(backend: Any) -> Noise:
    """Return a device's noise in the numbers of `Noise`: medians over its qubits and couplings.

    The device reports the total error of a gate. The part that is not relaxation is taken as depolarizing.

    Args:
        backend: a backend with calibration data, such as one of `qiskit_ibm_runtime.fake_provider`.
    """
    properties, target = backend.properties(), backend.target
    qubits = range(target.num_qubits)
    t1, t2 = (median(of(qubit) for qubit in qubits) for of in (properties.t1, properties.t2))
    pair_gate = next(name for name in ("cx", "ecr", "cz") if name in target)
    gates = [[known for known in target[name].values() if known.error < 1] for name in ("sx", pair_gate)]
    errors, times = ([median(getattr(known, of) for known in gate) for gate in gates] for of in ("error", "duration"))
    e0, e1 = (
        median(properties.qubit_property(qubit, name)[0] for qubit in qubits)
        for name in ("prob_meas1_prep0", "prob_meas0_prep1")
    )
    relaxations = [thermal_relaxation_error(t1, min(t2, 2 * t1), time) for time in times]
    kept = [
        average_gate_fidelity(SuperOp(relaxations[0])),
        average_gate_fidelity(SuperOp(relaxations[1].tensor(relaxations[1]))),
    ]
    rates = [max(0.0, (error - 1 + f) / (f - 1 / size)) for error, f, size in zip(errors, kept, (2, 4), strict=True)]
    numbers = {
        "depolarizing_1q": rates[0],
        "depolarizing_2q": rates[1],
        "readout_e0": e0,
        "readout_e1": e1,
        "t1_us": 1e6 * t1,
        "t2_us": 1e6 * min(t2, 2 * t1),
        "gate_time_1q_ns": 1e9 * times[0],
        "gate_time_2q_ns": 1e9 * times[1],
    }
    return Noise(**{name: float(f"{value:.3g}") for name, value in numbers.items()})


def create(noise: Noise) -> NoisyEngine:
    """Create the engine with this noise, for `hqnn.engines.get_engine`."""
    return NoisyEngine(noise)
