"""Lines of a results file, written and read, and the experiment that identifies a file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from hqnn.config import RunConfig
from hqnn.errors import HqnnError
from hqnn.sweeps.result import Header, Result, ResultLine

_L = TypeVar("_L", bound=ResultLine)


class ResultsError(HqnnError, ValueError):
    """A file without results, or with those of another experiment. The message names the reason."""


def question_of(header: Header) -> str:
    """Return what identifies a file, in one line, without settings at their default and without versions."""
    settings = header.config.model_dump(mode="json", exclude_defaults=True)
    vary = header.model_dump(mode="json", include={"vary"})["vary"]
    return json.dumps([header.kind, sorted(settings.items()), list(vary.items()), header.seeds])


def header_in(path: Path) -> Header:
    with path.open("rb") as file:
        return read_line(Header, file.readline(), f"{path} is no results file of hqnn")


def line_of(line: Header | Result) -> bytes:
    """Return a line of a file, without settings at their default and without versions that equal the file's."""
    at_rest = RunConfig.model_fields.keys() - line.config.model_dump(exclude_defaults=True).keys()
    left_out: dict[str, Any] = {"config": at_rest}
    if line.versions is None:
        left_out["versions"] = True
    return line.model_dump_json(exclude=left_out).encode() + b"\n"


def read_line(kind: type[_L], line: bytes, wrong: str) -> _L:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ResultsError(f"{wrong}: {first['msg']}{f', at {where}' if where else ''}") from None


def differing_part(there: Header, here: Header) -> str:
    """Return the first difference of two headers, in words."""
    old, new = (_flat(header.model_dump(mode="json", exclude={"versions"})) for header in (there, here))
    name = next(name for name in old | new if old.get(name) != new.get(name))
    return f"{name} is {json.dumps(old.get(name))} in the file and {json.dumps(new.get(name))} here"


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a header, with its config setting by setting."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= value if name == "config" else {name: value}
    return found
