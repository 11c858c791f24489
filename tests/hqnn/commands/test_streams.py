"""Commands whose output leads to where nobody reads, to a full disk, or nowhere."""

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.dask_cluster import ROOT

#: Runs a command with streams as they are said to be, in a process that ends as Python ends: what is left is flushed.
CHILD = """
import os, sys
from hqnn.__main__ import run

def unread():
    read, write = os.pipe()
    os.close(read)
    return write

for line in sys.stdin:
    name, out, error, *arguments = line.split()
    sys.stdout.flush()
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        print(name, os.waitstatus_to_exitcode(status), flush=True)
        continue
    for number, where in ((1, out), (2, error)):
        if where != "-":
            os.dup2(unread() if where == "unread" else os.open(where, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin.close()
    sys.argv[1:] = arguments
    sys.exit(run())
"""


@pytest.mark.slow
def test_the_status_says_whether_it_was_read_and_one_sentence_that_it_could_not_be_written(tmp_path):
    cases = {
        "read": (f"{tmp_path}/help - --help", 0),
        "unread": (f"unread {tmp_path}/unread --help", 141),
        "full": (f"/dev/full {tmp_path}/full --help", 2),
        "neither": ("unread unread --help", 141),
        "wrong": (f"{tmp_path}/out {tmp_path}/wrong nothing", 2),
        "wrong-unread": (f"{tmp_path}/out unread nothing", 141),
        "wrong-full": (f"{tmp_path}/out /dev/full nothing", 2),
    }
    lines = "".join(f"{name} {said}\n" for name, (said, _) in cases.items())
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=ROOT, input=lines, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"{name} {status}" for name, (_, status) in cases.items()]
    assert done.stderr == ""
    assert (tmp_path / "help").read_text().startswith("usage: hqnn ")
    assert (tmp_path / "unread").read_text() == ""
    assert (tmp_path / "full").read_text() == (
        "hqnn: error: standard output cannot be written (No space left on device)\n"
    )
    assert (tmp_path / "wrong").read_text().count("\n") == 1
    assert (tmp_path / "out").read_text() == ""


def test_streams_that_are_closed_from_the_beginning_lead_nowhere_and_no_file_takes_their_place(tmp_path):
    code = (
        "import os, sys\nfrom hqnn.commands import streams\nstreams.open_all()\n"
        "place = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)\n"
        "streams.say('said')\nstreams.note('noted')\nos.system('echo printed')\n"
        "os.write(place, f'{place} {sys.stdin.read()!r} {streams.flush(0)}'.encode())"
    )
    closed = '"$0" -c "$1" "$2" <&- >&- 2>&-; echo $?'
    done = subprocess.run(
        ["/bin/sh", "-c", closed, sys.executable, code, tmp_path / "file"], cwd=ROOT, capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"0\n", b"")
    assert (tmp_path / "file").read_text() == "3 '' 0"


def test_a_name_that_is_no_text_can_be_printed(tmp_path):
    code = "import os\nfrom hqnn.commands import streams\nstreams.open_all()\n"
    code += "streams.say(os.fsdecode(b'run\\xff') + ' θ')"
    for encoding, said in (("utf-8", "run\\udcff θ\n".encode()), ("ascii", b"run\\udcff \\u03b8\n")):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, env={"PYTHONIOENCODING": encoding}
        )
        assert done.stdout == said


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["stdout", "stderr"])
def test_a_run_whose_reader_has_gone_is_saved_as_far_as_it_has_come(tmp_path, lost):
    """As with `| head -1`."""
    from hqnn.runs import load

    file = tmp_path / "run"
    many = ["--n-train", "500", "--n-test", "1", "--epochs", "20", "--json", "--save", file]
    command = [sys.executable, "-m", "hqnn", "train", *many]
    with ExitStack() as stack:
        going = stack.enter_context(
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        assert going.stdout
        assert going.stderr
        kinds = [json.loads(going.stdout.readline())["kind"] for _ in range(3)]
        assert kinds == ["probe", "epoch", "step"]
        if lost == "stderr":
            going.stderr.close()
        going.stdout.close()
        said = "" if lost == "stderr" else going.stderr.read()
        assert going.wait() == 141
    run = load(Path(file))
    steps = run.history[-1].step
    assert said in ("", f"{file} has the run so far: {steps} of 2500 steps\n")
    assert not run.completed
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
