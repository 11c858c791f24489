"""P(1) of H → RY(θ) and the qubit's state under noise."""

from math import cos, exp, sin
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hqnn.config import Noise

BlochVector = tuple[float, float, float]


class Response(NamedTuple):
    """P(1) of H → RY(θ) under noise: offset + sine · sin θ + cosine · cos θ."""

    offset: float = 0.5
    sine: float = 0.5
    cosine: float = 0.0

    @classmethod
    def of(cls, noise: Noise) -> Self:
        """Return the closed form for some noise.

        P(1) = (1 − z)/2 for the z of `bloch_vectors`. The readout turns it into (1 − e1) P(1) + e0 (1 − P(1)).
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
        """Return P(1) at θ (any shape, radians)."""
        theta = np.asarray(theta, dtype=np.float64)
        return self.offset + self.sine * np.sin(theta) + self.cosine * np.cos(theta)

    def standard_error(self, theta: ArrayLike, shots: int) -> NDArray[np.float64]:
        """Return √(P (1 − P) / N), the standard deviation of P(1) from N shots at θ (any shape, radians)."""
        one = np.clip(self.probability(theta), 0, 1)
        return np.sqrt(one * (1 - one) / shots)


#: The response without noise, (1 + sin θ)/2.
IDEAL = Response()


def bloch_vectors(theta: float, noise: Noise | None = None) -> tuple[BlochVector, BlochVector]:
    """Return the qubit's state as a point (x, y, z) of the Bloch sphere, after H and after RY(θ).

    Depolarizing noise multiplies the vector by 1 − λ. Relaxation over a time t multiplies x by exp(−t/T2) and moves z
    towards 1 by exp(−t/T1) (Nielsen and Chuang 2010, chapter 8.3, doi:10.1017/CBO9780511976667). Without noise the
    points are (1, 0, 0) and (cos θ, 0, −sin θ). The readout does not change the state.

    Args:
        theta: radians.
        noise: the noise, or None for none.
    """
    noise = noise or Noise()
    x, y, z = before = _after_h(noise)
    turned = x * cos(theta) + z * sin(theta), y, z * cos(theta) - x * sin(theta)
    return before, _faded(turned, noise)


def _after_h(noise: Noise) -> BlochVector:
    return _faded((1.0, 0.0, 0.0), noise)


def _faded(vector: BlochVector, noise: Noise) -> BlochVector:
    """Return a Bloch vector after the noise of one gate."""
    kept, decay, dephasing = _left_by_a_gate(noise)
    x, y, z = vector
    return kept * dephasing * x, kept * dephasing * y, kept * decay * z + 1 - decay


def _left_by_a_gate(noise: Noise) -> tuple[float, float, float]:
    """Return the factors of one gate: for the whole vector, and by relaxation for z and for x and y."""
    time = noise.gate_time_1q_ns
    return 1 - noise.depolarizing_1q, exp(-time / noise.t1_ns), exp(-time / noise.t2_ns)
