"""Files with the results of an experiment: the user's own, and those included with hqnn."""

import fnmatch
import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from itertools import chain, count
from pathlib import Path

from hqnn.environment import DATA, RESULTS, FolderError
from hqnn.sweeps.result import Header
from hqnn.sweeps.result_lines import ResultsError, header_in, question_of
from hqnn.sweeps.results_file import Results, log
from hqnn.versions import same_numbers

#: Files included with hqnn. `python -m hqnn ablate --out …` and similar commands make them.
BUNDLED = DATA / "results"


def usual_path(header: Header) -> Path:
    """Return the default path for the results of an experiment.

    Raises:
        FolderError: if $HQNN_RESULTS names a folder that cannot be written.
    """
    name = hashlib.sha256(question_of(header).encode()).hexdigest()[:12]
    return RESULTS.find() / f"{header.kind}-{name}.jsonl"


def path_to_write(header: Header) -> Path:
    """Return the file to write here: the default one, or one beside those that were computed elsewhere.

    Raises:
        FolderError: as for `usual_path`.
    """
    usual = usual_path(header)
    beside = (usual.with_stem(f"{usual.stem}-{number}") for number in count(2))
    return next(path for path in chain([usual], beside) if _goes_on(path, header))


def own_files(header: Header) -> dict[Path, int]:
    """Return the user's files of an experiment, with any versions, each with the time of its last change.

    Files of earlier versions of hqnn have other names, so all files of the kind are read. Without a folder there are
    no files.
    """
    try:
        usual = usual_path(header)
    except FolderError:
        return {}
    asked, found = question_of(header), {}
    for name in fnmatch.filter(sorted(os.listdir(usual.parent)), f"{header.kind}-*.jsonl"):
        with suppress(ResultsError, OSError):
            about = os.stat(path := f"{usual.parent}{os.sep}{name}")
            if about.st_size and (name == usual.name or _question_in(path, about.st_mtime_ns) == asked):
                found[Path(path)] = about.st_mtime_ns
    return found


def own_results(header: Header) -> list[Results]:
    """Return the results in the user's files. A damaged file is left out, unless it is the one to continue.

    Raises:
        ResultsError: if the file to continue is damaged.
        OSError: if the file to continue cannot be read.
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
    """Return the included results of an experiment, with any versions. The file may have more seeds."""
    asked = question_of(header)
    for path in sorted(BUNDLED.glob(f"{header.kind}-*.jsonl")):
        there = header_in(path)
        part = there.model_copy(update={"seeds": header.seeds})
        if question_of(part) == asked and set(header.seeds) <= set(there.seeds):
            have = {config: result for config, result in Results.read(path).have.items() if config.seed in header.seeds}
            return Results(path, part, have)
    return None


@lru_cache(maxsize=5000)
def _question_in(path: str, _changed: int) -> str:
    """Return the experiment of a file. Cached until the file changes, because pages need it every second."""
    return question_of(header_in(Path(path)))


def _goes_on(path: Path, header: Header) -> bool:
    """Return whether to write to this file and not beside it. `Results.open` reports a damaged file."""
    try:
        return same_numbers(header.versions, header_in(path).versions)
    except (ResultsError, OSError):
        return True
