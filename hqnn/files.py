"""Atomic writing: after a failure or a kill, a file is either complete or unchanged.

Writing follows a symbolic link and replaces its target. A replaced file keeps its mode, and its owner if the system
allows it. Its other names (hard links) keep the old content. Anything but a regular file is refused.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISREG
from typing import BinaryIO

from hqnn.errors import HqnnError

#: Free bytes that long work needs before it starts: more than the file of a run of 1,000 steps.
ROOM = 1_000_000

#: Temporary files of writing that has not finished.
_passing: set[Path] = set()


class FileError(HqnnError, OSError):
    """A file cannot be written. The message names it and the reason."""


def check(path: str | Path, room: int = ROOM) -> None:
    """Refuse a file that could not be written later. The check changes nothing.

    Args:
        path: the file.
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
    """Write a file atomically.

    Raises:
        FileError: if it cannot be written. The file is then unchanged.
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
    """Return the regular file that a path leads to; the file need not exist.

    Raises:
        FileError: if the path leads to something else, or nowhere.
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
    """Return the error for a file that cannot be written."""
    return FileError(f"{os.fspath(path)!r} cannot be written: {why}")


def reason(error: BaseException) -> str:
    """Return the system's reason for an error, without the error number and the path."""
    if isinstance(error.__cause__, OSError):
        return reason(error.__cause__)
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def remove_passing() -> None:
    """Remove temporary files, for code that ends this process without an exception."""
    for path in [*_passing]:
        with suppress(OSError):
            path.unlink()


@contextmanager
def _errors(path: str | Path) -> Iterator[None]:
    """Turn the errors of a block into errors of a file."""
    try:
        yield
    except FileError:
        raise
    except (OSError, ValueError) as error:  # a ValueError for a null character in the name
        raise refused(path, reason(error)) from error


@contextmanager
def _passing_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, and delete it at the end of the block unless it was renamed."""
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
    """Return the system's mode of what is at a path; 0 for nothing."""
    try:
        return os.stat(name).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _beside(target: Path) -> Path:
    """Return an unused name in the same folder."""
    return target.with_name(f".{secrets.token_hex(8)}.part")


def _make_alike(file: BinaryIO, other: Path) -> None:
    """Give a file the owner and the mode of another one, if the system allows it."""
    about = other.stat()
    with suppress(OSError):
        os.chown(file.fileno(), about.st_uid, about.st_gid)
    with suppress(OSError):
        os.chmod(file.fileno(), S_IMODE(about.st_mode))
