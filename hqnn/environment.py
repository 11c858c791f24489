"""Where files go that outlive the process."""

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
    """A folder that cannot be written: its message names it, says why, and which variable names another one."""


class UserFolder(NamedTuple):
    """A folder of the user's: the one that a variable names, or else the system's own for it, or a temporary one."""

    #: What is kept there.
    holds: str
    #: Name of the environment variable; `~` in it is the home folder.
    variable: str
    #: Name of the variable of the XDG base directory specification, and where it is below the home folder without it:
    #: on Linux, and once on every system.
    xdg_variable: str
    below_home: str
    #: The system's own folder for it, which follows that specification on Linux.
    system: Callable[[], Path]

    def find(self) -> Path:
        """The folder, made if need be. Whoever only reads needs no more.

        Raises:
            FolderError: if it cannot be made.
        """
        return next(self.places())

    def places(self) -> Iterator[Path]:
        """The folder, then one that may take its place where that is only a matter of room; each made if need be.

        Raises:
            FolderError: if one cannot be made, and none is left.
        """
        if wanted := os.environ.get(self.variable):
            yield self._wanted(wanted)
            return
        if (own := self._own()) is not None:
            yield own
        yield self._temporary()

    def check(self) -> None:
        """Refuse a folder that cannot be written, as far as that is known before something is.

        Raises:
            FolderError: if it cannot.
        """
        folder = self.find()
        if not os.access(folder, os.W_OK | os.X_OK):
            raise FolderError(self.sentence(folder, "it is write-protected"))

    def problem(self) -> str | None:
        """Why nothing can be kept there, in words, as far as that is known before something is."""
        try:
            self.check()
        except FolderError as error:
            return str(error)
        return None

    def error(self, folder: Path, error: Exception) -> FolderError:
        """What is said where the folder refuses something."""
        why = "it is not a folder" if isinstance(error, FileExistsError) else reason(error)
        return FolderError(self.sentence(folder, why))

    def sentence(self, folder: Path, why: str) -> str:
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
        """The system's own, or the one below the home folder that is there from before; None where none can be made."""
        try:
            if (earlier := self._earlier()) is not None:
                return earlier
            (folder := self.system()).mkdir(parents=True, exist_ok=True)
        except (OSError, RuntimeError):  # there is no home folder, which is a RuntimeError, or it takes none
            return None
        return folder

    def _earlier(self) -> Path | None:
        folder = Path("~", self.below_home, "hqnn").expanduser()
        named = os.path.isabs(os.environ.get(self.xdg_variable, ""))
        return folder if not named and folder.is_absolute() and folder.is_dir() else None

    def _temporary(self) -> Path:
        """One that nobody else can have prepared. Windows has no numbers of users, but a temporary folder for each."""
        folder = Path("/tmp")  # noqa: S108 (for the error alone)
        number = os.getuid() if hasattr(os, "getuid") else None
        try:
            folder = Path(tempfile.gettempdir(), f"hqnn-{getuser() if number is None else number}")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if number is not None and folder.lstat().st_uid != number:
                raise PermissionError("it belongs to somebody else")
        except (OSError, ImportError, KeyError) as error:  # an ImportError or a KeyError: the user has no name
            raise self.error(folder, error) from None
        return folder


_cache = partial(user_cache_path, "hqnn", appauthor=False)
_state = partial(user_state_path, "hqnn", appauthor=False)

CACHE = UserFolder("the unpacked images", "HQNN_CACHE", "XDG_CACHE_HOME", ".cache", _cache)
HISTORY = UserFolder("the history", "HQNN_HISTORY", "XDG_STATE_HOME", ".local/state", _state)
RESULTS = UserFolder("the results", "HQNN_RESULTS", "XDG_STATE_HOME", ".local/state", _state)
