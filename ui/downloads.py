"""Files made at the press of a button stay until the browser has fetched them.

Streamlit 1.67 counts such a file as left over from the beginning, and removes it when pages of any viewers have been
drawn twice: with several viewers often before the browser has asked for it.
"""

from functools import wraps
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.runtime.media_file_manager import MediaFileManager, MediaFileMetadata
from streamlit.runtime.media_file_storage import MediaFileKind

#: Seconds for which a file stays that no page refers to.
KEPT_SECONDS = 60.0


def install() -> None:
    """Keep them, in all sessions of this server."""
    managers: Any = MediaFileManager
    inactive = managers._get_inactive_file_ids
    if hasattr(inactive, "__wrapped__"):
        return

    since = WeakKeyDictionary[MediaFileMetadata, float]()

    @wraps(inactive)
    def long_inactive(manager: MediaFileManager) -> set[str]:
        def is_kept(file: MediaFileMetadata) -> bool:
            young = monotonic() - since.setdefault(file, monotonic()) < KEPT_SECONDS
            return file.kind is MediaFileKind.DOWNLOADABLE and young

        return {name for name in inactive(manager) if not is_kept(manager._file_metadata[name])}

    managers._get_inactive_file_ids = long_inactive
