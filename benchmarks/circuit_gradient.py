"""Gradients of a four-qubit circuit with twelve parameters and shots: `python -m benchmarks.circuit_gradient`.

Three layers of RY on every qubit and a chain of CX; a batch of 16; the parameter-shift rule, 100 shots per point. The
seconds include the gradients of all outcomes, (16, 12, 16).
"""

from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import torch
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from benchmarks.peers import ONE_THREAD, machine_learning_network
from benchmarks.rounds import ROUNDS, fastest, interleaved, print_report, ratios, spread
from hqnn.circuit.gradients import measure_jacobian
from hqnn.engines import get_engine

QUBITS, LAYERS, BATCH, SHOTS = 4, 3, 16, 100
ANGLES = np.random.default_rng(0).uniform(-3, 3, (BATCH, LAYERS * QUBITS))
PEER = "qiskit-machine-learning, SamplerQNN, Aer SamplerV2"


def layered() -> QuantumCircuit:
    """The circuit, measured."""
    circuit, angles = QuantumCircuit(QUBITS), iter(ParameterVector("a", LAYERS * QUBITS))
    for _ in range(LAYERS):
        for qubit in range(QUBITS):
            circuit.ry(next(angles), qubit)
        for qubit in range(QUBITS - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def ours(name: str, circuit: QuantumCircuit) -> np.ndarray:
    """(16, 12, 16), measured in one engine call."""
    return measure_jacobian(get_engine(name), circuit, ANGLES, shots=SHOTS, rng=np.random.default_rng(1))[1]


def theirs(network: Any) -> np.ndarray:
    """(16, 12, 16), from the network's own values and gradients."""
    network.forward(ANGLES, [])
    slopes, _ = network.backward(ANGLES, [])
    return np.asarray(slopes.todense() if hasattr(slopes, "todense") else slopes).swapaxes(1, 2)


def seconds(of: Any) -> float:
    """Return the seconds of one call."""
    started = perf_counter()
    of()
    return perf_counter() - started


def report(rounds: int = ROUNDS) -> str:
    """Return the table in Markdown, after a check that all gradients are right within shot noise."""
    torch.set_num_threads(1)
    circuit = layered()
    settings = {
        name: partial(theirs, machine_learning_network(circuit, 2**QUBITS, SHOTS, options))
        for name, options in {"one thread": ONE_THREAD, "default threads": {}}.items()
    }
    chosen = fastest({name: partial(seconds, of) for name, of in settings.items()})
    contenders = {name: partial(ours, name, circuit) for name in ("exact", "aer")} | {PEER: settings[chosen]}
    _, slopes = measure_jacobian(get_engine("exact"), circuit, ANGLES, shots=None)
    for measure in contenders.values():
        # Two shares of N shots each, halved: a variance of at most 1/(8 N), and over all outcomes and points its mean.
        deviation = np.sqrt(np.square(measure() - slopes).mean())
        assert 0 < deviation < np.sqrt(1 / (8 * SHOTS))
    measured = interleaved({name: partial(seconds, of) for name, of in contenders.items()}, rounds)
    lines = ["| gradient by | time ÷ exact's | ms |", "|---|---|---|"]
    for name in contenders:
        label = f"{name} ({chosen})" if name == PEER else f"{name}, {SHOTS} shots"
        milliseconds = 1000 * median(one[name] for one in measured)
        lines.append(f"| {label} | {spread(ratios(measured, name, 'exact'), 1)} | {milliseconds:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print_report(report, __doc__)
