"""Fills a database with copies of one chat: the same rows under other ids, by raw inserts.

1. A copy's ids differ from the first chat's in their first eight digits alone, in every place where an id stands: in
   columns of their own, in keys and in JSON. Those digits are spread evenly, so copies lie among what is new.
2. What upkeep deletes after a month (inbox, outbox) is copied for one chat in 24 alone: 100,000 chats are two years.
"""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Table

from benchmarks.places import Place
from storage.tables import inbox, metadata, outbox

TRAFFIC = (inbox, outbox)
ONE_IN = 24

ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?=(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(?![0-9a-f]))")
"""The first digits of an id, with or without hyphens."""
SPREAD = 2_654_435_761
"""Odd, so that no two numbers below 2**32 become the same."""
TOGETHER = 500


async def fill(place: Place, copies: int, *, one_in: int = ONE_IN) -> None:
    """Copy every row of `place` that has an id in it so many times; the traffic for one copy in so many."""
    await place.execute("CREATE TABLE stamps (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL)", *_stamps(copies))
    for table in metadata.sorted_tables:
        every = one_in if table in TRAFFIC else 1
        await place.execute(*[_copy(place, table, row, every) for row in await _rows(place, table) if _has_id(row)])
    await place.execute("DROP TABLE stamps")
    await place.settle()


def _stamps(copies: int) -> Iterator[str]:
    stamps = sorted(f"{number * SPREAD % 2**32:08x}" for number in range(1, copies + 1))
    for first in range(0, copies, TOGETHER):
        rows = [f"({number}, '{stamp}')" for number, stamp in enumerate(stamps[first : first + TOGETHER], first)]
        yield f"INSERT INTO stamps VALUES {', '.join(rows)}"  # noqa: S608 -- numbers of ours


def _columns(table: Table) -> list[Column[str]]:
    return [column for column in table.columns if column.identity is None]


async def _rows(place: Place, table: Table) -> Sequence[Sequence[str | None]]:
    columns = ", ".join(place.plain(column) for column in _columns(table))
    return await place.fetch(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608 -- names of ours


def _has_id(row: Sequence[str | None]) -> bool:
    return any(value is not None and ID.search(value) for value in row)


def _copy(place: Place, table: Table, row: Sequence[str | None], every: int) -> str:
    columns = _columns(table)
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(_value(place, column, value) for column, value in zip(columns, row, strict=True))
    some = f" WHERE number % {every} = 0" if every > 1 else ""
    copied = f"SELECT {values} FROM stamps{some} ORDER BY number"  # noqa: S608 -- a row of ours, from this database
    return f'INSERT INTO "{table.name}" ({names}) {copied}'


def _value(place: Place, column: Column[str], value: str | None) -> str:
    if value is None:
        return "NULL"
    pieces = [f"'{piece}'" for piece in ID.split(value.replace("'", "''"))]
    return place.literal(" || stamp || ".join(pieces), column)
