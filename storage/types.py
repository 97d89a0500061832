"""What a column holds, the same on both databases. The conversions are bare functions: an answer needs about sixty."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from json import JSONEncoder, loads
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Dialect, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

uuid = lru_cache(maxsize=16_384)(UUID)
"""A UUID from its 32 characters. The same few rooms, chats and people are read again and again."""


class NaiveTime(ValueError):
    """A time without a zone was to be stored: nobody could say when it was."""


class UtcTime(TypeDecorator[datetime]):
    """A moment. UTC in Python; `timestamptz` on PostgreSQL, whole microseconds since 1970 on SQLite, which sort right.

    Raises NaiveTime.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[int]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], datetime | int | None]:
        return _with_zone if dialect.name == "postgresql" else _as_microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None] | None:  # noqa: ARG002
        return None if dialect.name == "postgresql" else _from_microseconds


class Id(Uuid[UUID]):
    """A random id: `uuid` on PostgreSQL, 32 characters on SQLite, where people may want to read it."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[UUID | None], str | None] | None:
        return _as_hex if dialect.name == "sqlite" else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], UUID | None] | None:  # noqa: ARG002
        return _from_hex if dialect.name == "sqlite" else None


def _with_zone(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise NaiveTime("a stored time needs a zone, and this one has none")
    return moment


def _as_microseconds(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise NaiveTime("a stored time needs a zone, and this one has none")
    return (moment - EPOCH) // MICROSECOND


def _from_microseconds(stored: int | None) -> datetime | None:
    return None if stored is None else EPOCH + timedelta(microseconds=stored)


def _as_hex(id_: UUID | None) -> str | None:
    return None if id_ is None else id_.hex


def _from_hex(stored: str | None) -> UUID | None:
    return None if stored is None else uuid(stored)


class IdsAndFacts(TypeDecorator[object]):
    """JSON as text, without spaces; NULL for None. Ids and times may be in it."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[object], str | None]:  # noqa: ARG002
        return _as_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], object] | None:  # noqa: ARG002
        return None if dialect.name == "postgresql" else _from_json  # SQLAlchemy has taught asyncpg to read JSON


class _Hex(TypeDecorator[Sequence[UUID]]):
    """Several ids as JSON, as SQLite has them."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Sequence[UUID] | None], str]:  # noqa: ARG002
        return lambda ids: _dumps([id_.hex for id_ in ids or ()])


def _plain(value: object) -> str:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            raise TypeError(f"JSON has no word for {type(value)}")


_dumps = JSONEncoder(separators=(",", ":"), default=_plain).encode


def _as_json(value: object) -> str | None:
    return None if value is None else _dumps(value)


def _from_json(stored: str | None) -> object:
    return None if stored is None else loads(stored)


ID = Id()
IDS_AND_FACTS = IdsAndFacts()

NAMES = ARRAY(Text).with_variant(JSON(), "sqlite")
"""Several names as one parameter, for `sql.one_of`."""

IDS = ARRAY(ID).with_variant(_Hex(), "sqlite")
"""Several ids as one parameter, for the same."""
