"""Engines: angles (batch, parameters) and shots in, probabilities (batch, 2**num_qubits) out."""

from functools import lru_cache
from importlib import import_module
from typing import Any

from hqnn.config import ENGINES, Settings, check_engine
from hqnn.engines.base import Engine as Engine
from hqnn.errors import ConfigError
from hqnn.errors import EngineError as EngineError


def engine_names() -> tuple[str, ...]:
    """Return the names of all engines."""
    return tuple(ENGINES)


def get_engine(name: str, settings: Settings | None = None) -> Engine:
    """Return the engine with a name and settings. Each process creates it once per settings.

    The module with the engine's name is imported on first use.

    Args:
        name: one of `engine_names`.
        settings: `hqnn.config.Noise` for "noisy", `hqnn.config.Hardware` for "ibm"; their defaults if None.

    Raises:
        ConfigError: (a ValueError) for an unknown name, or for the settings of another engine.
        EngineError: if a package that the engine needs is not installed.
    """
    check_engine(name)
    wanted = ENGINES[name].settings
    if settings is not None and type(settings) is not wanted:
        raise ConfigError(
            f"settings of the {name!r} engine must be {wanted.__name__ if wanted else 'left out'}, got {settings!r}"
        )
    own: Any = settings or (wanted() if wanted else None)
    return _made(name, own)


@lru_cache(maxsize=16)
def _made(name: str, settings: Settings | None) -> Engine:
    create = import_module(f"hqnn.engines.{name}").create
    return create() if settings is None else create(settings)
