"""The engines by name, and the settings of single engines."""

from dataclasses import dataclass
from re import ASCII, fullmatch

from pydantic import Field, field_validator

from hqnn.config.noise import Noise
from hqnn.config.validation import Settings


class Hardware(Settings):
    """The IBM backend, and how circuits are placed on it."""

    backend: str | None = Field(
        default=None,
        description="Name of an IBM Quantum backend. If no name is given, the least busy one is used. Names starting "
        "with fake_ are local simulations of a device and need no account. aer_simulator is a local simulator "
        "without noise.",
    )
    side_by_side: bool = Field(
        default=True,
        description="Runs copies of the circuit in parallel on the chip's qubits. This needs far fewer circuits, but "
        "neighbouring copies disturb each other.",
    )

    @field_validator("backend")
    @classmethod
    def _backend_is_a_name(cls, backend: str | None) -> str | None:
        if backend is not None and not fullmatch(r"\w{1,60}", backend, ASCII):
            raise ValueError(f"backend must be a name of 1 to 60 letters, digits and underscores, got {backend!r}")
        return backend


@dataclass(frozen=True)
class EngineKind:
    """Facts about an engine that are known without loading it."""

    description: str
    #: The settings of this engine alone. RunConfig has them too.
    settings: type[Settings] | None = None
    #: Whether it uses a device's time. Then it has no exact probabilities, and a run needs a confirmation.
    hardware: bool = False


#: Engines by name. The module `hqnn.engines.<name>` creates each.
ENGINES = {
    "aer": EngineKind("Qiskit Aer, which simulates every shot of an ideal circuit."),
    "exact": EngineKind("Computes the exact quantum state and draws shots from it, which is fastest."),
    "noisy": EngineKind("Qiskit Aer with the gate, relaxation and readout errors that you set.", Noise),
    "ibm": EngineKind("An IBM quantum computer, or a local simulation of one.", Hardware, hardware=True),
}
