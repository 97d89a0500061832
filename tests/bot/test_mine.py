"""What is one's own: shown with what the survey knows of it, handed out by a link, and taken back."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.conversation import Outcome
from bot.downloads import File, fingerprint
from bot.handing_over import files, handed
from bot.keeping import KeptChat
from bot.outbox import Status
from bot.outside import Poison
from bot.registers import Holder, Role
from conversations import commands as do
from conversations.commands import Panel, Which
from conversations.events import Sending
from conversations.messages import Link, Message, plain
from conversations.model import Permission, Progress
from storage.opening import OpenStore
from tests.bot.composing import Bot, answer, composed, person, privately
from tests.bot.telling import CREDIT, HAPPENED, REACH, TITLE, asked, told


async def shown(bot: Bot, who: str) -> str:
    """What somebody reads in My answers."""
    message = (await bot.say(who, do.Show(Panel.MY_ANSWERS))).show
    assert isinstance(message, Message)
    return plain(message)


async def kept(bot: Bot, who: str) -> Sequence[KeptChat]:
    """What is kept of somebody's chats."""
    return await bot.store.read(lambda tx: tx.keeping.chats(person(who)))


async def held(bot: Bot) -> UUID:
    """A chat that was sent: Ana answered in the room, Ben privately, and Hana reflected."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("first words"))
    await bot.accepted("ana", answer("second words"))
    await bot.accepted("ben", privately("quiet words"))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect("all of us"))
    await bot.accepted("hana", do.Send(sure=True))
    await bot.deliver()
    return chat


async def test_a_withdrawal_is_asked_and_then_done(bot: Bot) -> None:
    """What the person reads follows what the survey was told."""
    await held(bot)
    await bot.accepted("ana", do.Withdraw(Which()))
    asked = await shown(bot, "ana")
    await bot.deliver()
    done = await shown(bot, "ana")

    assert "withdrawn. We asked the survey to remove it." in asked
    assert "first words" in asked
    assert "second words" not in asked
    assert "We sent your latest change to the survey." in asked
    assert "The survey has these answers as they are here." in done


async def test_a_withdrawal_that_can_not_be_done_says_so(bot: Bot) -> None:
    """The survey will never take it: the person is told, and whom to ask."""
    await held(bot)
    bot.survey.refusals = [Poison("status_422")]
    await bot.accepted("ana", do.Withdraw(Which()))
    await bot.deliver()

    assert "The survey couldn't remove it. Ask the programme team." in await shown(bot, "ana")
    assert "The survey couldn't take your latest change. Ask the programme team." in await shown(bot, "ana")


async def test_what_was_withdrawn_before_sending_is_not_said_to_be_removed(bot: Bot) -> None:
    """The survey never had it."""
    await bot.begun()
    await bot.accepted("ana", answer("first words"))
    await bot.accepted("ana", answer("second words"))
    await bot.accepted("ana", do.Withdraw(Which()))
    await bot.sent()
    await bot.deliver()

    assert "withdrawn" not in await shown(bot, "ana")


async def test_a_reflection_is_its_hosts_alone_and_is_taken_back(bot: Bot) -> None:
    """Its words are gone, the room's last post is put right, and the survey is told."""
    await held(bot)
    assert "all of us" in await shown(bot, "hana")
    assert "all of us" not in await shown(bot, "ana")

    reply = await bot.say("hana", do.WithdrawReflection())
    await bot.deliver()

    assert isinstance(reply.show, Message)
    assert "Your reflection is withdrawn." in plain(reply.show)
    assert "all of us" not in await shown(bot, "hana")
    assert "all of us" not in plain(bot.room.posts[-1].message)
    assert bot.survey.told[-1].sending is Sending.WITHDRAWN
    assert "all of us" not in repr(await bot.everything())


async def test_a_link_is_given_to_one_person_and_kept_as_a_fingerprint(bot: Bot) -> None:
    """Nobody who reads the database can use it."""
    await held(bot)
    reply = await bot.say("ana", do.Download())

    assert isinstance(reply.show, Message)
    (link,) = (part for part in reply.show.parts if isinstance(part, Link))
    secret = link.address.removeprefix("https://chats.leeds.example/mine/")
    assert len(bytes.fromhex(secret)) == 32
    assert secret not in repr(await bot.everything())
    assert secret not in repr(reply)
    assert await bot.store.read(lambda tx: tx.downloads.left(fingerprint(secret), bot.clock())) == list(File)


async def offered(bot: Bot, who: str) -> str:
    """The fingerprint of a new link of somebody's."""
    reply = await bot.say(who, do.Download())
    assert isinstance(reply.show, Message)
    return next(fingerprint(part.address[-64:]) for part in reply.show.parts if isinstance(part, Link))


async def test_each_file_is_taken_once(bot: Bot) -> None:
    """The other one is still there."""
    await held(bot)
    print_ = await offered(bot, "ana")

    async def take(file: File) -> object:
        return await bot.store.transact(lambda tx: tx.downloads.take(print_, file, bot.clock()))

    assert [await take(File.JSON), await take(File.JSON)] == [person("ana"), None]
    assert await bot.store.read(lambda tx: tx.downloads.left(print_, bot.clock())) == [File.TEXT]
    assert [await take(File.TEXT), await take(File.TEXT)] == [person("ana"), None]


async def test_a_link_ends_after_ten_minutes_and_with_the_next_one(bot: Bot) -> None:
    """Whoever finds an old one has nothing."""
    await held(bot)
    old, new = await offered(bot, "ana"), await offered(bot, "ana")
    assert await bot.store.read(lambda tx: tx.downloads.left(old, bot.clock())) == []
    bot.clock.now += timedelta(minutes=10)

    assert await bot.store.read(lambda tx: tx.downloads.left(new, bot.clock())) == []
    assert await bot.store.transact(lambda tx: tx.downloads.take(new, File.JSON, bot.clock())) is None
    assert await bot.store.transact(lambda tx: tx.downloads.forget(before=bot.clock())) == len(File)


async def test_there_is_no_link_where_there_is_no_page(store: OpenStore) -> None:
    """Nor is one offered."""
    bot = composed(store, public_url=None)
    await held(bot)

    assert (await bot.say("ana", do.Download())).refusal == "no_download"
    assert "[Download]" not in await shown(bot, "ana")


async def test_nothing_is_handed_to_somebody_who_was_never_seen(bot: Bot) -> None:
    """They are told so in a plain sentence."""
    reply = await bot.say("dev", do.Download())

    assert (reply.outcome, reply.refusal) == (Outcome.REFUSED, "nothing_kept")
    assert await bot.store.read(lambda tx: handed(tx, bot.house, person("dev"))) is None


async def both(bot: Bot, who: str) -> tuple[dict[str, Any], str]:
    """The two files of somebody's."""
    whole = await bot.store.read(lambda tx: handed(tx, bot.house, person(who)))
    assert whole is not None
    made = files(whole, bot.house, bot.clock())
    return json.loads(made[File.JSON]), made[File.TEXT]


async def test_all_that_is_kept_is_handed_over(bot: Bot) -> None:
    """Words, what was taken back without them, permissions, steps, settings, roles."""
    await held(bot)
    await bot.accepted("ana", do.Withdraw(Which()))
    await bot.accepted("ana", do.SetPermission(Permission.QUOTE, Which()))
    await bot.say("ana", do.StopAsking())
    await bot.store.transact(lambda tx: tx.roles.give(Holder(person("ana"), Role.ORGANISER, "leeds")))
    whole, text = await both(bot, "ana")
    (chat,) = whole["chats"]

    assert [one["words"] for one in chat["answers"]] == ["first words", None]
    assert [one["permission"] for one in chat["answers"]] == ["quote", "themes"]
    assert [one["withdrawn_after_sending"] for one in chat["answers"]] == [False, True]
    assert chat["title"] == bot.house.guide_of(await bot.chat(UUID(chat["id"]))).title
    assert whole["settings"] == {"asks": False, "back_on": None, "zone": None, "profile_zone": None}
    assert whole["person"]["roles"] == [{"role": "organiser", "where": "leeds"}]
    assert "> first words" in text
    assert "second words" not in text
    assert "It may be quoted, without your name." in text
    assert "You organise chats here: leeds." in text


async def test_nobody_elses_words_are_in_it(bot: Bot) -> None:
    """Neither those of the room nor the host's."""
    await held(bot)
    for who, others in {"ana": ("quiet words", "all of us"), "hana": ("first words", "quiet words")}.items():
        whole, text = await both(bot, who)
        assert [words for words in others if words in text or words in json.dumps(whole)] == []


async def test_a_step_is_handed_over_with_its_day_and_progress(bot: Bot) -> None:
    """And My answers changes both."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("I will call"))
    await bot.accepted("ana", do.SetCheckBack(weeks=2))
    await bot.sent()
    assert "We ask you about this step on " in await shown(bot, "ana")
    await bot.accepted("ana", do.FollowUp(Progress.UNDER_WAY))
    assert "You said that this step is under way." in await shown(bot, "ana")
    whole, text = await both(bot, "ana")

    assert whole["chats"][0]["step"]["progress"] == "under_way"
    assert "You said that this step is under way." in text


async def test_chats_of_one_person_the_latest_first(bot: Bot) -> None:
    """Across rooms."""
    for room in ("east", "west"):
        await bot.begun(room=room)
        await bot.accepted("ana", answer(f"in {room}"), room=room)
        bot.clock.now += timedelta(hours=1)
    text = await shown(bot, "ana")

    assert text.index("in west") < text.index("in east")
    assert [one.parts[0].words for one in await kept(bot, "ana")] == ["in west", "in east"]


async def test_whoever_fills_in_the_survey_has_a_link_of_their_own(store: OpenStore) -> None:
    """With their own response key, once the chat was sent, and nobody else's."""
    bot = composed(store, own_survey=lambda key: f"https://survey.example/{key}")
    await held(bot)
    keys = {who: (await kept(bot, who))[0].response for who in ("ana", "ben")}

    assert f"My survey link: https://survey.example/{keys['ana']}" in await shown(bot, "ana")
    assert str(keys["ben"]) not in await shown(bot, "ana")
    assert "My survey link" not in await shown(bot, "hana")


@pytest.mark.parametrize("status", [Status.READY, Status.SENT])
async def test_what_waits_is_known_from_what_is_done(bot: Bot, status: Status) -> None:
    """By the rows of the outbox alone."""
    await held(bot)
    response = (await kept(bot, "ana"))[0].response
    await bot.accepted("ana", do.Withdraw(Which()))
    if status is Status.SENT:
        await bot.deliver()

    waits = await bot.store.read(lambda tx: tx.keeping.waits(bot.survey.name, response))
    assert waits is (status is Status.READY)


async def test_stories_and_contact_requests_are_handed_over(bot: Bot) -> None:
    """With what may be done with them, and the sentences that were agreed to; My answers shows them as well."""
    await told(bot, "ana", credit=CREDIT, uses="website", how_it_felt="Good.")
    await asked(bot, "ana")
    whole, text = await both(bot, "ana")
    (story,), (request,) = whole["stories"], whole["contact_requests"]

    assert (story["title"], story["how_it_felt"], story["what_i_learned"]) == (TITLE, "Good.", None)
    assert (story["uses"], story["credit"], story["consent_wording"]) == (["website"], CREDIT, "1")
    assert (request["reach"], request["about"]) == (REACH, "About our round.")
    assert [words for words in (TITLE, HAPPENED, CREDIT, REACH) if words not in text] == []
    assert [words for words in (TITLE, HAPPENED, REACH) if words not in await shown(bot, "ana")] == []
    assert "You have no answers here." not in text
    assert "You have no answers here." in await shown(bot, "ben")
