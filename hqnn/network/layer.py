"""The quantum layer, which connects torch and the engines.

Its input is one angle θ per image, its output is P(1) of H → RY(θ) → measure. The derivative comes from the
parameter-shift rule (`hqnn.shift`). One engine call in the forward pass measures θ, θ + s and θ − s of the whole batch.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from math import pi
from typing import Any, Self

import numpy as np
import torch
from qiskit import QuantumCircuit
from torch import Tensor, nn

from hqnn.circuit.circuits import one_qubit, probability_of_one
from hqnn.circuit.derivatives import derivatives
from hqnn.config import CircuitSettings, RunConfig, Settings, check_seed
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.processes import lineage, own_generator
from hqnn.shift import AngleError

#: Generator and shots that `HybridLayer.reseeded` sets in place of the layer's own, by layer and in its own context.
_ASKED: ContextVar[dict["HybridLayer", tuple[np.random.Generator, int | None]]] = ContextVar("asked", default={})  # noqa: B039


def real_angles(angles: Tensor) -> Tensor:
    """Return angles as a tensor of floating-point numbers: other real numbers take torch's default dtype.

    Raises:
        AngleError: (a ValueError) for anything but a tensor of real numbers.
    """
    if not isinstance(angles, Tensor):
        raise AngleError(f"angles must be a torch.Tensor, got a {type(angles).__name__}")
    if angles.is_floating_point():
        return angles
    if angles.is_complex():
        raise AngleError(f"angles must be real numbers, got a tensor of {angles.dtype}")
    return angles.to(torch.get_default_dtype())


class HybridLayer(nn.Module):
    """P(1) of the circuit at each angle, differentiable by the parameter-shift rule.

    The layer has no weights: θ is its input. Each call draws new shots from the layer's own generator. So two calls
    have different noise, and two layers with the same seed have the same noise. A copy (`copy.deepcopy`, pickle), or a
    layer that loads the `state_dict`, draws the same next shots as the layer itself. In another process (a DataLoader's
    worker, a fork) the layer draws shots of that process, which are the same in every run of the program.

    Derivatives of any order are measured (`hqnn.shift.derivative`): P(1) and its first derivative in one engine call,
    higher ones only if needed (`create_graph=True`). torch.func works, and torch.compile leaves the layer out.
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
            seed: random seed of the shots, at least 0.
            settings: settings of this engine, if it has any: `hqnn.config.Noise` or `hqnn.config.Hardware`.

        Raises:
            ConfigError: (a ValueError) for a value out of bounds, or for the settings of another engine.
        """
        super().__init__()
        own = {} if settings is None else settings.model_dump()
        asked = {"engine": engine, "shots": shots, "shift": shift, "gradient_rule": gradient_rule, **own}
        valid = CircuitSettings(**asked)
        self.engine, self.shots, self.settings = valid.engine, valid.shots, valid.engine_settings
        self.shift, self.gradient_rule = valid.shift, valid.gradient_rule
        check_seed(seed)
        self.rng = np.random.default_rng(seed)

    @property
    def circuit(self) -> QuantumCircuit:
        """The circuit of the layer."""
        return one_qubit()

    @property
    def rng(self) -> np.random.Generator:
        """Random generator of the shots. A layer from another process gets a generator of this process."""
        if self._home != lineage():
            self.rng = own_generator(self._rng)
        return self._rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self._rng, self._home = rng, lineage()

    def get_extra_state(self) -> Tensor:
        """Return the generator's state as bytes, (n,), uint8. A loaded layer continues with the next shots."""
        state = json.dumps(self.rng.bit_generator.state).encode()
        return torch.frombuffer(bytearray(state), dtype=torch.uint8)

    def set_extra_state(self, state: Tensor) -> None:
        """Continue from a generator's state, as `get_extra_state` returns it."""
        rng = np.random.default_rng()
        rng.bit_generator.state = json.loads(bytes(state.tolist()))
        self.rng = rng

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: Mapping[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Load as torch does, but accept a state of earlier versions, which has no generator."""
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )
        if (generator := f"{prefix}_extra_state") in missing_keys:
            missing_keys.remove(generator)

    def forward(self, angles: Tensor) -> Tensor:
        """Measure P(1): (batch, 1) radians in, (batch, 1) out, with the same dtype and device.

        Whole numbers are converted to torch's default dtype.
        """
        return self.measure(angles)[0]

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor | None]:
        """Measure P(1), and dP(1)/dθ by the gradient rule.

        Args:
            angles: (batch, 1), radians.

        Returns:
            P(1), (batch, 1), and dP(1)/dθ, (batch, 1), per radian, or None if the angles need no gradient.

        Raises:
            AngleError: (a ValueError) for angles of another kind or shape, not finite, or beyond
                `hqnn.shift.MAX_ANGLE`.
            ConfigError: (a ValueError) for a layer with shots in a checkpointed part of a network.
        """
        if torch.compiler.is_compiling():
            apart: Any = torch.compiler.disable(self.measure)
            return apart(angles)
        angles = real_angles(angles)
        if angles.ndim != 2 or angles.shape[1] != 1:
            raise AngleError(f"angles must have the shape (batch, 1), got {tuple(angles.shape)}")
        self._check_not_repeated()
        probability, *slope = derivatives(angles, self, (0, 1) if angles.requires_grad else (0,))
        return probability, slope[0].detach() if slope else None

    @classmethod
    def of(cls, config: RunConfig, seed: int) -> Self:
        """Return the layer with a run's engine, shots, shift and rule."""
        return cls(config.engine, config.shots, config.shift, config.gradient_rule, seed, config.engine_settings)

    def session(self, should_stop: Callable[[], bool]) -> AbstractContextManager[None]:
        """Group the measurements of a block, which can end early (`hqnn.engines.Engine.session`)."""
        return get_engine(self.engine, self.settings).session(should_stop)

    @contextmanager
    def reseeded(self, seed: int, *, exact: bool = False) -> Iterator[None]:
        """Draw from a new generator within a block, or use exact probabilities.

        Other threads and the layer's own generator are not affected.
        """
        check_seed(seed)
        asked = np.random.default_rng(seed), None if exact else self.shots
        token = _ASKED.set({**_ASKED.get(), self: asked})
        try:
            yield
        finally:
            _ASKED.reset(token)

    def extra_repr(self) -> str:
        own = "" if self.settings is None else f", settings={self.settings!r}"
        return (
            f"engine={self.engine!r}, shots={self.shots}, shift={self.shift:.6g}, "
            f"gradient_rule={self.gradient_rule!r}{own}"
        )

    def run(self, angles: np.ndarray) -> np.ndarray:
        """Measure P(1) at angles of any shape, in one engine call."""
        engine = get_engine(self.engine, self.settings)
        rng, shots = _ASKED.get().get(self) or (self.rng, self.shots)
        outcomes = engine.probabilities(self.circuit, angles.reshape(-1, 1), shots=shots, rng=rng)
        return probability_of_one(outcomes).reshape(angles.shape)

    def _check_not_repeated(self) -> None:
        """Refuse a second measurement in a backward pass: its derivatives would not belong to the first values."""
        if self.shots is not None and torch._C._current_graph_task_id() != -1:
            raise ConfigError(
                "shots must be None for a layer in a part of a network that torch.utils.checkpoint repeats in the "
                f"backward pass, because shots differ each time, got {self.shots}"
            )
