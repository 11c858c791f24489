"""Results of many trainings as a file that grows: JSON lines, one for what was asked, then one for each training.

A line is written as soon as its training has ended, so a stop or a kill loses nothing but what was under way, and the
same question goes on where it was left. The command line writes these files, and the pages read them.

A file is found by its question: kind, settings, what varies, and seeds. Its name and its lines leave out settings at
their default, so a new setting changes neither. It goes on only where the same seed gives the same numbers
(`hqnn.versions`); elsewhere a new file begins beside it.
"""

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from hqnn import files
from hqnn.config import RunConfig
from hqnn.environment import RESULTS, FolderError
from hqnn.files import FileError
from hqnn.sweeps.grid import Trained
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.result_lines import ResultsError, differing_part, header_in, line_of, question_of, read_line
from hqnn.versions import difference, same_numbers

log = logging.getLogger(__name__)


class Results:
    """A file of results that grows."""

    def __init__(self, path: Path, header: Header, have: dict[RunConfig, Result]) -> None:
        """Use `open` or `read`."""
        self.path, self.header = path, header
        #: The trainings that are in it, or wait for room, by config; those that failed, too.
        self.have = have
        #: Why some of them are not in the file yet, in one sentence, if so.
        self.problem: str | None = None
        self._waiting = b""

    @classmethod
    def open(cls, path: str | Path, header: Header) -> Self:
        """Begin a file, or go on with one of the same question. What a kill has cut off is taken out of it.

        Raises:
            ResultsError: if the file holds something else, or was computed with something else.
            FileError: if it cannot be written; a `FolderError` if it is in the user's folder of results.
        """
        path, first = Path(path), line_of(header)
        try:
            files.check(path)
            content = path.read_bytes() if path.exists() else b""
            if content != first and first.startswith(content):
                files.write(path, first)
        except OSError as error:
            raise _unwritable(path, error) from error
        if first.startswith(content):
            return cls(path, header, {})
        results = cls.of(path, content)
        if question_of(results.header) != question_of(header):
            raise ResultsError(f"{path} holds results of another question: {differing_part(results.header, header)}")
        if why := difference(header.versions, results.header.versions):
            raise ResultsError(
                f"{path} was computed {why}: it cannot go on here, so name another file, or remove this one"
            )
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)
        return results

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Look at a file.

        Raises:
            ResultsError: if it holds something else.
            OSError: if it cannot be read.
        """
        return cls.of(Path(path), Path(path).read_bytes())

    @property
    def elsewhere(self) -> list[dict[str, str]]:
        """What computed those trainings that were not computed with what the file says."""
        return [result.versions for result in self.have.values() if result.versions is not None]

    def add(self, result: Result) -> None:
        """Write a training that has ended. Where that fails, `problem` says why, and the next one tries it again."""
        self.have[result.config] = result
        self._waiting += line_of(result)
        self.flush()

    @property
    def waiting(self) -> int:
        """How many trainings are not in the file yet."""
        return self._waiting.count(b"\n")

    def flush(self) -> None:
        """Write what waits for room."""
        if not self._waiting:
            return
        try:
            with open(self.path, "ab", buffering=0, opener=_without_creating) as file:
                whole = file.tell()
                try:
                    while rest := self._waiting[file.tell() - whole :]:
                        file.write(rest)
                except OSError:
                    file.truncate(whole)  # half a line would damage the next one
                    raise
        except OSError as error:
            self.problem = str(_unwritable(self.path, error))
        else:
            self.problem, self._waiting = None, b""

    def missing(self, configs: Iterable[RunConfig]) -> list[RunConfig]:
        """Those that have not been trained, or that failed, each once."""
        return [config for config in dict.fromkeys(configs) if not self._is_done(config)]

    def adopt(self, configs: Iterable[RunConfig], folder: Path) -> None:
        """Take over what a folder's files have of some trainings: files of the same kind that were computed alike.

        Args:
            configs: the trainings; those that are there already stay as they are.
            folder: where other questions' files are.
        """
        wanted = self.missing(configs)
        for path in sorted(folder.glob(f"{self.header.kind}-*.jsonl")):
            if not wanted:
                return
            if path != self.path and (other := _computed_alike(path, self.header)):
                for config in wanted:
                    if other._is_done(config):
                        self.add(other.have[config])
                wanted = self.missing(wanted)

    def complete(
        self, configs: Iterable[RunConfig], trained: Callable[[list[RunConfig]], Iterator[Trained]]
    ) -> Generator[Result]:
        """Train what is missing, and write each training as it ends.

        Args:
            configs: what shall be there.
            trained: `hqnn.jobs.Jobs.trained`, or what does the same.

        Yields:
            What has been written.
        """
        for each in trained(self.missing(configs)):
            result = Result.of(each, angles=self.header.kind == "stuck", versions=self.header.versions)
            self.add(result)
            yield result

    def _is_done(self, config: RunConfig) -> bool:
        return config in self.have and self.have[config].error is None

    @classmethod
    def of(cls, path: Path, content: bytes) -> Self:
        """A file's content, by the name that errors give it.

        Raises:
            ResultsError: if it holds something else.
        """
        first, *lines, _cut = [*content.split(b"\n"), b""] if b"\n" not in content else content.split(b"\n")
        header = read_line(Header, first, f"{path} holds no results of hqnn")
        have = {}
        for number, line in enumerate(lines, 2):
            result = read_line(Result, line, f"line {number} of {path} is damaged")
            have[result.config] = result
        return cls(path, header, have)


def _computed_alike(path: Path, header: Header) -> Results | None:
    """A file's results, if they are of the same kind and give the same numbers."""
    try:
        there = header_in(path)
        alike = there.kind == header.kind and same_numbers(header.versions, there.versions)
        return Results.read(path) if alike else None
    except (ResultsError, OSError):
        return None


def _without_creating(path: str, flags: int) -> int:
    """Opens a file that is there: one that was removed would begin anew without its first line."""
    return os.open(path, flags & ~os.O_CREAT)


def _unwritable(path: Path, error: OSError) -> FolderError | FileError:
    """What is said of a file that cannot be written, or of the user's folder where it is the folder that refuses it."""
    if isinstance(error, FileError) and error.__cause__ is None:
        return error
    with suppress(FolderError):
        if path.parent == RESULTS.find():
            return RESULTS.error(path.parent, error)
    return files.refused(path, files.reason(error))
