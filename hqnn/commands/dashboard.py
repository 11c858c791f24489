"""`hqnn dashboard`: the pages, in a browser."""

import argparse
import errno
import os
import socket
from typing import Any

from hqnn.commands.flags import between
from hqnn.commands.streams import note
from hqnn.environment import DASHBOARD
from hqnn.errors import HqnnError
from hqnn.files import reason

#: Addresses by which a server listens on all of a machine's addresses.
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (only what a user asks for)


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "dashboard", help="start the dashboard, which you open in a browser"
    )
    command.set_defaults(command=_dashboard)
    command.add_argument(
        "--port", type=between(1, 65535), default=8501, metavar="N", help="port to listen on (default: 8501)"
    )
    command.add_argument(
        "--address",
        default="127.0.0.1",
        help="address of this machine to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)",
    )


def _dashboard(*, port: int, address: str) -> int:
    _check(address, port)
    note(f"The dashboard starts at {_link(address, port)}. Press Ctrl-C to stop it.")
    from streamlit.web import cli

    flags = {
        "server.address": address,
        "server.port": port,
        "server.headless": True,  # else Streamlit asks for an e-mail address
        "browser.gatherUsageStats": False,
        "logger.hideWelcomeMessage": True,
    }
    cli.main(["run", str(DASHBOARD / "app.py"), *(f"--{name}={value}" for name, value in flags.items())])
    return 0


def _check(address: str, port: int) -> None:
    """Try to listen, and stop again: Streamlit would report a problem with a traceback.

    Raises:
        HqnnError: if the address is not one of this machine, or if the port is not free.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        if not address:
            raise ValueError("it is empty")
        with socket.socket(family) as tried:
            if hasattr(os, "fork"):  # on Windows it would share a port that is in use
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((address, port))
            tried.listen()
    except (OSError, ValueError) as error:
        raise HqnnError(_problem(error, address, port)) from None


def _problem(error: Exception, address: str, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"--port must be free, but another program uses {port}"
    if number == errno.EACCES:
        return f"--port must be one that you may use, got {port} ({reason(error)})"
    return f"--address must be an address of this machine, got {address!r} ({reason(error)})"


def _link(address: str, port: int) -> str:
    if address in EVERYWHERE:
        return f"http://localhost:{port}, and at this machine's other addresses"
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
