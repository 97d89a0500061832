"""Which addresses may be called: those on the internet, and this machine's own where it is named as such.

1. What a name leads to is looked at after it was looked up, each time a connection is made. So a name that is moved
   into a private network later is refused too.
2. One private address among several is enough to refuse: it is a mistake or an attack.
3. An address that wraps another one (IPv6 for IPv4) is as good as the one inside.

Source: owasp.org, "Server-Side Request Forgery Prevention Cheat Sheet"; the registries of special addresses (RFC 6890).
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

NAT64: Final = IPv6Network("64:ff9b::/96")
PROTOCOLS: Final = IPv4Network("192.0.0.0/24")
"""Which some versions of Python take for global in part."""
IPV4_BITS: Final = 0xFFFF_FFFF


class PrivateAddress(Exception):
    """A name that leads into a private network, or an address within one."""


def is_loopback(host: str) -> bool:
    """Whether `host`, as it is written, is this machine and no other."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def is_public(address: str) -> bool:
    """Whether an IP address is one that the whole internet shares."""
    try:
        inside = _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    special = inside.is_multicast or inside.is_reserved or inside in PROTOCOLS
    return inside.is_global and not special


def may_be_called(url: str) -> bool:
    """Whether secrets and words may travel to `url`: encrypted, or within this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


class Outward(AbstractResolver):
    """Looks up the names of one URL's host, and refuses what is private. `through` finds them; else the system does."""

    def __init__(self, host: str, through: AbstractResolver | None = None) -> None:
        """`host`: as the URL names it. If that is this machine itself, this machine may be called."""
        self._at_home = is_loopback(host)
        self._through = through

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError when there are none, PrivateAddress when one is private."""
        through = self._through or ThreadedResolver()  # which wants a running loop
        found = await through.resolve(host, port, family)
        for one in found:
            self.check(one["host"])
        return found

    def check(self, address: str) -> None:
        """Let an IP address pass. Raises PrivateAddress."""
        if not (is_loopback(address) if self._at_home else is_public(address)):
            raise PrivateAddress

    async def close(self) -> None:
        if self._through is not None:
            await self._through.close()


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & IPV4_BITS)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
