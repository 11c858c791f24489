"""hqnn: a hybrid quantum-classical neural network whose training you can watch.

The names below load on first use, so `import hqnn.config.run` needs neither torch nor Qiskit.
"""

from importlib import import_module

TYPE_CHECKING = False  # as type checkers read it; to load typing is a tenth of a command's first moments
if TYPE_CHECKING:
    from typing import Any

    from hqnn.config import RunConfig as RunConfig
    from hqnn.network.data import load_pair as load_pair
    from hqnn.network.evaluation import evaluate as evaluate
    from hqnn.network.layer import HybridLayer as HybridLayer
    from hqnn.network.model import HybridNet as HybridNet
    from hqnn.network.training import train as train

__version__ = "0.1.0"

_HOMES = {
    "RunConfig": "config",
    "load_pair": "network.data",
    "evaluate": "network.evaluation",
    "HybridLayer": "network.layer",
    "HybridNet": "network.model",
    "train": "network.training",
}
__all__ = ["HybridLayer", "HybridNet", "RunConfig", "evaluate", "load_pair", "train"]


def __getattr__(name: str) -> "Any":
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
