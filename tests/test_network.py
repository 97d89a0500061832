"""Tests cannot reach beyond this machine, whichever way they try. 192.0.2.1 is nobody's (RFC 5737)."""

import asyncio
import socket

import pytest

from tests.network import OutsideLoopback

NOBODYS = ("192.0.2.1", 443)


def test_a_socket_is_refused() -> None:
    """Neither a connection nor a datagram leaves this machine."""
    with socket.socket() as stream, pytest.raises(OutsideLoopback):
        stream.connect(NOBODYS)
    with socket.socket() as stream, pytest.raises(OutsideLoopback):
        stream.connect_ex(NOBODYS)
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(OutsideLoopback):
        datagrams.sendto(b"words", NOBODYS)


async def test_asyncio_is_refused() -> None:
    """Libraries that connect by asyncio are held back too."""
    with pytest.raises(OutsideLoopback):
        await asyncio.open_connection(*NOBODYS)


async def test_a_name_is_not_looked_up() -> None:
    """No name server hears what a test asks for."""
    with pytest.raises(OutsideLoopback):
        socket.getaddrinfo("team-leeds.example", 443)
    with pytest.raises(OutsideLoopback):
        await asyncio.open_connection("team-leeds.example", 443)


def test_this_machine_is_reached() -> None:
    """Loopback stays open, by number and by name."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port)).close()
        socket.create_connection(("localhost", port)).close()
