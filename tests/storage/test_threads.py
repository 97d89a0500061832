"""What a store knows of rooms, threads and the times of words, for platforms that bring things out of order."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import update

from bot.outbox import Claim, Post, Settlement, Status
from bot.outside import Address
from conversations import commands as do
from conversations.effects import OPENING, question_slot, say_key
from conversations.engine import Needs
from conversations.model import Room
from storage.opening import OpenStore
from storage.sql import Statement
from storage.tables import answers
from storage.transaction import Transaction
from tests.storage.talking import NOON, answer, at, begin, doing, scene_of

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
UNKNOWN = Settlement(status=Status.UNKNOWN, reason="outcome_unseen")
GONE = Settlement(status=Status.DEAD, reason="room_gone")
POISON = Settlement(status=Status.DEAD, reason="poison too_large")
FORGET_WHEN = Statement(update(answers).values(said_at=None))


async def claim(store: OpenStore) -> list[Claim]:
    """Take what is due."""
    return list(await store.transact(lambda tx: tx.outbox.claim(NOON, LEASE, 50, lambda _: None)))


async def all_end(store: OpenStore, how: Settlement) -> list[str]:
    """Have all that is due end in one way; returns the keys of the posts among it."""
    keys = []
    while claims := await claim(store):
        for one in claims:
            await store.transact(partial(_settle, claim=one, how=how))
            keys += [one.key] if one.effect["do"] == "say" else []
    return keys


def _settle(tx: Transaction, claim: Claim, how: Settlement) -> None:
    tx.outbox.settle(claim, how, NOON)


async def post(store: OpenStore, chat: UUID, slot: str = OPENING) -> Post | None:
    """What stands in a slot."""
    return await store.read(lambda tx: tx.reading.post(chat, slot))


async def status(store: OpenStore, key: str) -> Status:
    """How a row stands."""
    lines = await store.read(lambda tx: tx.outbox.listed(list(Status), 1000))
    return next(line.status for line in lines if line.key == key)


async def stands(store: OpenStore, key: str, ref: str) -> None:
    """Have the platform tell that it shows a post."""
    await store.transact(lambda tx: tx.outbox.stands(key, ref, NOON))


async def revive(store: OpenStore, room: str | None, workspace: str = "leeds", channel: str = "console") -> int:
    """Have a room, or a whole workspace, opened to us again."""
    return await store.transact(lambda tx: tx.outbox.revive(channel, workspace, room, NOON))


# --- what the room shows -----------------------------------------------------------------------------------------


async def test_what_the_room_shows_is_noted_once(store: OpenStore) -> None:
    """The first reference that anybody tells of stays: a copy of our post does not take its place."""
    chat = await store.transact(begin)

    await stands(store, say_key(chat, OPENING), "1.1")
    await stands(store, say_key(chat, OPENING), "2.2")

    found = await post(store, chat)
    assert found is not None
    assert (found.ref, found.sent) == ("1.1", 0)
    question = await post(store, chat, question_slot(1))
    assert question is not None
    assert question.ref is None


async def test_a_post_that_nobody_knew_of_goes_on_when_it_shows(store: OpenStore) -> None:
    """It waits no more for the host, and what follows changes it in place."""
    chat = await store.transact(begin)
    key = say_key(chat, OPENING)
    await all_end(store, UNKNOWN)
    assert await claim(store) == []

    await stands(store, key, "1.1")

    assert key in {one.key for one in await claim(store)}
    found = await post(store, chat)
    assert found is not None
    assert found.ref == "1.1"


async def test_a_post_that_is_known_already_is_not_sent_again(store: OpenStore) -> None:
    """A platform tells of each post that we made: that alone moves nothing."""
    chat = await store.transact(begin)
    key = say_key(chat, OPENING)
    await stands(store, key, "1.1")
    await all_end(store, UNKNOWN)

    await stands(store, key, "1.1")

    assert await status(store, key) is Status.UNKNOWN
    assert await claim(store) == []


async def test_a_post_on_its_way_stays_on_its_way(store: OpenStore) -> None:
    """The platform may tell of a post before it answers the request that made it."""
    chat = await store.transact(begin)
    claimed = [one for one in await claim(store) if one.key == say_key(chat, OPENING)]

    await stands(store, claimed[0].key, "1.1")

    assert await status(store, claimed[0].key) is Status.ATTEMPTED
    assert await store.transact(
        lambda tx: tx.outbox.settle(
            claimed[0], Settlement(status=Status.SENT, ref="1.1", slot=(chat, OPENING, 1)), NOON
        )
    )


@pytest.mark.parametrize("key", ["", "say", "say:00000000-0000-0000-0000-000000000000:opening", "say:x:opening"])
async def test_posts_that_are_none_of_ours_are_let_be(store: OpenStore, key: str) -> None:
    """Anybody can write a post that looks like one of ours."""
    chat = await store.transact(begin)

    await stands(store, key, "1.1")

    found = await post(store, chat)
    assert found is not None
    assert found.ref is None


async def test_a_whisper_stands_in_no_room(store: OpenStore) -> None:
    """Only what fills a place of a chat has a reference."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("words")))
    lines = await store.read(lambda tx: tx.outbox.listed(list(Status), 1000))
    whispers = [line.key for line in lines if line.kind == "whisper"]
    assert whispers

    for key in whispers:
        await stands(store, key, "1.1")

    assert await store.read(lambda tx: tx.reading.chat_of(at("room"), "1.1")) is None


# --- a room that is open again -----------------------------------------------------------------------------------


async def test_a_room_that_is_open_again_gets_what_it_missed(store: OpenStore) -> None:
    """Its own posts, in their order, and those of no other room."""
    here, there = [await store.transact(partial(begin, room=room)) for room in ("here", "there")]
    await all_end(store, GONE)

    assert await revive(store, "here") == 2
    assert await revive(store, "here") == 0

    assert await all_end(store, GONE) == [say_key(here, OPENING), say_key(here, question_slot(1))]
    assert await status(store, say_key(there, OPENING)) is Status.DEAD


async def test_a_workspace_that_is_open_again_gets_what_all_its_rooms_missed(store: OpenStore) -> None:
    """After the bot was taken out of a workspace and put back in."""
    chats = [await store.transact(partial(begin, room=room)) for room in ("here", "there")]
    await all_end(store, GONE)

    assert await revive(store, None) == 4
    assert {say_key(chat, OPENING) for chat in chats} <= set(await all_end(store, GONE))


@pytest.mark.parametrize(("workspace", "channel"), [("york", "console"), ("leeds", "slack")])
async def test_other_workspaces_and_platforms_wait_on(store: OpenStore, workspace: str, channel: str) -> None:
    """A room of the same name elsewhere is another room."""
    await store.transact(begin)
    await all_end(store, GONE)

    assert await revive(store, "room", workspace, channel) == 0
    assert await revive(store, None, workspace, channel) == 0


async def test_what_was_buried_for_another_reason_stays_buried(store: OpenStore) -> None:
    """A post that the platform never takes is not taken in an open room either."""
    await store.transact(begin)
    await all_end(store, POISON)

    assert await revive(store, "room") == 0


async def test_what_waits_for_somebody_is_not_revived(store: OpenStore) -> None:
    """Whether an unknown post arrived does not become clear when a room opens."""
    await store.transact(begin)
    await all_end(store, UNKNOWN)

    assert await revive(store, "room") == 0


@pytest.mark.parametrize("end", [do.Cancel(sure=True), do.Finish()])
async def test_a_chat_that_is_over_is_left_alone(store: OpenStore, end: do.Cancel | do.Finish) -> None:
    """Nobody is reminded of an old chat by a room that opens."""
    chat = await store.transact(begin)
    await all_end(store, GONE)
    await store.transact(doing(chat, "Hana", end))
    await all_end(store, GONE)

    assert await revive(store, "room") == 0


async def test_a_post_that_stands_is_not_sent_again(store: OpenStore) -> None:
    """Only what is behind goes on."""
    chat = await store.transact(begin)
    while claims := await claim(store):
        for one in claims:
            there = await post(store, chat, str(one.effect.get("slot")))
            shown = None if there is None else (chat, there.slot, there.wanted)
            how = Settlement(status=Status.SENT, ref=None if there is None else f"ref of {there.slot}", slot=shown)
            await store.transact(partial(_settle, claim=one, how=how))
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await all_end(store, GONE)

    revived = await revive(store, "room")

    keys = await all_end(store, GONE)
    assert revived == len(keys)
    assert say_key(chat, question_slot(2)) in keys


# --- whose thread, whose room ------------------------------------------------------------------------------------


async def test_a_thread_is_found_by_its_opening_in_its_room(store: OpenStore) -> None:
    """References are the room's own: another room may have the same."""
    one = await store.transact(partial(begin, room="one"))
    two = await store.transact(partial(begin, room="two"))
    await stands(store, say_key(one, OPENING), "1.1")
    await stands(store, say_key(two, OPENING), "1.1")

    async def chat_of(room: Address, ref: str) -> UUID | None:
        return await store.read(lambda tx: tx.reading.chat_of(room, ref))

    assert await chat_of(at("one"), "1.1") == one
    assert await chat_of(at("two"), "1.1") == two
    assert await chat_of(at("one"), "9.9") is None
    assert await chat_of(at("three"), "1.1") is None
    assert await chat_of(at("one", workspace="york"), "1.1") is None
    assert await chat_of(Address("slack", "leeds", "one"), "1.1") is None


async def test_the_thread_of_a_chat_that_is_over_is_still_its_own(store: OpenStore) -> None:
    """Late answers and changes find their chat."""
    chat = await store.transact(begin)
    await stands(store, say_key(chat, OPENING), "1.1")
    await store.transact(doing(chat, "Hana", do.Cancel(sure=True)))

    assert await store.read(lambda tx: tx.reading.chat_of(at("room"), "1.1")) == chat


async def test_a_room_tells_its_workspace(store: OpenStore) -> None:
    """A guest of a shared channel comes from elsewhere, and the chat is where the room is."""
    await store.transact(partial(begin, room="shared"))

    assert await store.read(lambda tx: tx.reading.workspace_of("console", "shared")) == "leeds"
    assert await store.read(lambda tx: tx.reading.workspace_of("console", "unheard-of")) is None
    assert await store.read(lambda tx: tx.reading.workspace_of("slack", "shared")) is None


async def test_whose_room_it_is_stays_known(store: OpenStore) -> None:
    """Said once, it is there for the next chat, and changes nothing else about the room."""

    def describe(tx: Transaction) -> tuple[Room, Room]:
        room = tx.chats.lock_room(at("room"), "Europe/London")
        return room, tx.chats.describe_room(room, "Leeds Hospice")

    before, told = await store.transact(describe)
    after = await store.transact(lambda tx: tx.chats.lock_room(at("room"), "Europe/Paris"))
    other = await store.transact(lambda tx: tx.chats.lock_room(at("other"), "Europe/London"))

    assert (before.organisation, told.organisation, other.organisation) == (None, "Leeds Hospice", None)
    assert after == told


# --- when words were said ----------------------------------------------------------------------------------------


async def test_the_time_of_words_is_kept_with_them(store: OpenStore) -> None:
    """To the microsecond: what is older than that changes nothing, also after a restart."""
    said_at = NOON + timedelta(seconds=1, microseconds=683829)
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("one", ref="1"), now=said_at))
    await store.transact(doing(chat, "Ana", answer("two", ref="2"), now=said_at + SECOND))
    await store.transact(doing(chat, "Ana", do.Edit(do.Which(ref="1"), words="better"), now=said_at + 9 * SECOND))

    scene = await store.transact(lambda tx: scene_of(tx, chat, "Ana", Needs.MINE))
    own = await store.read(lambda tx: tx.reading.own(at("Ana"), chat))

    kept = [("1", said_at + 9 * SECOND), ("2", said_at + SECOND)]
    assert [(part.ref, part.said_at) for part in scene.parts] == kept
    assert [(one.part.ref, one.part.said_at) for one in own[0].spoken] == kept


async def test_an_older_change_is_older_across_transactions(store: OpenStore) -> None:
    """The second process compares with what the first one kept."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("one", ref="1")))
    await store.transact(doing(chat, "Ana", do.Edit(do.Which(ref="1"), words="three"), now=NOON + 9 * SECOND))

    assert not await store.transact(doing(chat, "Ana", do.Edit(do.Which(ref="1"), words="two"), now=NOON + 5 * SECOND))

    own = await store.read(lambda tx: tx.reading.own(at("Ana"), chat))
    assert [one.words for one in own[0].spoken] == ["three"]


async def test_words_from_before_times_were_kept_can_be_changed(store: OpenStore) -> None:
    """A database that was there before knows no times; nobody's change is refused for that."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("one", ref="1")))
    await store.transact(lambda tx: tx.sql.run(FORGET_WHEN))

    assert await store.transact(doing(chat, "Ana", do.Edit(do.Which(ref="1"), words="two"), now=NOON - SECOND))

    scene = await store.transact(lambda tx: scene_of(tx, chat, "Ana", Needs.MINE))
    assert [part.said_at for part in scene.parts] == [NOON - SECOND]
