"""What we forward, read by other people's code: Standard Webhooks' and CloudEvents' own for Node, and ajv."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from adapters.survey.payload import FOLDER
from adapters.survey.webhook import Config, Webhook
from bot.outbox import Status
from bot.outside import AtFault, SurveyEvent, Topic
from conversations.events import Sending
from tests.adapters.survey.events import SUBJECT, contact, response, story, withdrawn
from tests.peers.programs import NODE_FOLDER, node
from tests.peers.webhook_receiver import SECRET

pytestmark = pytest.mark.peers

OTHER_SECRET: Final = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SECONDS_TO_START: Final = 60.0


@dataclass(frozen=True, slots=True)
class Reader:
    """The receiver in Node: where it is, and what it says of each request."""

    url: str
    says: asyncio.StreamReader

    async def next(self) -> dict[str, Any]:
        """What became of the next request."""
        said = json.loads(await self.says.readline())
        assert isinstance(said, dict)
        return said


@asynccontextmanager
async def reader(secret: str = SECRET) -> AsyncIterator[Reader]:
    """Run the receiver, which ends when its standard input does: here, and whenever we die."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        node(), NODE_FOLDER / "webhook_receiver.mjs", stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"secret": secret, "schemas": str(FOLDER)}).encode() + b"\n")
        async with asyncio.timeout(SECONDS_TO_START):
            said = await process.stdout.readline()
        if not said:
            raise RuntimeError("the receiver did not start; what it said is above")
        yield Reader(f"http://127.0.0.1:{int(said)}/hook", process.stdout)
    finally:
        await process.communicate(b"")  # ends its standard input, and waits


@asynccontextmanager
async def hook(url: str, *secrets: str) -> AsyncIterator[Webhook]:
    """The destination, for a receiver at `url`."""
    made = Webhook(
        Config(url=url, secrets=secrets or (SECRET,), source="urn:team-leeds-chats"), lambda: datetime.now(UTC)
    )
    try:
        yield made
    finally:
        await made.close()


def everything() -> list[SurveyEvent]:
    """An event of each type."""
    reflection = replace(response(1, "We heard a lot."), topic=Topic.REFLECTION)
    first = [response(1, "Well, Ä 😀.\nSecond line.", None), reflection, story(), contact()]
    revised = [
        replace(event, revision=2, sending=Sending.REVISED) for event in first if event.topic is not Topic.CONTACT
    ]
    return [*first, *revised, *(withdrawn(event, 3) for event in first)]


async def test_every_event_is_read_by_other_peoples_code() -> None:
    """The signature holds, it is a CloudEvent by the official check, and ajv finds that it meets our schemas."""
    events = everything()
    async with reader() as there, hook(there.url) as webhook:
        for event in events:
            assert await webhook.submit(event) is Status.SENT
            assert await there.next() == {
                "id": str(event.id),
                "type": f"uk.leeds.teamchats.{event.topic}.{event.sending}",
                "subject": str(event.subject),
                "time": "2026-12-08T00:00:00.000Z",
                "highest": f"{event.revision:010}",
            }
    assert len({(event.topic, event.sending) for event in events}) == 11


async def test_the_highest_revision_sorts_as_text() -> None:
    """Ten comes after nine, and what is late does not come back."""
    async with reader() as there, hook(there.url) as webhook:
        for revision in (9, 10, 2):
            await webhook.submit(replace(response(revision), sending=Sending.REVISED))
        said = [await there.next() for _ in range(3)]

    assert [one["highest"] for one in said] == ["0000000009", "0000000010", "0000000010"]
    assert {one["subject"] for one in said} == {str(SUBJECT)}


async def test_either_secret_will_do_while_they_change() -> None:
    """A receiver that knows one of two takes it; one that knows neither refuses."""
    async with reader(OTHER_SECRET) as there:
        async with hook(there.url, SECRET, OTHER_SECRET) as webhook:
            assert await webhook.submit(response(1)) is Status.SENT
        async with hook(there.url, SECRET) as webhook:
            with pytest.raises(AtFault, match="^unauthorised$"):
                await webhook.submit(response(1))
        said = [await there.next() for _ in range(2)]

    assert said[0]["id"] == str(response(1).id)
    assert said[1]["refused"] == "WebhookVerificationError"
