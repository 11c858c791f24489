"""The networks included with hqnn: a run file for each of a few pairs, in `data/pretrained/`.

`python -m benchmarks.pretrained` makes them.
"""

from pathlib import Path

from hqnn.environment import DATA

FOLDER = DATA / "pretrained"

PAIRS = ((0, 1), (3, 7))


def path(digits: tuple[int, int]) -> Path:
    """Return the path of the network of a pair."""
    return FOLDER / "{}-{}.safetensors".format(*digits)


def run_file(digits: tuple[int, int]) -> bytes:
    """Return the content of a run file (`hqnn.runs`), without history.

    Args:
        digits: one of `PAIRS`.
    """
    return path(digits).read_bytes()
