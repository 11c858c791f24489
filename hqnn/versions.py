"""The versions and the processor that compute here, read without loading them; and comparisons with other ones.

Processors round differently, and training can amplify the difference. So the same seed gives the same numbers for sure
only if everything in `versions_here` is the same, and torch has the same number of threads.
"""

import hashlib
import json
import os
import platform
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from struct import error as StructError
from struct import unpack_from

from hqnn.environment import INSTALLED_DASHBOARD, PACKAGE

PARTS = ("torch", "torchvision", "qiskit", "qiskit-aer", "numpy")
#: Increased whenever the same seed gives other numbers than before. A file without it was computed with 1.
ARITHMETIC = 2

#: Differences between machines with the same packages.
OF_PROCESSORS = ("processor", "instructions")

#: Linux's names for the details of a processor, on x86 and on ARM.
_DETAILS = {"cpu family": "family", "model": "model", "CPU implementer": "implementer", "CPU part": "part"}
#: torch's instruction sets on x86, the best first: value of $ATEN_CPU_CAPABILITY, torch's name, required flags.
_CAPABILITIES: dict[str, tuple[str, set[str]]] = {
    "avx512": ("AVX512", {"avx512vl", "avx512bw", "avx512dq", "fma"}),
    "avx2": ("AVX2", {"avx2", "fma"}),
    "default": ("DEFAULT", set()),
}
#: Between the versions that started a run and the versions that continued it.
_THEN = ", then "
_UNKNOWN = "not recorded"


def versions_here() -> dict[str, str]:
    """Return what numbers depend on besides settings and threads: versions, processor, instructions and arithmetic."""
    return _part_versions() | {
        "processor": processor(),
        "instructions": instructions(),
        "arithmetic": str(ARITHMETIC),
    }


def processor() -> str:
    """Return the processor's name and model from the system."""
    about = _first_processor()
    name = about.get("model name") or platform.processor() or platform.machine() or "unknown"
    details = [f"{word} {about[key]}" for key, word in _DETAILS.items() if about.get(key)]
    return f"{name} ({', '.join(details)})" if details else name


def instructions() -> str:
    """Return the instruction set that torch uses (`torch.backends.cpu.get_cpu_capability`), and oneDNN's limit if set.

    Systems other than Linux on x86 have the machine's name instead.
    """
    asked = os.environ.get("ATEN_CPU_CAPABILITY", "")
    flags = set(_first_processor().get("flags", "").split())
    if not flags:
        taken = f"{platform.machine()} {asked}".strip()
    elif asked in _CAPABILITIES:
        taken, _ = _CAPABILITIES[asked]
    else:
        taken = next(name for name, needed in _CAPABILITIES.values() if needed <= flags)
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA")
    return f"{taken}, oneDNN at most {limit.upper()}" if limit else taken


@cache
def own_version() -> str:
    """Return a fingerprint of this package's source, to check whether two machines run the same code.

    The dashboard's files do not count, so a wheel and the checkout that it was built from have the same fingerprint.
    """
    sources = sorted(file for file in PACKAGE.rglob("*.py") if INSTALLED_DASHBOARD not in file.parents)
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sources)).hexdigest()[:12]


def all_versions() -> dict[str, str]:
    """Return `versions_here` and the fingerprint of hqnn."""
    return versions_here() | {"hqnn": own_version()}


def versions_in(run_file: bytes) -> dict[str, str]:
    """Return the versions in a run file (`hqnn.runs`), read without torch; empty for any other file."""
    try:
        header = json.loads(run_file[8 : 8 + unpack_from("<Q", run_file)[0]])
        return dict(json.loads(header["__metadata__"]["versions"]))
    except (StructError, KeyError, TypeError, ValueError):
        return {}


def together(first: Mapping[str, str], then: Mapping[str, str]) -> dict[str, str]:
    """Return the versions of a run that started with some versions and continued with others."""
    return {name: _in_turn(first.get(name, _UNKNOWN), value) for name, value in then.items()}


def same_numbers(here: Mapping[str, str], there: Mapping[str, str]) -> bool:
    """Return whether the same seed gives the same numbers with both, bit for bit. A missing entry means no."""
    return not difference(here, there)


def difference(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Return why the same seed may give another result, in words after "computed"; empty if it gives the same.

    Args:
        here: versions to compare with.
        there: versions that computed the result.
    """
    *first, last = [*_differences(here, there)] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def caution(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Return a caution about a result from elsewhere; empty if the same seed gives the same. Arguments as above."""
    why = difference(here, there)
    return f"Computed {why}: the same seed may give another result. Only the distribution is the same." if why else ""


def spoken(versions: Mapping[str, str]) -> str:
    """Return versions in one line."""
    return ", ".join(f"{name} {value}" for name, value in versions.items())


def mismatches(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return the differences between two machines, one phrase per part."""
    return [
        f"{part} {there.get(part, 'missing')} instead of {here[part]}" for part in here if there.get(part) != here[part]
    ]


@cache
def _part_versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {part: version(part) for part in PARTS}


@cache
def _first_processor() -> dict[str, str]:
    """Return Linux's details of the first processor; empty on other systems."""
    try:
        first, _, _ = Path("/proc/cpuinfo").read_text().partition("\n\n")
    except OSError:
        return {}
    lines = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _in_turn(first: str, then: str) -> str:
    return first if then in first.split(_THEN) else f"{first}{_THEN}{then}"


def _differences(here: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    if not here or not there:
        yield "by a processor and with versions that were not recorded"
        return
    if "processor" not in here or "processor" not in there:
        yield "by a processor that was not recorded"
    else:
        for name, one in (("processor", "by another processor"), ("instructions", "with other instructions")):
            if _differ(here, there, name):
                yield f"{one} ({_instead(here, there, name)})"
    parts = [name for name in ("python", *PARTS) if _differ(here, there, name)]
    if parts:
        yield f"with other versions ({', '.join(f'{name} {_instead(here, there, name)}' for name in parts)})"
    old, new = (each.get("arithmetic", "1") for each in (there, here))
    if old != new or _THEN in old:
        yield f"with hqnn's arithmetic {old} instead of {new}"


def _differ(here: Mapping[str, str], there: Mapping[str, str], name: str) -> bool:
    """Return whether the two differ, or may differ. A run that changed midway differs from every other one."""
    value = there.get(name)
    return value is None or value != here.get(name) or _THEN in value


def _instead(here: Mapping[str, str], there: Mapping[str, str], name: str) -> str:
    return f"{there.get(name, _UNKNOWN)} instead of {here.get(name, _UNKNOWN)}"
