"""Files that are written in one piece: each is as it was before, or whole.

What a symbolic link leads to is replaced, not the link. A replaced file keeps its mode, and its owner where the system
allows it. Its other names (hard links) keep the old content. What is no ordinary file is refused.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import BinaryIO

from hqnn.errors import HqnnError

#: Bytes that must be free before work begins whose result is a file: more than a run of 1,000 steps takes.
ROOM = 1_000_000

#: Files that exist only while something is written.
_passing: set[Path] = set()


class FileError(HqnnError, OSError):
    """A file that cannot be written: its message names it and says why."""


def check(path: str | Path, room: int = ROOM) -> None:
    """Refuse a file that could not be written later. Nothing is changed by that.

    Args:
        path: of the file.
        room: bytes that must be free in its folder.

    Raises:
        FileError: if it cannot be written.
    """
    target = target_of(path)
    with _errors(path):
        with _passing_file(_beside(target)) as file:
            file.write(bytes(room))
        if not target.exists():
            with _passing_file(target):  # the file system may refuse the name
                pass
        elif not os.access(target, os.W_OK):
            raise refused(path, "it is write-protected")


def write(path: str | Path, content: bytes) -> None:
    """Write a file in one piece.

    Raises:
        FileError: if it cannot be written; it is as it was then.
    """
    target = target_of(path)
    with _errors(path), _passing_file(part := _beside(target)) as file:
        if target.exists():
            _make_alike(file, target)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        part.replace(target)


def target_of(path: str | Path) -> Path:
    """The ordinary file, there or not, to which a path leads.

    Raises:
        FileError: if it leads to something else, or nowhere.
    """
    name = os.fspath(path)
    if not name:
        raise refused(path, "its name is empty")
    with _errors(path):
        mode, target = _mode(name), Path(os.path.realpath(name))
        there = target.parent.is_dir()
    if os.path.basename(name) in ("", os.curdir, os.pardir) or S_ISDIR(mode):
        raise refused(path, "it is a folder")
    if mode and not S_ISREG(mode):
        raise refused(path, "it is a device, a pipe or a socket")
    if not there:
        raise refused(path, f"there is no folder {os.fspath(target.parent)!r}")
    return target


def refused(path: str | Path, why: str) -> FileError:
    """The error of a file that cannot be written."""
    return FileError(f"{os.fspath(path)!r} cannot be written: {why}")


def reason(error: BaseException) -> str:
    """Why the system refused something, without its number and path."""
    if isinstance(error.__cause__, OSError):
        return reason(error.__cause__)
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def remove_passing() -> None:
    """Remove what is being written: for who ends this process without an exception."""
    for path in [*_passing]:
        with suppress(OSError):
            path.unlink()


@contextmanager
def _errors(path: str | Path) -> Iterator[None]:
    """A block whose errors are the file's."""
    try:
        yield
    except FileError:
        raise
    except (OSError, ValueError) as error:  # a name with a null character is a ValueError
        raise refused(path, reason(error)) from error


@contextmanager
def _passing_file(path: Path) -> Iterator[BinaryIO]:
    """A new file that has gone at the end of the block, unless it was renamed."""
    _passing.add(path)
    try:
        file = path.open("xb")
    except BaseException:
        _passing.discard(path)
        raise
    try:
        with file:
            yield file
    finally:
        path.unlink(missing_ok=True)
        _passing.discard(path)


def _mode(name: str) -> int:
    """What stands at a path, as the system says it; 0 for nothing."""
    try:
        return os.stat(name).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _beside(target: Path) -> Path:
    """A name in the same folder that nothing has."""
    return target.with_name(f".{secrets.token_hex(8)}.part")


def _make_alike(file: BinaryIO, other: Path) -> None:
    """Give a file the owner and the mode of another one, where the system allows it."""
    about = other.stat()
    with suppress(OSError):
        os.chown(file.fileno(), about.st_uid, about.st_gid)
    with suppress(OSError):
        os.chmod(file.fileno(), S_IMODE(about.st_mode))
