"""Versions of everything that computes, read without loading any of it."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

PARTS = ("torch", "torchvision", "qiskit", "qiskit-aer", "numpy")


def part_versions() -> dict[str, str]:
    """Version of Python and of each part that computes, by name."""
    return {"python": platform.python_version()} | {part: version(part) for part in PARTS}


@cache
def own_version() -> str:
    """A fingerprint of this package's own source, so that two machines can tell whether they run the same code."""
    sources = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sources)).hexdigest()[:12]


def all_versions() -> dict[str, str]:
    """Versions of the parts and of hqnn itself, by name."""
    return part_versions() | {"hqnn": own_version()}


def mismatches(here: dict[str, str], there: dict[str, str]) -> list[str]:
    """What differs between two machines, one phrase for each part."""
    return [
        f"{part} {there.get(part, 'missing')} instead of {here[part]}" for part in here if there.get(part) != here[part]
    ]
