"""Results of many trainings as a file that grows: JSON lines, one for what was asked, then one for each training.

A line is written as soon as its training has ended, so a stop or a kill loses nothing but what was under way, and the
same question goes on where it was left. The command line writes these files, and the pages read them.

A file is found by its question: kind, settings, what varies, and seeds. Its name and its lines leave out settings at
their default, so a new setting changes neither. It goes on only where the same seed gives the same numbers
(`hqnn.versions`); elsewhere a new file begins beside it.
"""

import fnmatch
import hashlib
import json
import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from hqnn import files
from hqnn.config import RunConfig
from hqnn.environment import DATA, RESULTS, FolderError
from hqnn.errors import HqnnError
from hqnn.files import FileError
from hqnn.sweeps.grid import Trained
from hqnn.sweeps.result import Header, Result, _Line
from hqnn.versions import difference, same_numbers

log = logging.getLogger(__name__)


#: Files that come with hqnn. `python -m hqnn swap --out …` and the like make them.
BUNDLED = DATA / "results"


class ResultsError(HqnnError, ValueError):
    """A file that holds no results, or those of another question: its message says which."""


_L = TypeVar("_L", bound=_Line)


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
        path, first = Path(path), _dump(header)
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
        if _question(results.header) != _question(header):
            raise ResultsError(f"{path} holds results of another question: {_difference(results.header, header)}")
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
        self._waiting += _dump(result)
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
        header = _read(Header, first, f"{path} holds no results of hqnn")
        have = {}
        for number, line in enumerate(lines, 2):
            result = _read(Result, line, f"line {number} of {path} is damaged")
            have[result.config] = result
        return cls(path, header, have)


def usual_path(header: Header) -> Path:
    """Where the results of a question are kept if nobody says where: the same question finds them again.

    Raises:
        FolderError: if $HQNN_RESULTS names a folder that cannot be written.
    """
    name = hashlib.sha256(_question(header).encode()).hexdigest()[:12]
    return RESULTS.find() / f"{header.kind}-{name}.jsonl"


def path_to_write(header: Header) -> Path:
    """The file in which a question is answered here: the usual one, or one beside those that were computed elsewhere.

    Raises:
        FolderError: as of `usual_path`.
    """
    usual = usual_path(header)
    beside = (usual.with_stem(f"{usual.stem}-{number}") for number in count(2))
    return next(path for path in chain([usual], beside) if _goes_on(path, header))


def own_files(header: Header) -> dict[Path, int]:
    """The user's files of a question, whatever computed them, each with the time of its last change.

    Files of earlier versions of hqnn have other names, so all of the kind are looked at. Where there is no folder,
    there is no file.
    """
    try:
        usual = usual_path(header)
    except FolderError:
        return {}
    asked, found = _question(header), {}
    for name in fnmatch.filter(sorted(os.listdir(usual.parent)), f"{header.kind}-*.jsonl"):
        with suppress(ResultsError, OSError):
            about = os.stat(path := f"{usual.parent}{os.sep}{name}")
            if about.st_size and (name == usual.name or _question_in(path, about.st_mtime_ns) == asked):
                found[Path(path)] = about.st_mtime_ns
    return found


def own_results(header: Header) -> list[Results]:
    """What is in them. A damaged one is left out, unless it is the one that would be gone on with.

    Raises:
        ResultsError: if that one is damaged.
        OSError: if that one cannot be read.
    """
    found = []
    for path in own_files(header):
        try:
            found.append(Results.read(path))
        except (ResultsError, OSError) as error:
            if path == path_to_write(header):
                raise
            log.warning("%s is left out: %s", path, error)
    return found


def bundled(header: Header) -> Results | None:
    """The results of a question that come with hqnn, whatever computed them; also where more seeds came."""
    asked = _question(header)
    for path in sorted(BUNDLED.glob(f"{header.kind}-*.jsonl")):
        there = _header(path)
        part = there.model_copy(update={"seeds": header.seeds})
        if _question(part) == asked and set(header.seeds) <= set(there.seeds):
            have = {config: result for config, result in Results.read(path).have.items() if config.seed in header.seeds}
            return Results(path, part, have)
    return None


def _question(header: Header) -> str:
    """What a file is found by, in one line: without settings at their default, and whatever computes."""
    settings = header.config.model_dump(mode="json", exclude_defaults=True)
    vary = header.model_dump(mode="json", include={"vary"})["vary"]
    return json.dumps([header.kind, sorted(settings.items()), list(vary.items()), header.seeds])


@lru_cache(maxsize=5000)
def _question_in(path: str, _changed: int) -> str:
    """The question of a file, read once as long as it is not changed: pages ask every second."""
    return _question(_header(Path(path)))


def _goes_on(path: Path, header: Header) -> bool:
    """Whether a question is answered in a file, not beside it: of a damaged one, `Results.open` says what is wrong."""
    try:
        return same_numbers(header.versions, _header(path).versions)
    except (ResultsError, OSError):
        return True


def _computed_alike(path: Path, header: Header) -> Results | None:
    """A file's results, if they are of the same kind and give the same numbers."""
    try:
        there = _header(path)
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


def _header(path: Path) -> Header:
    with path.open("rb") as file:
        return _read(Header, file.readline(), f"{path} holds no results of hqnn")


def _dump(line: Header | Result) -> bytes:
    """A line of a file: without settings at their default, and without what a training shares with its file."""
    at_rest = RunConfig.model_fields.keys() - line.config.model_dump(exclude_defaults=True).keys()
    left_out: dict[str, Any] = {"config": at_rest}
    if line.versions is None:
        left_out["versions"] = True
    return line.model_dump_json(exclude=left_out).encode() + b"\n"


def _read(kind: type[_L], line: bytes, wrong: str) -> _L:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ResultsError(f"{wrong}: {first['msg']}{f', at {where}' if where else ''}") from None


def _difference(there: Header, here: Header) -> str:
    """The first thing in which two headers differ, in words."""
    old, new = (_flat(header.model_dump(mode="json", exclude={"versions"})) for header in (there, here))
    name = next(name for name in old | new if old.get(name) != new.get(name))
    return f"{name} is {json.dumps(old.get(name))} there, and {json.dumps(new.get(name))} here"


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """A header's config, setting by setting, beside the rest."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= value if name == "config" else {name: value}
    return found
