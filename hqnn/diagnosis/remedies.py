"""What may help a training that does not learn: changes of its settings, one at a time."""

from dataclasses import dataclass

from hqnn.config import RunConfig


@dataclass(frozen=True)
class Remedy:
    """A change of settings after which a training that is stuck may learn."""

    #: As results and tests call it, and as a button does.
    name: str
    label: str
    config: RunConfig


def remedies(config: RunConfig) -> list[Remedy]:
    """Changes of the settings that are worth a try, one at a time; what is set as recommended is not offered."""
    recommended = RunConfig()
    offered = {
        "loss": ("Loss −log p", {"loss": recommended.loss}, config.loss != recommended.loss),
        "batch_size": (
            f"Batch size {recommended.batch_size}",
            {"batch_size": recommended.batch_size},
            config.batch_size < recommended.batch_size,
        ),
        "learning_rate": (
            f"Learning rate {recommended.learning_rate:g}",
            {"learning_rate": recommended.learning_rate},
            config.learning_rate > recommended.learning_rate,
        ),
        "seed": ("Another seed", {"seed": (config.seed + 1) % 2**31}, True),
    }
    return [Remedy(name, label, config.replace(**change)) for name, (label, change, fits) in offered.items() if fits]
