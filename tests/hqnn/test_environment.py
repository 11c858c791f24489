"""Folders that outlive the process: which one it is, and one sentence for one that cannot be written."""

import os
from pathlib import Path

import pytest

from hqnn.environment import CACHE, HISTORY, RESULTS, FolderError

ALL = pytest.mark.parametrize("kind", [CACHE, HISTORY, RESULTS], ids=lambda kind: kind.variable)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Also where relative paths begin."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for kind in (CACHE, HISTORY, RESULTS):
        monkeypatch.delenv(kind.variable, raising=False)
        monkeypatch.delenv(kind.xdg_variable, raising=False)
    return tmp_path


@ALL
@pytest.mark.parametrize("said", ["here/below", "~/here/below", "{}/here/below"])
def test_a_variable_names_it_also_below_home_and_below_where_one_is(home, monkeypatch, kind, said):
    monkeypatch.setenv(kind.variable, said.format(home))
    assert kind.find() == home / "here" / "below"
    kind.check()
    assert [path.name for path in home.iterdir()] == ["here"]


@ALL
@pytest.mark.parametrize(
    ("said", "folder", "why"),
    [
        ("file", "{}/file", "it is not a folder"),
        ("astray", "{}/astray", "it is not a folder"),
        ("file/below", "{}/file/below", "Not a directory"),
        ("n" * 256, "{}/" + "n" * 256, "File name too long"),
        ("~nobody-of-that-name/x", "~nobody-of-that-name/x", "Could not determine home directory."),
    ],
    ids=lambda value: value[:12],
)
def test_one_that_cannot_be_a_folder_is_refused_with_its_name_and_its_variable(
    home, monkeypatch, kind, said, folder, why
):
    (home / "file").write_text("")
    (home / "astray").symlink_to("nowhere")
    monkeypatch.setenv(kind.variable, said)
    with pytest.raises(FolderError) as error:
        kind.find()
    assert str(error.value) == (
        f"{kind.holds} cannot be written to {folder.format(home)} ({why}); set {kind.variable} to use another folder"
    )


def test_a_write_protected_one_can_be_read_but_not_written(home, monkeypatch):
    monkeypatch.setenv("HQNN_RESULTS", str(home))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert RESULTS.find() == home
    with pytest.raises(FolderError, match=r"the results cannot be written to .* is write-protected.; set HQNN_RESULTS"):
        RESULTS.check()


@ALL
def test_without_a_variable_it_is_the_users_own_or_else_a_temporary_one_of_the_users(home, monkeypatch, kind):
    assert kind.find() == home / kind.below_home / "hqnn"
    monkeypatch.setenv(kind.xdg_variable, "relative")  # which the specification has left out
    assert kind.find() == home / kind.below_home / "hqnn"
    monkeypatch.setenv(kind.xdg_variable, str(home / "xdg"))
    assert kind.find() == home / "xdg" / "hqnn"
    (home / "file").write_text("no folder can be made in a file")
    monkeypatch.setenv(kind.xdg_variable, str(home / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(home / "temporary"))
    temporary = home / "temporary" / f"hqnn-{os.getuid()}"
    assert kind.find() == temporary
    assert temporary.stat().st_mode & 0o777 == 0o700
    own = os.getuid()
    temporary.rename(temporary.with_name(f"hqnn-{own + 1}"))  # as somebody else could have made it
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    with pytest.raises(FolderError, match=rf"hqnn-{own + 1} .it belongs to another user.; set {kind.variable} to use"):
        kind.find()


def test_where_there_is_no_temporary_folder_either_that_is_said(home, monkeypatch):
    (home / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "file"))

    def full():
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("tempfile.gettempdir", full)
    with pytest.raises(
        FolderError, match=r"No usable temporary directory found in .*; set HQNN_HISTORY to use another"
    ):
        HISTORY.find()


@ALL
def test_on_another_system_it_is_that_systems_own_unless_there_is_one_from_before(home, monkeypatch, kind):
    """On macOS and Windows too it was once below the home folder, as on Linux."""
    elsewhere = kind._replace(system=lambda: home / "Library" / "hqnn")
    assert elsewhere.find() == home / "Library" / "hqnn"
    assert kind.find() == home / kind.below_home / "hqnn"
    assert elsewhere.find() == home / kind.below_home / "hqnn"
    monkeypatch.setenv(kind.xdg_variable, str(home / "xdg"))
    assert elsewhere.find() == home / "Library" / "hqnn"


@ALL
def test_without_a_home_folder_it_is_a_temporary_one(home, monkeypatch, kind):
    def homeless():
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("tempfile.gettempdir", lambda: str(home / "temporary"))
    assert kind._replace(system=homeless).find() == home / "temporary" / f"hqnn-{os.getuid()}"


@ALL
def test_where_users_have_no_numbers_the_temporary_one_has_their_name(home, monkeypatch, kind):
    monkeypatch.delattr(os, "getuid")
    monkeypatch.setenv("LOGNAME", "ada")
    assert kind.find() == home / kind.below_home / "hqnn"
    (home / "file").write_text("no folder can be made in a file")
    monkeypatch.setenv(kind.xdg_variable, str(home / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(home / "temporary"))
    for _ in range(2):
        assert kind.find() == home / "temporary" / "hqnn-ada"
    assert kind.problem() is None
    assert (home / "temporary" / "hqnn-ada").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("error", [ModuleNotFoundError("No module named 'pwd'"), KeyError("uid"), OSError("no name")])
def test_where_users_have_neither_number_nor_name_that_is_said(home, monkeypatch, error):
    def nameless():
        raise error

    monkeypatch.delattr(os, "getuid")
    monkeypatch.setattr("hqnn.environment.getuser", nameless)
    (home / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "file"))
    with pytest.raises(FolderError, match=r"the history cannot be written to .*; set HQNN_HISTORY to use another"):
        HISTORY.find()
