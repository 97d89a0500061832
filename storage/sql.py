"""Statements made once: SQLAlchemy writes and types them, the driver runs them.

1. SQLAlchemy's own `execute` costs ten times what SQLite needs for the statement (60 µs beside 5 µs, measured), and an
   answer takes eight. So each statement is compiled once per database, and its text goes straight to the driver.
2. The types' own conversions are kept, in both directions. A value that a statement needs and does not get: KeyError.
3. A value in the statement itself is written into it (`literal`), so that partial indexes are used.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Dialect, Select, Text, literal_column
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from bot.ports import StoreDown

SQLITE: Dialect = pysqlite.dialect()
POSTGRES: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]

FLOAT8 = 701
"""PostgreSQL's name for our only kind of number with a fraction; no other type asks what the server calls it."""

Row = Sequence[Any]
Values = Mapping[str, object]
Convert = Callable[[Any], Any]


class Prepared:
    """A statement's text for one database, with what turns values into parameters and columns into values."""

    def __init__(self, clause: Select[Any] | UpdateBase, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(type(clause))
        self.text = compiled.string
        self.writes_to = str(clause.table) if isinstance(clause, UpdateBase) else ""
        names = tuple(compiled.positiontup or ())
        self._pick = _picker(names)
        self._parameters = _converted(
            compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names
        )
        self._columns = _converted(
            column.type.dialect_impl(dialect).result_processor(dialect, FLOAT8) for column in _columns(clause)
        )
        self._constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def parameters(self, values: Values) -> Sequence[Any]:
        """`values` by name, in the driver's order and form. Raises KeyError when one is missing."""
        picked = list(self._pick({**self._constants, **values} if self._constants else values))
        for place, convert in self._parameters:
            picked[place] = convert(picked[place])
        return picked

    def rows(self, raw: Iterable[Row]) -> list[Row]:
        """What the driver returned, in Python's form."""
        if not self._columns:
            return list(raw)
        rows = [list(row) for row in raw]
        for row in rows:
            for place, convert in self._columns:
                row[place] = convert(row[place])
        return rows  # type: ignore[return-value]


def _picker(names: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _converted(conversions: Iterable[Convert | None]) -> Sequence[tuple[int, Convert]]:
    """Those that change something, with their places."""
    return [(place, convert) for place, convert in enumerate(conversions) if convert is not None]


def _columns(clause: Select[Any] | UpdateBase) -> Sequence[ColumnElement[Any]]:
    return tuple(clause.selected_columns if isinstance(clause, Select) else clause.exported_columns)


class Overtaken(StoreDown):
    """Somebody else changed first what was to be changed. Nothing was kept, and it may be tried again at once."""


class Statement:
    """A Core statement that is compiled at its first use on each database."""

    def __init__(self, clause: Select[Any] | UpdateBase) -> None:
        self._clause = clause
        self._prepared: dict[str, Prepared] = {}

    def on(self, dialect: Dialect) -> Prepared:
        """This statement for one database."""
        prepared = self._prepared.get(dialect.name)
        if prepared is None:
            prepared = self._prepared[dialect.name] = Prepared(self._clause, dialect)
        return prepared


class Sql(Protocol):
    """One open transaction on either database."""

    def all(self, statement: Statement, **values: object) -> list[Row]:
        """Every row that the statement returns."""
        ...

    def one(self, statement: Statement, **values: object) -> Row | None:
        """The first row that the statement returns, if any."""
        ...

    def value(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401 -- as the column's type says
        """The first column of the first row; None if there is no row."""
        ...

    def run(self, statement: Statement, **values: object) -> int:
        """Run it; returns how many rows it wrote."""
        ...

    def later(
        self, statement: Statement, rows: Iterable[Values], or_else: str | None = None, *, in_order: bool = False
    ) -> None:
        """Write each of `rows` before anything is read again, or by the commit. No two touch the same row.

        With `or_else` each must find a row to write, or Overtaken is raised with it, by then. `in_order`: one after the
        other, and after all that went before.
        """
        ...


def literal(value: str) -> ColumnElement[str]:
    """A constant of ours, written into the statement. Never anything that came from outside."""
    if not value.isidentifier():
        raise ValueError(value)
    return literal_column(f"'{value}'", Text())


class one_of(ColumnElement[bool]):  # noqa: N801 -- reads as part of a statement
    """Whether `column` is one of the names in a parameter of type `NAMES`."""

    inherit_cache = False

    def __init__(self, column: ColumnElement[str], names: ColumnElement[Any]) -> None:
        self.column = column
        self.names = names


@compiles(one_of, "postgresql")
def _one_of_array(element: one_of, compiler: SQLCompiler, **options: object) -> str:
    return f"{compiler.process(element.column, **options)} = ANY({compiler.process(element.names, **options)})"


@compiles(one_of, "sqlite")
def _one_of_json(element: one_of, compiler: SQLCompiler, **options: object) -> str:
    column, names = compiler.process(element.column, **options), compiler.process(element.names, **options)
    return f"{column} IN (SELECT value FROM json_each({names}))"  # noqa: S608 -- both are SQLAlchemy's
