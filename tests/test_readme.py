"""The README's code prints what the README says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
NUMBER = re.compile(r"\d+\.\d+")


def test_the_code_block_prints_what_follows_it(capsys):
    """The same words, and on any processor nearly the same figures: two of 40 images, 0.05 of a loss."""
    code, said = re.findall(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", README.read_text(), re.DOTALL)[0]
    exec(compile(code, README, "exec"), {})  # noqa: S102 (our own text)
    printed = capsys.readouterr().out
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", said)
    for found, expected in zip(NUMBER.findall(printed), NUMBER.findall(said), strict=True):
        assert float(found) == pytest.approx(float(expected), abs=0.05 if float(expected) < 1 else 5)
