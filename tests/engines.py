"""Every engine as the tests run it: without noise, on this machine."""

from typing import Any

import pytest

from hqnn.config import ENGINES, Hardware, Noise, RunConfig
from hqnn.engines import Engine, aer_direct, engine_names, get_engine

SETTINGS = {"noisy": Noise(), "ibm": Hardware(backend="aer_simulator")}

engines = pytest.mark.parametrize("name", engine_names())
exact_engines = pytest.mark.parametrize("name", [name for name, kind in ENGINES.items() if not kind.hardware])


def ideal(name: str) -> Engine:
    return get_engine(name, SETTINGS.get(name))


def aer_jobs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The configurations of all of Aer's jobs from now on."""
    jobs, run = [], aer_direct.cpp_execute_circuits
    monkeypatch.setattr(aer_direct, "cpp_execute_circuits", lambda *job: jobs.append(job[-1]) or run(*job))
    return jobs


def ideal_config(name: str, **settings: Any) -> RunConfig:
    own = SETTINGS[name].model_dump() if name in SETTINGS else {}
    return RunConfig(engine=name, **own, **settings)
