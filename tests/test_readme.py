"""The documents: README's code prints what README says, and every link, command and benchmark in them exists."""

import re
import shlex
from importlib.util import find_spec

import pytest

from hqnn.__main__ import command_parser
from tests.dask_cluster import ROOT

README = ROOT / "README.md"
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in (README, ROOT / "CONTRIBUTING.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
NUMBER = re.compile(r"\d+\.\d+")


def commands(text: str) -> list[str]:
    """The commands of a document, without the program's name: lines of a block without a language, or in backticks."""
    blocks = [block for block in text.split("```")[1::2] if block.startswith("\n")]
    quoted = re.findall(r"`([^`\n]+)`", "".join(text.split("```")[::2]))
    return re.findall(r"^(?:.* )?hqnn ([a-z][^#\n]*)", "\n".join(blocks + quoted), re.MULTILINE)


COMMANDS = [(name, command) for name, text in DOCUMENTS.items() for command in commands(text)]


def test_the_code_block_prints_what_follows_it(capsys):
    """The same words, and on any processor nearly the same figures: two of 40 images, 0.05 of a loss."""
    code, said = re.findall(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", README.read_text(), re.DOTALL)[0]
    exec(compile(code, README, "exec"), {})  # noqa: S102 (our own text)
    printed = capsys.readouterr().out
    assert NUMBER.sub("#", printed) == NUMBER.sub("#", said)
    for found, expected in zip(NUMBER.findall(printed), NUMBER.findall(said), strict=True):
        assert float(found) == pytest.approx(float(expected), abs=0.05 if float(expected) < 1 else 5)


def test_the_readme_is_short():
    assert len(README.read_text().splitlines()) <= 200


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_picture_is_there(name):
    for link in re.findall(r"\]\((?!http)([^)]+)\)", DOCUMENTS[name]):
        path, _, heading = link.partition("#")
        found = (ROOT / name).parent / path
        assert found.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.+)$", found.read_text(), re.MULTILINE)
            assert heading in [each.lower().replace(" ", "-") for each in headings], link


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_benchmark_that_is_named_is_there(name):
    for module in re.findall(r"python -m (benchmarks[\w.]*)", DOCUMENTS[name]):
        assert find_spec(module), module


@pytest.mark.parametrize(("name", "command"), COMMANDS)
def test_every_command_is_understood(name, command):
    command_parser().parse_args(shlex.split(command))


def test_commands_are_found():
    assert len(COMMANDS) > 20
