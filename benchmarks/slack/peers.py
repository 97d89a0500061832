"""The same task written the way people do it: bolt with a dict, and bolt with the SQLAlchemy ORM for each event.

1. Each answer is kept and answered with one post in its thread.
2. Bolt checks the signature; nobody calls `auth.test`, which would be one more call for each event.
3. The ORM commits before the acknowledgement, durably, and posts after it, as bolt's lazy listeners are for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import ForeignKey, String, create_engine, event, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

from benchmarks.slack.events import BOT, BOT_USER, SIGNING_SECRET, TOKEN, Thread

REPLY = "Thank you, that is kept."

Event = Mapping[str, Any]


def _bolt(api_url: str, *, before_response: bool) -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_user_id=BOT_USER, bot_id=BOT, bot_token=TOKEN
        )

    return AsyncApp(
        signing_secret=SIGNING_SECRET,
        client=AsyncWebClient(base_url=api_url),
        authorize=authorize,
        process_before_response=before_response,
    )


class WithADict:
    """Keeps answers in memory, and loses them with the process."""

    def __init__(self, api_url: str) -> None:
        self.bolt = _bolt(api_url, before_response=False)
        self.said = 0
        self.kept: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self.bolt.event("message")(self._take)

    async def _take(self, event: Event, say: AsyncSay) -> None:
        self.kept.setdefault((event["channel"], event["thread_ts"]), []).append((event["user"], event["text"]))
        await say(text=REPLY, thread_ts=event["thread_ts"])
        self.said += 1


class Base(DeclarativeBase):
    """The tables of the bot with the ORM."""


class ChatRow(Base):
    """A chat in a thread."""

    __tablename__ = "orm_chats"
    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(80), index=True)
    thread: Mapped[str] = mapped_column(String(40), index=True)


class AnswerRow(Base):
    """What somebody said."""

    __tablename__ = "orm_answers"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(ForeignKey("orm_chats.id"), index=True)
    person: Mapped[str] = mapped_column(String(80))
    ts: Mapped[str] = mapped_column(String(40))
    text: Mapped[str]


def _chat_of(said: Event) -> Any:  # noqa: ANN401 -- a statement, of which SQLAlchemy's types say more than is read
    return select(ChatRow).where(ChatRow.channel == said["channel"], ChatRow.thread == said["thread_ts"])


def _answer(chat: ChatRow, said: Event) -> AnswerRow:
    return AnswerRow(chat=chat.id, person=said["user"], ts=said["ts"], text=said["text"])


class WithTheOrm:
    """Reads the chat, adds the answer and commits, for each event; then posts."""

    def __init__(self, api_url: str, database_url: str) -> None:
        """`database_url` as SQLAlchemy takes it."""
        self.bolt = _bolt(api_url, before_response=True)
        self.said = 0
        keep = _on_postgres(database_url) if database_url.startswith("postgresql") else _on_sqlite(database_url)

        async def take(event: Event) -> None:
            await keep(event)

        self.bolt.event("message")(ack=take, lazy=[self._post])

    async def _post(self, event: Event, say: AsyncSay) -> None:
        await say(text=REPLY, thread_ts=event["thread_ts"])
        self.said += 1


def _on_postgres(url: str) -> Callable[[Event], Awaitable[None]]:
    sessions = async_sessionmaker(create_async_engine(url))

    async def keep(said: Event) -> None:
        async with sessions() as session:
            chat = (await session.scalars(_chat_of(said))).one()
            session.add(_answer(chat, said))
            await session.commit()

    return keep


def _on_sqlite(url: str) -> Callable[[Event], Awaitable[None]]:
    engine = create_engine(url)
    event.listen(engine, "connect", durable)
    sessions, one_writer = sessionmaker(engine), asyncio.Lock()

    def keep_now(said: Event) -> None:
        with sessions() as session:
            chat = session.scalars(_chat_of(said)).one()
            session.add(_answer(chat, said))
            session.commit()

    async def keep(said: Event) -> None:
        async with one_writer:
            await asyncio.to_thread(keep_now, said)

    return keep


def durable(connection: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's connection
    """Set a connection to SQLite up as ours are."""
    for pragma in ("journal_mode=wal", "synchronous=full"):
        connection.execute(f"PRAGMA {pragma}").close()


async def founded(database_url: str, threads: list[Thread]) -> None:
    """Make the ORM's tables at `database_url`, with a chat in each thread."""
    rows = [ChatRow(channel=thread.channel, thread=thread.ts) for thread in threads]
    if not database_url.startswith("postgresql"):
        engine = create_engine(database_url)
        Base.metadata.create_all(engine)
        with sessionmaker(engine).begin() as session:
            session.add_all(rows)
        engine.dispose()
        return
    server = create_async_engine(database_url)
    async with server.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(server).begin() as waiting:
        waiting.add_all(rows)
    await server.dispose()
