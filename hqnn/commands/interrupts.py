"""Ctrl-C on the command line: what has nothing to lose ends at once, and what has ends in order.

Python raises an exception wherever the program is. While modules load, or where Python itself calls something back,
that is swallowed, turned into another error, or told with a traceback.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Exit status of a command that was interrupted.
STATUS = 130


def end_at_once() -> None:
    """From now on have an interrupt end this process with one word, unless it was started with interrupts ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def come_too_late() -> None:
    """From now on have an interrupt change nothing: all is done, and the exit status known."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def noted() -> Iterator[Callable[[], bool]]:
    """A block in which an interrupt is only noted; gives what tells whether there was one.

    After it this process does not end at once any more: what it has started must be put away first.
    """
    came = False

    def note(_signal: int, _frame: Any) -> None:
        nonlocal came
        came = True

    with _handled(note):
        yield lambda: came
    if signal.getsignal(signal.SIGINT) is _end:
        come_too_late()


@contextmanager
def raised() -> Iterator[None]:
    """A block in which an interrupt is a KeyboardInterrupt, so that what has been opened is closed."""
    with _handled(signal.default_int_handler):
        yield


@contextmanager
def _handled(handler: Callable[[int, Any], None]) -> Iterator[None]:
    """A block with a handler of its own, where there can be one: not in a thread, nor where interrupts are ignored."""
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _end(_signal: int, _frame: Any) -> None:
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(STATUS)
