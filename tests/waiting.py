"""Waiting for what happens elsewhere."""

from collections.abc import Callable
from time import monotonic, sleep

#: Seconds after which what is waited for will not come. On a busy machine a worker may take a minute to start.
PATIENCE = 240


def wait(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until a condition holds. A wait that lasts longer than `seconds` is an error."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.01)
