"""Files made at the press of a button stay until the browser has fetched them.

Streamlit 1.67 counts such a file as left over from the beginning, and removes it when pages of any viewers have been
drawn twice: with several viewers often before the browser has asked for it.
"""

from collections.abc import Callable
from time import monotonic
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileManager, MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind

from ui.frame.repairs import replace

#: Seconds for which a file stays that no page refers to.
KEPT_SECONDS = 60.0


def install() -> None:
    """Keep them, in all sessions of this server."""
    replace(MediaFileManager, "_get_inactive_file_ids", _long_inactive)


def _long_inactive(inactive: Callable[[MediaFileManager], set[str]]) -> Callable[[MediaFileManager], set[str]]:
    since = WeakKeyDictionary[MediaFileMetadata, float]()

    def long_inactive(manager: MediaFileManager) -> set[str]:
        def is_kept(file: MediaFileMetadata) -> bool:
            young = monotonic() - since.setdefault(file, monotonic()) < KEPT_SECONDS
            return file.kind is MediaFileKind.DOWNLOADABLE and young

        return {name for name in inactive(manager) if not is_kept(manager._file_metadata[name])}

    return long_inactive
