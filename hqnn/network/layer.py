"""The quantum layer: the one seam between torch and the engines.

Its input is an angle θ per image, its output P(1) of H → RY(θ) → measure. The slope comes from the parameter-shift
rule (`hqnn.shift`), whose two measurements are known in the forward pass already: so one engine call measures θ, θ + s
and θ − s of the whole batch.
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

#: By layer, the generator and shots that `HybridLayer.reseeded` puts in place of its own; only where it is called.
_ASKED: ContextVar[dict["HybridLayer", tuple[np.random.Generator, int | None]]] = ContextVar("asked", default={})  # noqa: B039


def real_angles(angles: Tensor) -> Tensor:
    """Angles as a tensor of real numbers: whole numbers and truth values in torch's default dtype, others as they are.

    Raises:
        AngleError: (a ValueError) for what is no tensor of real numbers.
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

    The layer has no weights: θ is its input. Each call draws fresh shots from the layer's own generator, so two calls
    never repeat their noise and two layers of one seed always do. A copy (`copy.deepcopy`, pickle), and a layer that
    loads its `state_dict`, draw what the layer itself would draw next. In another process (a DataLoader's worker, a
    fork) it draws shots of that process's own, the same whenever the program is run.

    Derivatives of any order are measured (`hqnn.shift.derivative`): P(1) and its slope in one engine call, further ones
    once they are asked for (`create_graph=True`). torch.func works, and torch.compile leaves the layer out.
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
            seed: of the shots, at least 0.
            settings: the engine's own, if it has any: `hqnn.config.Noise`, or `hqnn.config.Hardware`.

        Raises:
            ConfigError: (a ValueError) for a value out of bounds, or another engine's settings.
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
        """What is measured."""
        return one_qubit()

    @property
    def rng(self) -> np.random.Generator:
        """Of the shots; of this process's own, if the layer was made in another one."""
        if self._home != lineage():
            self.rng = own_generator(self._rng)
        return self._rng

    @rng.setter
    def rng(self, rng: np.random.Generator) -> None:
        self._rng, self._home = rng, lineage()

    def get_extra_state(self) -> Tensor:
        """The state of the shots' generator, as bytes, (n,), uint8: a loaded layer goes on with the very next shots."""
        state = json.dumps(self.rng.bit_generator.state).encode()
        return torch.frombuffer(bytearray(state), dtype=torch.uint8)

    def set_extra_state(self, state: Tensor) -> None:
        """Go on from a generator's state, as `get_extra_state` gives it."""
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
        """As torch's own, but a state of before, without a generator, lacks nothing."""
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )
        if (generator := f"{prefix}_extra_state") in missing_keys:
            missing_keys.remove(generator)

    def forward(self, angles: Tensor) -> Tensor:
        """P(1), measured: (batch, 1) radians in, (batch, 1) out, dtype and device kept.

        Whole numbers count as torch's default dtype.
        """
        return self.measure(angles)[0]

    def measure(self, angles: Tensor) -> tuple[Tensor, Tensor | None]:
        """P(1) and its slope dP(1)/dθ as the gradient rule measured it.

        Args:
            angles: (batch, 1), radians.

        Returns:
            P(1), (batch, 1); and its slope, (batch, 1), per radian, or None where no gradient is wanted.

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
        """The layer with a run's engine, shots, shift and rule."""
        return cls(config.engine, config.shots, config.shift, config.gradient_rule, seed, config.engine_settings)

    def session(self, should_stop: Callable[[], bool]) -> AbstractContextManager[None]:
        """What is measured within belongs together, and ends early if asked (`hqnn.engines.Engine.session`)."""
        return get_engine(self.engine, self.settings).session(should_stop)

    @contextmanager
    def reseeded(self, seed: int, *, exact: bool = False) -> Iterator[None]:
        """Draw from a fresh generator for a while, or not at all if exact; not in other threads, and the layer's own
        generator is left as it was."""
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
        """P(1) of any angles, of any shape, in one engine call."""
        engine = get_engine(self.engine, self.settings)
        rng, shots = _ASKED.get().get(self) or (self.rng, self.shots)
        outcomes = engine.probabilities(self.circuit, angles.reshape(-1, 1), shots=shots, rng=rng)
        return probability_of_one(outcomes).reshape(angles.shape)

    def _check_not_repeated(self) -> None:
        """Refuse to measure again in a backward pass, whose slopes would be another measurement's than its values."""
        if self.shots is not None and torch._C._current_graph_task_id() != -1:
            raise ConfigError(
                "shots must be None for a layer in a part of a network that torch.utils.checkpoint repeats in the "
                f"backward pass, since shots differ each time, got {self.shots}"
            )
