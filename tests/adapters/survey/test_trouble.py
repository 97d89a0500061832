"""When a survey store is in trouble: what becomes of what waits, what `status` says, and what organisers are written.

The whole of delivery, from a chat's end to the real client, against stand-ins that go wrong.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from aiohttp.abc import AbstractResolver

from adapters.cli import reports
from adapters.survey.limesurvey import Config as LimeSurveyConfig
from adapters.survey.limesurvey import LimeSurvey
from adapters.survey.webhook import Config, Webhook
from bot.outbox import Rate, Status
from bot.outside import SurveyStore
from conversations import commands as do
from conversations.messages import plain
from storage.opening import OpenStore, open_store
from tests.adapters.survey.limesurvey_stage import PASSWORD, SURVEY, USER, made
from tests.adapters.survey.test_outward import Book
from tests.bot.composing import Bot, Clock, answer, composed, person
from tests.conversations.chats import GUIDE
from tests.peers.certificates import vouched
from tests.peers.limesurvey import LimeSurveyPeer, limesurvey_peer
from tests.peers.limesurvey_faults import Huge
from tests.peers.limesurvey_things import Database
from tests.peers.webhook_receiver import SECRET, Answers, Floods, Hangs, webhook_receiver

QUESTIONS: Final = {question.key: question.wording for question in GUIDE.questions} | {"reflection": "For the team"}
WORDS: Final = "the ward was short again"
PEOPLE: Final = ("ana", "ben", "cat")
AT_FAULT: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox that is for the survey."""

    status: Status
    attempts: int
    reason: str | None


async def spoken(store: OpenStore, survey: SurveyStore, clock: Clock | None = None) -> Bot:
    """A bot with an organiser, after a chat in which three people answered; nothing has left yet."""
    bot = composed(
        store,
        clock=clock,
        survey=survey,
        organisers=frozenset({person("olu")}),
        rate_of=lambda gate: Rate(1000, 1000) if gate == survey.name else None,
    )
    await bot.begun()
    for who in PEOPLE:
        await bot.accepted(who, answer(f"{WORDS}, says {who}"))
    await bot.sent()
    return bot


async def rows(bot: Bot) -> list[Row]:
    """What is for the survey, in order."""
    return [Row(line.status, line.attempts, line.reason) for line in await bot.outbox() if line.kind == "forward"]


async def status(bot: Bot) -> str:
    """What the command says."""
    now = bot.clock()
    return "\n".join(reports.status(await bot.store.read(lambda tx: tx.upkeep.counts(now)), now))


async def letter(bot: Bot) -> str:
    """What the organiser is written now; nothing, if that is nothing."""
    before = len(bot.room.letters)
    await bot.schedules.watch()
    await bot.deliver()
    return "\n".join(plain(sent.message) for sent in bot.room.letters[before:])


async def go_on(bot: Bot, **time: float) -> None:
    """Let time pass, and deliver what is due then."""
    bot.clock.wait(**time)
    await bot.deliver()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[OpenStore]:
    """A store in one file."""
    opened = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    yield opened
    await opened.close()


@asynccontextmanager
async def hook(
    url: str, *, ca: Path | None = None, seconds: float = 20.0, look_up: AbstractResolver | None = None
) -> AsyncIterator[Webhook]:
    """The destination at an address; its signatures have the time that its receiver has."""
    config = Config(url=url, secrets=(SECRET,), source="urn:trouble", ca=ca, seconds=seconds)
    webhook = Webhook(config, lambda: datetime.now(UTC), look_up)
    try:
        yield webhook
    finally:
        await webhook.close()


@dataclass(frozen=True, slots=True)
class Survey:
    """LimeSurvey's stand-in, what writes there, and the clock of both."""

    peer: LimeSurveyPeer
    store: LimeSurvey
    clock: Clock


@asynccontextmanager
async def limesurvey(password: str = PASSWORD) -> AsyncIterator[Survey]:
    """With a survey that has a place for everything; we log in with `password`."""
    clock = Clock()
    async with limesurvey_peer(clock, Database.MARIADB) as peer:
        peer.account(USER, PASSWORD)
        made(peer, QUESTIONS)
        config = LimeSurveyConfig(url=peer.url, user=USER, password=password, survey=SURVEY)
        store = LimeSurvey(config, clock)
        try:
            yield Survey(peer, store, clock)
        finally:
            await store.close()


async def turned_away(bot: Bot, why: str) -> None:
    """Hold what there is against a destination that is at fault."""
    name = next(iter(bot.house.destinations))
    found = await rows(bot)
    assert {(row.status, row.attempts) for row in found} == {(Status.READY, 0)}
    assert {row.reason for row in found} <= {f"at_fault {why}", None}
    said = await status(bot)
    assert f"forward to {name}: {len(found)} waiting" in said
    assert f"{name}: in 10 minutes" in said
    assert f"{name} turned me away ({why.replace('_', ' ')}). {len(found)} waiting" in await letter(bot)
    assert WORDS not in said


async def arrives_after(bot: Bot, time: timedelta) -> None:
    """Hold that everything is sent once so much time has passed, and that nobody is written to any more."""
    await go_on(bot, seconds=time.total_seconds())
    await go_on(bot, seconds=1)  # a gate that was closed begins empty
    found = await rows(bot)
    assert {row.status for row in found} == {Status.SENT}
    assert "Left alone" not in await status(bot)
    await go_on(bot, days=1)
    assert await letter(bot) == ""


# --- LimeSurvey ------------------------------------------------------------------------------------------------------


async def test_a_wrong_password_is_tried_once_in_ten_minutes(store: OpenStore) -> None:
    """However much waits, and however often somebody looks; nothing is lost meanwhile."""
    async with limesurvey("wrong") as survey:
        bot = await spoken(store, survey.store, survey.clock)
        await bot.deliver()
        for _ in range(5):
            await go_on(bot, minutes=1.9)
        assert survey.peer.access.tries == [False]
        await go_on(bot, minutes=1)
        assert survey.peer.access.tries == [False, False]

        await turned_away(bot, "unauthorised")
        survey.peer.account(USER, "wrong")
        await arrives_after(bot, AT_FAULT)


async def test_a_survey_that_is_closed_in_the_middle_holds_up_what_is_left(store: OpenStore) -> None:
    """Until somebody opens it again."""
    async with limesurvey() as survey:
        bot = await spoken(store, survey.store, survey.clock)
        await bot.deliver()
        survey.peer.survey.deactivate()
        await bot.accepted("ana", do.Edit(do.LATEST, "on second thoughts"))
        await bot.deliver()

        assert [row.reason for row in await rows(bot)][-1] == "at_fault survey_closed"
        assert "limesurvey turned me away (survey closed). 1 waiting" in await letter(bot)
        assert "limesurvey: in 10 minutes" in await status(bot)


async def test_a_field_that_was_renamed_holds_everything_up(store: OpenStore) -> None:
    """Until it is called as before."""
    async with limesurvey() as survey:
        bot = await spoken(store, survey.store, survey.clock)
        survey.peer.survey.rename("qfirst", "other")
        await bot.deliver()

        await turned_away(bot, "field_missing")
        assert survey.peer.survey.rows == {}
        survey.peer.survey.rename("other", "qfirst")
        await arrives_after(bot, AT_FAULT)
        assert len(survey.peer.survey.rows) == len(PEOPLE)


async def test_a_flood_from_limesurvey_costs_one_attempt(store: OpenStore) -> None:
    """50 MB are not read; the next attempt is as good as any."""
    async with limesurvey() as survey:
        bot = await spoken(store, survey.store, survey.clock)
        flood = Huge(50_000_000)
        survey.peer.faults.add("get_fieldmap", flood, flood, flood)
        await bot.deliver()

        assert Row(Status.READY, 1, "busy answer_too_large") in await rows(bot)
        assert await letter(bot) == ""
        await arrives_after(bot, timedelta(minutes=1))


# --- a webhook -------------------------------------------------------------------------------------------------------


async def test_a_certificate_that_is_over_holds_everything_up(store: OpenStore, tmp_path: Path) -> None:
    """Not a word is sent."""
    shown = vouched(tmp_path, expired=True)
    async with (
        webhook_receiver(tls=shown.server) as receiver,
        hook(receiver.url, ca=shown.authority) as webhook,
    ):
        bot = await spoken(store, webhook)
        await bot.deliver()

        await turned_away(bot, "certificate")
    assert receiver.arrived == []


async def test_a_private_address_holds_everything_up(store: OpenStore) -> None:
    """Whatever the name leads to."""
    book = Book(**{"survey.example": ["10.0.0.7"]})
    async with hook("https://survey.example/hook", look_up=book) as webhook:
        bot = await spoken(store, webhook)
        await bot.deliver()

        await turned_away(bot, "private_address")


async def test_a_redirect_holds_everything_up(store: OpenStore) -> None:
    """It is followed nowhere."""
    async with webhook_receiver() as receiver, hook(receiver.url) as webhook:
        receiver.go_wrong(*[Answers(302, headers={"Location": "https://elsewhere.example/"})] * len(PEOPLE))
        bot = await spoken(store, webhook)
        await bot.deliver()

        await turned_away(bot, "redirected")
        await arrives_after(bot, AT_FAULT)


async def test_a_name_that_is_gone_is_tried_again_and_told_of_in_an_hour(store: OpenStore) -> None:
    """A name may be gone for a moment; nobody is told of a moment."""
    book = Book()
    async with hook("https://survey.example/hook", look_up=book) as webhook:
        bot = await spoken(store, webhook)
        await bot.deliver()
        assert {(row.status, row.attempts, row.reason) for row in await rows(bot)} == {(Status.READY, 1, "busy dns")}
        assert await letter(bot) == ""
        while (bot.clock.now - datetime(2026, 12, 7, 10, tzinfo=UTC)) < timedelta(minutes=62):
            assert await bot.deliver_next()

        assert "webhook: 3 waiting, for an hour." in await letter(bot)
        assert "forward to webhook: 3 waiting, the oldest for 1 hour" in await status(bot)


async def test_a_flood_from_a_webhook_is_a_yes(store: OpenStore) -> None:
    """50 MB after a 200: the head is enough."""
    async with webhook_receiver() as receiver, hook(receiver.url) as webhook:
        receiver.go_wrong(Floods(50 * 1024**2))
        bot = await spoken(store, webhook)
        await bot.deliver()

        assert {row.status for row in await rows(bot)} == {Status.SENT}
        assert receiver.flooded < 20 * 1024**2


async def test_a_yes_that_comes_after_the_time_out_is_asked_for_again(store: OpenStore) -> None:
    """Here it may take a fifth of a second; it is there once, under the same id."""
    slow = Hangs()
    async with webhook_receiver() as receiver, hook(receiver.url, seconds=0.2) as webhook:
        receiver.go_wrong(slow)
        bot = await spoken(store, webhook)
        await bot.deliver()
        assert Row(Status.ATTEMPTED, 1, "outcome_unseen") in await rows(bot)
        slow.gate.set()

        assert "forward to webhook: 1 waiting" in await status(bot)
        assert await letter(bot) == ""
        await arrives_after(bot, timedelta(seconds=10))
        assert len(receiver.arrived) == len(PEOPLE) + 1
        assert len({arrival.id for arrival in receiver.arrived}) == len(PEOPLE)


async def test_what_a_webhook_refuses_is_buried_alone(store: OpenStore) -> None:
    """The others arrive; organisers see the class of failure, and can send it again."""
    async with webhook_receiver() as receiver, hook(receiver.url) as webhook:
        receiver.go_wrong(Answers(422, "You said: the ward"))
        bot = await spoken(store, webhook)
        await bot.deliver()

        assert Row(Status.DEAD, 1, "poison status_422") in await rows(bot)
        assert "1 failed, the oldest for less than a minute (1 poison status_422)" in await status(bot)
        (buried,) = await bot.outbox(Status.DEAD)
        await bot.store.transact(lambda tx: tx.outbox.replay([buried.id], bot.clock()))
        await bot.deliver()
        assert {row.status for row in await rows(bot)} == {Status.SENT}
