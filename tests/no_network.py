"""Refuses all that would leave this machine: loaded first by each Python of an environment that a test installs into.

It works below every module that uses sockets: Python reports what they do before it is done.
"""

import ipaddress
import sys
from pathlib import Path
from typing import Any

#: What was refused, a line each. The file exists only if there was anything.
REFUSED = Path(__file__).with_name("refused.txt")
#: By event of Python's audit: where in its arguments the other side stands.
_OTHER_SIDE = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def is_here(other: Any) -> bool:
    """Whether an address, or a host's name, is of this machine."""
    host = other[0] if isinstance(other, tuple) and len(other) in (2, 4) else other
    if isinstance(host, bytes):
        host = host.decode()
    if not isinstance(host, str) or host in ("", "localhost") or host.startswith(("/", "\0")):
        return True  # a local socket, or no host at all
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise a PermissionError for what leaves this machine."""
    if event in _OTHER_SIDE and not is_here(arguments[_OTHER_SIDE[event]]):
        with REFUSED.open("a") as refused:
            refused.write(f"{event} {arguments[_OTHER_SIDE[event]]}\n")
        raise PermissionError(f"no network: {arguments[_OTHER_SIDE[event]]}")


if __name__ == "no_network":
    sys.addaudithook(refuse)
