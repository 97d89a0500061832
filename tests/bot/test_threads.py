"""What platforms with threads need: a deletion before its message, a form sent again, a thread, a lost room."""

from dataclasses import replace
from uuid import UUID

import pytest

from bot.conversation import LONGEST_NAME, Outcome
from bot.outbox import Status
from bot.outside import Busy, InDoubt, RoomGone
from conversations import commands as do
from conversations.actions import decode
from conversations.commands import Which
from conversations.messages import buttons_of
from conversations.model import Stage
from storage.opening import OpenStore
from tests.bot.composing import Bot, Dropped, RigChannel, answer, composed, privately, rates, said, slots
from tests.conversations.chats import GUIDE

MESSAGE = "message-1"


# --- a deletion that comes before its message --------------------------------------------------------------------


async def test_a_message_that_was_deleted_before_it_came_is_never_kept(bot: Bot) -> None:
    """Platforms deliver in any order: what somebody took back is not an answer a moment later."""
    await bot.begun()
    deletion = replace(said(bot.clock, "ana", do.Withdraw(Which(ref="1"))), voids=(MESSAGE,))
    message = replace(said(bot.clock, "ana", do.Answer("gone", ref="1")), delivery=MESSAGE)

    first = await bot.conversation.handle(deletion)
    second = await bot.conversation.handle(message)

    assert first.refusal == "no_such_answer"
    assert second.outcome is Outcome.SEEN
    assert await bot.words("ana") == []


async def test_a_deletion_after_its_message_withdraws_it(bot: Bot) -> None:
    """In the order of things it does no more than that."""
    await bot.begun()
    message = replace(said(bot.clock, "ana", do.Answer("gone", ref="1")), delivery=MESSAGE)
    await bot.conversation.handle(message)
    deletion = replace(said(bot.clock, "ana", do.Withdraw(Which(ref="1"))), voids=(MESSAGE,))

    assert (await bot.conversation.handle(deletion)).outcome is Outcome.ACCEPTED
    assert (await bot.conversation.handle(message)).outcome is Outcome.SEEN
    assert await bot.words("ana") == []


async def test_a_deletion_that_comes_again_voids_nothing_more(bot: Bot) -> None:
    """What it voids is what it voided the first time."""
    await bot.begun()
    deletion = said(bot.clock, "ana", do.Withdraw(Which(ref="1")))
    await bot.conversation.handle(deletion)

    again = await bot.conversation.handle(replace(deletion, voids=(MESSAGE,)))
    message = replace(said(bot.clock, "ana", answer("heard")), delivery=MESSAGE)

    assert again.outcome is Outcome.SEEN
    assert (await bot.conversation.handle(message)).outcome is Outcome.ACCEPTED


async def test_a_change_before_its_message_is_one_answer_with_the_later_words(bot: Bot) -> None:
    """The message that follows neither doubles it nor puts the older words back."""
    await bot.begun()
    message = said(bot.clock, "ana", do.Answer("first words", ref="1"))
    change = said(bot.clock, "ana", do.Edit(Which(ref="1"), "later words", said=do.Answer("later words", ref="1")))

    replies = [await bot.conversation.handle(incoming) for incoming in (change, message)]

    assert [reply.outcome for reply in replies] == [Outcome.ACCEPTED] * 2
    assert await bot.words("ana") == ["later words"]


async def test_a_change_after_its_message_is_gone_brings_nothing_back(bot: Bot) -> None:
    """Deletion, change, message: in whichever order they come, what somebody took back is nowhere."""
    await bot.begun()
    later = do.Answer("later words", ref="1")
    message = replace(said(bot.clock, "ana", do.Answer("first words", ref="1")), delivery=MESSAGE)
    change = replace(said(bot.clock, "ana", do.Edit(Which(ref="1"), "later words", said=later)), unless="1 gone")
    deletion = replace(said(bot.clock, "ana", do.Withdraw(Which(ref="1"))), voids=(MESSAGE, "1 gone"))

    replies = [await bot.conversation.handle(incoming) for incoming in (deletion, change, message)]

    assert [reply.outcome for reply in replies] == [Outcome.REFUSED, Outcome.SEEN, Outcome.SEEN]
    assert await bot.words("ana") == []
    assert (await bot.everything())["answers"] == []


async def test_the_latest_of_three_changes_stands(bot: Bot) -> None:
    """The time that a change was made decides, also across transactions."""
    await bot.begun()
    made = [said(bot.clock, "ana", do.Answer("v0", ref="1"))]
    made += [said(bot.clock, "ana", do.Edit(Which(ref="1"), f"v{number}")) for number in (1, 2, 3)]

    for number in (0, 3, 1, 2):
        assert (await bot.conversation.handle(made[number])).outcome is Outcome.ACCEPTED

    assert await bot.words("ana") == ["v3"]


# --- a form that may be sent again -------------------------------------------------------------------------------


async def test_a_refused_form_can_be_sent_again_and_is_then_taken_once(bot: Bot) -> None:
    """The form stays open with what was typed: the same press later is the same delivery."""
    await bot.accepted("hana", do.Start(GUIDE.key))
    form = replace(said(bot.clock, "ana", privately("what I wrote")), may_come_again=True)

    early = [await bot.conversation.handle(form) for _ in range(2)]
    await bot.accepted("hana", do.Begin())
    late = [await bot.conversation.handle(form) for _ in range(2)]

    assert [reply.refusal for reply in early] == ["not_begun", "not_begun"]
    assert [reply.outcome for reply in late] == [Outcome.ACCEPTED, Outcome.SEEN]
    assert await bot.words("ana") == ["what I wrote"]


async def test_a_form_whose_words_are_refused_says_so_each_time(bot: Bot) -> None:
    """A person who presses again without a change is told again, at the same box."""
    await bot.begun()
    form = replace(said(bot.clock, "ana", privately("")), may_come_again=True)

    replies = [await bot.conversation.handle(form) for _ in range(2)]

    assert [list(reply.errors) for reply in replies] == [["words"], ["words"]]
    assert [name for name, rows in (await bot.everything()).items() if form.delivery in str(rows)] == []


# --- whose room it is --------------------------------------------------------------------------------------------


async def organisation_of(bot: Bot, chat: UUID) -> tuple[str | None, str | None]:
    """What the chat and its room are said to belong to."""
    found = await bot.chat(chat)
    room = await bot.store.read(lambda tx: tx.reading.room(found.room))
    return found.organisation, room.organisation


async def test_whoever_starts_may_say_which_organisation_it_is(bot: Bot) -> None:
    """The room remembers it for the next chat, and a later name goes for the chats after it."""
    first = await bot.accepted("hana", do.Start(GUIDE.key, organisation="  Leeds\n Hospice "))
    await bot.accepted("hana", do.Cancel(sure=True))
    second = await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.accepted("hana", do.Cancel(sure=True))
    third = await bot.accepted("hana", do.Start(GUIDE.key, organisation="York"))

    assert await organisation_of(bot, first) == ("Leeds Hospice", "York")
    assert await organisation_of(bot, second) == ("Leeds Hospice", "York")
    assert await organisation_of(bot, third) == ("York", "York")


@pytest.mark.parametrize("named", [None, "", " \n "])
async def test_a_room_may_belong_to_nobody(bot: Bot, named: str | None) -> None:
    """An empty box names no organisation."""
    chat = await bot.accepted("hana", do.Start(GUIDE.key, organisation=named))

    assert await organisation_of(bot, chat) == (None, None)


async def test_a_name_that_nobody_has_is_refused_at_its_box(bot: Bot) -> None:
    """The person learns how long it was, and nothing has begun."""
    longest = await bot.say("hana", do.Start(GUIDE.key, organisation="x" * (LONGEST_NAME + 1)))

    assert (longest.refusal, list(longest.errors)) == ("too_long", ["organisation"])
    assert str(LONGEST_NAME) in longest.errors["organisation"]
    assert (await bot.everything())["rooms"] == []
    chat = await bot.accepted("hana", do.Start(GUIDE.key, organisation="x" * LONGEST_NAME))
    assert await organisation_of(bot, chat) == ("x" * LONGEST_NAME,) * 2


async def test_a_start_that_is_refused_renames_nothing(bot: Bot) -> None:
    """Somebody who starts where a chat is open does not say whose room it is."""
    chat = await bot.accepted("hana", do.Start(GUIDE.key, organisation="Leeds"))

    assert (await bot.say("ana", do.Start(GUIDE.key, organisation="York"))).refusal == "already_open"
    assert await organisation_of(bot, chat) == ("Leeds", "Leeds")


# --- the thread --------------------------------------------------------------------------------------------------


async def test_posts_go_under_the_opening(bot: Bot) -> None:
    """One thread holds a chat; the opening is what begins it, and its changes go nowhere else."""
    await bot.begun()
    await bot.deliver()
    await bot.accepted("hana", do.MoveOn("first"))
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    await bot.deliver()

    assert bot.room.slots() == slots(2, "closing")
    assert [posted.under for posted in bot.room.posts] == [None, "post-1", "post-1", "post-1"]


async def test_whispers_go_where_people_look(bot: Bot) -> None:
    """Before the questions nobody looks at the thread; afterwards everybody does."""
    await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    await bot.accepted("hana", do.Begin())
    await bot.accepted("ana", privately("words"))
    await bot.deliver()

    assert [(whisper.to, whisper.under) for whisper in bot.room.whispers] == [("hana", None), ("ana", "post-1")]


async def test_a_room_that_cannot_tell_leaves_it_to_the_host(sqlite_store: OpenStore) -> None:
    """To look and not to know is no reason to post twice: the post is unknown, and the host alone is asked."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.LOOK, can_tell=False))
    bot.room.troubles = [Dropped()]
    chat = await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    while await bot.deliver_next():
        pass

    (post,) = [row for row in await bot.outbox() if row.kind == "say"]
    assert (post.status, post.reason) == (Status.UNKNOWN, "outcome_unseen")
    assert bot.room.slots() == ["opening"]
    (letter,) = bot.room.letters
    assert letter.to == "hana"
    (again,) = buttons_of(letter.message)
    assert decode(again.code).ask == do.PostAgain("opening")
    assert decode(again.code).chat == chat


async def test_a_post_that_is_seen_after_all_goes_on_in_place(sqlite_store: OpenStore) -> None:
    """The platform's own echo says which post it was: it is changed, and nothing is posted twice."""
    bot = composed(sqlite_store, room=RigChannel(in_doubt=InDoubt.LOOK, can_tell=False))
    bot.room.troubles = [Dropped()]
    chat = await bot.accepted("hana", do.Start(GUIDE.key))
    await bot.deliver()
    while await bot.deliver_next():
        pass

    await bot.store.transact(lambda tx: tx.outbox.stands(f"say:{chat}:opening", "post-1", bot.clock.now))
    await bot.accepted("hana", do.Begin())
    await bot.deliver()

    assert bot.room.slots() == slots(1)
    assert [posted.under for posted in bot.room.posts] == [None, "post-1"]


# --- the pace of receipts ----------------------------------------------------------------------------------------


async def test_receipts_that_must_wait_hold_no_question_up(sqlite_store: OpenStore) -> None:
    """Thirty answers at once may be too many thanks; the next question goes all the same."""
    bot = composed(sqlite_store, rate_of=rates(receipts=2))
    await bot.begun()
    await bot.deliver()
    bot.clock.wait(seconds=1)
    await bot.accepted("ana", privately("words"))
    bot.room.troubles = [Busy("throttled", retry_after=60, throttled=True)]
    await bot.deliver()

    await bot.accepted("ben", privately("words"))
    await bot.accepted("hana", do.MoveOn("first"))
    await bot.deliver()
    assert bot.room.slots() == slots(2)
    assert "ben" not in {whisper.to for whisper in bot.room.whispers}

    while await bot.deliver_next():
        pass
    assert [whisper.to for whisper in bot.room.whispers] == ["ben"]


async def test_a_throttled_room_holds_no_receipt_up(sqlite_store: OpenStore) -> None:
    """Nor the other way round: who answered is thanked while the room has to wait."""
    bot = composed(sqlite_store, rate_of=rates(leeds=2))
    await bot.begun()
    while await bot.deliver_next():
        pass
    bot.clock.wait(seconds=1)
    await bot.accepted("hana", do.MoveOn("first"))
    bot.room.troubles = [Busy("throttled", retry_after=60, throttled=True)]
    await bot.deliver()

    await bot.accepted("ana", privately("words"))
    await bot.deliver()

    assert bot.room.slots() == slots(1)
    assert bot.room.whispers[-1].to == "ana"


# --- a room that is lost -----------------------------------------------------------------------------------------


async def test_the_host_is_told_once_that_the_room_is_lost(bot: Bot) -> None:
    """However many posts can't go: one private message, with what can be done about it."""
    chat = await bot.begun()
    await bot.deliver()
    bot.room.refused["room"] = RoomGone()
    await bot.accepted("ana", answer("words"))
    await bot.deliver()
    await bot.accepted("hana", do.MoveOn("first"))
    await bot.deliver()

    (letter,) = bot.room.letters
    assert letter.to == "hana"
    asks = [decode(button.code) for button in buttons_of(letter.message)]
    assert [(pressed.ask, pressed.chat) for pressed in asks] == [(do.Finish(), chat), (do.Cancel(), chat)]
    assert not await bot.deliver_next()


async def test_nobody_is_told_of_a_lost_room_when_the_chat_is_over(bot: Bot) -> None:
    """There is nothing left to do for a host then."""
    chat = await bot.begun()
    await bot.deliver()
    await bot.accepted("ana", answer("words"))
    await bot.sent()
    assert (await bot.chat(chat)).stage is Stage.CLOSED
    bot.room.refused["room"] = RoomGone()
    await bot.deliver()

    assert bot.room.letters == []
    assert {row.reason for row in await bot.outbox(Status.DEAD)} == {"room_gone"}


async def test_a_lost_room_of_a_chat_without_a_host_troubles_nobody(bot: Bot) -> None:
    """Only organisers see it."""
    bot.room.refused["room"] = RoomGone()
    await bot.conversation.handle(said(bot.clock, None, do.Start(GUIDE.key)))
    await bot.deliver()

    assert bot.room.letters == []


async def test_a_room_that_is_found_again_gets_what_stands_then(bot: Bot) -> None:
    """What could not be said goes on, in its thread, as it is by now; what stands already is left alone."""
    await bot.begun()
    await bot.deliver()
    bot.room.refused["room"] = RoomGone()
    await bot.accepted("hana", do.MoveOn("first"))
    await bot.deliver()
    assert bot.room.slots() == slots(1)

    bot.room.refused.clear()
    revived = await bot.store.transact(lambda tx: tx.outbox.revive("rig", "leeds", "room", bot.clock.now))
    await bot.deliver()

    assert revived > 0
    assert bot.room.slots() == slots(2)
    assert {posted.under for posted in bot.room.posts[1:]} == {"post-1"}
    assert await bot.outbox(Status.DEAD) == []
