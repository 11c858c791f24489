"""The words of the product: phrases that must not come back in anything that a person reads, and names of commands."""

import ast
import re
from collections.abc import Iterator

import pytest

from hqnn.__main__ import command_parser
from tests.dask_cluster import ROOT
from ui.kit.sitemap import PARTS

#: Words and phrases that readers stumbled over, in any text, document or docstring, and what to write instead.
UNWANTED = {
    r"\btrainings\b": "runs",
    r"\banother training\b|\ba training (is|was|has|that|goes|ends|runs|of)\b": "a run",
    r"\banew\b": "again, new",
    r"\bmends?\b|\bmended\b": "fix",
    r"\bwhoever\b": "anyone who",
    r"\bsomebody\b|\bnobody\b": "a viewer, no one",
    r"\bseldom\b": "rarely",
    r"\bin vain\b": "name what did not happen",
    r"\bhangs? on\b": "depends on",
    r"\breckoned\b": "counted, estimated",
    r"\bforth and back\b": "forward and backward",
    r"\btaken away\b|\btake away\b": "download",
    r"\bgives? way\b": "makes way, waits",
    r"\b(surest|surer|most sure|sureness|how sure)\b": "most confident, confidence",
    r"\bmost wrong\b": "confidently wrong",
    r"\b(answered|read) right(ly)?\b": "correct",
    r"\btold apart\b": "significantly different",
    r"\btwins?\b": "classical replacement, baseline",
    r"\bshot race\b": "Shots vs convergence",
    r"\bswap test\b": "Circuit vs classical",
    r"\bshift lab\b": "Parameter shift",
    r"\btest bench\b": "Test page",
    r"\bOne image's trip\b": "Follow one image",
    r"\bA training's slopes\b": "Gradients during training",
    r"\brules? speaks?\b|\bsp(oke|eaks?) of\b": "flags",
    r"\bsa(ys|id) of\b|\btold of\b": "shows, describes",
    r"\bof which\b|\bof them that\b": "a second sentence",
    r"\bhalf a shot's share\b": "1/(2N)",
    r"\bthere are none of\b": "no",
    r"\bas it is now\b": "the latest weights",
    r"\bquestion of yours\b|\bis being answered\b": "experiment",
    r"\bran into an error\b": "unexpected error",
    r"\bthis visit\b": "this session",
    r"\bshots an? (image|angle|point)\b": "per",
    r"\bpublished (post|loss|rule)\b": "original post, −p, raw difference",
}
#: Words for the code and its docstrings only: in other texts readers get the usual ones.
COINED = {
    r"\batlas\b": "all 45 pairs",
    r"\btrip\b": "follow one image",
    r"\bdials?\b": "control",
    r"\bbegun\b": "started",
}
#: No words of a text: tags, code, and tabs as earlier links call them.
MARKUP = re.compile("|".join([r"<[^>]*(>|$)", "`[^`]*`", *(re.escape(tab) for tabs in PARTS.values() for tab in tabs)]))
#: Has the labels of earlier links.
EARLIER_LINKS = "ui/session/earlier_links.py"

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "data/README.md",
    *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
]
MODULES = sorted(
    str(path.relative_to(ROOT))
    for folder in ("hqnn", "ui", "pages", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


def texts_in(source: str) -> Iterator[tuple[int, str, bool]]:
    """The texts of a module of more than one word, with their lines and whether they are docstrings."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, MARKUP.sub(" ", node.value), id(node) in docstrings


def unwanted_in(text: str, phrases: dict[str, str]) -> list[str]:
    return [
        f"“{match[0]}”: write {instead}"
        for pattern, instead in phrases.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def unwanted_in_module(source: str) -> list[str]:
    return [
        f"line {line}, {found}"
        for line, text, is_docstring in texts_in(source)
        for found in unwanted_in(text, UNWANTED if is_docstring else UNWANTED | COINED)
    ]


def test_no_phrase_comes_back_in_a_document():
    found = {name: unwanted_in(MARKUP.sub(" ", (ROOT / name).read_text()), UNWANTED) for name in DOCUMENTS}
    assert not {name: phrases for name, phrases in found.items() if phrases}


def test_no_phrase_comes_back_in_a_module():
    found = {name: unwanted_in_module((ROOT / name).read_text()) for name in MODULES if name != EARLIER_LINKS}
    assert not {name: phrases for name, phrases in found.items() if phrases}


def test_phrases_are_found_in_texts_and_docstrings_and_not_in_code():
    assert unwanted_in_module('st.info("Nobody watches these trainings.")') == [
        "line 1, “trainings”: write runs",
        "line 1, “Nobody”: write a viewer, no one",
    ]
    assert unwanted_in_module('"""The twin of a trip."""') == ["line 1, “twin”: write classical replacement, baseline"]
    assert unwanted_in_module('f"the trip of {name}"') == ["line 1, “trip”: write follow one image"]
    assert unwanted_in_module("""'<p class="trip numbers">', "`hqnn swap test`", "atlas", "Shot race" """) == []


@pytest.mark.parametrize(("name", "earlier"), [("ablate", "swap"), ("pairs", "atlas")])
def test_a_command_with_a_new_name_keeps_its_earlier_one(name, earlier):
    new, old = (command_parser().parse_args([command]) for command in (name, earlier))
    assert new == old
    assert f"{name} ({earlier})" in command_parser().format_help()
