"""One run, one file."""

from hqnn.errors import RunFileError
from hqnn.runs.file import Run, from_bytes, load, save, to_bytes

__all__ = ["Run", "RunFileError", "from_bytes", "load", "save", "to_bytes"]
