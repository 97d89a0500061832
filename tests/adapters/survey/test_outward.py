"""Which addresses may be called: the internet's, and this machine's own where it is named as such."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.survey.outward import Outward, PrivateAddress, is_loopback, is_public, may_be_called

PRIVATE = (
    "0.0.0.0",  # noqa: S104 -- an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "2001:db8::1",
    "2002:0a00:0001::",
    "64:ff9b::10.0.0.1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:0:0:0:0:0:f5ff:fffe",
    "not an address",
)
PUBLIC = ("8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8")


class Book(AbstractResolver):
    """Names and addresses, as a test writes them."""

    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = addresses
        self.closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Every address of `host`, or no such name."""
        if host not in self.addresses:
            raise OSError("no such name")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.addresses[host]
        ]

    async def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str) -> None:
    """Of private networks, of one link, of machines themselves, reserved ones; also wrapped into another."""
    assert not is_public(address)
    with pytest.raises(PrivateAddress):
        Outward("survey.example").check(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internets_addresses_pass(address: str) -> None:
    """In either version of IP."""
    assert is_public(address)
    Outward("survey.example").check(address)


async def test_a_name_is_refused_for_one_private_address() -> None:
    """Whatever else it leads to."""
    book = Book(good=["8.8.8.8", "8.8.4.4"], bad=["8.8.8.8", "192.168.1.1"])

    assert [one["host"] for one in await Outward("good", book).resolve("good")] == ["8.8.8.8", "8.8.4.4"]
    with pytest.raises(PrivateAddress):
        await Outward("bad", book).resolve("bad")


async def test_a_name_that_is_moved_into_a_private_network_is_refused_from_then_on() -> None:
    """It is looked at each time."""
    book = Book(moving=["8.8.8.8"])
    outward = Outward("moving", book)
    await outward.resolve("moving")
    book.addresses["moving"] = ["10.0.0.1"]

    with pytest.raises(PrivateAddress):
        await outward.resolve("moving")


async def test_this_machine_may_be_called_by_its_own_name_alone() -> None:
    """A name that leads here is refused; `localhost` that leads elsewhere too."""
    book = Book(localhost=["127.0.0.1"], sneaky=["127.0.0.1"])

    assert await Outward("localhost", book).resolve("localhost")
    with pytest.raises(PrivateAddress):
        await Outward("sneaky", book).resolve("sneaky")
    book.addresses["localhost"] = ["8.8.8.8"]
    with pytest.raises(PrivateAddress):
        await Outward("localhost", book).resolve("localhost")


async def test_a_name_that_is_gone_is_an_error_of_the_network() -> None:
    """As it is without us."""
    outward = Outward("gone", book := Book())

    with pytest.raises(OSError, match="no such name"):
        await outward.resolve("gone")
    await outward.close()
    assert book.closed


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.3.2.1", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    """And by its addresses."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://survey.example/hook", True),
        ("http://localhost:8080/hook", True),
        ("http://[::1]:8080/hook", True),
        ("http://survey.example/hook", False),
        ("http://10.0.0.1/hook", False),
        ("ftp://localhost/hook", False),
        ("https:///hook", False),
    ],
)
def test_words_travel_encrypted_or_not_at_all(url: str, fine: bool) -> None:  # noqa: FBT001 -- a column of the table
    """Within this machine nobody listens on the way."""
    assert may_be_called(url) is fine
