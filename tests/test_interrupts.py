"""Ctrl-C on the command line, wherever a command is."""

import os
import signal
import subprocess
import sys

import pytest

from hqnn.__main__ import main
from hqnn.commands import interrupts
from tests.dask_cluster import ROOT


def interrupted(*arguments: str) -> tuple[int, str]:
    """The exit status of a Python that gets an interrupt after its first line, and all that it wrote to stderr."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as going:
        assert going.stdout is not None
        assert going.stdout.readline()
        os.killpg(going.pid, signal.SIGINT)
        _, errors = going.communicate()
    return going.returncode, errors


@pytest.mark.slow
def test_an_interrupted_training_ends_with_one_word():
    many = ["--n-train", "500", "--n-test", "1", "--epochs", "20", "--json"]
    assert interrupted("-m", "hqnn", "train", *many) == (130, "interrupted\n")


@pytest.mark.parametrize(
    "busy",
    [
        "class Dropped:\n    def __del__(self): wait()\nDropped()",
        "import weakref\nclass Seen: pass\nseen = Seen()\nref = weakref.ref(seen, lambda _: wait())\ndel seen",
        "try: wait()\nexcept: pass",
    ],
    ids=["in a destructor", "in a callback", "where all exceptions are swallowed"],
)
def test_where_python_would_swallow_it_an_interrupt_ends_a_command_too(busy):
    start = (
        "import time\nfrom hqnn.commands import interrupts\ninterrupts.end_at_once()\n"
        "def wait():\n    print('waiting', flush=True)\n    time.sleep(60)\n"
    )
    assert interrupted("-c", start + busy) == (130, "interrupted\n")


def test_who_starts_a_command_with_interrupts_ignored_is_obeyed():
    ignored = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    shown = "from hqnn.commands import interrupts\ninterrupts.end_at_once()\n"
    shown += "with interrupts.noted() as came:\n    print('waiting', flush=True)\n    input()\n    print(came())"
    done = subprocess.run(
        [sys.executable, "-c", ignored + shown.replace("input()", "signal.raise_signal(signal.SIGINT)")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "waiting\nFalse\n"


def test_a_training_on_a_device_closes_its_session_when_it_is_interrupted(monkeypatch, capsys):
    closed = []

    def train(_config):
        try:
            signal.raise_signal(signal.SIGINT)
            yield from ()
        finally:
            closed.append(True)

    monkeypatch.setattr("hqnn.training.train", train)
    monkeypatch.setattr(os, "_exit", lambda _: pytest.fail("it ended at once"))
    before = signal.getsignal(signal.SIGINT)
    interrupts.end_at_once()
    try:
        assert main(["train", "--engine", "ibm", "--backend", "aer_simulator", "--yes"]) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert closed == [True]
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted"
