"""Imports point down, and what must start fast imports nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hqnn

ROOT = Path(hqnn.__file__).parent.parent

#: Each may import those before it.
ORDER = (
    "settings",
    "files",
    "folders",
    "archives",
    "versions",
    "noise",
    "config",
    "records",
    "glyphs",
    "metadata",
    "pictures",
    "pretrained",
    "shift",
    "rules",
    "shift_study",
    "shot_accuracy",
    "shot_loss",
    "circuits",
    "engines",
    "estimates",
    "drawings",
    "processes",
    "derivatives",
    "layer",
    "losses",
    "model",
    "data",
    "likeness",
    "apart",
    "sheets",
    "uploads",
    "scores",
    "evaluation",
    "fit",
    "training",
    "quotes",
    "gradients",
    "clouds",
    "diagnosis",
    "remedies",
    "sweeps",
    "results",
    "stuck",
    "race",
    "lines",
    "tables",
    "plates",
    "swap",
    "atlas",
    "questions",
    "lifecycle",
    "comparison",
    "runs",
    "networks",
    "bench",
    "answer",
    "trip",
    "history",
    "job",
    "cluster",
    "study",
    "tasks",
    "worker",
    "forkserver",
    "jobs",
    "explorations",
    "commands",
    "__main__",
)

#: Modules that other folders' files may not import at module level, by folder.
FORBIDDEN = {
    "hqnn": {"streamlit", "ui", "pages"},
    "ui": {"pages", "torch", "torchvision", "qiskit", "qiskit_aer", "dask", "distributed"},
    "pages": {"torch", "torchvision", "qiskit", "qiskit_aer", "dask", "distributed"},
}


def sources(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Full names of all modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_every_module_has_its_place_in_the_order():
    modules = {file.stem if file.parent.name == "hqnn" else file.parent.name for file in sources("hqnn")}
    assert modules - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("file", sources("hqnn"), ids=lambda file: str(file.relative_to(ROOT)))
def test_modules_import_only_earlier_ones(file):
    if file.parent.name == "hqnn" and file.stem == "__init__":
        return
    own = file.stem if file.parent.name == "hqnn" else file.parent.name
    for name in imported(file):
        first, _, rest = name.partition(".")
        module = rest.split(".")[0]
        if first == "hqnn" and module in ORDER and module != own:
            assert ORDER.index(module) < ORDER.index(own), f"{own} imports {module}"


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_folders_do_not_reach_up_or_for_heavy_parts(folder):
    for file in sources(folder):
        reached = {name.partition(".")[0] for name in imported(file)} & FORBIDDEN[folder]
        assert not reached, f"{file} imports {reached}"


#: What is imported one after another in one process, and what must not be loaded by then.
ONE_AFTER_ANOTHER = {
    "hqnn.commands.interrupts": {"pydantic", "typing", "threading", "argparse", "hqnn.settings"},
    "hqnn.archives": {"torch", "qiskit", "numpy", "streamlit", "dask"},
    "hqnn.scores": {"torch", "qiskit", "scipy", "streamlit", "dask"},
    "hqnn.config, hqnn.noise, hqnn.shift, hqnn.records, hqnn.gradients, hqnn.shift_study, hqnn.clouds, "
    "hqnn.diagnosis": {"torch", "qiskit", "streamlit", "dask"},
    "hqnn.race, hqnn.results, hqnn.stuck, hqnn.swap, hqnn.lines, hqnn.tables, hqnn.comparison": {
        "torch",
        "qiskit",
        "streamlit",
        "dask",
        "distributed",
        "matplotlib",
    },
    "hqnn.jobs": {"torch", "qiskit", "qiskit_aer", "streamlit", "dask", "distributed"},
    "hqnn.__main__": {"torch", "qiskit", "streamlit", "distributed"},
    "hqnn.circuits": {"torch", "streamlit"},
    "hqnn.training, hqnn.runs": {"streamlit", "distributed"},
}
PAGES = {
    "ui.network, ui.circuit_lab, ui.shift_lab, ui.run_slopes, ui.image_trip, ui.bench_answers, ui.bench_scores, "
    "ui.shots_bench, ui.other_digits, ui.race_part": {
        "torch",
        "torchvision",
        "qiskit",
        "qiskit_aer",
        "matplotlib",
        "dask",
        "distributed",
    }
}


@pytest.mark.slow
@pytest.mark.parametrize("imports", [ONE_AFTER_ANOTHER, PAGES], ids=["hqnn", "ui"])
def test_light_modules_load_nothing_heavy(imports):
    code = "import sys\n" + "\n".join(f"import {modules}\nprint(*sys.modules)" for modules in imports)
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
