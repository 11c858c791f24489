"""Waiting for what a worker answers."""

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from hqnn.errors import HqnnError

if TYPE_CHECKING:
    from distributed import Client, Future

#: Seconds between two looks at whether somebody who was asked is still there: Dask waits forever on a closed client.
ANSWER_SECONDS = 5


class ClusterError(HqnnError):
    """There are no workers to ask now."""


def answer(future: "Future") -> Any:
    """What a worker answered, once it has.

    Raises:
        ClusterError: if the connection to the workers was lost before.
        Exception: whatever the worker raised.
    """
    while not future.cancelled():
        try:
            return future.result(timeout=ANSWER_SECONDS)
        except Exception as error:
            if isinstance(error, CancelledError) or not is_running(future.client):
                break
            if not isinstance(error, TimeoutError) or future.status == "error":
                raise
    raise ClusterError("The workers' scheduler was lost before they answered.")


def is_running(client: "Client | None") -> bool:
    return client is not None and client.status == "running"
