"""The wheel: installed, it works from any folder, without the checkout and without a network."""

import signal
import tomllib
import urllib.request
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

import hqnn
from hqnn import versions
from tests.dask_cluster import ROOT, free_port
from tests.installed_wheel import Installed, build
from tests.waiting import PATIENCE, wait

#: What travels in the wheel: folders and files of the checkout, by where they are in it.
TRAVELS = {
    "hqnn": "hqnn",
    "data": "hqnn/data",
    "app.py": "hqnn/dashboard/app.py",
    "pages": "hqnn/dashboard/pages",
    "ui": "hqnn/dashboard/ui",
    ".streamlit/config.toml": "hqnn/dashboard/.streamlit/config.toml",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def files_below(path: Path) -> set[str]:
    """Files of a folder, or the file itself, as they are named below it."""
    if path.is_file():
        return {""}
    return {
        f"/{file.relative_to(path).as_posix()}"
        for file in path.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.mark.slow
def test_the_wheel_has_all_that_is_needed_and_nothing_twice(wheel):
    there = [name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name]
    expected = {target + file for source, target in TRAVELS.items() for file in files_below(ROOT / source)}
    assert sorted(there) == sorted(expected)
    assert {"hqnn/py.typed", "hqnn/data/pretrained/3-7.safetensors", "hqnn/dashboard/ui/draw/pad.js"} <= expected


@pytest.mark.slow
def test_the_network_is_blocked_where_the_wheel_is_installed(installed, tmp_path):
    """The other tests say something only if this one holds: also for names, and for what sends without connecting."""
    tries = (
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 53))",
        "socket.getaddrinfo('example.org', 80)",
        "socket.gethostbyname('example.org')",
    )
    code = "import socket\nfor each in {!r}:\n    try: eval(each)\n    except PermissionError as error: print(error)"
    try:
        assert installed.run("python", "-c", code.format(tries)).count("no network: ") == len(tries)
        assert installed.refused.count("\n") == len(tries)
    finally:
        installed.forget_refused()


@pytest.mark.slow
def test_it_is_imported_with_its_data_from_the_environment(installed):
    code = (
        "import hqnn\nfrom hqnn import versions, environment\nfrom hqnn.inference import pretrained\n"
        "from hqnn.sweeps import results_folder\n"
        "print(hqnn.__file__, environment.DASHBOARD, environment.DATA, versions.own_version(), sep='\\n')\n"
        "print(*(len(pretrained.run_file(pair)) for pair in pretrained.PAIRS))\n"
        "print(len(list(results_folder.BUNDLED.glob('*.jsonl'))), hqnn.RunConfig())"
    )
    package = installed.packages / "hqnn"
    module, dashboard, data, fingerprint, networks, results = installed.run("python", "-c", code).splitlines()
    assert [module, dashboard, data] == [str(package / name) for name in ("__init__.py", "dashboard", "data")]
    assert fingerprint == versions.own_version()
    assert min(map(int, networks.split())) > 100_000
    assert results == f"{len(list((ROOT / 'data/results').glob('*.jsonl')))} {hqnn.RunConfig()}"


@pytest.mark.slow
def test_both_names_of_the_program_are_the_same(installed):
    said = installed.run("hqnn", "--version")
    here = versions.versions_here()
    assert said == (
        f"hqnn {hqnn.__version__}, Python {here['python']}, torch {here['torch']}, Qiskit {here['qiskit']}\n"
    )
    assert installed.run("python", "-m", "hqnn", "--version") == said
    assert installed.run("hqnn", "--help").startswith("usage: hqnn [-h] [--version] command")


@pytest.mark.slow
def test_it_trains(installed):
    few = ("--n-train", "10", "--n-test", "10")
    printed = installed.run("hqnn", "train", "--digits", "3", "7", "--epochs", "1", *few)
    assert "epoch   1 of 1 (100%)" in printed
    assert "on 20 test images of 3 and 7:" in printed
    assert not installed.refused


@pytest.mark.workers
def test_it_serves_the_dashboard_with_its_workers_until_ctrl_c(installed):
    port = free_port()
    with installed.started("hqnn", "dashboard", "--port", str(port)) as server:
        wait(lambda: server.poll() is not None or is_healthy(port))
        assert server.poll() is None
        page = page_of(port, "data")
        server.send_signal(signal.SIGINT)
        output, errors = server.communicate(timeout=PATIENCE)
    assert "handwritten 3, number 40" in page
    assert "exception {" not in page
    assert output == ""
    assert errors == f"The dashboard starts at http://127.0.0.1:{port}. Press Ctrl-C to stop it.\ninterrupted\n"
    assert server.returncode == 130
    assert not installed.refused


def is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def page_of(port: int, name: str) -> str:
    """Run a page as a browser does, and read all that the server sends for it."""
    asked = BackMsg()
    asked.rerun_script.page_name = name
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", max_size=None, open_timeout=PATIENCE, proxy=None) as socket:
        socket.send(asked.SerializeToString())
        said = []
        while True:
            message = ForwardMsg.FromString(socket.recv(timeout=PATIENCE, decode=False))
            if message.HasField("delta"):
                said.append(str(message.delta))
            if message.WhichOneof("type") == "script_finished":
                return "".join(said)


#: Requirements files with exact versions, and the dependencies or the extra of the package with their lower bounds.
FILES = {"requirements": "", "requirements-ibm": "ibm", "requirements-dev": "dev", "requirements-bench": "bench"}


@pytest.mark.parametrize(("file", "extra"), FILES.items())
def test_each_exact_version_is_allowed_by_the_package_and_none_is_missing(file, extra):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bounds = [*map(Requirement, project["optional-dependencies"][extra] if extra else project["dependencies"])]
    lines = (ROOT / f"{file}.txt").read_text().splitlines()
    exact = [Requirement(line) for line in lines if not line.startswith("-r ")]
    included = [FILES[line.removeprefix("-r ").removesuffix(".txt")] for line in lines if line.startswith("-r ")]
    allowed = {(each.name, *each.extras): each.specifier for each in bounds if each.name != "hqnn"}
    pinned = {(each.name, *each.extras): str(each.specifier).removeprefix("==") for each in exact}
    assert set(pinned) == set(allowed)
    assert [name for name, version in pinned.items() if version not in allowed[name]] == []
    assert all([each.operator for each in bound] == [">="] for bound in allowed.values())
    assert [each.extras for each in bounds if each.name == "hqnn"] == [{each} for each in included if each]


def test_every_extra_has_its_file():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["optional-dependencies"]) == {*FILES.values()} - {""}
    assert {path.stem for path in ROOT.glob("requirements*.txt")} == set(FILES)
