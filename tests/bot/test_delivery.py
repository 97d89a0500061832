"""How what is to leave leaves: once, in order, at the platform's pace, and never with words where none belong."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest
import structlog
from structlog.testing import capture_logs

from bot import backoff
from bot.conversation import Reply
from bot.delivery import LEASE
from bot.outbox import Settlement, Status
from bot.outside import AtFault, Busy, InDoubt, Item, Poison, RoomGone, SurveyEvent, Topic, Unseen
from bot.ports import Store, StoreDown, Transaction
from conversations import commands as do
from conversations.actions import decode
from conversations.events import Sending
from conversations.messages import Message, buttons_of, plain
from conversations.model import Pace, Permission
from storage.opening import OpenStore
from tests.bot.composing import (
    BLINK,
    Bot,
    Clock,
    Dropped,
    Posted,
    RigChannel,
    answer,
    composed,
    person,
    privately,
    rates,
    said,
    slots,
)
from tests.conversations.chats import GUIDE

T = TypeVar("T")

MARK = "marked-words"


@pytest.fixture
def bot(sqlite_store: OpenStore) -> Bot:
    """Run a bot on a database file."""
    return composed(sqlite_store)


def texts(bot: Bot) -> list[str]:
    """What every post says now, the first one first."""
    return [plain(posted.message) for posted in bot.room.posts]


def edits(bot: Bot) -> list[int]:
    """How often every post was changed in place."""
    return [posted.edits for posted in bot.room.posts]


async def statuses(bot: Bot, kind: str = "say") -> list[tuple[Status, str | None]]:
    """How every message of a kind ended, and why."""
    return [(row.status, row.reason) for row in await bot.outbox() if row.kind == kind]


# --- posts -------------------------------------------------------------------------------------------------------


async def test_a_hundred_answers_cost_the_room_one_edit(bot: Bot) -> None:
    """What waits for one place in the room is one message, that says what stands when it goes."""
    await bot.begun()
    await bot.deliver()

    for number in range(100):
        await bot.accepted(f"person-{number}", answer("words"))
    await bot.deliver()

    assert edits(bot) == [0, 1]
    assert "100 people have answered here." in texts(bot)[1]


async def test_a_hundred_answers_in_a_second_keep_the_rooms_pace(sqlite_store: OpenStore) -> None:
    """With a worker that looks after each: the first is shown at once, the others together when the room may hear."""
    bot = composed(sqlite_store, room=RigChannel(gap=timedelta(seconds=1)))
    await bot.begun()
    while await bot.deliver_next():
        pass
    bot.clock.wait(seconds=5)

    for number in range(100):
        await bot.accepted(f"person-{number}", answer("words"))
        await bot.deliver()
    assert edits(bot) == [0, 1]
    while await bot.deliver_next():
        pass

    assert edits(bot) == [0, 2]
    assert "100 people have answered here." in texts(bot)[1]


async def test_an_answer_while_its_post_is_on_its_way_is_shown_too(bot: Bot) -> None:
    """What was rendered a moment before is put right afterwards."""
    await bot.begun()
    await bot.deliver()
    await bot.accepted("ana", answer("before"))
    bot.room.hangs["room"] = under_way = asyncio.Event()
    delivering = asyncio.create_task(bot.deliver())
    await bot.room.until(lambda: not bot.room.hangs)

    await bot.accepted("ben", answer("meanwhile"))
    under_way.set()
    await delivering
    await bot.deliver()

    assert "2 people have answered here." in texts(bot)[1]


async def test_posts_of_a_room_keep_their_order(bot: Bot) -> None:
    """The first question never stands above the opening."""
    await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("words"))
    await bot.sent()

    await bot.deliver()

    assert bot.room.slots() == slots(2, "closing")


async def test_a_room_that_is_gone_is_buried_and_the_next_goes_on(bot: Bot) -> None:
    """Nothing is tried again, nobody waits behind it, and organisers see why."""
    bot.room.refused["gone"] = RoomGone()
    await bot.begun(room="gone")
    await bot.begun(room="here")

    await bot.deliver()

    assert [(row.status, row.reason, row.attempts) for row in await bot.outbox(Status.DEAD)] == [
        (Status.DEAD, "room_gone", 1),
        (Status.DEAD, "room_gone", 1),
    ]
    assert {posted.room for posted in bot.room.posts} == {"here"}
    assert bot.room.slots() == slots(1)
    assert not await bot.deliver_next()


async def test_what_the_platform_never_takes_is_buried_alone(bot: Bot) -> None:
    """One post that is too large does not keep back the next one of the room."""
    bot.room.troubles = [Poison("too_large")]
    await bot.begun()

    await bot.deliver()

    assert await statuses(bot) == [(Status.DEAD, "poison too_large"), (Status.SENT, None)]
    assert bot.room.slots() == ["question:1"]


async def test_a_buried_post_can_be_replayed_under_the_same_key(bot: Bot) -> None:
    """When the room is back, an organiser sends it on its way again; the platform can tell that it is the same."""
    bot.room.troubles = [Poison("too_large")]
    chat = await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    (dead,) = await bot.outbox(Status.DEAD)

    assert await bot.store.transact(lambda tx: tx.outbox.replay([dead.id], bot.clock.now)) == 1
    await bot.deliver()

    assert [posted.key for posted in bot.room.posts] == [dead.key] == [f"say:{chat}:opening"]
    assert not await bot.outbox(Status.DEAD)


# --- a platform that is busy -------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.999])
async def test_busy_is_tried_again_in_growing_steps_and_then_buried(bot: Bot, chance: float) -> None:
    """Half of each step is certain and half is chance, so that a thousand rooms don't come back together."""
    bot.chance[:] = [chance]
    bot.room.refused["room"] = Busy("server_error")
    await bot.accepted("hana", do.Start(GUIDE.key))

    waits = []
    await bot.deliver()
    before = bot.clock.now
    while await bot.outbox(Status.READY):
        assert await bot.deliver_next()
        waits.append((bot.clock.now - before).total_seconds())
        before = bot.clock.now

    assert waits == pytest.approx([step / 2 + chance * step / 2 for step in backoff.MESSAGE])
    (row,) = [row for row in await bot.outbox(Status.DEAD) if row.kind == "say"]
    assert (row.reason, row.attempts) == ("busy server_error", len(backoff.MESSAGE) + 1)
    assert not await bot.deliver_next()


async def test_busy_for_a_while_loses_nothing(bot: Bot) -> None:
    """Once it is over, everything is there in its order."""
    bot.room.refused["room"] = Busy("server_error")
    await bot.begun()
    await bot.deliver()
    await bot.deliver_next()
    assert bot.room.posts == []

    bot.room.refused.clear()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == slots(1)
    assert edits(bot) == [0, 0]


async def test_a_platform_that_says_how_long_is_taken_at_its_word(bot: Bot) -> None:
    """Nobody knocks earlier, whatever is said in the room meanwhile."""
    bot.room.refused["room"] = Busy("server_error", retry_after=90)
    await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    asked, refused_at = bot.room.asked, bot.clock.now

    await bot.accepted("hana", do.Begin())
    for _ in range(8):
        bot.clock.wait(seconds=10)
        await bot.deliver()
    assert bot.room.asked == asked
    await bot.deliver_next()

    assert bot.clock.now == refused_at + timedelta(seconds=90)
    assert bot.room.asked == asked + 1


async def test_throttled_pauses_the_gate_moves_nothing_and_burns_no_attempt(sqlite_store: OpenStore) -> None:
    """The whole workspace waits, and goes on at half the pace; other workspaces don't notice."""
    bot = composed(sqlite_store, rate_of=rates(leeds=2, york=2))
    for number, (room, workspace) in enumerate([("one", "leeds"), ("two", "leeds"), ("three", "york")]):
        start = said(bot.clock, None, do.Start(GUIDE.key), room=room, workspace=workspace)
        await bot.conversation.handle(start)
        if number == 0:
            bot.room.troubles = [Busy("throttled", retry_after=30, throttled=True)]
            await bot.deliver()
    throttled_at = bot.clock.now - 2 * BLINK
    await bot.deliver()
    assert [posted.room for posted in bot.room.posts] == ["three"]
    assert [(row.status, row.attempts) for row in await bot.outbox(Status.READY)] == [(Status.READY, 0)] * 2

    bot.clock.now = throttled_at + timedelta(seconds=29.9)
    await bot.deliver()
    assert len(bot.room.posts) == 1
    at: list[float] = []
    while await bot.deliver_next():
        at += [(bot.clock.now - throttled_at).total_seconds()] * (len(bot.room.posts) - 1 - len(at))

    assert sorted(posted.room for posted in bot.room.posts) == ["one", "three", "two"]
    assert at == pytest.approx([31, 32], abs=0.01)  # the bucket restarts empty, at half its rate


@pytest.mark.parametrize("per_second", [0.3, 3, 7, 50])
async def test_a_gate_lets_through_at_its_rate(sqlite_store: OpenStore, per_second: float) -> None:
    """Also where a token takes a time that has no end in decimals: the worker once looked for it for ever."""
    bot = composed(sqlite_store, rate_of=rates(leeds=per_second))
    for number in range(4):
        await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key), room=f"room-{number}"))
    begun_at = bot.clock.now

    while await bot.deliver_next():
        pass

    assert len(bot.room.posts) == 4
    assert (bot.clock.now - begun_at).total_seconds() == pytest.approx(3 / per_second, rel=0.01)


async def test_half_the_rate_after_a_throttling(sqlite_store: OpenStore) -> None:
    """Ten rooms at two a second: five seconds before, ten right after."""
    bot = composed(sqlite_store, rate_of=rates(leeds=2))
    took = []
    for run in ("before", "after"):
        for number in range(11):
            await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key), room=f"{run}-{number}"))
        if run == "after":
            bot.room.troubles = [Busy("throttled", retry_after=5, throttled=True)]
        while len(bot.room.posts) % 11 == 0:
            assert await bot.deliver_next()
        begun_at = bot.clock.now
        while await bot.deliver_next():
            pass
        took.append((bot.clock.now - begun_at).total_seconds())
        bot.clock.wait(minutes=1)

    assert took[0] == pytest.approx(5, abs=0.1)
    assert 9 < took[1] <= 10.1


# --- an outcome that nobody saw ----------------------------------------------------------------------------------


async def test_a_post_that_arrived_unseen_is_found_and_changed_in_place(bot: Bot) -> None:
    """Where the platform can be asked, it is; the room sees one post."""
    bot.room.troubles = [Dropped()]
    await bot.begun()
    await bot.deliver()
    await bot.accepted("ana", answer("meanwhile"))
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == slots(1)
    assert edits(bot) == [1, 0]
    assert await statuses(bot) == [(Status.SENT, None), (Status.SENT, None)]


async def test_a_post_that_did_not_arrive_is_posted(bot: Bot) -> None:
    """To look is not to give up."""
    bot.room.troubles = [Unseen()]
    await bot.begun()
    await bot.deliver()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == slots(1)
    assert edits(bot) == [0, 0]


@pytest.mark.parametrize("trouble", [Busy("server_error"), Busy("throttled", 5, throttled=True), AtFault()], ids=repr)
async def test_what_is_in_doubt_stays_so_while_the_room_is_busy(bot: Bot, trouble: Exception) -> None:
    """A post that nobody saw arrive is found again after a failure that passes too: there is no second one."""
    bot.room.troubles = [Dropped(), None, trouble]  # the opening, the preview, the opening in place
    await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == ["opening"]


async def test_a_post_that_is_half_done_is_looked_for(bot: Bot) -> None:
    """A channel that says so is not asked to post what stands already."""
    bot.room.troubles = [Busy("throttled", 5, throttled=True, begun=True)]
    bot.room.posts.append(Posted("", "room", Message("", ())))
    chat = await bot.accepted("hana", do.Start(GUIDE.key))
    bot.room.posts[0].key = f"say:{chat}:opening"
    await bot.deliver()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == ["opening"]


async def test_where_a_second_copy_does_no_harm_it_is_posted_again(sqlite_store: OpenStore) -> None:
    """A channel that says so gets the post twice rather than not at all."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.AGAIN, troubles=[Dropped()]))
    await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == ["opening", "opening"]


async def test_a_change_in_place_is_sent_again_on_every_platform(sqlite_store: OpenStore) -> None:
    """It can't double anything, so nobody is asked."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.ASK))
    await bot.begun()
    await bot.deliver()
    await bot.accepted("ana", answer("words"))
    bot.room.troubles = [Dropped()]
    await bot.deliver()
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == slots(1)
    assert edits(bot) == [0, 2]
    assert bot.room.letters == []


class Doubt:
    """A chat in a room that can't be asked, whose first question went out and nobody saw what became of it."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def arise(self, *, arrived: bool) -> None:
        """Begin, and lose the answer to the question's post, or the post."""
        bot = self.bot
        await bot.accepted("hana", do.Start(GUIDE.key))
        await bot.deliver()
        await bot.accepted("hana", do.Begin())
        bot.room.troubles = [None, Dropped() if arrived else Unseen()]  # the opening's change goes well
        await bot.deliver()
        while await bot.deliver_next():
            pass

    async def press(self, who: str = "hana") -> Reply:
        """Press the button in the letter to the host."""
        (letter,) = self.bot.room.letters
        (button,) = buttons_of(letter.message)
        pressed = decode(button.code)
        return await self.bot.say(who, pressed.ask, chat=pressed.chat)


@pytest.fixture
async def doubt(sqlite_store: OpenStore) -> Doubt:
    """Prepare a room that can't be asked."""
    return Doubt(composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.ASK)))


@pytest.mark.parametrize("arrived", [True, False])
async def test_where_nobody_can_look_it_waits_for_the_host(doubt: Doubt, arrived: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """It is neither posted twice nor given up: it is unknown, and the host alone is asked, once."""
    await doubt.arise(arrived=arrived)
    bot = doubt.bot

    assert bot.room.slots() == (slots(1) if arrived else slots(0))
    assert await statuses(bot) == [(Status.SENT, None), (Status.UNKNOWN, "outcome_unseen")]
    assert [letter.to for letter in bot.room.letters] == ["hana"]
    assert plain(bot.room.letters[0].message).endswith("[Post it again]")


async def test_post_it_again_posts_once(doubt: Doubt) -> None:
    """However often it is pressed: the first press posts, a second changes what is there then."""
    await doubt.arise(arrived=False)
    bot = doubt.bot

    await doubt.press()
    await bot.deliver()
    await doubt.press()
    await bot.deliver()

    assert bot.room.slots() == slots(1)
    assert await statuses(bot) == [(Status.SENT, None), (Status.SENT, None)]


async def test_what_is_unknown_is_not_posted_because_somebody_answered(doubt: Doubt) -> None:
    """Whoever answers saw the question: to post it once more would be a second one. It waits for the host."""
    await doubt.arise(arrived=True)
    bot = doubt.bot

    for who in ("ana", "ben"):
        await bot.accepted(who, answer("words"))
        await bot.deliver()

    assert bot.room.slots() == slots(1)
    assert len(bot.room.letters) == 1
    assert await statuses(bot) == [(Status.SENT, None), (Status.UNKNOWN, "outcome_unseen")]


async def test_what_is_posted_again_says_what_stands_then(doubt: Doubt) -> None:
    """The answers that came while it was unknown are counted in it."""
    await doubt.arise(arrived=False)
    bot = doubt.bot
    await bot.accepted("ana", answer("words", "first"))

    await doubt.press()
    await bot.deliver()
    await bot.accepted("ben", answer("words", "first"))
    await bot.deliver()

    assert bot.room.slots() == slots(1)
    assert "2 people have answered here." in texts(bot)[1]


async def test_only_the_host_can_have_it_posted_again(doubt: Doubt) -> None:
    """The letter is the host's, and so is the button."""
    await doubt.arise(arrived=False)

    reply = await doubt.press("ana")
    await doubt.bot.deliver()

    assert reply.refusal == "not_host"
    assert doubt.bot.room.slots() == slots(0)


async def test_an_offer_that_nobody_saw_arrive_is_made_again(doubt: Doubt) -> None:
    """Two offers do no harm; none would leave the room without its question."""
    bot = doubt.bot
    await bot.accepted("hana", do.Start(GUIDE.key))
    bot.room.troubles = [Unseen(), None, Unseen()]  # the opening, the preview, the first offer
    while await bot.deliver_next():
        pass

    assert [letter.to for letter in bot.room.letters] == ["hana"]
    assert (Status.SENT, None) in await statuses(bot, "direct")


async def test_without_a_host_the_unknown_post_waits_for_organisers(sqlite_store: OpenStore) -> None:
    """It is listed, and a replay posts it."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.ASK, troubles=[Unseen()]))
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key)))
    while await bot.deliver_next():
        pass
    (row,) = await bot.outbox(Status.UNKNOWN)
    assert (bot.room.posts, bot.room.letters) == ([], [])

    await bot.store.transact(lambda tx: tx.outbox.replay([row.id], bot.clock.now))
    await bot.deliver()

    assert bot.room.slots() == ["opening"]


# --- whispers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [Busy("server_error"), Unseen(), RoomGone(), Poison("too_large")], ids=repr)
async def test_a_whisper_is_never_tried_again(bot: Bot, trouble: Exception) -> None:
    """A receipt that comes late is about something else by then."""
    await bot.begun()
    await bot.deliver()
    before = len(bot.room.whispers)
    await bot.accepted("ana", privately("words"))
    bot.room.troubles = [trouble]

    await bot.deliver()
    assert not await bot.deliver_next()

    assert len(bot.room.whispers) == before
    assert {row.status for row in await bot.outbox() if row.kind == "whisper"} <= {
        Status.SENT,
        Status.CANCELLED,
        Status.EXPIRED,
        Status.DEAD,
    }


async def test_a_whisper_is_shown_within_five_minutes_or_not_at_all(bot: Bot) -> None:
    """When we come back from being away, nobody is thanked for what they said yesterday."""
    await bot.begun()
    await bot.deliver()
    before = len(bot.room.whispers)

    for late, words in ((timedelta(minutes=4, seconds=59), "in time"), (timedelta(minutes=5), "too late")):
        await bot.accepted("ana", privately(words))
        bot.clock.now += late
        await bot.deliver()

    assert len(bot.room.whispers) == before + 1
    assert [row.reason for row in await bot.outbox(Status.EXPIRED)] == [None]


async def test_receipts_go_to_their_author_alone(bot: Bot) -> None:
    """Nobody else in the room is shown that somebody answered privately."""
    await bot.begun()
    await bot.deliver()
    posted = texts(bot)
    bot.room.whispers.clear()

    await bot.accepted("ana", privately("words"))
    await bot.deliver()

    assert [whisper.to for whisper in bot.room.whispers] == ["ana"]
    assert texts(bot) == posted
    assert edits(bot) == [0, 0]


# --- private messages that stay ----------------------------------------------------------------------------------


async def test_authors_of_private_answers_are_asked_once_when_a_chat_is_cancelled(bot: Bot) -> None:
    """They alone, in private; whoever spoke in the room is not written to."""
    await bot.begun()
    await bot.accepted("ana", privately("to the programme"))
    await bot.accepted("ana", privately("and this"))
    await bot.accepted("ben", answer("to the room"))
    await bot.accepted("hana", do.Cancel(sure=True))

    await bot.deliver()

    assert [letter.to for letter in bot.room.letters] == ["ana"]
    assert plain(bot.room.letters[0].message).endswith("[Send mine] [My answers]")


@pytest.mark.parametrize("in_doubt", InDoubt)
async def test_a_private_message_that_may_have_arrived_is_not_sent_again(
    sqlite_store: OpenStore, in_doubt: InDoubt
) -> None:
    """To be asked twice would be worse than not to be asked; except where a second copy does no harm."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=in_doubt))
    await bot.begun()
    await bot.accepted("ana", privately("words"))
    await bot.deliver()
    await bot.accepted("hana", do.Cancel(sure=True))
    bot.room.refused["ana"] = Unseen()
    await bot.deliver()
    bot.room.refused.clear()
    while await bot.deliver_next():
        pass

    again = in_doubt is InDoubt.AGAIN
    assert await statuses(bot, "direct") == ([(Status.SENT, None)] if again else [(Status.UNKNOWN, "outcome_unseen")])
    assert len(bot.room.letters) == int(again)


async def test_a_person_who_is_out_of_reach_holds_nobody_up(bot: Bot) -> None:
    """Each person has a lane of their own."""
    await bot.begun()
    for who in ("ana", "ben"):
        await bot.accepted(who, privately("words"))
    await bot.accepted("hana", do.Cancel(sure=True))
    bot.room.refused["ana"] = RoomGone()

    await bot.deliver()

    assert [letter.to for letter in bot.room.letters] == ["ben"]
    assert sorted(await statuses(bot, "direct")) == [(Status.DEAD, "room_gone"), (Status.SENT, None)]


async def with_a_step(bot: Bot) -> UUID:
    """A chat that is over, in which Ana named a step and is to be asked about it in two weeks."""
    await bot.begun()
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer(MARK))
    await bot.accepted("ana", do.SetCheckBack(weeks=2))
    return await bot.sent()


async def test_a_check_back_comes_on_its_day_and_once(bot: Bot) -> None:
    """At 10am on the day, without the words; a later date takes the place of the first."""
    await with_a_step(bot)
    await bot.deliver()
    await bot.accepted("ana", do.SetCheckBack(weeks=3))
    bot.clock.wait(days=20)
    await bot.deliver()
    assert bot.room.letters == []

    assert await bot.deliver_next()
    assert bot.clock.now.isoformat() == "2026-12-28T10:00:00+00:00"
    assert not await bot.deliver_next()

    assert [letter.to for letter in bot.room.letters] == ["ana"]
    assert MARK not in plain(bot.room.letters[0].message)


async def test_a_check_back_that_was_taken_back_does_not_come(bot: Bot) -> None:
    """None is none."""
    await with_a_step(bot)
    await bot.accepted("ana", do.SetCheckBack())

    while await bot.deliver_next():
        pass

    assert bot.room.letters == []
    assert await statuses(bot, "direct") == [(Status.CANCELLED, None)]


@pytest.mark.parametrize("practice", [True, False])
async def test_a_receipt_whose_subject_is_gone_is_not_shown(bot: Bot, practice: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """It would say something that is not so any more: a date that was taken back, a practice answer that is deleted."""
    await bot.begun(practice=practice)
    await bot.accepted("hana", do.MoveOn())
    await bot.deliver()
    bot.room.whispers.clear()
    await bot.accepted("ana", answer("a step"))
    await bot.accepted("ana", do.Edit(do.LATEST, "another step"))
    if practice:
        await bot.sent()
    else:
        await bot.accepted("ana", do.SetCheckBack(weeks=2))
        await bot.accepted("ana", do.SetCheckBack())

    await bot.deliver()

    shown = " ".join(plain(whisper.message) for whisper in bot.room.whispers if whisper.to == "ana")
    assert "We will ask you" not in shown
    assert "question 0" not in shown
    assert (Status.CANCELLED, "nothing_stands") in await statuses(bot, "whisper")
    assert {row.reason for row in await bot.outbox()} == {None, "nothing_stands"}


async def test_a_private_message_that_is_a_week_late_is_not_sent(bot: Bot) -> None:
    """It would only confuse."""
    await with_a_step(bot)
    await bot.deliver()

    bot.clock.wait(days=21, hours=1)
    await bot.deliver()

    assert bot.room.letters == []
    assert await statuses(bot, "direct") == [(Status.EXPIRED, None)]


# --- what goes wrong with us -------------------------------------------------------------------------------------


async def test_a_channel_that_hangs_is_cut_at_half_the_lease(sqlite_store: OpenStore) -> None:
    """Before anybody else may take the lane; the next attempt looks first, and other rooms don't wait."""
    bot = composed(sqlite_store, lease=timedelta(seconds=0.5))
    bot.room.hangs["hangs"] = asyncio.Event()  # nobody ever sets it
    for room in ("hangs", "goes on"):
        await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key), room=room))
    begun_at = asyncio.get_running_loop().time()

    async with asyncio.timeout(10):
        await bot.deliver()

    assert asyncio.get_running_loop().time() - begun_at >= 0.25
    assert [posted.room for posted in bot.room.posts] == ["goes on"]
    assert (Status.ATTEMPTED, "outcome_unseen") in await statuses(bot)
    while await bot.deliver_next():
        pass
    assert [posted.room for posted in bot.room.posts] == ["goes on", "hangs"]


async def test_a_bug_in_a_channel_is_tried_a_few_times_and_buried_without_its_text(bot: Bot) -> None:
    """Its text may hold words: it is neither kept nor logged. What comes after it goes on."""
    bot.room.refused["room"] = ValueError(MARK)
    for room in ("room", "other"):
        await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key), room=room))

    with all_logs() as logged:
        await bot.deliver()
        while await bot.deliver_next():
            pass

    (row,) = await bot.outbox(Status.DEAD)
    assert (row.reason, row.attempts) == ("failed ValueError", backoff.BUG_ATTEMPTS)
    assert [posted.room for posted in bot.room.posts] == ["other"]
    failures = [entry for entry in logged if entry["event"] == "delivery_failed"]
    assert [entry["kind"] for entry in failures] == ["ValueError"] * backoff.BUG_ATTEMPTS
    assert MARK not in str(logged)
    assert MARK not in str(await bot.everything())


@contextmanager
def all_logs() -> Iterator[list[Any]]:
    """Everything that is logged meanwhile."""
    structlog.reset_defaults()
    with capture_logs() as logged:
        yield logged


class Flaky:
    """The real store, which is away whenever it is told to be."""

    def __init__(self, store: OpenStore) -> None:
        self._store = store
        self.away = False
        self.refuse_after: int | None = None
        """How many transactions go well before it is away."""
        self.refused = asyncio.Event()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        if self.refuse_after is not None:
            self.refuse_after -= 1
            self.away = self.away or self.refuse_after < 0
        self._look()
        return await self._store.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        self._look()
        return await self._store.read(work)

    async def close(self) -> None:
        await self._store.close()

    def back(self) -> None:
        """It can be reached again."""
        self.away, self.refuse_after = False, None
        self.refused.clear()

    def _look(self) -> None:
        if self.away:
            self.refused.set()
            raise StoreDown("the connection to the database was lost (08006)")


async def test_a_database_that_goes_away_ends_no_worker(sqlite_store: OpenStore) -> None:
    """The loop waits and goes on, and nothing that was said meanwhile is left behind."""
    flaky = Flaky(sqlite_store)
    store: Store = flaky
    bot = composed(sqlite_store, for_delivery=store)
    worker = asyncio.create_task(bot.delivery.run())
    flaky.away = True
    await bot.accepted("hana", do.Start(GUIDE.key))
    async with asyncio.timeout(10):
        await flaky.refused.wait()
    assert bot.room.posts == []

    flaky.back()
    await bot.accepted("hana", do.Begin())
    await bot.room.until(lambda: len(bot.room.posts) == 2)
    bot.delivery.end()
    await worker

    assert bot.room.slots() == slots(1)


async def test_a_database_that_goes_away_before_the_settlement_doubles_nothing(sqlite_store: OpenStore) -> None:
    """The post is out and nobody could write it down: when the lease is over it is looked for."""
    flaky = Flaky(sqlite_store)
    bot = composed(sqlite_store, for_delivery=flaky)
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key)))
    flaky.refuse_after = 1  # the claim goes well
    with pytest.raises(StoreDown):
        await bot.deliver()
    assert bot.room.slots() == ["opening"]
    assert await statuses(bot) == [(Status.ATTEMPTED, None)]

    flaky.back()
    await bot.deliver()
    assert edits(bot) == [0]  # the lane is still leased
    while await bot.deliver_next():
        pass

    assert bot.room.slots() == ["opening"]
    assert edits(bot) == [1]
    assert await statuses(bot) == [(Status.SENT, None)]


async def test_whoever_lost_the_lease_settles_nothing(store: OpenStore) -> None:
    """A worker that was away for longer than its lease finds that another is at it, and changes nothing of that."""
    bot = composed(store)
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key)))
    bot.room.hangs["room"] = let_go = asyncio.Event()
    slow = asyncio.create_task(bot.deliver())
    await bot.room.until(lambda: not bot.room.hangs)
    bot.clock.wait(seconds=LEASE.total_seconds() + 1)
    (claim,) = await store.transact(lambda tx: tx.outbox.claim(bot.clock.now, timedelta(seconds=30), 9, lambda _: None))
    before = await bot.everything()

    let_go.set()
    await slow

    assert bot.room.slots() == ["opening"]
    assert (claim.doubtful, claim.attempts) == (True, 2)
    assert await bot.everything() == before
    done = Settlement(status=Status.SENT, ref="post-1")
    assert await store.transact(lambda tx: tx.outbox.settle(claim, done, bot.clock.now))
    assert not await store.transact(lambda tx: tx.outbox.settle(claim, done, bot.clock.now))


# --- what goes first ---------------------------------------------------------------------------------------------


async def test_people_go_before_the_clock_and_the_clock_before_forwarding(bot: Bot) -> None:
    """Whoever waits in a room does not wait for a campaign, nor a campaign for the survey."""
    await bot.begun(room="over")
    await bot.accepted("ana", answer("words"), room="over")
    await bot.accepted("hana", do.Finish(), room="over")
    await bot.deliver()
    await bot.accepted("hana", do.Send(sure=True), room="over")
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key), room="campaign"))
    await bot.accepted("ben", do.Start(GUIDE.key), room="waited for")

    order = []
    while claimed := await bot.store.transact(
        lambda tx: tx.outbox.claim(bot.clock.now, timedelta(seconds=30), 1, lambda _: None)
    ):
        order.append(claimed[0])

    rooms = await bot.store.read(
        lambda tx: [
            str(claim.effect["do"])
            if claim.effect["do"] != "say"
            else tx.reading.room(UUID(claim.lane.removeprefix("room:"))).address
            for claim in order
        ]
    )
    assert rooms == ["over", "waited for", "whisper", "campaign", "forward"]


# --- forwarding --------------------------------------------------------------------------------------------------


def items(event: SurveyEvent) -> dict[str, str | None]:
    """What a survey store was told of each question: the words, or why there are none."""
    return {item.link_id: item.verbatim or item.nonresponse for item in event.items}


async def response_of(bot: Bot, chat: UUID, who: str) -> UUID:
    """The key of somebody's response."""
    from conversations.engine import Needs  # noqa: PLC0415

    scene = await bot.store.transact(lambda tx: tx.chats.lock(chat, None, person(who), Needs.NOTHING, None))
    assert scene is not None
    assert scene.participant is not None
    return scene.participant.response


async def told(bot: Bot, chat: UUID, who: str) -> list[tuple[Sending, int, dict[str, str | None]]]:
    """What the survey store was told of somebody's response, in order."""
    key = await response_of(bot, chat, who)
    return [(event.sending, event.revision, items(event)) for event in bot.survey.told if event.subject == key]


async def test_what_may_go_goes_and_what_may_not_stays(bot: Bot) -> None:
    """Each person's response with their words, or why there are none: kept in the team, passed, or never asked."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("first part"))
    await bot.accepted("ana", answer("second part"))
    await bot.accepted("ben", answer("for the team"))
    await bot.accepted("ben", do.SetPermission(Permission.STAY))
    await bot.accepted("ben", privately("for the programme"))
    await bot.accepted("cat", answer("all of it"))
    await bot.accepted("cat", do.SetPermission(Permission.STAY))
    await bot.accepted("dan", privately("quote me"))
    await bot.accepted("dan", do.SetPermission(Permission.QUOTE))
    await bot.accepted("eve", answer("mine"))
    await bot.accepted("eve", do.Pass())
    await bot.sent()

    await bot.deliver()

    submitted = Sending.SUBMITTED
    assert await told(bot, chat, "ana") == [(submitted, 1, {"first": "first part\nsecond part", "second": "not_asked"})]
    assert await told(bot, chat, "ben") == [(submitted, 1, {"first": "for the programme", "second": "not_asked"})]
    assert await told(bot, chat, "cat") == []
    assert await told(bot, chat, "dan") == [(submitted, 1, {"first": "quote me", "second": "not_asked"})]
    assert [item.permission for event in bot.survey.told for item in event.items if item.verbatim == "quote me"] == [
        Permission.QUOTE
    ]
    assert len(bot.survey.told) == 4


async def test_why_there_are_no_words(bot: Bot) -> None:
    """Withheld, skipped and not asked are three things."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("for the team"))
    await bot.accepted("ana", do.SetPermission(Permission.STAY))
    await bot.accepted("ben", answer("words"))
    await bot.accepted("cat", answer("words"))
    await bot.accepted("hana", do.MoveOn())
    await bot.accepted("ana", answer("a step"))
    await bot.accepted("ben", do.Pass())
    await bot.sent()

    await bot.deliver()

    assert [told_[2] for told_ in await told(bot, chat, "ana")] == [{"first": "withheld", "second": "a step"}]
    assert [told_[2] for told_ in await told(bot, chat, "ben")] == [{"first": "words", "second": "skipped"}]
    assert [told_[2] for told_ in await told(bot, chat, "cat")] == [{"first": "words", "second": "skipped"}]


async def test_what_is_withdrawn_before_it_went_leaves_nothing_behind(bot: Bot) -> None:
    """The survey store never hears that there was anything."""
    chat = await bot.begun()
    await bot.accepted("ana", answer(MARK))
    await bot.accepted("ben", answer("stays"))
    await bot.sent()
    await bot.accepted("ana", do.Withdraw(do.LATEST))

    while await bot.deliver_next():
        pass

    assert await told(bot, chat, "ana") == []
    assert await told(bot, chat, "ben") == [(Sending.SUBMITTED, 1, {"first": "stays", "second": "not_asked"})]
    assert MARK not in str(await bot.everything())


async def test_what_is_withdrawn_after_it_went_is_retracted(bot: Bot) -> None:
    """Under the same key, one revision on, without a word."""
    chat = await bot.begun()
    await bot.accepted("ana", answer(MARK))
    await bot.sent()
    await bot.deliver()
    await bot.accepted("ana", do.Withdraw(do.LATEST))

    await bot.deliver()

    assert [(sending, revision) for sending, revision, _ in await told(bot, chat, "ana")] == [
        (Sending.SUBMITTED, 1),
        (Sending.WITHDRAWN, 2),
    ]
    assert bot.survey.told[-1].items == ()


async def test_what_is_withdrawn_while_it_may_have_gone_is_retracted(bot: Bot) -> None:
    """An attempt that failed may have arrived: the retraction goes, in its order."""
    chat = await bot.begun()
    await bot.accepted("ana", answer(MARK))
    await bot.sent()
    bot.survey.refusals = [Unseen()]
    await bot.deliver()
    await bot.accepted("ana", do.Withdraw(do.LATEST))

    while await bot.deliver_next():
        pass

    assert MARK not in str(bot.survey.told)
    assert {sending for sending, _, _ in await told(bot, chat, "ana")} == {Sending.WITHDRAWN}


async def test_an_edit_before_it_went_sends_only_the_later_words(bot: Bot) -> None:
    """Revision 2 cancels an unattempted revision 1."""
    chat = await bot.begun()
    await bot.accepted("ana", answer(MARK))
    await bot.sent()
    await bot.accepted("ana", do.Edit(do.LATEST, "better words"))

    await bot.deliver()

    assert await told(bot, chat, "ana") == [(Sending.REVISED, 2, {"first": "better words", "second": "not_asked"})]
    assert (await statuses(bot, "forward"))[0] == (Status.CANCELLED, None)


async def test_an_edit_after_it_went_is_a_revision(bot: Bot) -> None:
    """Of the same response, with an id of its own that stays the same on every retry."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    await bot.deliver()
    bot.survey.refusals = [Busy("server_error")]
    await bot.accepted("ana", do.Edit(do.LATEST, "better words"))

    while await bot.deliver_next():
        pass

    assert [(sending, revision) for sending, revision, _ in await told(bot, chat, "ana")] == [
        (Sending.SUBMITTED, 1),
        (Sending.REVISED, 2),
    ]
    assert len({event.id for event in bot.survey.told}) == 2


async def test_permission_that_is_taken_back_after_it_went_is_a_retraction(bot: Bot) -> None:
    """To keep everything in the team afterwards is to withdraw it from the programme."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    await bot.deliver()
    await bot.accepted("ana", do.SetPermission(Permission.STAY))
    await bot.deliver()
    await bot.accepted("ana", do.SetPermission(Permission.THEMES))
    await bot.deliver()

    assert [(sending, revision) for sending, revision, _ in await told(bot, chat, "ana")] == [
        (Sending.SUBMITTED, 1),
        (Sending.WITHDRAWN, 2),
        (Sending.REVISED, 3),
    ]


async def test_the_reflection_goes_with_the_responses(bot: Bot) -> None:
    """Once, as the host left it, under the chat's own key."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect("a first thought"))
    await bot.accepted("hana", do.Reflect("as a team"))
    await bot.accepted("hana", do.Send(sure=True))

    await bot.deliver()

    (reflection,) = [event for event in bot.survey.told if event.topic is Topic.REFLECTION]
    assert reflection.subject == chat
    assert reflection.items == (Item("reflection", "as a team", None, Permission.THEMES),)
    assert len(bot.survey.told) == 2


async def test_a_practice_sends_nothing_and_keeps_nothing(bot: Bot) -> None:
    """Not a word is left when it ends."""
    await bot.begun(practice=True)
    await bot.accepted("ana", answer(MARK))
    await bot.accepted("ben", privately(MARK))
    await bot.accepted("hana", do.Finish())
    await bot.accepted("hana", do.Reflect(MARK))
    await bot.accepted("hana", do.Send(sure=True))

    while await bot.deliver_next():
        pass

    assert bot.survey.asked == 0
    assert MARK not in str(await bot.everything())


async def test_a_cancelled_chat_sends_nothing(bot: Bot) -> None:
    """Whatever was said, and whatever is changed afterwards."""
    await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.accepted("ben", privately("words"))
    await bot.accepted("hana", do.Cancel(sure=True))
    await bot.accepted("ana", do.Edit(do.LATEST, "other words"))
    await bot.accepted("ben", do.Withdraw(do.LATEST))

    while await bot.deliver_next():
        pass

    assert bot.survey.asked == 0


async def test_send_mine_sends_only_what_was_said_privately(bot: Bot) -> None:
    """Once, however often it is pressed; what was said in the room stays there."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("in the room"))
    await bot.accepted("ana", privately("to the programme"))
    await bot.accepted("ben", answer("in the room"))
    await bot.accepted("hana", do.Cancel(sure=True))

    for _ in range(2):
        await bot.accepted("ana", do.SendMine())
        await bot.deliver()
    refusal = (await bot.say("ben", do.SendMine())).refusal
    await bot.deliver()

    assert [(s, r, i["first"]) for s, r, i in await told(bot, chat, "ana")] == [
        (Sending.SUBMITTED, 1, "to the programme")
    ]
    assert refusal == "no_private_answer"
    assert len(bot.survey.told) == 1


async def test_a_survey_store_at_fault_is_left_alone_and_no_attempt_is_burnt(sqlite_store: OpenStore) -> None:
    """A wrong password is not knocked with every response in turn; when it is put right all of them go."""
    bot = composed(sqlite_store, rate_of=rates(programme=100))
    await bot.begun()
    for who in ("ana", "ben", "cat"):
        await bot.accepted(who, answer("words"))
    await bot.sent()
    bot.survey.refusals = [AtFault("login_refused")]
    await bot.deliver()
    asked = bot.survey.asked

    bot.clock.wait(minutes=9)
    await bot.deliver()
    assert bot.survey.asked == asked <= 3
    waiting = [row for row in await bot.outbox(Status.READY) if row.kind == "forward"]
    assert {row.attempts for row in waiting} == {0}
    assert "at_fault login_refused" in {row.reason for row in waiting}
    while await bot.deliver_next():
        pass

    assert len({event.subject for event in bot.survey.told}) == len(bot.survey.told) == 3


async def test_a_survey_store_at_fault_keeps_no_message_from_its_room(sqlite_store: OpenStore) -> None:
    """The gate that is closed is the survey's alone."""
    bot = composed(sqlite_store, rate_of=rates(programme=100, leeds=100))
    await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.deliver()
    bot.survey.refusals = [AtFault("gone")]
    await bot.sent()
    while bot.room.slots() != slots(1, "closing"):
        assert await bot.deliver_next()

    assert bot.clock.now.hour == 10


async def test_a_response_that_is_never_taken_blocks_no_other(bot: Bot) -> None:
    """It is buried; the same person's later revision is tried all the same."""
    chat = await bot.begun()
    for who in ("ana", "ben"):
        await bot.accepted(who, answer("words"))
    bot.survey.refused[await response_of(bot, chat, "ana")] = Poison("unreadable")
    await bot.sent()

    await bot.deliver()

    assert await told(bot, chat, "ben") != []
    assert sorted(await statuses(bot, "forward")) == [(Status.DEAD, "poison unreadable"), (Status.SENT, None)]
    bot.survey.refused.clear()
    await bot.accepted("ana", do.Edit(do.LATEST, "readable"))
    await bot.deliver()
    assert [(revision, i["first"]) for _, revision, i in await told(bot, chat, "ana")] == [(2, "readable")]


async def test_revisions_of_one_response_keep_their_order(bot: Bot) -> None:
    """While one waits for another attempt, the next does not overtake it."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("one"))
    await bot.sent()
    bot.survey.refusals = [Busy("server_error"), Busy("server_error")]
    await bot.deliver()
    await bot.accepted("ana", do.Edit(do.LATEST, "two"))
    await bot.accepted("ana", do.Edit(do.LATEST, "three"))
    while await bot.deliver_next():
        pass

    revisions = [revision for _, revision, _ in await told(bot, chat, "ana")]
    assert revisions == sorted(revisions)
    assert (await told(bot, chat, "ana"))[-1][2]["first"] == "three"


async def test_a_forward_is_tried_for_about_three_days(bot: Bot) -> None:
    """Then it is buried, where organisers see it; a replay sends what stands then."""
    chat = await bot.begun()
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    bot.survey.refused[await response_of(bot, chat, "ana")] = Busy("server_error")
    sent_at = bot.clock.now
    while await bot.deliver_next():
        pass
    assert timedelta(days=1.5) < bot.clock.now - sent_at < timedelta(days=4)
    (row,) = await bot.outbox(Status.DEAD)
    assert (row.kind, row.reason, row.attempts) == ("forward", "busy server_error", len(backoff.FORWARD) + 1)

    bot.survey.refused.clear()
    await bot.store.transact(lambda tx: tx.outbox.replay([row.id], bot.clock.now))
    await bot.deliver()

    assert await told(bot, chat, "ana") == [(Sending.SUBMITTED, 1, {"first": "words", "second": "not_asked"})]


async def test_nothing_of_the_survey_event_names_anybody(bot: Bot) -> None:
    """No name, no address, no time of day of a message."""
    await bot.begun(room="team-room", pace=Pace.OPEN)
    await bot.accepted("ana-miller", answer("words"), room="team-room")
    await bot.sent(room="team-room")

    await bot.deliver()

    (event,) = bot.survey.told
    assert not {"ana-miller", "hana", "team-room"} & set(str(event).replace("'", " ").split())
    assert (event.fieldwork_start, event.fieldwork_end) == ("2026-12-07", "2026-12-07")


def test_the_clock_of_these_tests_stands_still() -> None:
    """Nothing here depends on how fast the machine is."""
    clock = Clock()
    assert clock() == clock()
