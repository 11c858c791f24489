"""What a training's worker is told, and how it leaves the training."""

from typing import Literal, NamedTuple, TypedDict

#: The turn of a training that has ended.
NO_TURN = -1


class Orders(TypedDict):
    """What a training's worker shall do."""

    #: "leave" makes a checkpoint and gives the worker free; "stop" tests the network as it stands.
    wish: Literal["go", "leave", "stop"]
    #: How often it has been handed to a worker: one that has an older number has been given up.
    turn: int
    #: Optimiser steps a second at most, None for as many as it can.
    pace: float | None


class Outcome(NamedTuple):
    """How a worker left a training."""

    how: Literal["finished", "stopped", "failed", "left"]
    #: The run as a file's content (`hqnn.runs`), once it has ended; if it failed, only if it did so on the way.
    run_file: bytes | None = None
    #: One sentence, if it failed.
    error: str | None = None
    #: Where the error arose, if nobody foresaw it.
    details: str | None = None
    #: From which it goes on if the stop is undone, if it was stopped.
    checkpoint: bytes | None = None


def orders_name(run_id: str) -> str:
    """Name of the Dask variable that holds a training's orders."""
    return f"hqnn-orders-{run_id}"


def checkpoint_name(run_id: str) -> str:
    """Name of the Dask variable that holds a training's last checkpoint, empty at first."""
    return f"hqnn-checkpoint-{run_id}"
