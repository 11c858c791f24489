"""Ctrl-C on the command line, wherever a command is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hqnn.__main__ import main
from hqnn.commands import interrupts, train
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


@contextmanager
def as_in_a_command() -> Iterator[None]:
    """A block in which signals do what they do in a command of its own."""
    before = {each: signal.getsignal(each) for each in interrupts.SIGNALS}
    interrupts.end_at_once()
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


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

    def train(_config, **_):
        try:
            signal.raise_signal(signal.SIGINT)
            yield from ()
        finally:
            closed.append(True)

    monkeypatch.setattr("hqnn.network.training.train", train)
    monkeypatch.setattr(os, "_exit", lambda _: pytest.fail("it ended at once"))
    with as_in_a_command():
        assert main(["train", "--engine", "ibm", "--backend", "aer_simulator", "--yes"]) == 130
    assert closed == [True]
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted"


QUICK = ["train", "--digits", "3", "7", "--n-train", "8", "--n-test", "4", "--epochs", "2", "--json"]


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["c", "kill", "hang"]
)
def test_a_run_to_be_saved_is_written_as_far_as_it_has_come(monkeypatch, capsys, tmp_path, number, status):
    from hqnn.runs import load

    file, usual = tmp_path / "run", train.print_record

    def interrupted(record, *how):
        usual(record, *how)
        if record.kind == "step" and record.step == 2:
            signal.raise_signal(number)

    monkeypatch.setattr(train, "print_record", interrupted)
    with as_in_a_command():
        assert main([*QUICK, "--save", str(file)]) == status
    assert capsys.readouterr().err == f"{file} has the run so far: 2 of 4 steps\ninterrupted\n"
    run = load(file)
    assert not run.completed
    assert run.evaluation is not None
    assert [record.step for record in run.history if record.kind == "step"] == [1, 2]
    assert main(["evaluate", str(file)]) == 0
    assert main(["compare", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[-3].endswith("| 8 | 0 of 2 | stopped |")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("before", [b"an older run", None], ids=["over another", "new"])
def test_a_run_without_a_step_replaces_nothing(monkeypatch, capsys, tmp_path, before):
    from hqnn.network import training

    file, usual = tmp_path / "run", training.load_pair
    if before:
        file.write_bytes(before)

    def interrupted(*asked):
        signal.raise_signal(signal.SIGINT)
        return usual(*asked)

    monkeypatch.setattr(training, "load_pair", interrupted)
    with as_in_a_command():
        assert main([*QUICK, "--save", str(file)]) == 130
    assert capsys.readouterr().err == f"no step was finished, so {file} was not written\ninterrupted\n"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([before] if before else [])


def test_a_second_interrupt_ends_at_once_where_the_first_one_has_a_run_written(monkeypatch):
    def ended(status):
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", ended)
    with as_in_a_command(), interrupts.noted(twice=True) as came:
        signal.raise_signal(signal.SIGINT)
        assert (came(), came.status) == (True, 130)
        with pytest.raises(SystemExit, match="130"):
            signal.raise_signal(signal.SIGINT)
