"""A chat whose every word is marked, through the real composition; and everywhere the mark must never be."""

import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from io import StringIO
from traceback import format_exception
from uuid import uuid4

import asyncpg
from sqlalchemy import select

from app import App, Works
from bot import logs
from bot.conversation import Incoming, Reply
from bot.house import House
from bot.outbox import Status
from bot.outside import Address, Held, InDoubt, SurveyEvent, SurveyStore
from conversations.actions import Ask
from conversations.messages import Message
from conversations.model import Calendar
from storage.opening import OpenStore
from storage.sql import Row, Statement
from storage.survey import EmbeddedSurvey
from storage.tables import metadata
from storage.transaction import Transaction
from tests.logging_left import left_as_found

MARK = "canary7f3a"
WORDS = f"I said {MARK} to them."

HOMES = {
    *(((table, "text")) for table in ("answers", "reflections", "stories", "contacts")),
    ("survey_responses", "verbatim"),
}
"""The columns where words live."""

ROOM = Address("canary", "here", "room")
LIBRARIES = (*logs.LIBRARIES, "sqlalchemy.engine", "sqlalchemy.pool", "asyncpg")


class Bird:
    """A channel that notes what it is shown, and refuses as it is told."""

    name = ROOM.channel
    in_doubt = InDoubt.LOOK
    gap = timedelta(0)

    def __init__(self) -> None:
        self.refusals: list[Exception] = []
        self.shown: list[Message] = []

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        self._show(message)
        return replacing or f"{to.address}:{key}"

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        return f"{to.address}:{key}"

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        self._show(message)

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        return False

    async def direct(self, message: Message, to: Address, key: str) -> None:
        self._show(message)

    def _show(self, message: Message) -> None:
        self.shown.append(message)
        if self.refusals:
            raise self.refusals.pop(0)


class Refusing:
    """The embedded survey store, after it has refused as it is told."""

    name = "embedded"
    may_double = False
    quiet: timedelta | None = None

    def __init__(self, real: SurveyStore) -> None:
        self.refusals: list[Exception] = []
        self.told: list[SurveyEvent] = []
        self._real = real

    def held(self) -> AsyncIterator[Held] | None:
        return self._real.held()

    async def close(self) -> None:
        await self._real.close()

    async def submit(self, event: SurveyEvent) -> Status:
        self.told.append(event)
        if self.refusals:
            raise self.refusals.pop(0)
        return await self._real.submit(event)


class Mailbox:
    """A mailbox of the programme team, after it has refused as it is told."""

    name = "email"
    may_double = True
    quiet: timedelta | None = None

    def __init__(self) -> None:
        self.refusals: list[Exception] = []
        self.told: list[SurveyEvent] = []

    def held(self) -> AsyncIterator[Held] | None:
        return None

    async def close(self) -> None:
        """It has nothing to close."""

    async def submit(self, event: SurveyEvent) -> Status:
        self.told.append(event)
        if self.refusals:
            raise self.refusals.pop(0)
        return Status.SENT


class Marked(App):
    """The program as it is, but for a clock of ours, a survey store that can refuse, and a bug that can be let in."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
        self.bug: Exception | None = None
        super().__init__(debug=False, clock=lambda: self.moment)

    @cached_property
    def house(self) -> House:
        house = super().house

        def calendar(zone: str) -> Calendar:
            if self.bug is not None:
                raise self.bug
            return house.calendar(zone)

        return replace(house, calendar=calendar, destinations=("embedded", "email"))

    def survey_stores(self, store: OpenStore) -> Mapping[str, SurveyStore]:
        self.survey = Refusing(EmbeddedSurvey(store))
        self.mailbox = Mailbox()
        return {"embedded": self.survey, "email": self.mailbox}


@dataclass
class Canary:
    """A composed program with a bird in the room, and what was seen of its words."""

    app: Marked
    store: OpenStore
    works: Works
    bird: Bird
    logged: StringIO
    raised: list[Exception] = field(default_factory=list)
    reprs: list[str] = field(default_factory=list)

    async def say(self, person: str, ask: Ask, delivery: str | None = None) -> Reply | None:
        """Have `person` ask for something; None, and the error is kept, when that fails."""
        self.app.moment += timedelta(seconds=20)
        who = Address(ROOM.channel, ROOM.workspace, person)
        incoming = Incoming(delivery=delivery or str(uuid4()), ask=ask, said_at=self.app.moment, room=ROOM, person=who)
        self.reprs += [repr(incoming), repr(ask)]
        try:
            return await self.works.conversation.handle(incoming)
        except Exception as error:  # noqa: BLE001 -- what is raised is looked at, whatever it is
            if error is not self.app.bug:  # which has words in it from the start
                self.raised.append(error)
            return None

    async def deliver(self, hours: int = 0) -> None:
        """Deliver what is due now and in each of the next `hours`."""
        await self.works.delivery.drain()
        for _ in range(hours):
            self.app.moment += timedelta(hours=1)
            await self.works.schedules.tick()
            await self.works.delivery.drain()

    async def rows(self, *, homes: bool) -> list[tuple[str, str]]:
        """Read every table: the columns where words live (`homes`), or all the others, as (table, row)."""
        return await rows_of(self.store, homes=homes)

    async def leaks(self) -> list[str]:
        """Name every place that has the mark and must not."""
        listed = await self.store.read(lambda tx: tx.outbox.listed(Status, 10_000))
        places = [
            *(("log", line) for line in self.logged.getvalue().splitlines()),
            *(("table " + name, row) for name, row in await self.rows(homes=False)),
            *(("outbox line", repr(line)) for line in listed),
            *(("error", text) for error in self.raised for text in _texts(error)),
            *(("repr", text) for text in self.reprs),
            *(("repr", repr(event)) for event in (*self.app.survey.told, *self.app.mailbox.told)),
            *(("notification", message.summary) for message in self.bird.shown),
        ]
        return [f"{place}: {text[:200]}" for place, text in places if MARK in text]


async def rows_of(store: OpenStore, *, homes: bool) -> list[tuple[str, str]]:
    """Read every table: the columns where words live (`homes`), or all the others, as (table, row)."""
    found = []
    for table in metadata.tables.values():
        columns = [column for column in table.c if ((table.name, column.name) in HOMES) is homes]
        if columns:
            rows = await store.read(partial(_everything, Statement(select(*columns))))
            found += [(table.name, json.dumps([str(value) for value in row])) for row in rows]
    return found


@asynccontextmanager
async def failing_in_the_middle(address: str) -> AsyncIterator[None]:
    """Have the database fail after an answer's first write; PostgreSQL quotes the answer when it does."""
    if address.startswith("sqlite"):
        database = sqlite3.connect(address.removeprefix("sqlite:///"))
        for table in ("events", "survey_ledger"):
            database.execute(
                f"CREATE TRIGGER fails_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        yield
        for table in ("events", "survey_ledger"):
            database.execute(f"DROP TRIGGER fails_{table}")
        database.close()
        return
    connection = await asyncpg.connect(address.replace("+asyncpg", ""))
    tables = ("answers", "reflections", "stories", "contacts")
    for table in tables:
        await connection.execute(
            f"CREATE OR REPLACE FUNCTION fails_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no to %', NEW.text USING DETAIL = NEW.text; END $$;"
            f"CREATE TRIGGER fails BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fails_{table}()"
        )
    yield
    for table in tables:
        await connection.execute(f"DROP TRIGGER fails ON {table}")
    await connection.close()


def _everything(statement: Statement, tx: Transaction) -> list[Row]:
    return tx.sql.all(statement)


@asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """Compose the program on the database of the settings, and listen to all that is logged."""
    app = Marked()
    bird = Bird()
    logged = StringIO()
    async with app.store() as store:
        works = app.works(store, await app.settled(store), {bird.name: bird})
        logs.set_up("DEBUG", "json", app.now, logged)
        logging.getLogger().addHandler(logging.StreamHandler(logged))  # as libraries would have it, texts and all
        for name in LIBRARIES:
            logging.getLogger(name).setLevel(logging.DEBUG)
        yield Canary(app, store, works, bird, logged)


@contextmanager
def libraries_left_as_found() -> Iterator[None]:
    """Leave the libraries as talkative as they were."""
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    try:
        with left_as_found():
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _texts(error: Exception) -> Sequence[str]:
    return [str(error), repr(error), *format_exception(error)]
