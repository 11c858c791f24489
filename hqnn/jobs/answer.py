"""Wait for the result of a worker."""

from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from hqnn.errors import HqnnError

if TYPE_CHECKING:
    from distributed import Client, Future

#: Seconds between two checks that the client is still open. Dask waits forever on a closed client.
ANSWER_SECONDS = 5


class ClusterError(HqnnError):
    """No workers are available now."""


def answer(future: "Future") -> Any:
    """Wait for the result of a worker, and return it.

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
    raise ClusterError("The connection to the workers was lost before they responded.")


def is_running(client: "Client | None") -> bool:
    return client is not None and client.status == "running"
