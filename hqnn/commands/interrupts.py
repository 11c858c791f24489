"""Ctrl-C on the command line, and other signals to end: what has nothing to lose ends at once, and what has in order.

Python raises an exception wherever the program is. While modules load, or where Python itself calls something back,
that is swallowed, turned into another error, or told with a traceback. So this module is the first that is loaded, and
loads next to nothing.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Exit status of a command that Ctrl-C has ended; other signals' are their numbers beyond the same 128.
STATUS = 128 + signal.SIGINT
#: Ctrl-C, a polite kill, and a terminal that is closed.
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

#: What is done where this process ends at once.
last_acts: list[Callable[[], None]] = []


class Noted:
    """Whether a signal to end has come."""

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
    """From now on have signals end this process, Ctrl-C with one word, unless it was started with them ignored."""
    for each in SIGNALS:
        if signal.getsignal(each) in (signal.default_int_handler, signal.SIG_DFL):
            signal.signal(each, _end)


def come_too_late() -> None:
    """From now on have an interrupt change nothing: all is done, and the exit status known."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def noted(*, twice: bool = False) -> Iterator[Noted]:
    """A block in which a signal is only noted; gives what tells whether there was one.

    After it an interrupt does not end this process any more: what it has started must be put away first.

    Args:
        twice: whether a second one ends this process at once.
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
    """A block with a handler of its own, where there can be one: not in a thread, nor where signals are ignored."""
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
        else:  # as if nobody had heard it: so who waits for this process is told which signal it was
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
    finally:
        os._exit(128 + number)
