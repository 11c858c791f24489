"""The cost estimate of a run on a device."""

from typing import Any

from hqnn.config import ENGINES, TEST_COUNTS, RunConfig
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.network.evaluation import CHUNK
from hqnn.records import Quote


def quote(config: RunConfig, *, training: bool = True) -> Quote:
    """Return the number of jobs, circuits and shots of a run on its device, and the length of the device's queue.

    Args:
        config: a run on hardware.
        training: whether the run trains; if not, the network is tested once.

    Raises:
        ConfigError: for an engine that needs no device.
        EngineError: if the account or the device does not exist, or if the device is down.
    """
    if not ENGINES[config.engine].hardware:
        raise ConfigError(f"engine must be one that runs on hardware, got {config.engine!r}")
    engine: Any = get_engine(config.engine, config.engine_settings)
    n_test = sum(TEST_COUNTS[digit] if config.n_test is None else config.n_test for digit in config.digits)
    calls = _chunks(n_test, CHUNK)
    if training:
        steps = [3 * size for size in _chunks(config.n_images, config.batch_size)]
        calls = config.epochs * (steps + _chunks(config.n_images, CHUNK) + calls)
    circuits = sum(-(-rows // engine.lanes(rows)) for rows in calls)
    return Quote(
        backend=engine.backend.name,
        qubits=engine.backend.num_qubits,
        local=engine.local,
        queue=engine.queue,
        jobs=len(calls),
        circuits=circuits,
        shots=circuits * (config.shots or 0),
    )


def _chunks(rows: int, size: int) -> list[int]:
    """Return the sizes of chunks of a number of rows."""
    return [size] * (rows // size) + ([rows % size] if rows % size else [])
