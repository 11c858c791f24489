"""Keeps generated downloads until the browser has fetched them.

Streamlit 1.67 treats such a file as unused from the start. It removes the file after two redraws of any page. With
several viewers this is often before the browser has fetched it.
"""

from collections.abc import Callable
from time import monotonic
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileManager, MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind

from ui.frame.repairs import replace

#: Seconds for which a file without a page stays.
KEPT_SECONDS = 60.0


def install() -> None:
    """Keep downloads, in all sessions of this server."""
    replace(MediaFileManager, "_get_inactive_file_ids", _long_inactive)


def _long_inactive(inactive: Callable[[MediaFileManager], set[str]]) -> Callable[[MediaFileManager], set[str]]:
    since = WeakKeyDictionary[MediaFileMetadata, float]()

    def long_inactive(manager: MediaFileManager) -> set[str]:
        def is_kept(file: MediaFileMetadata) -> bool:
            young = monotonic() - since.setdefault(file, monotonic()) < KEPT_SECONDS
            return file.kind is MediaFileKind.DOWNLOADABLE and young

        return {name for name in inactive(manager) if not is_kept(manager._file_metadata[name])}

    return long_inactive
