"""Printing of commands: unbuffered, and with one sentence for a write error.

If the reader is gone, as in `hqnn … | head -1`, a command ends as other tools do: without a message, and with the
status that shells give to a broken pipe.
"""

import os
import sys
from contextlib import suppress
from typing import Any

from hqnn.errors import HqnnError
from hqnn.files import reason

#: Exit status of a command whose reader is gone: 128 plus the number of SIGPIPE.
UNREAD = 141


class OutputError(HqnnError):
    """Writing to standard output or standard error fails."""


class UnreadError(OutputError):
    """The reader of the output is gone."""


def say(line: str) -> None:
    """Print a line of the result.

    Raises:
        OutputError: if writing fails.
    """
    _print(line, sys.stdout, "output")


def note(line: str) -> None:
    """Print a line about progress or an error.

    Raises:
        OutputError: if writing fails.
    """
    _print(line, sys.stderr, "error")


def open_all() -> None:
    """Open streams that were closed from the start as the null device, so that no other file takes their place."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        with suppress(OSError):
            os.fstat(number)
            continue
        opened = os.open(os.devnull, os.O_RDWR)
        os.set_inheritable(opened, True)
        setattr(sys, name, os.fdopen(opened, mode))
    for stream in (sys.stdout, sys.stderr):  # a file name can have characters that the terminal lacks
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue]


def flush(status: int) -> int:
    """Write buffered output for the last time, and return the exit status."""
    for stream, name in ((sys.stdout, "output"), (sys.stderr, "error")):
        try:
            _flush(stream, name)
        except UnreadError:
            status = UNREAD
        except OutputError as error:
            status = status or 2
            with suppress(OutputError):
                note(f"hqnn: error: {error}")
    return status


def _print(line: str, stream: Any, name: str) -> None:
    try:
        print(line, file=stream)
    except OSError as error:
        _refuse(stream, name, error)
    _flush(stream, name)


def _flush(stream: Any, name: str) -> None:
    try:
        stream.flush()
    except OSError as error:
        _refuse(stream, name, error)


def _refuse(stream: Any, name: str, error: OSError) -> None:
    """Report a write error, and discard the rest: Python would try to write it again at the end."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
    if isinstance(error, BrokenPipeError):
        raise UnreadError("the reader of the output is gone") from None
    raise OutputError(f"standard {name} cannot be written ({reason(error)})") from None
