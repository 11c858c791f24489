"""Files are as they were, or whole: whatever is in their way, and whenever their writing ends."""

import os
import pickle
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hqnn import files
from hqnn.files import FileError, check, write
from tests.dask_cluster import ROOT
from tests.room import room_for


@pytest.fixture
def folder(tmp_path) -> Iterator[Path]:
    """With one thing of each kind; nothing may be added to it, or changed in it."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "astray").symlink_to("nowhere/file")
    (tmp_path / "inwards").symlink_to("folder")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "socket"))
        before = {path: path.lstat().st_mode for path in tmp_path.rglob("*")}
        yield tmp_path
    assert {path: path.lstat().st_mode for path in tmp_path.rglob("*")} == before
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("folder", "it is a folder"),
        ("inwards", "it is a folder"),
        ("new/", "it is a folder"),
        ("nowhere/.", "it is a folder"),
        ("pipe", "it is a device, a pipe or a socket"),
        ("socket", "it is a device, a pipe or a socket"),
        ("/dev/null", "it is a device, a pipe or a socket"),
        ("nowhere/file", "there is no folder '{}/nowhere'"),
        ("astray", "there is no folder '{}/nowhere'"),
        ("file/file", "there is no folder '{}/file'"),
        ("loop", "Too many levels of symbolic links"),
        ("n" * 256, "File name too long"),
        ("nu\0ll", "embedded null byte"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_no_file_or_cannot_be_one_is_refused_in_one_sentence_and_left_alone(folder, name, why):
    path = f"{folder}/{name}" if not name.startswith("/") else name
    for refused in (lambda: check(path), lambda: write(path, b"new")):
        with pytest.raises(FileError) as error:
            refused()
        assert str(error.value) == f"{path!r} cannot be written: {why.format(folder)}"
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_an_empty_name_is_refused():
    with pytest.raises(FileError, match=r"'' cannot be written: its name is empty"):
        check("")


def test_the_check_leaves_nothing_behind_and_changes_nothing(folder):
    check(folder / "file")
    check(folder / "new")


def test_a_write_protected_file_and_a_full_disk_are_refused_before_the_work(folder, monkeypatch):
    with room_for(1000), pytest.raises(FileError, match=r"'.*/new' cannot be written: File too large"):
        check(folder / "new")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(FileError, match=r"'.*/file' cannot be written: it is write-protected"):
        check(folder / "file")


def test_a_name_that_the_file_system_refuses_is_refused_before_the_work(folder, monkeypatch):
    usual = Path.open

    def picky(self, *arguments):
        if self.name == "new":
            raise OSError(22, "Invalid argument", str(self))
        return usual(self, *arguments)

    monkeypatch.setattr(Path, "open", picky)
    with pytest.raises(FileError, match=r"'.*/new' cannot be written: Invalid argument"):
        check(folder / "new")


def test_what_a_link_leads_to_is_replaced_in_its_own_folder_and_the_link_stays(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "old").write_text("old")
    for name in ("old", "new"):
        link = tmp_path / f"to-{name}"
        link.symlink_to(f"there/{name}")
        (tmp_path / f"to-to-{name}").symlink_to(link)
        write(tmp_path / f"to-to-{name}", name.encode())
        assert (tmp_path / "there" / name).read_text() == name
        assert link.readlink() == Path(f"there/{name}")
    assert sorted(os.listdir(tmp_path / "there")) == ["new", "old"]
    assert len(os.listdir(tmp_path)) == 5


def test_a_replaced_file_keeps_its_mode_and_a_new_one_has_the_usual(tmp_path):
    old, new, usual = (tmp_path / name for name in ("old", "new", "usual"))
    old.write_text("old")
    old.chmod(0o640)
    usual.write_text("")
    for path in (old, new):
        write(path, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert new.stat().st_mode == usual.stat().st_mode


def test_another_name_of_a_replaced_file_keeps_the_old_content(tmp_path):
    (tmp_path / "one").write_text("old")
    (tmp_path / "other").hardlink_to(tmp_path / "one")
    write(tmp_path / "one", b"new")
    assert ((tmp_path / "one").read_text(), (tmp_path / "other").read_text()) == ("new", "old")


@pytest.mark.parametrize("name", ["file", "new"])
def test_where_writing_ends_half_way_everything_is_as_it_was(folder, name, monkeypatch):
    with room_for(1000), pytest.raises(FileError, match=rf"'.*/{name}' cannot be written: File too large"):
        write(folder / name, bytes(2000))

    def interrupted(_file):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(folder / name, b"new")
    assert not files._passing


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGHUP, -1)])
def test_a_signal_that_ends_a_command_at_once_leaves_nothing_half_written(tmp_path, number, status):
    code = (
        "import os, sys\nfrom hqnn import files\nfrom hqnn.commands import interrupts\n"
        "interrupts.end_at_once()\ninterrupts.last_acts.append(files.remove_passing)\n"
        f"os.fsync = lambda _: os.kill(os.getpid(), {int(number)})\nfiles.write(sys.argv[1], b'new')"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "file"], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (status, b"interrupted\n" if status == 130 else b"")
    assert os.listdir(tmp_path) == []


def test_its_error_travels_between_processes():
    error = files.refused("file", "it is a folder")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 (made here)
