"""Survey stores as their contract needs them: each with a way to look into it from outside. A new one adds a rig."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest

from adapters.survey.email import Config as EmailConfig
from adapters.survey.email import Email
from adapters.survey.handoff import Handoff
from adapters.survey.webhook import Config as WebhookConfig
from adapters.survey.webhook import Webhook
from bot.outside import TAKES, SurveyStore, Topic
from conversations.events import Sending
from storage.opening import open_store
from storage.survey import EmbeddedSurvey
from tests.adapters.survey.events import NOW
from tests.adapters.survey.limesurvey_stage import stage
from tests.peers.limesurvey_things import Row
from tests.peers.mail import HOST, mail_server
from tests.peers.webhook_receiver import SECRET, webhook_receiver

Kept = Mapping[UUID, tuple[int, bool, list[str | None]]]
"""By subject: the revision, whether it is withdrawn, and the words in order; None where a question was passed over.

What nobody said at the end is left out: some stores have a place for each question there is."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One survey store, and what is there, seen from the outside; None of one that keeps nothing by its key."""

    store: SurveyStore
    kept: Callable[[], Awaitable[Kept]] | None
    shown: Callable[[], str] = str
    """Everything that a person can read there, where nothing is kept by its key."""

    @property
    def takes(self) -> frozenset[Topic]:
        """What it is told about."""
        return TAKES[self.store.name]


@asynccontextmanager
async def _embedded(place: Path | str) -> AsyncIterator[Rig]:
    store = await open_store(place, fresh=uuid4)
    survey = EmbeddedSurvey(store)

    async def kept() -> Kept:
        found: dict[UUID, tuple[int, bool, list[str | None]]] = {}
        async for row in survey.rows():
            if row.link_id is None:
                found[row.subject] = (row.revision, row.status is Sending.WITHDRAWN, [])
            else:
                found[row.subject][2].append(row.verbatim)
        return found

    yield Rig(survey, kept)
    await store.close()


def on_sqlite(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Rig]:
    """The built-in store, on SQLite."""
    return _embedded(request.getfixturevalue("tmp_path") / "chats.db")


def on_postgres(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Rig]:
    """The built-in store, on PostgreSQL."""
    return _embedded(request.getfixturevalue("migrated_postgres_url"))


@asynccontextmanager
async def webhook(_: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """A webhook, and a receiver that is written as docs/survey-store.md says."""
    async with webhook_receiver() as receiver:
        config = WebhookConfig(url=receiver.url, secrets=(SECRET,), source="urn:team-leeds-chats")
        made = Webhook(config, lambda: datetime.now(UTC))

        async def kept() -> Kept:
            assert receiver.refused == 0
            return {key: (one.revision, one.withdrawn, one.words) for key, one in receiver.kept.items()}

        yield Rig(made, kept, lambda: b"\n".join(arrival.body for arrival in receiver.arrived).decode())
        await made.close()


@asynccontextmanager
async def limesurvey(_: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """LimeSurvey's stand-in, with a survey as our own command makes it."""
    async with stage() as there:

        async def kept() -> Kept:
            rows = [there.peer.survey.by_code(key) for key in there.peer.survey.rows]
            return {UUID(str(row["token"])): _stands(row) for row in rows}

        yield Rig(there.store, kept)


def _stands(row: Row) -> tuple[int, bool, list[str | None]]:
    words = [row[f"qq{number}"] or None for number in (1, 2, 3)]
    return int(row["tlrevision"] or 0), row["tlstate"] == Sending.WITHDRAWN, words


@asynccontextmanager
async def email(_: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """E-mail, and a mailbox that shows what came twice once, by its Message-ID."""
    async with mail_server() as server:
        config = EmailConfig(
            host=HOST, port=server.port, security="off", sender="chats@leeds.example", to="programme@leeds.example"
        )
        made = Email(config, lambda: NOW)
        yield Rig(
            made, None, lambda: "\n".join({one.message["Message-ID"]: one.text for one in server.mailbox}.values())
        )
        await made.close()


@asynccontextmanager
async def handoff(_: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """A survey that people open themselves: there is nothing to see."""
    yield Rig(Handoff(), None)


RIGS: Final[Mapping[str, Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Rig]]]] = {
    "embedded on sqlite": on_sqlite,
    "embedded on postgres": on_postgres,
    "webhook": webhook,
    "limesurvey": limesurvey,
    "email": email,
    "handoff": handoff,
}
KEEPING: Final = ("embedded on sqlite", "embedded on postgres", "webhook", "limesurvey")
"""Those that keep what they are told by its key."""
ASKED: Final = ("embedded on sqlite", "embedded on postgres", "limesurvey")
"""Those that can be asked what they hold."""
