"""Makes sure that there is a Chromium for the browser tests: `python -m tests.install_browser`."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed_browser() -> str | None:
    """The path of a Chromium that is installed, if any; $HQNN_CHROMIUM goes before all."""
    return os.environ.get("HQNN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def main() -> int:
    """Install one with apt where that may be, else Playwright's own."""
    if installed_browser():
        return 0
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        subprocess.run([*sudo, "apt-get", "update", "--quiet"], check=False)
        subprocess.run(
            [*sudo, "apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"], check=False
        )
    if installed_browser():
        return 0
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
