"""The survey stores as they stand outside, the bad lines to them, and what is there in the end."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final
from uuid import UUID

from adapters.survey.limesurvey_rows import FIRST
from storage.survey import EmbeddedSurvey
from tests.adapters.survey.limesurvey_stage import PASSWORD, USER, made
from tests.conversations.chats import GUIDE
from tests.peers.bad_line import BadLine, Line, Odds, bad_line
from tests.peers.bad_mail_line import bad_mail_line
from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.limesurvey_things import Database
from tests.peers.mail import MailServer, mail_server
from tests.peers.webhook_receiver import WebhookReceiver, webhook_receiver

QUESTIONS: Final = {question.key: question.wording for question in GUIDE.questions} | {"reflection": "For the team"}

Holds = Mapping[UUID, Mapping[str, str]]
"""By subject: the words that are there, by question; no words at all under a key that was withdrawn."""


@dataclass(slots=True)
class Outside:
    """Everything that outlives the senders."""

    to: dict[str, str] = field(default_factory=dict)
    """Where senders are to send, by destination: to the bad lines."""
    straight: dict[str, str] = field(default_factory=dict)
    """The same without them."""
    lines: dict[str, Line] = field(default_factory=dict)
    receiver: WebhookReceiver | None = None
    limesurvey: LimeSurveyPeer | None = None
    mail: MailServer | None = None

    async def settle(self) -> None:
        """Come back when nothing is on its way any more, however late."""
        for line in self.lines.values():
            await line.settle()

    async def hang(self, seconds: float) -> None:
        """Have the survey stores that are called over HTTP hang."""
        for line in self.lines.values():
            if isinstance(line, BadLine):
                await line.hang(seconds)
                return

    def told_twice(self) -> Sequence[str]:
        """What is there more than once: several events of one revision at the receiver, several rows in LimeSurvey."""
        found = []
        if self.receiver is not None:
            found += _events_twice(self.receiver)
        if self.limesurvey is not None:
            found += _rows_twice(self.limesurvey)
        return found


def _events_twice(receiver: WebhookReceiver) -> list[str]:
    ids: dict[tuple[UUID, int], set[str]] = {}
    for arrival in receiver.arrived:
        event = json.loads(arrival.body)
        ids.setdefault((UUID(event["subject"]), int(event["sequence"])), set()).add(arrival.id)
    return [f"{subject} {revision} came as {len(found)} events" for (subject, revision), found in ids.items()
            if len(found) > 1]  # fmt: skip


def _rows_twice(peer: LimeSurveyPeer) -> list[str]:
    tokens = [str(row["token"]) for row in peer.survey.rows.values()]
    twice = [f"{token} has {tokens.count(token)} rows" for token in set(tokens) if tokens.count(token) > 1]
    return twice + [f"row {number} is not where we chose" for number in peer.survey.rows if number <= FIRST]


@asynccontextmanager
async def outside(destinations: Sequence[str], chance: Random, odds: Odds) -> AsyncIterator[Outside]:
    """Everything, until the end of the block."""
    there = Outside()
    async with AsyncExitStack() as stack:
        for name in destinations:
            match name:
                case "webhook":
                    there.receiver = await stack.enter_async_context(webhook_receiver())
                    there.straight[name] = there.receiver.url
                case "limesurvey":
                    peer = await stack.enter_async_context(limesurvey_peer(lambda: datetime.now(UTC), Database.MARIADB))
                    peer.account(USER, PASSWORD)
                    made(peer, QUESTIONS)
                    there.limesurvey, there.straight[name] = peer, peer.url
                case "email":
                    there.mail = await stack.enter_async_context(mail_server())
                    line = await stack.enter_async_context(bad_mail_line(there.mail.port, chance, odds))
                    there.straight[name], there.to[name] = str(there.mail.port), str(line.port)
                    there.lines[name] = line
                    continue
                case _:
                    there.straight[name] = there.to[name] = ""
                    continue
            http = await stack.enter_async_context(bad_line(there.straight[name], chance, odds))
            there.lines[name], there.to[name] = http, http.url
        yield there


def at_receiver(receiver: WebhookReceiver) -> Holds:
    """What the receiver keeps."""
    found = {}
    for subject, kept in receiver.kept.items():
        items = [] if kept.data is None else kept.data.get("items", [])
        found[subject] = {item["link_id"]: item["responses"][0]["verbatim"] for item in items if item["responses"]}
    return found


def in_limesurvey(peer: LimeSurveyPeer) -> Holds:
    """What stands in LimeSurvey."""
    rows = [peer.survey.by_code(number) for number in peer.survey.rows]
    return {
        UUID(str(row["token"])): {name: str(row[f"q{name}"]) for name in QUESTIONS if row[f"q{name}"]} for row in rows
    }


async def embedded(survey: EmbeddedSurvey) -> Holds:
    """What is in our own tables."""
    found: dict[UUID, dict[str, str]] = {}
    async for row in survey.rows():
        words = found.setdefault(row.subject, {})
        if row.link_id is not None and row.verbatim is not None:
            words[row.link_id] = row.verbatim
    return found
