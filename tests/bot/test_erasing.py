"""Erasing a person: their words go everywhere, nothing says who they were, and what others said stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.conversation import Incoming, Outcome, Reply
from bot.downloads import fingerprint
from bot.erased import Erased
from bot.erasing import Erasing, StillTalking
from bot.outbox import Status
from bot.outside import Address
from bot.ports import Transaction
from bot.registers import Holder, Reference, Role
from conversations import commands as do
from conversations.commands import Panel
from conversations.effects import OPENING
from conversations.events import Sending
from conversations.messages import Link, Message, buttons_of, plain
from conversations.mine import Survey
from conversations.model import Pace, Stage
from conversations.scheduling import Plan, Schedule, Standing
from storage.opening import OpenStore
from storage.survey import EmbeddedSurvey
from tests.bot.composing import Bot, answer, composed, person, privately
from tests.bot.telling import CREDIT, HAPPENED, REACH, TITLE, asked, told
from tests.conversations.chats import GUIDE


@pytest.fixture
def erasing(bot: Bot) -> Erasing:
    """Erase people beside a bot whose survey store is elsewhere."""
    return Erasing(bot.store, bot.conversation.handle, None, clock=bot.clock, fresh=uuid4)


async def erased(bot: Bot, who: str = "ana", own: EmbeddedSurvey | None = None) -> Erased:
    """Erase somebody of whom something is kept."""
    done = await Erasing(bot.store, bot.conversation.handle, own, clock=bot.clock, fresh=uuid4).erase(
        person(who), "uid:7"
    )
    assert done is not None
    return done


async def said(bot: Bot) -> UUID:
    """A chat that was sent, with words of Ana's in the room and in private, and of Ben's."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("hers, aloud"))
    await bot.accepted("ana", privately("hers, quietly"))
    await bot.accepted("ben", answer("his"))
    await bot.sent()
    await bot.deliver()
    return chat


async def shown(bot: Bot, who: str) -> str:
    """What somebody reads in My answers."""
    message = (await bot.say(who, do.Show(Panel.MY_ANSWERS))).show
    assert isinstance(message, Message)
    return plain(message)


async def test_words_go_from_our_tables_and_from_the_survey(bot: Bot) -> None:
    """Also of a chat that is over and was sent; nobody else's are touched."""
    await said(bot)
    done = await erased(bot)
    await bot.deliver()

    assert done.withdrawn.answers == 2
    assert "hers" not in repr(await bot.everything())
    told = bot.survey.told[-1]
    assert (told.sending, told.items) == (Sending.WITHDRAWN, ())
    assert "his" in await shown(bot, "ben")


async def test_nothing_says_who_they_were(bot: Bot) -> None:
    """Neither their address, nor what they are called, nor what they wished."""
    await said(bot)
    await bot.say("ana", do.StopAsking())
    at = person("ana")
    known = Reference(at=at, service_url="https://s.example", bot_id="b", kind="personal", given_name="Annabel")
    await bot.store.transact(lambda tx: tx.references.keep(known))
    await bot.say("ana", do.Download())
    done = await erased(bot)
    everything = await bot.everything()

    assert "Annabel" not in repr(everything)
    gone = ("people", "participants", "references", "downloads", "commitments", "reminders")
    assert [name for name in gone if "'ana'" in repr(everything[name])] == []
    assert (done.forgot["people"], done.forgot["references"], done.forgot["downloads"]) == (1, 1, 2)
    assert await shown(bot, "ana") == "Your answers. Only you see this.\nYou have no answers here."


async def test_it_is_in_the_audit_by_ids_alone(bot: Bot) -> None:
    """Who did it and to which random id: not the address of whom it was done to."""
    await said(bot)
    await erased(bot)
    lines = [row for row in (await bot.everything())["audit"] if "person_" in repr(row)]

    assert [action for action in ("person_erasing", "person_erased") if action not in repr(lines)] == []
    assert "ana" not in repr(lines)
    assert all("uid:7" in repr(row) for row in lines)


async def test_roles_stay_and_are_named(bot: Bot) -> None:
    """Whoever organises goes on doing so until somebody takes that away."""
    await said(bot)
    role = Holder(person("ana"), Role.ORGANISER, "leeds")
    await bot.store.transact(lambda tx: tx.roles.give(role))

    assert (await erased(bot)).roles == [role]
    assert role in await bot.store.read(lambda tx: tx.roles.listed())


async def test_a_second_time_finds_nothing(bot: Bot, erasing: Erasing) -> None:
    """Nor does the first, for somebody who was never seen."""
    await said(bot)
    await erased(bot)
    told = len(bot.survey.told)

    assert await erasing.erase(person("ana"), "uid:7") is None
    assert await erasing.erase(person("dev"), "uid:7") is None
    await bot.deliver()
    assert len(bot.survey.told) == told + 1


@pytest.mark.parametrize("stage", [Stage.GATHERING, Stage.ASKING, Stage.REVIEWING])
async def test_a_chat_that_they_host_goes_on_without_them(bot: Bot, stage: Stage) -> None:
    """Somebody else is offered to take over, and can at once."""
    chat = await bot.accepted("ana", do.Start(next(iter(bot.house.guides))[0], Pace.LIVE))
    if stage is not Stage.GATHERING:
        await bot.accepted("ana", do.Begin())
        await bot.accepted("ben", answer("his"))
    if stage is Stage.REVIEWING:
        await bot.accepted("ana", do.Finish())
        await bot.accepted("ana", do.Reflect("hers for all"))
    done = await erased(bot)
    await bot.deliver()

    assert (done.withdrawn.left, done.withdrawn.reflections) == (1, int(stage is Stage.REVIEWING))
    after = await bot.chat(chat)
    assert (after.host, after.stage) == (None, stage)
    opening = next(post for post in bot.room.posts if post.key.endswith(OPENING))
    assert {"I'll host", "Take over as host"} & {button.label for button in buttons_of(opening.message)}
    await bot.accepted("ben", do.TakeOver())
    assert "hers" not in repr(await bot.everything())


async def test_a_reflection_that_was_sent_is_taken_back_too(bot: Bot) -> None:
    """From the room's last post and from the survey."""
    await bot.begun()
    await bot.accepted("ben", answer("his"))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect("hers for all"))
    await bot.accepted("hana", do.Send(sure=True))
    await bot.deliver()
    done = await erased(bot, "hana")
    await bot.deliver()

    assert (done.withdrawn.reflections, done.withdrawn.left) == (1, 0)
    assert "hers for all" not in plain(bot.room.posts[-1].message)
    assert bot.survey.told[-1].sending is Sending.WITHDRAWN


async def test_they_are_asked_nothing_any_more(bot: Bot) -> None:
    """A check-back that was to come does not."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("I will call"))
    await bot.accepted("ana", do.SetCheckBack(weeks=2))
    await bot.sent()
    await erased(bot)
    bot.clock.now += timedelta(weeks=3)
    await bot.deliver()

    assert bot.room.letters == []


async def test_what_they_planned_goes_on_without_a_name(bot: Bot) -> None:
    """A room that they led is nobody's, and what they did not agree to is gone."""
    room = Address("rig", "leeds", "room")

    def join(tx: Transaction) -> None:
        led = replace(tx.chats.lock_room(room, "Europe/London"), host=tx.chats.person(person("hana")))
        tx.chats.join_room(led)
        plan = Plan(guide=GUIDE.key, pace=Pace.LIVE, first=bot.clock().replace(tzinfo=None))
        for standing in (Standing.ACTIVE, Standing.PROPOSED):
            made = Schedule(id=uuid4(), room=led.id, plan=plan, owner=led.host, host=led.host, standing=standing)
            tx.schedules.keep(made, bot.clock())

    await bot.store.transact(join)
    done = await erased(bot, "hana")

    forgot = {name: done.forgot[name] for name in ("rooms_hosted", "proposals", "schedules_made", "schedules_hosted")}
    assert forgot == {"rooms_hosted": 1, "proposals": 1, "schedules_made": 1, "schedules_hosted": 1}
    at = await bot.store.read(lambda tx: tx.reading.room_at(room))
    assert at is not None
    assert at.host is None


async def test_what_the_survey_did_can_be_looked_at_later(bot: Bot, erasing: Erasing) -> None:
    """By the keys that were named: nothing else is left to ask by."""
    await said(bot)
    done = await erased(bot)
    (key,) = done.stands
    assert done.stands[key] == {"programme": Survey.ASKED}
    await bot.deliver()

    assert await erasing.look([key]) == {key: {"programme": Survey.ASKED}}  # a store elsewhere: it heard us
    assert await erasing.look([uuid4()]) == {}


async def test_our_own_survey_store_is_empty_at_once(store: OpenStore) -> None:
    """Nobody has to wait for a server to come by; what the outbox says later changes nothing."""
    own = EmbeddedSurvey(store)
    bot = composed(store, survey=own)
    await said(bot)
    assert "hers" in repr(await bot.everything())
    done = await erased(bot, own=own)

    assert "hers" not in repr(await bot.everything())
    assert list(done.stands.values()) == [{"embedded": Survey.DONE}]
    before = (await bot.everything())["survey_responses"]
    await bot.deliver()
    assert (await bot.everything())["survey_responses"] == before
    assert await bot.outbox(Status.DEAD) == []


async def test_what_was_never_sent_is_nobodys_to_remove(bot: Bot) -> None:
    """A chat that goes on: its words are withdrawn, and no survey store hears of them."""
    await bot.begun()
    await bot.accepted("ana", answer("hers"))
    done = await erased(bot)

    assert (done.withdrawn.answers, done.stands) == (1, {})
    await bot.accepted("ben", answer("his"))
    await bot.sent()
    await bot.deliver()
    assert {event.sending for event in bot.survey.told} == {Sending.SUBMITTED}


async def test_words_that_come_meanwhile_are_withdrawn_too(bot: Bot) -> None:
    """The link is cut when nothing stands, and not before."""
    await bot.begun()
    await bot.accepted("ana", answer("one, hers"))
    late = ["two, hers", "three, hers"]

    async def handle(incoming: Incoming) -> Reply:
        reply = await bot.conversation.handle(incoming)
        if late:
            await bot.accepted("ana", answer(late.pop()))
        return reply

    done = await Erasing(bot.store, handle, None, clock=bot.clock, fresh=uuid4).erase(person("ana"), "uid:7")

    assert done is not None
    assert done.withdrawn.answers == 3
    assert "hers" not in repr(await bot.everything())


async def test_somebody_who_goes_on_talking_is_not_half_erased(bot: Bot) -> None:
    """Whoever asked is told to ask again."""
    await bot.begun()
    await bot.accepted("ana", answer("one, hers"))

    async def handle(incoming: Incoming) -> Reply:
        reply = await bot.conversation.handle(incoming)
        await bot.accepted("ana", answer("more"))
        return reply

    with pytest.raises(StillTalking):
        await Erasing(bot.store, handle, None, clock=bot.clock, fresh=uuid4).erase(person("ana"), "uid:7")
    assert await bot.store.read(lambda tx: tx.reading.person(person("ana"))) is not None


async def test_a_link_that_was_given_before_gives_nothing(bot: Bot) -> None:
    """Whoever has it finds an empty page."""
    await said(bot)
    message = (await bot.say("ana", do.Download())).show
    assert isinstance(message, Message)
    print_ = next(fingerprint(part.address[-64:]) for part in message.parts if isinstance(part, Link))
    await erased(bot)

    assert await bot.store.read(lambda tx: tx.downloads.left(print_, bot.clock())) == []


async def test_the_same_id_elsewhere_is_named(bot: Bot) -> None:
    """In an organisation with several workspaces one person has one id in all of them."""
    await said(bot)
    await bot.say("ana", do.StopAsking(), workspace="york")

    assert (await erased(bot)).elsewhere == [person("ana", "york")]


async def test_who_comes_back_is_somebody_new(bot: Bot) -> None:
    """In the same chat too."""
    await bot.begun()
    await bot.accepted("ana", answer("before"))
    await erased(bot)
    reply = await bot.say("ana", answer("afterwards"))

    assert reply.outcome is Outcome.ACCEPTED
    assert await bot.words("ana") == ["afterwards"]


async def test_stories_and_contact_requests_go_too(bot: Bot) -> None:
    """Wherever they went, with how somebody is reached; also of somebody who never answered in a chat."""
    await told(bot, "ana", credit=CREDIT, contact="ana@leeds.example")
    await asked(bot, "ana")
    await bot.deliver()
    done = await erased(bot)
    await bot.deliver()
    everything = repr(await bot.everything())

    assert (done.withdrawn.stories, done.withdrawn.requests) == (1, 1)
    assert [words for words in (TITLE, HAPPENED, CREDIT, "ana@leeds.example", REACH) if words in everything] == []
    assert [event.sending for event in bot.survey.told[-2:]] == [Sending.WITHDRAWN] * 2
    assert set(done.stands) == {event.subject for event in bot.survey.told}
