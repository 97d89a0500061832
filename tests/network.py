"""Tests reach this machine and nothing else: an audit hook refuses every other address before a packet leaves.

It sees sockets, asyncio and name look-ups of this process, whichever library opens them; not those of processes
that a test starts.
"""

import socket
import sys
from ipaddress import ip_address


class OutsideLoopback(RuntimeError):
    """A test tried to reach something beyond this machine. No OSError, so that no retry hides it."""


def keep_to_loopback() -> None:
    """Refuse every address but loopback from now on, for as long as this process lives."""
    sys.addaudithook(_refuse_outside)


def _refuse_outside(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case "socket.connect" | "socket.sendto" | "socket.sendmsg", (socket.socket() as opened, (host, *_)):
            if opened.family in {socket.AF_INET, socket.AF_INET6}:
                _refuse_unless_loopback(host)
        case "socket.getaddrinfo" | "socket.gethostbyname", (host, *_):
            _refuse_unless_loopback(host)
        case _:
            pass


def _refuse_unless_loopback(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return
    try:
        inside = ip_address(str(name)).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OutsideLoopback(f"tests reach loopback only, not {name!r}")
