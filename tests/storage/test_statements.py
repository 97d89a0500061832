"""Every statement is made for both databases, and none that people wait for reads a whole table."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import Select, bindparam, select

from storage import (
    campaigns,
    installations,
    kept_guides,
    outbox_statements,
    references,
    roles,
    rooms,
    schedules,
    statements,
    survey,
    upkeep,
)
from storage.opening import OpenStore
from storage.sql import POSTGRES, SQLITE, Statement, literal, one_of
from storage.sqlite import connect
from storage.tables import outbox, people
from storage.transaction import Transaction
from storage.types import NAMES
from tests.storage.talking import at

MODULES = (
    campaigns,
    installations,
    kept_guides,
    outbox_statements,
    references,
    roles,
    rooms,
    schedules,
    statements,
    survey,
    upkeep,
)
FOR_ORGANISERS = {
    "CHATS_BY_STAGE",
    "TOOK_PART",
    "LISTED",
    "LISTED_OF",
    "RESTING",
    "ROWS_BY_KIND",
    "TROUBLES",
    "EVERY",
    "ON",
    "FORGET_PROPOSALS",
}


def statements_of(module: ModuleType) -> Iterator[tuple[str, Statement]]:
    """Every statement in a module, by name; of several under one name, by their number too."""
    for name, value in vars(module).items():
        if isinstance(value, Statement):
            yield name, value
        elif isinstance(value, tuple):
            yield from ((f"{name} {n}", one) for n, one in enumerate(value) if isinstance(one, Statement))


BY_NAME = {f"{module.__name__}.{name}": one for module in MODULES for name, one in statements_of(module)}
EVERY = [pytest.param(one, id=name) for name, one in BY_NAME.items()]
HOT = [
    pytest.param(one, id=name)
    for name, one in BY_NAME.items()
    if name.rpartition(".")[2] not in FOR_ORGANISERS and not name.startswith(upkeep.__name__)
]


@pytest.mark.parametrize("statement", EVERY)
def test_every_statement_is_made_for_both_databases(statement: Statement) -> None:
    """And only once for each."""
    for dialect in (SQLITE, POSTGRES):
        assert statement.on(dialect).text
        assert statement.on(dialect) is statement.on(dialect)


@pytest.mark.parametrize("statement", HOT)
def test_nothing_that_people_wait_for_reads_a_whole_table(statement: Statement, sqlite_place: Path) -> None:
    """A hundred thousand chats in the database cost what a hundred cost."""
    text = statement.on(SQLITE).text
    connection = connect(sqlite_place, read_only=True)
    plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", [None] * text.count("?")).fetchall()
    connection.close()

    steps = [step[3] for step in plan]
    assert [step for step in steps if step.startswith("SCAN") and "json_each" not in step] == []


def test_a_value_that_is_missing_is_named() -> None:
    """A typing mistake in a parameter is found by the first test that comes along."""
    statement: Select[tuple[str]] = select(people.c.address).where(people.c.workspace == bindparam("workspace"))

    with pytest.raises(KeyError, match="workspace"):
        Statement(statement).on(SQLITE).parameters({})


def test_a_constant_stands_in_the_text() -> None:
    """So that a partial index is used, and so that nothing from outside gets there."""
    constant: Select[tuple[int]] = select(outbox.c.id).where(outbox.c.status == literal("ready"))

    assert "'ready'" in Statement(constant).on(POSTGRES).text
    with pytest.raises(ValueError, match="not"):
        literal("not' an identifier")


async def test_several_names_are_one_parameter(store: OpenStore) -> None:
    """However many, it is the same statement."""
    among = Statement(
        select(people.c.address)
        .where(one_of(people.c.address, bindparam("names", type_=NAMES)))
        .order_by(people.c.address)
    )

    def look(tx: Transaction) -> list[str]:
        for name in ("Ana", "Ben", "Cem"):
            tx.chats.person(at(name))
        return [row[0] for row in tx.sql.all(among, names=["Ana", "Cem", "Zoe"])]

    assert await store.transact(look) == ["Ana", "Cem"]
    assert await store.read(lambda tx: tx.sql.all(among, names=[])) == []
