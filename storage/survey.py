"""The survey store that is in the box: tables of our own, written once in effect.

1. A response is one row that says what is true of it, and one row for each of its items. Its key is the primary key.
2. It takes a revision only above the one it holds. The same one again, or an older one, changes nothing.
3. A withdrawal leaves the first row, with ids alone, so that nothing older can bring the words back.
4. Of the time it keeps the day: in a room people see when one of them changes a message.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, bindparam, delete, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from bot.outbox import Status
from bot.outside import Busy, Held, SurveyEvent
from bot.ports import StoreDown
from conversations.events import Sending
from storage.sql import Sql, Statement, Values, one_of
from storage.survey_rows import SurveyRow, about_of, day_of, events_of, items_of
from storage.tables import survey_responses as table
from storage.types import IDS

T = TypeVar("T")

PAGE = 500
"""Responses read at a time."""

_header = (
    insert(table)
    .inline()
    .values(  # inline: with RETURNING, SQLite would count no row as written
        subject=bindparam("subject"),
        place=literal_column("0", Integer()),
        revision=bindparam("revision"),
        status=bindparam("status"),
        about=bindparam("about"),
        at=bindparam("at"),
    )
)
TAKE = Statement(
    _header.on_conflict_do_update(
        index_elements=["subject", "place"],
        set_={name: _header.excluded[name] for name in ("revision", "status", "about", "at")},
        where=table.c.revision < _header.excluded.revision,
    )
)
_IS_ITEM: ColumnElement[bool] = table.c.place > literal_column("0")
CLEAR = Statement(delete(table).where(table.c.subject == bindparam("which"), _IS_ITEM))
_ITEM = ("subject", "place", "link_id", "revision", "status", "verbatim", "nonresponse", "permission", "at")
ADD_ITEM = Statement(insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in _ITEM}))
HELD = Statement(
    select(table.c.subject, table.c.revision)
    .where(table.c.place == literal_column("0"), one_of(table.c.subject, bindparam("subjects", type_=IDS)))
    .with_for_update()
)
_SHOWN = (
    table.c.subject,
    table.c.place,
    table.c.revision,
    table.c.status,
    table.c.about,
    table.c.link_id,
    table.c.verbatim,
    table.c.nonresponse,
    table.c.permission,
    table.c.at,
)


def _called(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=table.c[name].type)


PAGE_AFTER = Statement(
    select(*_SHOWN)
    .where(tuple_(table.c.subject, table.c.place) > tuple_(_called("subject"), _called("place")))
    .order_by(table.c.subject, table.c.place)
    .limit(bindparam("most", type_=Integer()))
)


class SurveyRows:
    """The embedded survey store inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def take(self, event: SurveyEvent) -> bool:
        """Hold `event`; False if this revision or a higher one is held already."""
        if not self._sql.run(TAKE, **_first(event)):
            return False
        self._sql.run(CLEAR, which=event.subject)
        if event.sending is not Sending.WITHDRAWN:
            self._sql.later(ADD_ITEM, items_of(event))
        return True

    def take_all(self, events: Sequence[SurveyEvent]) -> Sequence[SurveyEvent]:
        """Hold `events`, no two about one subject; those of which no such revision or a higher one is held already.

        As `take`, in few round trips. What is told of the same subject for the first time in that moment undoes it all.
        """
        subjects = [event.subject for event in events]
        held: dict[UUID, int] = {row[0]: row[1] for row in self._sql.all(HELD, subjects=subjects)}
        taken = [event for event in events if event.revision > held.get(event.subject, 0)]
        self._sql.later(TAKE, [_first(event) for event in taken], in_order=True)
        self._sql.later(CLEAR, [{"which": event.subject} for event in taken if event.subject in held], in_order=True)
        items = [item for event in taken if event.sending is not Sending.WITHDRAWN for item in items_of(event)]
        self._sql.later(ADD_ITEM, items, in_order=True)
        return taken

    def after(self, subject: UUID, place: int, most: int) -> Sequence[SurveyRow]:
        """Up to `most` rows after that one, in the order of their keys."""
        return [
            SurveyRow(
                subject=row[0],
                place=row[1],
                revision=row[2],
                status=Sending(row[3]),
                about=row[4],
                link_id=row[5],
                verbatim=row[6],
                nonresponse=row[7],
                permission=row[8],
                day=row[9].date(),
            )
            for row in self._sql.all(PAGE_AFTER, subject=subject, place=place, most=most)
        ]

    def every(self) -> Iterator[SurveyRow]:
        """Every row as of one moment, in the order of their keys, a response's own before its items'; few in memory."""
        subject, place = UUID(int=0), 0
        while page := self.after(subject, place, PAGE):
            yield from page
            subject, place = page[-1].subject, page[-1].place

    def events(self) -> Iterator[SurveyEvent]:
        """Everything as of one moment, as it was told, in the order of the subjects; few in memory."""
        return events_of(self.every())


def _first(event: SurveyEvent) -> Values:
    return {
        "subject": event.subject,
        "revision": event.revision,
        "status": event.sending.value,
        "about": about_of(event),
        "at": day_of(event),
    }


class Surveyed(Protocol):
    """A transaction that reaches the embedded survey store."""

    survey: SurveyRows


class SurveyedStore(Protocol):
    """A store whose transactions do: ours, on either database."""

    async def transact(self, work: Callable[[Surveyed], T]) -> T:
        """As `bot.ports.Store`."""
        ...

    async def read(self, work: Callable[[Surveyed], T]) -> T:
        """As `bot.ports.Store`."""
        ...


class EmbeddedSurvey:
    """The embedded survey store as a destination, and as what is exported."""

    name = "embedded"
    may_double = False
    quiet: timedelta | None = None

    def __init__(self, store: SurveyedStore) -> None:
        self._store = store

    async def submit(self, event: SurveyEvent) -> Status:
        try:
            await self._store.transact(lambda tx: tx.survey.take(event))
        except StoreDown:
            raise Busy("store_down") from None
        return Status.SENT

    async def held(self) -> AsyncIterator[Held]:
        async for row in self.rows():
            if row.link_id is None:
                yield Held(row.subject, row.revision, row.status is Sending.WITHDRAWN)

    async def close(self) -> None:
        """Nothing of its own is open."""

    async def rows(self) -> AsyncIterator[SurveyRow]:
        """Every row, a response's own before its items', read a page at a time. Raises StoreDown."""
        subject, place = UUID(int=0), 0
        while True:
            page = await self._store.read(partial(_page, subject, place))
            for row in page:
                yield row
            if len(page) < PAGE:
                return
            subject, place = page[-1].subject, page[-1].place


def _page(subject: UUID, place: int, tx: Surveyed) -> Sequence[SurveyRow]:
    return tx.survey.after(subject, place, PAGE)
