"""Changes of one setting that may help a run that does not learn."""

from dataclasses import dataclass

from hqnn.config import RunConfig


@dataclass(frozen=True)
class Remedy:
    """A change of one setting that may help a stuck run."""

    #: Name in results and tests, and label of its button.
    name: str
    label: str
    config: RunConfig


def remedies(config: RunConfig) -> list[Remedy]:
    """Return changes worth a try, one setting each. Settings at the recommended value are left out."""
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
