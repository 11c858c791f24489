"""MNIST's files: packed in `data/`, and unpacked in the user's cache, where torchvision reads them."""

import gzip
import hashlib
import zlib
from pathlib import Path

from hqnn import files
from hqnn.environment import CACHE, DATA, FolderError
from hqnn.errors import HqnnError

ARCHIVES = DATA

#: MD5 of the unpacked files, as published by torchvision and MNIST's other mirrors.
CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class DataError(HqnnError, RuntimeError):
    """The bundled data cannot be read: its message says which file, and what to do."""


def unpacked() -> Path:
    """The root that torchvision reads: $HQNN_CACHE, or the user's cache folder, or else a temporary one.

    Raises:
        DataError: if an archive is missing or damaged, or if no folder takes its content.
    """
    problem: FolderError | None = None
    try:
        for folder in CACHE.places():
            try:
                return unpack(ARCHIVES, folder)
            except OSError as error:
                problem = problem or CACHE.error(folder, error)
    except FolderError as error:
        problem = problem or error
    raise DataError(str(problem))


def unpack(archives: Path, root: Path) -> Path:
    """The same root, its raw files unpacked and whole; a damaged one is unpacked again.

    Raises:
        DataError: if an archive is missing or damaged.
        OSError: if the root cannot be written.
    """
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name, checksum in CHECKSUMS.items():
        file = raw / name
        if not file.exists() or _md5(file.read_bytes()) != checksum:
            files.write(file, _read_archive(archives / f"{name}.gz", checksum))
    return root


def _read_archive(archive: Path, checksum: str) -> bytes:
    mend = "restore it from the repository (git checkout data)"
    try:
        content = gzip.decompress(archive.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{archive} is missing: {mend}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{archive} is damaged ({error}): {mend}") from None
    if _md5(content) != checksum:
        raise DataError(f"{archive} is damaged (its content has another checksum than MNIST's): {mend}")
    return content


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
