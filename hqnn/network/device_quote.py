"""What a run takes of a device, said before it starts."""

from typing import Any

from hqnn.config import ENGINES, TEST_COUNTS, RunConfig
from hqnn.engines import get_engine
from hqnn.errors import ConfigError
from hqnn.network.evaluation import CHUNK
from hqnn.records import Quote


def quote(config: RunConfig, *, training: bool = True) -> Quote:
    """The jobs, circuits and shots of a run on its device, and how long the queue is there.

    Args:
        config: a run on hardware.
        training: whether it trains; else the network is tested once.

    Raises:
        ConfigError: for an engine that needs no device.
        EngineError: if there is no account, no such device, or it is down.
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
    """Sizes of the chunks that so many rows are split into."""
    return [size] * (rows // size) + ([rows % size] if rows % size else [])
