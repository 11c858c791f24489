"""What commands print: at once, and with one sentence for where it cannot be written.

Where nobody reads any more, as in `hqnn … | head -1`, a command ends as other tools do: without a word, and with the
status that shells give to a broken pipe.
"""

import os
import sys
from contextlib import suppress
from typing import Any

from hqnn.errors import HqnnError
from hqnn.files import reason

#: Exit status of a command whose output nobody reads any more: 128 and the number of SIGPIPE.
UNREAD = 141


class OutputError(HqnnError):
    """Standard output or standard error cannot be written."""


class UnreadError(OutputError):
    """Nobody reads it any more."""


def say(line: str) -> None:
    """Print a line of what was asked for.

    Raises:
        OutputError: if it cannot be written.
    """
    _print(line, sys.stdout, "output")


def note(line: str) -> None:
    """Print a line on what is going on, or on what went wrong.

    Raises:
        OutputError: if it cannot be written.
    """
    _print(line, sys.stderr, "error")


def open_all() -> None:
    """Have streams that were closed from the beginning lead nowhere, so that no other file takes their place."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        with suppress(OSError):
            os.fstat(number)
            continue
        opened = os.open(os.devnull, os.O_RDWR)
        os.set_inheritable(opened, True)
        setattr(sys, name, os.fdopen(opened, mode))
    for stream in (sys.stdout, sys.stderr):  # a name of a file need not be in the terminal's alphabet
        stream.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue]


def flush(status: int) -> int:
    """Write what waits to be written, once and for all; returns the exit status."""
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
    """Say so, and have what is left lead nowhere: Python would try it again at the end, and complain."""
    with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
    if isinstance(error, BrokenPipeError):
        raise UnreadError("nobody reads any more") from None
    raise OutputError(f"standard {name} cannot be written ({reason(error)})") from None
