"""The file that people are handed has the shape that docs/download.schema.json says, whatever is in it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from bot.downloads import File
from bot.handing_over import files, handed
from bot.ports import Transaction
from bot.registers import Holder, Reference, Role
from conversations import commands as do
from conversations.commands import Which
from conversations.model import Pace, Progress
from conversations.scheduling import Plan, Repeat, Schedule
from tests.bot.composing import Bot, answer, person, privately
from tests.bot.telling import CREDIT, asked, told
from tests.conversations.chats import GUIDE

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "download.schema.json").read_text())


def problem(whole: object) -> str | None:
    """What is wrong with a file, if anything is."""
    found = best_match(Draft202012Validator(SCHEMA).iter_errors(whole))
    return None if found is None else f"{found.json_path}: {found.message}"


async def file_of(bot: Bot, who: str) -> dict[str, Any]:
    """Somebody's file."""
    whole = await bot.store.read(lambda tx: handed(tx, bot.house, person(who)))
    assert whole is not None
    found: dict[str, Any] = json.loads(files(whole, bot.house, bot.clock())[File.JSON])
    return found


async def everything_of(bot: Bot, who: str) -> None:
    """Have somebody do everything of which something is kept."""
    await bot.accepted(who, do.Start(GUIDE.key, Pace.OPEN))
    await bot.accepted(who, do.Begin())
    await bot.accepted(who, answer("one"))
    await bot.accepted(who, privately("two"))
    await bot.accepted(who, do.Withdraw(Which()))
    await bot.accepted(who, do.MoveOn())
    await bot.accepted(who, do.RemindMe(do.RemindWhen.SOON))
    await bot.accepted(who, answer("a step"))
    await bot.accepted(who, do.SetCheckBack(weeks=2))
    await bot.accepted(who, do.FollowUp(Progress.UNDER_WAY))
    await bot.accepted(who, do.Finish())
    await bot.accepted(who, do.Reflect("all of us"))
    await bot.accepted(who, do.Send(sure=True))
    await bot.deliver()
    await bot.accepted(who, do.Withdraw(Which()))
    await bot.say(who, do.SetAway(bot.clock().date() + timedelta(days=9)))
    await told(bot, who, credit=CREDIT, uses="website,internal", contact="me@leeds.example")
    await asked(bot, who)
    await bot.store.transact(lambda tx: known(tx, bot, who))


def known(tx: Transaction, bot: Bot, who: str) -> None:
    """Somebody who plans, leads and organises, on a platform that told us of them."""
    at = person(who)
    tx.references.keep(Reference(at=at, service_url="https://s.example", bot_id="b", kind="personal", given_name="Ana"))
    tx.roles.give(Holder(at, Role.ANALYST, "leeds"))
    room = tx.reading.room(tx.reading.own(at)[0].chat.room)
    plan = Plan(guide=GUIDE.key, pace=Pace.LIVE, first=bot.clock().replace(tzinfo=None), repeat=Repeat.MONTHLY)
    tx.schedules.keep(Schedule(id=uuid4(), room=room.id, plan=plan, owner=tx.chats.person(at)), bot.clock())


async def test_the_schema_holds_whatever_is_kept(bot: Bot) -> None:
    """Every field that there is, and nothing that it does not know."""
    Draft202012Validator.check_schema(SCHEMA)
    await everything_of(bot, "ana")
    whole = await file_of(bot, "ana")

    assert problem(whole) is None
    assert all(whole[name] for name in SCHEMA["required"] if name != "rooms_led")
    chat = whole["chats"][0]
    assert all(chat[name] for name in ("answers", "step", "reminders", "reflection", "removal", "change", "sent"))


async def test_the_schema_holds_where_next_to_nothing_is_kept(bot: Bot) -> None:
    """Somebody who only looked on, and somebody who only wished to be left alone."""
    await bot.begun()
    await bot.accepted("ana", do.SitOut())
    await bot.say("ben", do.StopAsking())

    assert [problem(await file_of(bot, who)) for who in ("ana", "ben")] == [None, None]


@pytest.mark.parametrize(
    ("name", "value"), [("chats", [{}]), ("version", 2), ("person", {}), ("stories", None), ("made_on", "today")]
)
async def test_the_schema_refuses_another_shape(bot: Bot, name: str, value: object) -> None:
    """It would be no test otherwise."""
    await bot.begun()

    assert problem({**await file_of(bot, "hana"), name: value}) is not None


async def test_withdrawn_words_are_never_in_it(bot: Bot) -> None:
    """The schema says so too."""
    await everything_of(bot, "ana")
    whole = await file_of(bot, "ana")
    gone = next(one for one in whole["chats"][0]["answers"] if one["withdrawn"])
    assert gone["words"] is None

    gone["words"] = "still here"
    assert problem(whole) is not None


def test_the_page_knows_every_field() -> None:
    """Whoever reads it finds what they were handed."""
    page = (DOCS / "download.md").read_text()
    fields = [name for name in SCHEMA["required"] if name not in {"format", "made_on"}]

    assert [name for name in fields if f"`{name}" not in page] == []
