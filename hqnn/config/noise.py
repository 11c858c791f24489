"""The noise of a circuit in eight numbers, and the presets of IBM devices."""

from math import inf
from typing import Any, Self

from pydantic import Field, model_validator

from hqnn.config.validation import Settings, alternatives
from hqnn.errors import ConfigError

#: Noise by name: none, and the noise of IBM devices. `hqnn.engines.noisy.device_noise` reads it from the calibrations
#: in qiskit_ibm_runtime.fake_provider.
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


class Noise(Settings):
    """Gate, relaxation and readout errors, the same for every qubit.

    Depolarizing noise follows every gate of the circuit as drawn. Then relaxation follows for the gate's duration.
    """

    depolarizing_1q: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Depolarizing rate of a one-qubit gate: the probability that the gate replaces the state by a "
        "completely random (maximally mixed) one.",
    )
    depolarizing_2q: float = Field(
        default=0.0,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Depolarizing rate of a two-qubit gate. The one-qubit circuit has no such gate.",
    )
    readout_e0: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Readout error e0: probability that a 0 is read as 1.",
    )
    readout_e1: float = Field(
        default=0.0,
        ge=0,
        le=0.5,
        allow_inf_nan=False,
        description="Readout error e1: probability that a 1 is read as 0.",
    )
    t1_us: float | None = Field(
        default=None,
        ge=0.1,
        le=1e6,
        allow_inf_nan=False,
        description="Relaxation time T1 in µs: the time constant with which a 1 decays to 0. If none is given, a 1 "
        "does not decay.",
    )
    t2_us: float | None = Field(
        default=None,
        ge=0.1,
        le=2e6,
        allow_inf_nan=False,
        description="Dephasing time T2 in µs: the time constant with which a superposition fades, at most 2 × T1. If "
        "none is given, it is 2 × T1: then relaxation is the only cause of dephasing.",
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
            raise ValueError(f"t2_us must be at most 2 × t1_us = {2 * self.t1_us:g}, got {self.t2_us:g}")
        return self

    @property
    def t1_ns(self) -> float:
        """T1 in ns, infinite without decay."""
        return inf if self.t1_us is None else 1000 * self.t1_us

    @property
    def t2_ns(self) -> float:
        """T2 in ns, 2 × T1 if none is given."""
        return 2 * self.t1_ns if self.t2_us is None else 1000 * self.t2_us

    @classmethod
    def preset(cls, name: str) -> Self:
        """Return the noise with a name: "none", or a device such as "manila"."""
        if name not in NOISE_PRESETS:
            raise ConfigError(f"noise preset must be {alternatives(tuple(NOISE_PRESETS))}, got {name!r}")
        return cls(**NOISE_PRESETS[name])
