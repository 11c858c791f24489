"""Where files go that outlive the process."""

import os
import tempfile
from pathlib import Path

from hqnn.settings import HqnnError


class FolderError(HqnnError, OSError):
    """A folder that cannot be written to."""


def user_folder(variable: str, xdg_variable: str, below_home: str) -> Path:
    """The folder that an environment variable names, or else the user's own, or else a temporary one; made if need be.

    Args:
        variable: name of the environment variable.
        xdg_variable: name of the variable of the XDG base directory specification.
        below_home: folder below the home folder where that one is not set.

    Raises:
        FolderError: if the variable names a folder that cannot be written to.
    """
    wanted = os.environ.get(variable)
    if wanted:
        try:
            return _made(Path(wanted))
        except OSError as error:
            raise FolderError(f"{variable} must name a folder that can be written, got {wanted!r} ({error})") from None
    try:
        return _made(Path(os.environ.get(xdg_variable) or Path.home() / below_home) / "hqnn")
    except (OSError, RuntimeError):
        return _made(Path(tempfile.gettempdir()) / f"hqnn-{os.getuid()}")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder
