"""A chat in a terminal with every survey store beside it: the real program, and peers that behave like the real thing.

What the team said arrives in all of them; what is changed is revised; what is taken back is gone, or asked to be.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.mail import MailServer, mail_server
from tests.peers.webhook_receiver import SECRET, WebhookReceiver, webhook_receiver
from tests.test_app import COMMAND, environment

RUNS = 10
"""How often the program is started, at most, until what waits has left."""

CHAT = """
Ana > start team-leeds live
Ana > begin
Ben: It was lonely, and we laughed.
Cat (private): Nobody asked me how I was.
Ana > finish
Ana reflects: We are tired, and we are proud.
Ana > send
Ana > yes
Dev > tell a story
Dev fills in 1: A shared ward round
Dev fills in 2: We met the home care team each Friday.
Dev > send my story
"""
LATER = """
Ben edits 1: It was lonely, until we met.
Cat withdraws 1
"""
LONELY, ASKED, PROUD = "It was lonely, and we laughed.", "Nobody asked me how I was.", "We are tired, and we are proud."
UNTIL = "It was lonely, until we met."
STORY = "We met the home care team each Friday."


@dataclass(frozen=True, slots=True)
class Place:
    """A folder to run the program in, and what is around it."""

    folder: Path
    settings: dict[str, str]
    webhook: WebhookReceiver
    limesurvey: LimeSurveyPeer
    mail: MailServer

    async def run(self, *arguments: str, typed: str = "") -> str:
        """Run the program to its end; what it says. It is to end well."""
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            cwd=self.folder,
            env=environment(**self.settings),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(typed.encode())
        assert process.returncode == 0, f"{out.decode()}\n{err.decode()}"
        assert err.decode() == ""
        return out.decode()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Run the program until everything has left that is to."""
        for _ in range(RUNS):
            if is_so():
                return
            await self.run("chat")
        raise AssertionError("It did not leave.")

    def arrived(self) -> list[str]:
        """The words that the webhook's receiver keeps, of every subject."""
        return sorted(word for kept in self.webhook.kept.values() for word in kept.words if word is not None)

    def in_limesurvey(self) -> list[str]:
        """Everything in LimeSurvey that people said."""
        said = {LONELY, ASKED, PROUD, UNTIL}
        return sorted(word for row in self.limesurvey.survey.rows.values() for word in row.values() if word in said)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """The program with four destinations, and a survey in LimeSurvey that it made itself."""
    async with AsyncExitStack() as around:
        webhook = await around.enter_async_context(webhook_receiver())
        limesurvey = await around.enter_async_context(limesurvey_peer(lambda: datetime.now(UTC)))
        mail = await around.enter_async_context(mail_server())
        limesurvey.account("bot", "a-password")
        settings = {
            "destinations": "embedded,webhook,limesurvey,email",
            "survey_rate": "0",
            "webhook_url": webhook.url,
            "webhook_secrets": SECRET,
            "limesurvey_url": limesurvey.url,
            "limesurvey_user": "bot",
            "limesurvey_password": "a-password",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(mail.port),
            "smtp_security": "off",
            "email_from": "chats@leeds.example",
            "email_to": "programme@leeds.example",
        }
        made = Place(tmp_path, settings, webhook, limesurvey, mail)
        before = {**settings, "destinations": "embedded,webhook,email"}
        await Place(tmp_path, before, webhook, limesurvey, mail).run("survey", "limesurvey", "setup")
        settings["limesurvey_survey"] = str(limesurvey.survey.sid)
        yield made


async def test_a_chat_arrives_is_revised_and_taken_back_everywhere(place: Place) -> None:
    """Four people, four survey stores; afterwards both sides say the same."""
    assert (await place.run("survey", "limesurvey", "check")).endswith("The survey is ready.\n")
    await place.run("chat", typed=CHAT)
    await place.until(
        lambda: len(place.webhook.kept) == 4 and len(place.in_limesurvey()) == 3 and len(place.mail.mailbox) == 1
    )

    assert place.arrived() == sorted(["A shared ward round", LONELY, ASKED, PROUD, STORY])
    assert place.in_limesurvey() == sorted([LONELY, ASKED, PROUD])
    assert STORY in place.mail.mailbox[0].text
    assert LONELY not in place.mail.mailbox[0].text

    await place.run("chat", typed=LATER)
    await place.until(lambda: UNTIL in place.in_limesurvey() and ASKED not in place.arrived() + place.in_limesurvey())
    await place.until(lambda: UNTIL in place.arrived())

    assert place.arrived() == sorted(["A shared ward round", UNTIL, PROUD, STORY])
    assert place.in_limesurvey() == sorted([UNTIL, PROUD])
    await place.run("export", "--format", "jsonl", "--out", "export")
    kept = (place.folder / "export" / "responses.jsonl").read_text(encoding="utf-8")
    assert UNTIL in kept
    assert ASKED not in kept
    assert LONELY not in kept
    clean = await place.run("survey", "reconcile")
    assert "embedded holds 4 things; 0 still to be told." in clean
    assert "limesurvey holds 3 things; 0 still to be told." in clean
    assert clean.count("Both sides say the same") == 2
    assert "failed" not in await place.run("status")  # what waits there is the second look at a withdrawal
