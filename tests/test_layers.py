"""The rooms of the house: imports point down, features leave each other alone, and what must start fast stays light."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

import hqnn

ROOT = Path(hqnn.__file__).parent.parent

#: Folders and modules of hqnn: each may import those before it.
PACKAGE = (
    "errors",
    "words",
    "files",
    "environment",
    "versions",
    "states",
    "processes",
    "statistics",
    "config",
    "shift",
    "records",
    "engines",
    "circuit",
    "network",
    "diagnosis",
    "runs",
    "sweeps",
    "inference",
    "jobs",
    "worker",
    "commands",
    "__main__",
)

#: Folders of ui: each may import those before it, and a feature none of the other features.
SHARED = ("kit", "session", "frame")
FEATURES = {
    "home",
    "train",
    "train/stage",
    "circuit",
    "gradients",
    "gradients/follow_image",
    "gradients/shift",
    "gradients/training",
    "testing",
    "testing/other_digits",
    "testing/predictions",
    "testing/scores",
    "testing/shots",
    "draw",
    "explore",
    "explore/ablation",
    "explore/compare",
    "explore/pairs",
    "explore/shots",
    "explore/stuck",
}

#: Modules that other folders' files may not import at module level, by folder.
FORBIDDEN = {
    "hqnn": {"streamlit", "ui", "pages"},
    "ui": {"pages", "torch", "torchvision", "qiskit", "qiskit_aer", "dask", "distributed"},
    "pages": {"torch", "torchvision", "qiskit", "qiskit_aer", "dask", "distributed"},
}

#: The one module of hqnn that may start Streamlit; it imports it only then.
STARTS_THE_DASHBOARD = "hqnn/commands/dashboard.py"

#: Lines of a module at most, and of functions without their docstrings: the median, and the 90th percentile.
MODULE_LINES, MEDIAN_LINES, MOST_LINES = 250, 6, 17


def sources(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def imported(file: Path) -> set[str]:
    """Full names of all modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {_module(node.module, alias.name) for alias in node.names}
    return names


def _module(source: str, name: str) -> str:
    """The module that `from source import name` loads last."""
    full = f"{source}.{name}"
    path = ROOT / full.replace(".", "/")
    return full if path.is_dir() or path.with_suffix(".py").exists() else source


def room_of(module: str) -> str:
    """The first folder or module below the top."""
    return module.split(".")[1]


def feature_of(module: str) -> str:
    """The folders of a module of ui, below the top."""
    return "/".join(module.split(".")[1:-1])


def test_every_room_has_its_place():
    def rooms(folder: str) -> set[str]:
        return {part.stem for part in (ROOT / folder).iterdir() if part.is_dir() or part.suffix == ".py"}

    assert rooms("hqnn") - {"__init__", "__pycache__"} == set(PACKAGE)
    folders = {name_of(file.parent).removeprefix("ui").strip("/") for file in sources("ui")}
    assert folders - {""} == {*SHARED, *FEATURES}


def test_the_tree_in_contributing_is_true():
    """It names every room of hqnn in the order of `PACKAGE`, and every folder of ui."""
    _, tree, *_ = (ROOT / "CONTRIBUTING.md").read_text().split("```\n")
    top, rooms = "", {"hqnn": [], "ui": [], "pages": []}
    for line in tree.splitlines():
        if not line.startswith(" "):
            top = line.partition("/")[0]
        else:
            rooms[top] += [name.strip().rstrip("/") for name in line.strip().partition("  ")[0].split(",")]
    assert rooms["hqnn"] == [name for name in PACKAGE if name not in ("worker", "__main__")]
    assert rooms["ui"][: len(SHARED)] == list(SHARED)
    assert set(rooms["ui"][len(SHARED) :]) == {name.partition("/")[0] for name in FEATURES}
    assert all(f"{name.partition('/')[2]}/" in tree for name in FEATURES if "/" in name)


@pytest.mark.parametrize("file", sources("hqnn"), ids=name_of)
def test_modules_of_the_package_import_only_rooms_before_theirs(file):
    own = file.relative_to(ROOT / "hqnn").parts[0].removesuffix(".py")
    if own == "__init__":
        return
    for module in imported(file):
        if module.startswith("hqnn.") and room_of(module) != own:
            assert PACKAGE.index(room_of(module)) < PACKAGE.index(own), f"{own} imports {module}"


@pytest.mark.parametrize("file", sources("ui"), ids=name_of)
def test_modules_of_the_pages_import_only_what_all_share_and_their_own_feature(file):
    own = "/".join(file.relative_to(ROOT / "ui").parts[:-1])
    for module in imported(file):
        if not module.startswith("ui.") or feature_of(module) == own:
            continue
        if own in SHARED:
            assert room_of(module) in SHARED[: SHARED.index(own)], f"{own} imports {module}"
        else:
            above = own.partition("/")[0] if "/" in own else None
            assert room_of(module) in SHARED or feature_of(module) == above, f"{own} imports {module}"


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_folders_do_not_reach_up_or_for_heavy_parts(folder):
    for file in sources(folder):
        allowed = {"streamlit"} if name_of(file) == STARTS_THE_DASHBOARD else set()
        reached = {name.partition(".")[0] for name in imported(file)} & FORBIDDEN[folder] - allowed
        assert not reached, f"{file} imports {reached}"


def test_modules_are_short():
    long = {name_of(file): lines for file in sources("hqnn", "ui") if (lines := _lines(file)) > MODULE_LINES}
    assert not long


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines())


def test_functions_are_short():
    lengths = [
        _length(node)
        for file in sources("hqnn", "ui")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert median(lengths) <= MEDIAN_LINES
    assert quantiles(lengths, n=10)[-1] <= MOST_LINES


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the last one, without the docstring."""
    assert function.end_lineno is not None
    said = function.body[0] if ast.get_docstring(function) is not None else None
    docstring = 0 if said is None or said.end_lineno is None else said.end_lineno - said.lineno + 1
    return function.end_lineno - function.lineno + 1 - docstring


#: What is imported one after another in one process, and what must not be loaded by then.
ONE_AFTER_ANOTHER = {
    ("hqnn.commands.interrupts",): {"pydantic", "typing", "threading", "argparse", "hqnn.errors"},
    ("hqnn.network.mnist_files",): {"torch", "qiskit", "numpy", "streamlit", "dask"},
    ("hqnn.statistics.scores",): {"torch", "qiskit", "scipy", "streamlit", "dask"},
    (
        "hqnn.config",
        "hqnn.circuit.response",
        "hqnn.shift",
        "hqnn.records",
        "hqnn.circuit.gradients",
        "hqnn.circuit.shift_study",
        "hqnn.diagnosis.course",
        "hqnn.diagnosis",
    ): {"torch", "qiskit", "streamlit", "dask"},
    (
        "hqnn.sweeps.groups",
        "hqnn.sweeps.results_file",
        "hqnn.sweeps.stuck",
        "hqnn.sweeps.ablation",
        "hqnn.sweeps.curves",
        "hqnn.sweeps.csv_table",
        "hqnn.sweeps.comparison",
    ): {"torch", "qiskit", "streamlit", "dask", "distributed", "matplotlib"},
    ("hqnn.jobs",): {"torch", "qiskit", "qiskit_aer", "streamlit", "dask", "distributed"},
    ("hqnn.__main__",): {"torch", "qiskit", "streamlit", "distributed"},
    ("hqnn.circuit.circuits",): {"torch", "streamlit"},
    ("hqnn.network.training", "hqnn.runs"): {"streamlit", "distributed"},
}
PAGES = {
    (
        "ui.home.cards",
        "ui.circuit.part",
        "ui.gradients.shift.part",
        "ui.gradients.training.part",
        "ui.gradients.follow_image.part",
        "ui.testing.predictions.part",
        "ui.testing.scores.part",
        "ui.testing.shots.part",
        "ui.testing.other_digits.part",
        "ui.explore.shots.part",
    ): {"torch", "torchvision", "qiskit", "qiskit_aer", "matplotlib", "dask", "distributed"}
}


@pytest.mark.slow
@pytest.mark.parametrize("imports", [ONE_AFTER_ANOTHER, PAGES], ids=["hqnn", "ui"])
def test_light_modules_load_nothing_heavy(imports):
    code = "import sys\n" + "\n".join(f"import {', '.join(modules)}\nprint(*sys.modules)" for modules in imports)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = zip(imports.items(), done.stdout.splitlines(), strict=True)
    assert not {modules: found for (modules, absent), line in loaded if (found := absent & set(line.split()))}


@pytest.mark.parametrize("name", hqnn.__all__)
def test_public_names_load_on_first_use(name):
    assert getattr(hqnn, name).__name__ == name
    assert name in dir(hqnn)


def test_an_unknown_public_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'hqnn' has no attribute 'Nothing'"):
        hqnn.Nothing  # noqa: B018 # pyright: ignore[reportAttributeAccessIssue]
