"""`hqnn dashboard`: what it starts, and what it refuses in one sentence before anything is loaded."""

import socket

import pytest

from hqnn.__main__ import main
from hqnn.environment import DASHBOARD
from tests.dask_cluster import ROOT, free_port


@pytest.fixture
def started(monkeypatch) -> list[str]:
    """Arguments that Streamlit is started with; it does not start."""
    from streamlit.web import cli

    given: list[str] = []
    monkeypatch.setattr(cli, "main", given.extend)
    return given


def refused(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(["dashboard", *arguments])
    assert end.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("127.0.0.1", "http://127.0.0.1:{}"),
        ("localhost", "http://localhost:{}"),
        ("0.0.0.0", "http://localhost:{}, and at this machine's other addresses"),  # noqa: S104 (nothing listens)
    ],
)
def test_it_starts_the_checkouts_dashboard_and_asks_nothing(started, capsys, address, link):
    port = free_port()
    assert main(["dashboard", "--port", str(port), "--address", address]) == 0
    assert (DASHBOARD, started[:2]) == (ROOT, ["run", str(ROOT / "app.py")])
    assert started[2:] == [
        f"--server.address={address}",
        f"--server.port={port}",
        "--server.headless=True",
        "--browser.gatherUsageStats=False",
        "--logger.hideWelcomeMessage=True",
    ]
    assert capsys.readouterr().err == f"The dashboard starts at {link.format(port)}. Press Ctrl-C to stop it.\n"


def test_a_port_that_another_program_uses_is_refused(started, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(capsys, "--port", str(port))
    assert said == f"hqnn: error: --port must be free, but another program uses {port}\n"
    assert not started


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8501.5", "web", ""])
def test_what_is_no_port_is_refused(started, capsys, port):
    said = refused(capsys, f"--port={port}")
    assert said == (
        f"hqnn dashboard: error: argument --port: must be a whole number between 1 and 65535, got {port!r}\n"
    )
    assert not started


@pytest.mark.parametrize("address", ["192.0.2.1", "", "2001:db8::1", "unix:///tmp/dashboard", "a" * 80])
def test_what_is_no_address_of_this_machine_is_refused(started, capsys, address):
    said = refused(capsys, "--address", address, "--port", str(free_port()))
    assert said.startswith(f"hqnn: error: --address must be an address of this machine, got {address!r} (")
    assert said.count("\n") == 1
    assert not started


def test_a_port_of_the_systems_own_is_refused_where_it_is(started, capsys, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", forbidden)
    said = refused(capsys, "--port", "80")
    assert said == "hqnn: error: --port must be one that you may use, got 80 (Permission denied)\n"
