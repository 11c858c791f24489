"""hqnn as an engineer installs it: a wheel, in an environment that sees neither the checkout nor the network."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import no_network
from tests.dask_cluster import ROOT
from tests.waiting import PATIENCE


def build(folder: Path) -> Path:
    """Build the wheel of this checkout with what is installed here; gives its path."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.iterdir()
    return wheel


def pip(*arguments: str) -> None:
    """Run pip without an index and without a word."""
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "pip", *quiet, *arguments, "--no-index"], check=True, cwd=ROOT)


class Installed:
    """An environment with hqnn from a wheel, the dependencies of this one, and no network."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self._environment, self._elsewhere = folder / "environment", folder / "elsewhere"
        venv.create(self._environment, symlinks=os.name != "nt", with_pip=False)
        paths = sysconfig.get_paths(scheme="venv", vars={"base": str(self._environment)})
        self.packages, self._programs = Path(paths["purelib"]), Path(paths["scripts"])
        pip("--python", str(self._programs / "python"), "install", "--no-deps", "--no-compile", str(wheel))
        shutil.copy(no_network.__file__, self.packages)
        # Only now: what is installed here is no business of pip's there.
        dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (self.packages / "of_the_tests.pth").write_text("\n".join(["import no_network", *dependencies]))
        self._elsewhere.mkdir()

    @property
    def refused(self) -> str:
        """What was asked of the network so far, a line each."""
        file = self.packages / no_network.REFUSED.name
        return file.read_text() if file.exists() else ""

    def forget_refused(self) -> None:
        """Begin anew with what was asked of the network."""
        (self.packages / no_network.REFUSED.name).unlink(missing_ok=True)

    @contextmanager
    def started(self, program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A program of the environment, in a folder and with a home of its own, until it ends with the block."""
        process = subprocess.Popen(
            [self._programs / program, *arguments],
            cwd=self._elsewhere,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints; it ends well and prints nothing else."""
        with self.started(program, *arguments) as process:
            output, errors = process.communicate(timeout=PATIENCE)
        assert (process.returncode, errors) == (0, "")
        return output

    def _variables(self) -> dict[str, str]:
        """Those of the tests, without what leads to the checkout, to the user's files, or to Streamlit's settings."""
        usual = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "HQNN_", "STREAMLIT_", "XDG_", "COV"))
        }
        return usual | {"HOME": str(self._elsewhere), "HQNN_WORKERS": "1"}
