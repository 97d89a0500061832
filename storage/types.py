"""What a column holds, the same on both databases."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Dialect, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTime("a stored time needs a zone, and this one has none")
        return value if dialect.name == "postgresql" else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: datetime | int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if isinstance(value, int):
            return EPOCH + timedelta(microseconds=value)
        return value if value is None else value.astimezone(UTC)


ID: Uuid[UUID] = Uuid()
"""A random id: `uuid` on PostgreSQL, 32 characters on SQLite, where people may want to read it."""

IDS_AND_FACTS = JSON(none_as_null=True)
"""JSON as text on both: it is written far more often than looked into."""

NAMES = ARRAY(Text).with_variant(JSON(), "sqlite")
"""Several names as one parameter, for `sql.one_of`."""
