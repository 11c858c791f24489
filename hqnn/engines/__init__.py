"""Engines: angles (batch, parameters) and shots in, probabilities (batch, 2**num_qubits) out."""

from functools import cache
from importlib import import_module
from typing import get_args

from hqnn.config import EngineName
from hqnn.engines.base import Engine as Engine


def engine_names() -> tuple[str, ...]:
    """The names `get_engine` knows."""
    return get_args(EngineName)


@cache
def get_engine(name: str) -> Engine:
    """The engine of a name, made once a process: each lives in the module of its name, imported when first asked for.

    Raises:
        ValueError: if there is none of that name.
    """
    if name not in engine_names():
        raise ValueError(f"engine must be one of {', '.join(engine_names())}, got {name!r}")
    return import_module(f"hqnn.engines.{name}").create()
