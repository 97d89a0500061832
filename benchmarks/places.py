"""Databases to measure on. Each place is one with our tables; each kind of database makes as many as wanted."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Column

from benchmarks.tape import Held
from benchmarks.whole_chats import Chat
from storage.opening import OpenStore


class Place(Protocol):
    """One database, reached by our store and, beside it, by raw SQL of the benchmark's own."""

    url: str
    """As `storage.opening` takes it."""

    async def open(self) -> OpenStore:
        """Our store on it."""
        ...

    async def record(self, chats: Sequence[Chat]) -> list[Held]:
        """What our code writes while these chats are held here, one delivery after the other and not durably."""
        ...

    async def replay(self, chats: Sequence[Held]) -> None:
        """Write the same rows durably with prepared statements, and do nothing else: the reference."""
        ...

    async def fetch(self, text: str) -> Sequence[Sequence[Any]]:
        """What a query returns."""
        ...

    async def execute(self, *texts: str) -> None:
        """Run statements in one transaction, neither durably nor held against foreign keys, until `settle`."""
        ...

    async def settle(self) -> None:
        """Bring what was written to where it belongs, so that what is measured next pays for nothing but itself."""
        ...

    async def close(self) -> None:
        """Let the benchmark's own connections go."""
        ...

    def plain(self, column: Column[Any]) -> str:
        """How `column` is selected so that `literal` can write it again."""
        ...

    def literal(self, text: str, column: Column[Any]) -> str:
        """`text`, an SQL expression of characters, as a value of `column`."""
        ...


class Kind(Protocol):
    """A database system."""

    name: str
    about: str
    """Its version, and what it does for durability."""

    async def new(self) -> Place:
        """A new database, with our tables and nothing in them."""
        ...

    def server_cpu_seconds(self) -> float | None:
        """What the server's processes used of the processors so far; None without a server, or where nobody can say."""
        ...
