"""Noise of a circuit in a handful of numbers, and what it does to P(1) of H → RY(θ)."""

from math import cos, exp, inf, sin
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from hqnn.settings import ConfigError, Settings, alternatives

BlochVector = tuple[float, float, float]


class Noise(Settings):
    """Errors of gates, of time and of the readout, the same for every qubit.

    Every gate, as the circuit is drawn, is followed by depolarizing noise, then by relaxation for the gate's time.
    """

    depolarizing_1q: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Depolarizing rate of a one-qubit gate: the share of the state that it replaces by pure chance.",
    )
    depolarizing_2q: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Depolarizing rate of a two-qubit gate; the one-qubit circuit has none of those.",
    )
    readout_e0: float = Field(
        default=0.0, ge=0, le=0.5, allow_inf_nan=False, description="Readout error e0: how often a 0 is read as 1."
    )
    readout_e1: float = Field(
        default=0.0, ge=0, le=0.5, allow_inf_nan=False, description="Readout error e1: how often a 1 is read as 0."
    )
    t1_us: float | None = Field(
        default=None,
        ge=0.1,
        le=1e6,
        allow_inf_nan=False,
        description="Relaxation time T1 in µs, in which a 1 decays to 0; no decay if none.",
    )
    t2_us: float | None = Field(
        default=None,
        ge=0.1,
        le=2e6,
        allow_inf_nan=False,
        description="Dephasing time T2 in µs, at most 2 × T1, in which a superposition fades; 2 × T1 if none, so that "
        "relaxation alone dephases the qubit.",
    )
    gate_time_1q_ns: float = Field(
        default=35.0, ge=0, le=1e6, allow_inf_nan=False, description="Duration of a one-qubit gate in ns."
    )
    gate_time_2q_ns: float = Field(
        default=300.0, ge=0, le=1e6, allow_inf_nan=False, description="Duration of a two-qubit gate in ns."
    )

    @model_validator(mode="after")
    def _dephasing_includes_relaxation(self) -> Self:
        if self.t1_us is not None and self.t2_us is not None and self.t2_us > 2 * self.t1_us:
            raise ValueError(f"t2_us must be at most twice t1_us, here {2 * self.t1_us:g}, got {self.t2_us:g}")
        return self

    @property
    def t1_ns(self) -> float:
        """T1 in ns, infinite if there is no decay."""
        return inf if self.t1_us is None else 1000 * self.t1_us

    @property
    def t2_ns(self) -> float:
        """T2 in ns: 2 T1 if none is given."""
        return 2 * self.t1_ns if self.t2_us is None else 1000 * self.t2_us

    @classmethod
    def preset(cls, name: str) -> Self:
        """The noise known by a name: "none", or a device's, such as "manila"."""
        if name not in NOISE_PRESETS:
            raise ConfigError(f"noise preset must be {alternatives(tuple(NOISE_PRESETS))}, got {name!r}")
        return cls(**NOISE_PRESETS[name])


class Response(NamedTuple):
    """P(1) of H → RY(θ) as noise leaves it: offset + sine · sin θ + cosine · cos θ."""

    offset: float = 0.5
    sine: float = 0.5
    cosine: float = 0.0

    @classmethod
    def of(cls, noise: Noise) -> Self:
        """The closed form: P(1) = (1 − z)/2 for the z of `bloch_vectors`, and the readout maps it to
        (1 − e1) P(1) + e0 (1 − P(1)).
        """
        kept, decay, _ = _left_by_a_gate(noise)
        x, _, z = _after_h(noise)
        contrast = 1 - noise.readout_e0 - noise.readout_e1
        return cls(
            offset=noise.readout_e0 + contrast * decay / 2,
            sine=contrast * kept * decay * x / 2,
            cosine=-contrast * kept * decay * z / 2,
        )

    def probability(self, theta: ArrayLike) -> NDArray[np.float64]:
        """P(1) at θ (any shape, radians)."""
        theta = np.asarray(theta, dtype=np.float64)
        return self.offset + self.sine * np.sin(theta) + self.cosine * np.cos(theta)

    def standard_error(self, theta: ArrayLike, shots: int) -> NDArray[np.float64]:
        """√(P (1 − P) / N): the standard deviation of P(1) measured with N shots at θ (any shape, radians)."""
        one = np.clip(self.probability(theta), 0, 1)
        return np.sqrt(one * (1 - one) / shots)


#: The response without noise, (1 + sin θ)/2.
IDEAL = Response()


def bloch_vectors(theta: float, noise: Noise | None = None) -> tuple[BlochVector, BlochVector]:
    """The qubit's state as a point (x, y, z) of the Bloch sphere, after H and after RY(θ).

    Depolarizing noise shrinks the vector by 1 − λ; over a time t, relaxation shrinks its x by exp(−t/T2) and draws its
    z towards 1 by exp(−t/T1) (Nielsen and Chuang 2010, chapter 8.3, doi:10.1017/CBO9780511976667). Without noise:
    (1, 0, 0), then (cos θ, 0, −sin θ). The readout is no part of the state.

    Args:
        theta: radians.
        noise: none if None.
    """
    noise = noise or Noise()
    x, y, z = before = _after_h(noise)
    turned = x * cos(theta) + z * sin(theta), y, z * cos(theta) - x * sin(theta)
    return before, _faded(turned, noise)


def _after_h(noise: Noise) -> BlochVector:
    return _faded((1.0, 0.0, 0.0), noise)


def _faded(vector: BlochVector, noise: Noise) -> BlochVector:
    """What the noise of one gate leaves of a Bloch vector."""
    kept, decay, dephasing = _left_by_a_gate(noise)
    x, y, z = vector
    return kept * dephasing * x, kept * dephasing * y, kept * decay * z + 1 - decay


def _left_by_a_gate(noise: Noise) -> tuple[float, float, float]:
    """What one gate leaves: of the whole vector, then of its z and of its x and y by relaxation."""
    time = noise.gate_time_1q_ns
    return 1 - noise.depolarizing_1q, exp(-time / noise.t1_ns), exp(-time / noise.t2_ns)


#: Noise by name: none, and that of IBM devices as `hqnn.engines.noisy.device_noise` reads it from their calibrations in
#: qiskit_ibm_runtime.fake_provider.
NOISE_PRESETS: dict[str, dict[str, Any]] = {
    "none": {},
    "yorktown": {
        "depolarizing_1q": 0.0014,
        "depolarizing_2q": 0.00324,
        "readout_e0": 0.049,
        "readout_e1": 0.0776,
        "t1_us": 48.2,
        "t2_us": 24.5,
        "gate_time_1q_ns": 35.6,
        "gate_time_2q_ns": 473.0,
    },
    "manila": {
        "depolarizing_1q": 0.00019,
        "depolarizing_2q": 0.0055,
        "readout_e0": 0.0122,
        "readout_e1": 0.0316,
        "t1_us": 145.0,
        "t2_us": 54.4,
        "gate_time_1q_ns": 35.6,
        "gate_time_2q_ns": 345.0,
    },
    "sherbrooke": {
        "depolarizing_1q": 0.000181,
        "depolarizing_2q": 0.00567,
        "readout_e0": 0.0205,
        "readout_e1": 0.0137,
        "t1_us": 278.0,
        "t2_us": 170.0,
        "gate_time_1q_ns": 56.9,
        "gate_time_2q_ns": 533.0,
    },
    "torino": {
        "depolarizing_1q": 0.000333,
        "depolarizing_2q": 0.00473,
        "readout_e0": 0.02,
        "readout_e1": 0.0229,
        "t1_us": 185.0,
        "t2_us": 141.0,
        "gate_time_1q_ns": 32.0,
        "gate_time_2q_ns": 68.0,
    },
}
