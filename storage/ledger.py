"""The ledger of what survey stores were to be told and were told. Ids alone: it outlives the words, as a tombstone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.ledger import Asked, Entry
from bot.outbox import Told
from bot.outside import Topic
from conversations.events import Sending
from storage.sql import Row, Sql, Statement, Values
from storage.tables import survey_ledger as table

PAGE = 500

_new = (
    insert(table)
    .inline()
    .values(
        {
            name: bindparam(name, type_=table.c[name].type)
            for name in ("destination", "subject", "topic", "revision", "sending", "asked_at")
        }
    )
)
ASK = Statement(
    _new.on_conflict_do_update(
        index_elements=["destination", "subject"],
        set_={name: _new.excluded[name] for name in ("revision", "sending", "asked_at")},
        where=table.c.revision < _new.excluded.revision,
    )
)
_IT = (
    table.c.destination == bindparam("which_destination", type_=table.c.destination.type),
    table.c.subject == bindparam("which", type_=table.c.subject.type),
)
_REVISION = bindparam("now_told", type_=Integer())
TOLD = Statement(
    update(table)
    .values(
        told_revision=_REVISION,
        told_sending=bindparam("how", type_=table.c.told_sending.type),
        told_at=bindparam("told_now", type_=table.c.told_at.type),
    )
    .where(*_IT, or_(table.c.told_revision.is_(None), table.c.told_revision <= _REVISION))
)
FORGET = Statement(
    update(table)
    .values(
        revision=_REVISION,
        sending=bindparam("how", type_=table.c.sending.type),
        told_revision=_REVISION,
        told_sending=bindparam("how", type_=table.c.told_sending.type),
        told_at=bindparam("told_now", type_=table.c.told_at.type),
    )
    .where(*_IT)
)
_SHOWN = (
    table.c.destination,
    table.c.subject,
    table.c.topic,
    table.c.number,
    table.c.revision,
    table.c.sending,
    table.c.told_revision,
    table.c.told_sending,
    table.c.told_at,
)
OF = Statement(
    select(*_SHOWN).where(table.c.subject == bindparam("which", type_=table.c.subject.type)).order_by(table.c.number)
)
NUMBER = Statement(select(table.c.number).where(*_IT))
PAGE_AFTER = Statement(
    select(*_SHOWN)
    .where(
        table.c.destination == bindparam("which_destination", type_=table.c.destination.type),
        table.c.number > bindparam("after", type_=table.c.number.type),
    )
    .order_by(table.c.number)
    .limit(bindparam("most", type_=Integer()))
)


class SqlLedger:
    """The ledger inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def ask(self, asked: Sequence[Asked]) -> None:
        rows = [
            {
                "destination": one.destination,
                "subject": one.subject,
                "topic": one.topic.value,
                "revision": one.revision,
                "sending": one.sending.value,
                "asked_at": one.at,
            }
            for one in asked
        ]
        if rows:
            self._sql.later(ASK, rows)

    def forget(self, asked: Asked) -> None:
        self._sql.run(
            FORGET,
            which_destination=asked.destination,
            which=asked.subject,
            now_told=asked.revision,
            how=asked.sending.value,
            told_now=asked.at,
        )

    def told(self, told: Told, now: datetime) -> None:
        self._sql.run(TOLD, **_told(told, now))

    def told_all(self, told: Iterable[Told], now: datetime) -> None:
        """As `told`, many at once."""
        self._sql.later(TOLD, [_told(one, now) for one in told])

    def of(self, subject: UUID) -> Sequence[Entry]:
        return [_entry(row) for row in self._sql.all(OF, which=subject)]

    def number(self, destination: str, subject: UUID) -> int:
        row = self._sql.one(NUMBER, which_destination=destination, which=subject)
        if row is None:
            raise LookupError("the ledger has no such subject")
        return int(row[0])

    def every(self, destination: str) -> Iterator[Entry]:
        after = 0
        while page := self._sql.all(PAGE_AFTER, which_destination=destination, after=after, most=PAGE):
            yield from map(_entry, page)
            after = page[-1][3]


def _told(told: Told, now: datetime) -> Values:
    return {
        "which_destination": told.destination,
        "which": told.subject,
        "now_told": told.revision,
        "how": told.sending.value,
        "told_now": now,
    }


def _entry(row: Row) -> Entry:
    return Entry(
        destination=row[0],
        subject=row[1],
        topic=Topic(row[2]),
        number=row[3],
        revision=row[4],
        sending=Sending(row[5]),
        told_revision=row[6],
        told_sending=None if row[7] is None else Sending(row[7]),
        told_at=row[8],
    )
