"""Results of an experiment as a growing file: JSON lines, one for the experiment, then one per run.

A line is written as soon as its run has ended. So a stop or a kill loses only the active runs, and the experiment can
continue. The command line writes these files, and the pages read them.

A file is found by its experiment: kind, settings, varied values and seeds. Its name and its lines leave out settings at
their default, so a new setting changes neither. It is continued only where the same seed gives the same numbers
(`hqnn.versions`). Elsewhere a new file starts beside it.
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
    """A growing results file."""

    def __init__(self, path: Path, header: Header, have: dict[RunConfig, Result]) -> None:
        """Use `open` or `read`."""
        self.path, self.header = path, header
        #: Its runs by config, also failed ones and those that wait for disk space.
        self.have = have
        #: Why some runs are not in the file yet, in one sentence.
        self.problem: str | None = None
        self._waiting = b""

    @classmethod
    def open(cls, path: str | Path, header: Header) -> Self:
        """Start a file, or continue one of the same experiment. A line that a kill has cut is removed.

        Raises:
            ResultsError: if the file holds something else, or was computed with other versions.
            FileError: if it cannot be written; a `FolderError` in the user's results folder.
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
            raise ResultsError(f"{path} holds results of another experiment: {differing_part(results.header, header)}")
        if why := difference(header.versions, results.header.versions):
            raise ResultsError(
                f"{path} was computed {why}, so it cannot be continued here: name another file, or remove this one"
            )
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)
        return results

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file.

        Raises:
            ResultsError: if it holds something else.
            OSError: if it cannot be read.
        """
        return cls.of(Path(path), Path(path).read_bytes())

    @property
    def elsewhere(self) -> list[dict[str, str]]:
        """Versions of the runs that were computed with other versions than the file names."""
        return [result.versions for result in self.have.values() if result.versions is not None]

    def add(self, result: Result) -> None:
        """Write an ended run. If that fails, `problem` has the reason, and the next write tries again."""
        self.have[result.config] = result
        self._waiting += line_of(result)
        self.flush()

    @property
    def waiting(self) -> int:
        """Number of runs that are not in the file yet."""
        return self._waiting.count(b"\n")

    def flush(self) -> None:
        """Write what waits."""
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
        """Return the configs without a result or with a failed run, each once."""
        return [config for config in dict.fromkeys(configs) if not self._is_done(config)]

    def adopt(self, configs: Iterable[RunConfig], folder: Path) -> None:
        """Copy results of some runs from other files in a folder, of the same kind and with the same versions.

        Args:
            configs: of the runs. Existing results stay.
            folder: with files of other experiments.
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
        """Train the missing runs, and write each run as it ends.

        Args:
            configs: of all runs.
            trained: `hqnn.jobs.Jobs.trained`, or a function like it.

        Yields:
            Each written result.
        """
        for each in trained(self.missing(configs)):
            result = Result.of(each, angles=self.header.kind == "stuck", versions=self.header.versions)
            self.add(result)
            yield result

    def _is_done(self, config: RunConfig) -> bool:
        return config in self.have and self.have[config].error is None

    @classmethod
    def of(cls, path: Path, content: bytes) -> Self:
        """Read the content of a file. Errors name it by the path.

        Raises:
            ResultsError: if it holds something else.
        """
        first, *lines, _cut = [*content.split(b"\n"), b""] if b"\n" not in content else content.split(b"\n")
        header = read_line(Header, first, f"{path} is no results file of hqnn")
        have = {}
        for number, line in enumerate(lines, 2):
            result = read_line(Result, line, f"line {number} of {path} is damaged")
            have[result.config] = result
        return cls(path, header, have)


def _computed_alike(path: Path, header: Header) -> Results | None:
    """Return a file's results if they are of the same kind and the same versions."""
    try:
        there = header_in(path)
        alike = there.kind == header.kind and same_numbers(header.versions, there.versions)
        return Results.read(path) if alike else None
    except (ResultsError, OSError):
        return None


def _without_creating(path: str, flags: int) -> int:
    """Open an existing file. A removed file would start again without its first line."""
    return os.open(path, flags & ~os.O_CREAT)


def _unwritable(path: Path, error: OSError) -> FolderError | FileError:
    """Return the error for a file that cannot be written, or for the user's folder if the folder is the reason."""
    if isinstance(error, FileError) and error.__cause__ is None:
        return error
    with suppress(FolderError):
        if path.parent == RESULTS.find():
            return RESULTS.error(path.parent, error)
    return files.refused(path, files.reason(error))
