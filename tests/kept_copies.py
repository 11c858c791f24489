"""Files and links of earlier versions, as people have them: `tests/kept`. They are never made again."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hqnn.jobs.history import FILE, History

KEPT = Path(__file__).with_name("kept")

#: Runs of the history by how they ended: the one that was paused is that of a server that has ended since.
FINISHED, STOPPED, PAUSED, FAILED = (
    "ancSBi-mRv7ZWBX4nZwqEA",
    "5aSmK3LSbszBSA8zwfm_pA",
    "ZzqZxZ18EnOhaiiIpN0alQ",
    "Z7TR4kv-C1uForg1-krLjA",
)

#: By link: the value of each control that it names.
LINKS: dict[str, dict[str, Any]] = json.loads((KEPT / "links.json").read_text())


@contextmanager
def kept_history() -> Iterator[History]:
    """The history, in a copy that may be written."""
    with TemporaryDirectory() as folder:
        shutil.copy(KEPT / FILE, folder)
        history = History(Path(folder))
        try:
            yield history
        finally:
            history.close()
