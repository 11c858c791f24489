"""The words of the product: settled names, and phrases that must not come back in anything that a person reads."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from hqnn.__main__ import command_parser
from tests.dask_cluster import ROOT
from ui.kit.sitemap import PAGES, PARTS

#: Words and phrases that readers stumbled over, and what to write instead.
UNWANTED = {
    r"\btrainings\b": "runs",
    r"\b[Aa]nother training\b|\ba training (is|was|has|that|goes|ends|runs|of)\b": "a run",
    r"\banew\b": "again, new",
    r"\bmends?\b|\bmended\b": "fix",
    r"\b[Ww]hoever\b": "anyone who",
    r"\bseldom\b": "rarely",
    r"\bin vain\b": "name what did not happen",
    r"\bhangs? on\b": "depends on",
    r"\breckoned\b": "counted, estimated",
    r"\bforth and back\b": "forward and backward",
    r"\btaken away\b|\btake away\b": "download",
    r"\bnobody (foresaw|looked|looks|watches)\b": "unexpected, no page shows it",
    r"\b[Ss]urest\b|\bsureness\b|\bhow sure\b": "most confident, confidence",
    r"\banswered rightly\b|\bread rightly\b": "correct",
    r"\btold apart\b": "significantly different",
    r"\bclassical twins?\b|\btwins?\b": "classical replacement, baseline",
    r"\b[Ss]hot race\b": "Shots vs convergence",
    r"\b[Ss]tuck runs tab\b": "Runs that fail to learn",
    r"\b[Ss]wap test\b": "Circuit vs classical",
    r"\b[Ss]hift lab\b": "Parameter shift",
    r"\btest bench\b": "Test page",
    r"\bOne image's trip\b|\bthe trip\b": "Follow one image",
    r"\bA training's slopes\b": "Gradients during training",
    r"\brule speaks\b|\brules speak\b|\bspoke of\b|\bspeaks of\b": "flags",
    r"\bof which\b|\bof them that\b": "a second sentence",
    r"\b[Ss]omebody\b|\b[Nn]obody\b": "a viewer, no one",
    r"\b[Gg]ives? way\b": "makes way, waits",
    r"\bAnother question of yours\b|\bis being answered\b": "experiment",
    r"\b[Ss]ays of\b|\bsaid of\b|\btold of\b": "shows, describes",
    r"\bhalf a shot's share\b": "1/(2N)",
    r"\bthere are none of\b": "no",
    r"\bas it is now\b": "the latest weights",
}
#: What the session and links still call tabs and options, under another name on the page.
EARLIER = {name for names in PARTS.values() for name in names}

PROSE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")
))  # fmt: skip
CODE = sorted(
    str(path.relative_to(ROOT))
    for folder in ("hqnn", "ui", "pages", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


@cache
def sentences(name: str) -> tuple[tuple[int, str], ...]:
    """What a person reads in a file, with its lines: all of a document, strings with a space in a module."""
    text = (ROOT / name).read_text()
    if name.endswith(".md"):
        return tuple(enumerate(text.splitlines(), 1))
    return tuple(_strings(ast.parse(text)))


def _strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in EARLIER:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = (each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value


@pytest.mark.parametrize("name", [*PROSE, *CODE])
def test_no_phrase_comes_back_that_readers_stumbled_over(name):
    found = [
        f"{name}:{line}: “{match[0]}”: write {instead}"
        for line, text in sentences(name)
        for pattern, instead in UNWANTED.items()
        for match in re.finditer(pattern, text)
    ]
    assert not found, "\n".join(found)


def test_pages_and_tabs_have_their_settled_names():
    assert [title for title, _ in PAGES.values()] == [
        "Home", "Data", "Circuit", "Train", "Gradients", "Test", "Draw", "Explore",
    ]  # fmt: skip
    assert {page: list(names.values()) for page, names in PARTS.items()} == {
        "gradients": ["Parameter shift", "Gradients during training", "Follow one image"],
        "test": ["Predictions", "Accuracy and confidence", "Effect of shots", "Digits it never learned"],
        "explore": [
            "Shots vs convergence", "Runs that fail to learn", "Circuit vs classical", "All 45 pairs", "Compare runs",
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("name", "earlier"), [("ablate", "swap"), ("pairs", "atlas")])
def test_a_command_with_a_new_name_keeps_its_earlier_one(name, earlier):
    new, old = (command_parser().parse_args([command]) for command in (name, earlier))
    assert new == old
    assert f"{name} ({earlier})" in command_parser().format_help()
