"""Waiting for what happens elsewhere."""

from collections.abc import Callable
from time import monotonic, sleep


def wait(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds; it is an error if it does not in time."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.01)
