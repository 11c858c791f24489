"""What all test processes share: the first one that needs it starts it, and ends it once none uses it any more."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


@contextmanager
def one_for_all(folder: Path, start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Use what some test process of this run has started, or start it.

    Args:
        folder: the same for all test processes, and for nothing else that is shared.
        start: starts it, gives its address, and ends it with the block.

    Returns:
        The address.
    """
    folder.mkdir(exist_ok=True)
    address = folder / "address"
    with (folder / "users").open("w") as users, (folder / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)  # the system lets go of it, too, when a process dies
        if address.exists():
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield address.read_text()
            return
        with start() as found:
            address.write_text(found)
            fcntl.flock(turn, fcntl.LOCK_UN)
            yield found
            fcntl.flock(turn, fcntl.LOCK_EX)  # nobody begins to use it from here on
            fcntl.flock(users, fcntl.LOCK_EX)
            address.unlink()
