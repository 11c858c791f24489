"""Files made at the press of a button, in a server that other viewers use, too."""

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ui.frame import downloads


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    """A server's files."""
    monkeypatch.setattr(MediaFileManager, "_get_inactive_file_ids", MediaFileManager._get_inactive_file_ids)
    downloads.install()
    downloads.install()
    return MediaFileManager(MemoryMediaFileStorage("/media"))


def test_a_file_is_there_for_a_minute_however_many_pages_are_drawn(files, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(downloads, "monotonic", lambda: now)
    for _ in range(2):  # the same file once more
        made = files.add_deferred(lambda: b"1,2", "text/csv", "0.1", "table.csv")
        address = files.execute_deferred(made).rpartition("/")[2]
        for later in (0, 59):
            now += later
            files.remove_orphaned_files()
            files.remove_orphaned_files()
            assert files._storage.get_file(address).content == b"1,2"
        now += 2
        files.remove_orphaned_files()
        files.remove_orphaned_files()
        assert not files._file_metadata
