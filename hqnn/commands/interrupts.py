"""Ctrl-C and other signals that end a command. A command with nothing to save ends at once; others end in order.

By default Python raises an exception wherever the program is. While modules load, or in Python's own callbacks, that
exception is lost, turned into another error, or printed as a traceback. So this module is loaded first, and loads
almost nothing itself.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Exit status of a command that Ctrl-C has ended. For other signals it is 128 plus the number of the signal.
STATUS = 128 + signal.SIGINT
#: Ctrl-C, kill, and a closed terminal.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

#: Functions to call before this process ends at once.
last_acts: list[Callable[[], None]] = []


class Noted:
    """Whether a signal to end has arrived."""

    def __init__(self) -> None:
        self._signal: int | None = None

    def __call__(self) -> bool:
        return self._signal is not None

    @property
    def status(self) -> int:
        """Exit status of a command that the signal has ended."""
        return 128 + (self._signal or signal.SIGINT)

    def note(self, number: int) -> None:
        self._signal = self._signal or number


def end_at_once() -> None:
    """Let signals end this process from now on, unless it was started with them ignored. Ctrl-C prints one word."""
    for each in SIGNALS:
        if signal.getsignal(each) in (signal.default_int_handler, signal.SIG_DFL):
            signal.signal(each, _end)


def come_too_late() -> None:
    """Ignore Ctrl-C from now on: the work is done, and the exit status is known."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def noted(*, twice: bool = False) -> Iterator[Noted]:
    """Only note signals within a block. The block gets an object that tells whether one has arrived.

    After the block Ctrl-C no longer ends this process, so that it can clean up.

    Args:
        twice: whether a second signal ends this process at once.
    """
    came = Noted()

    def note(number: int, frame: object) -> None:
        if twice and came():
            _end(number, frame)
        came.note(number)

    with _handled(note):
        yield came
    if signal.getsignal(signal.SIGINT) is _end:
        come_too_late()


@contextmanager
def _handled(handler: Callable[[int, object], None]) -> Iterator[None]:
    """Use a handler within a block, except in a thread and for ignored signals."""
    before = {each: signal.getsignal(each) for each in SIGNALS}
    heard = {each: old for each, old in before.items() if old not in (signal.SIG_IGN, None)}
    try:
        for each in heard:
            signal.signal(each, handler)
    except ValueError:  # this is a thread
        heard = {}
    try:
        yield
    finally:
        for each, old in heard.items():
            signal.signal(each, old)


def _end(number: int, _frame: object) -> None:
    try:
        for act in last_acts:
            act()
        if number == signal.SIGINT:
            os.write(2, b"interrupted\n")
        else:  # with the system's handler, so that the parent process learns which signal it was
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
    finally:
        os._exit(128 + number)
