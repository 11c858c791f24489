"""The quantum layer: the one seam between torch and the engines.

Its input is an angle θ per image, its output P(1) of H → RY(θ) → measure. The slope comes from the parameter-shift
rule (`hqnn.shift`), whose two measurements are known in the forward pass already: so one engine call measures θ, θ + s
and θ − s of the whole batch.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import pi
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from hqnn.circuits import one_qubit, probability_of_one
from hqnn.config import RunConfig
from hqnn.engines import get_engine
from hqnn.settings import Settings
from hqnn.shift import combine, shifted_angles


class HybridLayer(nn.Module):
    """P(1) of the circuit at each angle, differentiable by the parameter-shift rule.

    The layer has no weights: θ is its input. Each call draws fresh shots from the layer's own generator, so two calls
    never repeat their noise and two layers of one seed always do.
    """

    def __init__(
        self,
        engine: str = "exact",
        shots: int | None = None,
        shift: float = pi / 2,
        gradient_rule: str = "parameter-shift",
        seed: int = 0,
        settings: Settings | None = None,
    ) -> None:
        """
        Args:
            engine: a name from `hqnn.engines.engine_names`.
            shots: measurements per angle, or None for exact probabilities.
            shift: s of the gradient rule, radians.
            gradient_rule: "parameter-shift", or "published" for the raw difference.
            seed: of the shots.
            settings: the engine's own, if it has any: `hqnn.noise.Noise`, or `hqnn.config.Hardware`.

        Raises:
            ConfigError: (a ValueError) for a value out of bounds, or another engine's settings.
        """
        super().__init__()
        own = {} if settings is None else settings.model_dump()
        valid = RunConfig(**{"engine": engine, "shots": shots, "shift": shift, "gradient_rule": gradient_rule, **own})
        self.engine, self.shots, self.settings = valid.engine, valid.shots, valid.engine_settings
        self.shift, self.gradient_rule = valid.shift, valid.gradient_rule
        self.offsets = np.concatenate(([0.0], shifted_angles(0.0, self.shift)))[:, None, None]
        self.circuit = one_qubit()
        self.rng = np.random.default_rng(seed)

    def forward(self, angles: Tensor) -> Tensor:
        """P(1), measured: (batch, 1) radians in, (batch, 1) out, dtype and device kept."""
        return self.measure(angles)[0]

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor | None]:
        """P(1) and its slope dP(1)/dθ as the gradient rule measured it.

        Args:
            angles: (batch, 1), radians.

        Returns:
            P(1), (batch, 1); and its slope, (batch, 1), per radian, or None where no gradient is wanted.

        Raises:
            ValueError: for angles of another shape or not finite.
        """
        if angles.ndim != 2 or angles.shape[1] != 1:
            raise ValueError(f"angles must have the shape (batch, 1), got {tuple(angles.shape)}")
        return _Measurement.apply(angles, self)  # pyright: ignore[reportReturnType]

    @classmethod
    def of(cls, config: RunConfig, seed: int) -> Self:
        """The layer with a run's engine, shots, shift and rule."""
        return cls(config.engine, config.shots, config.shift, config.gradient_rule, seed, config.engine_settings)

    def session(self, should_stop: Callable[[], bool]) -> AbstractContextManager[None]:
        """What is measured within belongs together, and ends early if asked (`hqnn.engines.Engine.session`)."""
        return get_engine(self.engine, self.settings).session(should_stop)

    @contextmanager
    def reseeded(self, seed: int, *, exact: bool = False) -> Iterator[None]:
        """Draw from a fresh generator for a while, or not at all if exact; the layer is then as it was."""
        own, self.rng = (self.rng, self.shots), np.random.default_rng(seed)
        self.shots = None if exact else self.shots
        try:
            yield
        finally:
            self.rng, self.shots = own

    def extra_repr(self) -> str:
        own = "" if self.settings is None else f", settings={self.settings!r}"
        return (
            f"engine={self.engine!r}, shots={self.shots}, shift={self.shift:.6g}, "
            f"gradient_rule={self.gradient_rule!r}{own}"
        )

    def run(self, angles: np.ndarray) -> np.ndarray:
        """P(1) of any angles, of any shape, in one engine call."""
        engine = get_engine(self.engine, self.settings)
        outcomes = engine.probabilities(self.circuit, angles.reshape(-1, 1), shots=self.shots, rng=self.rng)
        return probability_of_one(outcomes).reshape(angles.shape)


class _Measurement(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, angles: Tensor, layer: HybridLayer) -> tuple[Tensor, Tensor | None]:
        theta = angles.detach().to("cpu", torch.float64).numpy()
        if not ctx.needs_input_grad[0]:
            return torch.from_numpy(layer.run(theta)).to(angles), None
        measured = layer.run(theta + layer.offsets)
        probability = torch.from_numpy(measured[0]).to(angles)
        slope = torch.from_numpy(combine(measured[1:], layer.shift, layer.gradient_rule)).to(angles)
        ctx.save_for_backward(slope)
        ctx.mark_non_differentiable(slope)
        return probability, slope

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride] (one gradient for each output)
        ctx: Any, probability_gradient: Tensor, _: Tensor
    ) -> tuple[Tensor, None]:
        (slope,) = ctx.saved_tensors
        return probability_gradient * slope, None
