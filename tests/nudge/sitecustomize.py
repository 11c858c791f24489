"""Nudges the initial weights of every network by about a millionth, where $HQNN_TEST_NUDGE asks for it.

Processors round differently, and a training near a threshold amplifies that. A test that fails under some nudge takes
such a training for an oracle: `HQNN_TEST_NUDGE=1 python -m pytest` shows it, as do 2 and 3.

Python itself imports this file as each process starts, because `install` puts its folder on PYTHONPATH: so dashboards,
workers and commands nudge as the tests' own process does. It imports nothing that the lightest modules of hqnn do not.
"""

import os
import sys
from collections.abc import Sequence
from functools import wraps
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

VARIABLE = "HQNN_TEST_NUDGE"
MODULE = "hqnn.network.model"
SIZE = 1e-6


def install() -> None:
    """Nudge in this process and in those that it starts, if the variable holds a seed."""
    seed = os.environ.get(VARIABLE)
    if not seed or any(hasattr(finder, "nudges") for finder in sys.meta_path):
        return
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if here not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([here, *paths])
    sys.meta_path.insert(0, _Finder(int(seed)))
    if MODULE in sys.modules:
        _nudge(sys.modules[MODULE], int(seed))


class _Finder:
    """Finds the network's module where Python does, and changes it once it is loaded."""

    nudges = True

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == MODULE else None
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                _nudge(module, self._seed)

            spec.loader.exec_module = exec_module
        return spec


def _nudge(module: ModuleType, seed: int) -> None:
    """Have every new network begin with weights that differ a little; all by the same factors, of this seed."""
    import torch

    begin = module.HybridNet.__init__

    @wraps(begin)
    def begin_nudged(self, *arguments, **options):
        begin(self, *arguments, **options)
        own = torch.Generator().manual_seed(seed)  # torch's global random state stays as it is
        with torch.no_grad():
            for weights in self.parameters():
                noise = torch.randn(weights.shape, generator=own, device="cpu", dtype=torch.float32)
                weights.mul_(1 + SIZE * noise)

    module.HybridNet.__init__ = begin_nudged


if __name__ == "sitecustomize":
    install()
