"""MNIST's files: bundled archives, unpacked in the user's cache for torchvision."""

import gzip
import hashlib
import zlib
from pathlib import Path

from hqnn import files
from hqnn.environment import CACHE, DATA, FolderError
from hqnn.errors import HqnnError

ARCHIVES = DATA

#: MD5 of the unpacked files, published by torchvision and other mirrors of MNIST.
CHECKSUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


class DataError(HqnnError, RuntimeError):
    """The bundled data cannot be read. The message names the file and the remedy."""


def unpacked() -> Path:
    """Return the root that torchvision reads: $HQNN_CACHE, else the user's cache folder, else a temporary one.

    Raises:
        DataError: if an archive is missing or damaged, or if no folder is writable.
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
    """Unpack missing and damaged files below a root, and return the root.

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
    mend = "install hqnn again, or run `git checkout data` in a checkout"
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
