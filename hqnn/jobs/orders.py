"""Orders for the worker of a run, and how it leaves the run."""

from typing import Literal, NamedTuple, TypedDict

#: The turn of an ended run.
NO_TURN = -1


class Orders(TypedDict):
    """Orders for the worker of a run."""

    #: "leave" makes a checkpoint and frees the worker; "stop" tests the network as it is now.
    wish: Literal["go", "leave", "stop"]
    #: How often the run was assigned to a worker. A worker with an older number no longer has it.
    turn: int
    #: Most optimiser steps per second; None for no limit.
    pace: float | None


class Outcome(NamedTuple):
    """How a worker left a run."""

    how: Literal["finished", "stopped", "failed", "left"]
    #: Content of the run file (`hqnn.runs`), once the run has ended; None if it failed before its first step.
    run_file: bytes | None = None
    #: One sentence, if it failed.
    error: str | None = None
    #: Where in the code an unexpected error occurred.
    details: str | None = None
    #: Checkpoint from which a stopped run can continue.
    checkpoint: bytes | None = None


def orders_name(run_id: str) -> str:
    """Return the name of the Dask variable with the orders of a run."""
    return f"hqnn-orders-{run_id}"


def checkpoint_name(run_id: str) -> str:
    """Return the name of the Dask variable with the last checkpoint of a run, empty at first."""
    return f"hqnn-checkpoint-{run_id}"
