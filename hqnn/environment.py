"""Folders: what comes with hqnn, and where the user's files are kept."""

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from getpass import getuser
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path, user_state_path

from hqnn.errors import HqnnError
from hqnn.files import reason

PACKAGE = Path(__file__).resolve().parent
#: A wheel has the dashboard here, and the data beside it. A checkout has both around the package.
INSTALLED_DASHBOARD = PACKAGE / "dashboard"
_INSTALLED = INSTALLED_DASHBOARD.is_dir()
#: The folder with the dashboard's `app.py`.
DASHBOARD = INSTALLED_DASHBOARD if _INSTALLED else PACKAGE.parent
#: MNIST's images, pretrained networks and bundled results.
DATA = (PACKAGE if _INSTALLED else PACKAGE.parent) / "data"


class FolderError(HqnnError, OSError):
    """The user's folder is not writable. The message names it, the reason, and the variable that sets another one."""


class UserFolder(NamedTuple):
    """The user's folder for one kind of files: set by a variable, else the system's usual one, else a temporary one."""

    #: The files in it, in words.
    holds: str
    #: Name of the environment variable; `~` in its value is the home folder.
    variable: str
    #: Name of the variable of the XDG base directory specification, and the place below the home folder without it.
    #: Linux uses both; earlier versions used both on every system.
    xdg_variable: str
    below_home: str
    #: Return the system's usual folder, which follows that specification on Linux.
    system: Callable[[], Path]

    def find(self) -> Path:
        """Return the folder, and create it if needed. To read from it, no other check is needed.

        Raises:
            FolderError: if it cannot be created.
        """
        return next(self.places())

    def places(self) -> Iterator[Path]:
        """Yield the folder, then its replacement for files that may be anywhere. Each is created if needed.

        Raises:
            FolderError: if a folder cannot be created and no replacement is left.
        """
        if wanted := os.environ.get(self.variable):
            yield self._wanted(wanted)
            return
        if (own := self._own()) is not None:
            yield own
        yield self._temporary()

    def check(self) -> None:
        """Refuse a folder that is not writable, as far as one can tell before a file is written.

        Raises:
            FolderError: if it is not writable.
        """
        folder = self.find()
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FolderError(self.sentence(folder, "it is write-protected"))

    def problem(self) -> str | None:
        """Return why the folder is not writable, as a sentence, or None if no reason is known."""
        try:
            self.check()
        except FolderError as error:
            return str(error)
        return None

    def error(self, folder: Path, error: Exception) -> FolderError:
        """Return the error for a folder that refused an operation."""
        why = "it is not a folder" if isinstance(error, FileExistsError) else reason(error)
        return FolderError(self.sentence(folder, why))

    def sentence(self, folder: Path, why: str) -> str:
        """Return the sentence for a folder that is not writable, with the reason."""
        return f"{self.holds} cannot be written to {folder} ({why}); set {self.variable} to use another folder"

    def _wanted(self, name: str) -> Path:
        folder = Path(name)
        try:
            folder = Path(os.path.abspath(folder.expanduser()))
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise self.error(folder, error) from None
        return folder

    def _own(self) -> Path | None:
        """Return an earlier version's folder or the system's usual one. None if neither exists or can be created."""
        try:
            if (earlier := self._earlier()) is not None:
                return earlier
            (folder := self.system()).mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):  # without a home folder, a RuntimeError
            return None
        return folder

    def _earlier(self) -> Path | None:
        folder = Path("~", self.below_home, "hqnn").expanduser()
        named = os.path.isabs(os.environ.get(self.xdg_variable, ""))
        return folder if not named and folder.is_absolute() and folder.is_dir() else None

    def _temporary(self) -> Path:
        """Return a temporary folder that no other user can have prepared.

        Windows has no user numbers, but one temporary folder per user.
        """
        folder = Path("/tmp")  # noqa: S108 (only for the error)
        number = os.getuid() if hasattr(os, "getuid") else None
        try:
            folder = Path(tempfile.gettempdir(), f"hqnn-{getuser() if number is None else number}")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if number is not None and folder.lstat().st_uid != number:
                raise PermissionError("it belongs to another user")
        except (OSError, ImportError, KeyError) as error:  # an ImportError or a KeyError: the user has no name
            raise self.error(folder, error) from None
        return folder


_cache = partial(user_cache_path, "hqnn", appauthor=False)
_state = partial(user_state_path, "hqnn", appauthor=False)

CACHE = UserFolder("the unpacked images", "HQNN_CACHE", "XDG_CACHE_HOME", ".cache", _cache)
HISTORY = UserFolder("the history", "HQNN_HISTORY", "XDG_STATE_HOME", ".local/state", _state)
RESULTS = UserFolder("the results", "HQNN_RESULTS", "XDG_STATE_HOME", ".local/state", _state)
