"""The same layer built with other projects: P(1) of H → RY(θ) from shots, its gradient by the parameter-shift rule.

Each stands in `HybridNet(quantum=…)` in the place of ours and is trained by the same `fit`.
"""

from collections.abc import Callable
from typing import Any

import pennylane as untyped  # pyright: ignore[reportMissingImports]
from qiskit_aer.primitives import SamplerV2
from qiskit_machine_learning.connectors import TorchConnector  # pyright: ignore[reportMissingImports]
from qiskit_machine_learning.gradients import ParamShiftSamplerGradient  # pyright: ignore[reportMissingImports]
from qiskit_machine_learning.neural_networks import SamplerQNN  # pyright: ignore[reportMissingImports]
from torch import Tensor, nn, stack

from hqnn.circuit.circuits import hadamard_ry

qml: Any = untyped
ONE_THREAD = {"backend_options": {"max_parallel_threads": 1}}


class PeerLayer(nn.Module):
    """Another project's torch module, behind the two methods that training calls."""

    def __init__(self, module: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.module = module

    def forward(self, angles: Tensor) -> Tensor:
        """(batch, 1), radians, to P(1), (batch, 1)."""
        return self.module(angles)

    def measure(self, angles: Tensor) -> tuple[Tensor, None]:
        """Return P(1); the other project computes the gradient."""
        return self(angles), None


def machine_learning_network(circuit: Any, outcomes: int, shots: int, options: dict[str, Any]) -> Any:
    """qiskit-machine-learning's sampler network of a circuit whose parameters are all inputs."""
    sampler = SamplerV2(default_shots=shots, options=options)
    return SamplerQNN(
        circuit=circuit,
        sampler=sampler,
        input_params=list(circuit.parameters),
        weight_params=[],
        input_gradients=True,
        gradient=ParamShiftSamplerGradient(sampler=sampler),
        interpret=lambda outcome: outcome,
        output_shape=outcomes,
    )


def machine_learning(shots: int, options: dict[str, Any]) -> PeerLayer:
    """qiskit-machine-learning's TorchConnector over Aer's SamplerV2."""
    connector = TorchConnector(machine_learning_network(hadamard_ry(), 2, shots, options))
    return PeerLayer(lambda angles: connector(angles)[:, 1:])


def pennylane(shots: int, device: str, one_by_one: bool) -> PeerLayer:
    """PennyLane's TorchLayer; a batch is one execution, or one execution per image."""

    def circuit(inputs: Tensor) -> Any:
        qml.Hadamard(0)
        qml.RY(inputs[..., 0], 0)
        return qml.probs(wires=0)

    node = qml.set_shots(
        qml.QNode(circuit, qml.device(device, wires=1), interface="torch", diff_method="parameter-shift"), shots=shots
    )
    layer = qml.qnn.TorchLayer(node if one_by_one else qml.transforms.broadcast_expand(node), {})
    if not one_by_one:
        return PeerLayer(lambda angles: layer(angles)[:, 1:].to(angles))

    def rows(angles: Tensor) -> Tensor:
        return stack([layer(row)[1:] for row in angles]).to(angles)

    return PeerLayer(rows)


#: Every project, with its settings; the fastest one counts.
PEERS: dict[str, dict[str, Callable[[int], PeerLayer]]] = {
    "qiskit-machine-learning, TorchConnector, Aer SamplerV2": {
        "one thread": lambda shots: machine_learning(shots, ONE_THREAD),
        "default threads": lambda shots: machine_learning(shots, {}),
    },
    **{
        f"PennyLane, TorchLayer, {device}": {
            "one batch per execution": lambda shots, device=device: pennylane(shots, device, one_by_one=False),
            "one image per execution": lambda shots, device=device: pennylane(shots, device, one_by_one=True),
        }
        for device in ("default.qubit", "lightning.qubit")
    },
}
