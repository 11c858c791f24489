"""The engines by name, and the settings that some of them have of their own."""

from dataclasses import dataclass
from re import ASCII, fullmatch

from pydantic import Field, field_validator

from hqnn.config.noise import Noise
from hqnn.config.validation import Settings


class Hardware(Settings):
    """Where and how the circuits run on a device."""

    backend: str | None = Field(
        default=None,
        description="Device by its name at IBM Quantum; the least busy if none. A name that begins with fake_ is "
        "a local imitation of one, which needs no account; aer_simulator is one without noise.",
    )
    side_by_side: bool = Field(
        default=True,
        description="Whether copies of the circuit run side by side on the device's qubits: far fewer runs, but "
        "neighbours disturb each other.",
    )

    @field_validator("backend")
    @classmethod
    def _backend_is_a_name(cls, backend: str | None) -> str | None:
        if backend is not None and not fullmatch(r"\w{1,60}", backend, ASCII):
            raise ValueError(f"backend must be a name of 1 to 60 letters, digits and underscores, got {backend!r}")
        return backend


@dataclass(frozen=True)
class EngineKind:
    """What is known of an engine before it is made."""

    description: str
    #: Its own settings, which are among those of RunConfig.
    settings: type[Settings] | None = None
    #: Whether it takes a device's time: then it only ever measures, and people are asked before a run.
    hardware: bool = False


#: Engines by name; the module `hqnn.engines.<name>` makes each.
ENGINES = {
    "aer": EngineKind("Qiskit Aer simulates every shot of an ideal circuit."),
    "exact": EngineKind("The state itself is computed, and shots are drawn from it: the fastest."),
    "noisy": EngineKind("Qiskit Aer with errors of gates, time and readout, as you set them.", Noise),
    "ibm": EngineKind("A quantum computer of IBM's, or a local imitation of one.", Hardware, hardware=True),
}
