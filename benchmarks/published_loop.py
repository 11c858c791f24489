"""The original post's training loop on current Qiskit, for timing.

One Aer job, with its default threads, for every run of the circuit; and the circuit is transpiled before each, as
`qiskit.execute` did and as Qiskit's own guide replaces it. To be fair it can be transpiled once. One pooling alone
before the network is flattened turns an image into 25 rows: the circuit is run for the first of them, and twice for
each of them in the backward pass.
"""

from collections.abc import Callable
from math import pi
from time import perf_counter
from typing import Any

import torch
import torch.nn.functional as F
from qiskit import transpile
from qiskit_aer import AerSimulator
from torch import Tensor, nn
from torch.autograd import Function

from hqnn.circuit.circuits import hadamard_ry
from hqnn.network.data import DigitPair


class Circuit:
    """H → RY(θ) → measure, one job per run."""

    def __init__(self, shots: int, transpiled_once: bool) -> None:
        self.simulator = AerSimulator()
        self.circuit = hadamard_ry()
        self.transpiled = transpile(self.circuit, self.simulator) if transpiled_once else None
        (self.parameter,) = self.circuit.parameters
        self.shots = shots

    def probability(self, theta: float) -> float:
        """Return the share of ones."""
        circuit = self.transpiled or transpile(self.circuit, self.simulator)
        job = self.simulator.run(circuit, shots=self.shots, parameter_binds=[{self.parameter: [theta]}])
        return job.result().get_counts().get("1", 0) / self.shots


class Hybrid(Function):
    """P(1) of the first row, with the raw difference of two runs as the gradient of each row."""

    @staticmethod
    def forward(ctx: Any, angles: Tensor, circuit: Circuit) -> Tensor:
        ctx.circuit = circuit
        ctx.save_for_backward(angles)
        return angles.new_tensor([[circuit.probability(angles[0].item())]])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (angles,) = ctx.saved_tensors
        run = ctx.circuit.probability
        differences = [[run(theta + pi / 2) - run(theta - pi / 2)] for theta in angles.flatten().tolist()]
        return angles.new_tensor(differences) * gradient, None


def layer(shots: int, transpiled_once: bool) -> Callable[[Tensor], Tensor]:
    """The original post's layer, for one image at a time: (1, 1) radians to P(1), (1, 1)."""
    circuit = Circuit(shots, transpiled_once)
    return lambda angles: Hybrid.apply(angles, circuit)  # pyright: ignore[reportReturnType]


class Net(nn.Module):
    """The original post's network."""

    def __init__(self, shots: int, transpiled_once: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=5)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5)
        self.dropout = nn.Dropout2d()
        self.fc1 = nn.Linear(256, 64)
        self.fc2 = nn.Linear(64, 1)
        self.hybrid = layer(shots, transpiled_once)

    def forward(self, image: Tensor) -> Tensor:
        """Label probabilities, (1, 2), of one image, (1, 1, 28, 28)."""
        x = F.relu(self.conv2(F.relu(self.conv1(image))))
        x = self.dropout(F.max_pool2d(x, 2)).view(-1, 256)
        x = self.hybrid(self.fc2(F.relu(self.fc1(x))))
        return torch.cat((x, 1 - x), -1)


def seconds_an_image(pair: DigitPair, shots: int, images: int, transpiled_once: bool) -> float:
    """Of training, over the first few images after one that does not count."""
    network = Net(shots, transpiled_once)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.001)
    started = perf_counter()
    for number in range(images + 1):
        if number == 1:
            started = perf_counter()
        optimizer.zero_grad()
        loss = F.nll_loss(network(pair.train.images[number : number + 1]), pair.train.labels[number : number + 1])
        loss.backward()
        optimizer.step()
    return (perf_counter() - started) / images
