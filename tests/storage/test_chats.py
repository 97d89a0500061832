"""Chats with the people in them: what a command finds under the lock, and what an event leaves behind."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, select

from bot.ports import StoreDown
from conversations import commands as do
from conversations import events as on
from conversations.engine import Needs
from conversations.events import Sending
from conversations.model import NO_WISHES, Permission, Progress, Visibility, Wishes
from storage.opening import OpenStore
from storage.saying import WordsMissing
from storage.sql import Statement
from storage.tables import answers, events, participants
from storage.transaction import Transaction
from tests.storage.talking import NOON, answer, at, begin, chat_of, count, doing, scene_of, start

PRIVATELY = do.Answer(words="Between us.", visibility=Visibility.PROGRAMME)
WRITTEN = Statement(select(answers.c.text, answers.c.withdrawn, answers.c.version).order_by(answers.c.number))
HAPPENED = Statement(
    select(events.c.number, events.c.type, events.c.data).where(events.c.chat == bindparam("chat")).order_by("number")
)
STANDING = Statement(select(participants.c.revision, participants.c.standing, participants.c.sat_out))


async def test_what_is_saved_is_read_back_the_same(store: OpenStore) -> None:
    """A chat survives its way through the database to the microsecond, on a connection that never saw it."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer(), now=NOON + timedelta(microseconds=123_457)))

    found = await chat_of(store, chat)

    assert found.version == 3
    assert found.touched_at == NOON + timedelta(microseconds=123_457)
    assert [ask.question for ask in found.asks] == ["first"]


async def test_an_unknown_chat_is_none(store: OpenStore) -> None:
    """Nothing is made up, and nobody is registered for it."""
    scene = await store.transact(lambda tx: tx.chats.lock(uuid4(), None, at("Ana"), Needs.NOTHING, None))

    assert scene is None
    assert await count(store, "people") == 0


async def test_a_chat_of_another_workspace_is_none(store: OpenStore) -> None:
    """Whoever learns a chat's id elsewhere can neither read nor join it; the clock may."""
    chat = await store.transact(begin)
    elsewhere = at("room", workspace="york")

    assert await store.transact(lambda tx: tx.chats.lock(chat, elsewhere, at("Eve"), Needs.NOTHING, None)) is None
    assert await store.read(lambda tx: tx.reading.chat(chat, elsewhere)) is None
    assert await store.transact(lambda tx: tx.chats.lock(chat, None, None, Needs.NOTHING, None)) is not None
    assert await store.read(lambda tx: tx.reading.chat(chat, at("another room"))) is not None
    assert await count(store, "people") == 1


async def test_who_speaks_first_takes_part_for_good(store: OpenStore) -> None:
    """A person keeps their random ids in a chat, has others in the next, and the clock has none."""
    one = await store.transact(lambda tx: begin(tx, "one"))
    two = await store.transact(lambda tx: begin(tx, "two"))

    first = await store.transact(lambda tx: scene_of(tx, one, "Ana"))
    again = await store.transact(lambda tx: scene_of(tx, one, "Ana"))
    other = await store.transact(lambda tx: scene_of(tx, two, "Ana"))
    clock = await store.transact(lambda tx: scene_of(tx, one, None))

    assert first == again
    assert first.participant is not None
    assert other.participant is not None
    assert first.person == other.person
    assert first.participant.id != other.participant.id
    assert first.participant.response != other.participant.response
    assert (clock.person, clock.participant) == (None, None)


async def test_a_command_finds_the_parts_it_is_about_in_order(store: OpenStore) -> None:
    """No more is read than a command needs, and always as it was said."""
    chat = await store.transact(begin)
    for who, words, ref in [("Ana", "a1", "r1"), ("Ben", "b1", "r2"), ("Ana", "a2", "r3")]:
        await store.transact(doing(chat, who, answer(words, ref=ref)))

    async def refs(needs: Needs, ref: str | None = None) -> list[str | None]:
        scene = await store.transact(lambda tx: scene_of(tx, chat, "Ana", needs, ref))
        return [part.ref for part in scene.parts]

    assert await refs(Needs.NOTHING) == []
    assert await refs(Needs.SAME, "r2") == ["r2"]
    assert await refs(Needs.SAME) == []
    assert await refs(Needs.MINE) == ["r1", "r3"]
    assert await refs(Needs.ALL) == ["r1", "r2", "r3"]
    everyone = await store.transact(lambda tx: scene_of(tx, chat, "Ana", Needs.ALL))
    assert {part.participant for part in everyone.parts} <= set(everyone.participants)


async def test_every_event_is_kept_without_words(store: OpenStore) -> None:
    """The history of a chat is there under its versions, and holds ids alone."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("canary words")))

    history = await store.read(lambda tx: tx.sql.all(HAPPENED, chat=chat))

    assert [(number, kind) for number, kind, _ in history] == [(1, "Started"), (2, "QuestionAsked"), (3, "Answered")]
    assert "canary" not in str(history)
    assert set(history[2][2]) == {"part", "participant", "question", "visibility", "permission", "ref", "said_at"}


async def test_editing_moving_and_withdrawing_change_one_row(store: OpenStore) -> None:
    """Each message is a row; what is withdrawn leaves no words in it."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("one", ref="r1")))
    await store.transact(doing(chat, "Ana", answer("two", ref="r2")))
    await store.transact(doing(chat, "Ana", do.Edit(do.Which(ref="r1"), words="better")))
    await store.transact(doing(chat, "Ana", do.SetPermission(Permission.STAY, do.Which(ref="r1"))))
    await store.transact(doing(chat, "Ana", do.Withdraw(do.Which(ref="r2"))))
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", do.Move(do.Which(ref="r1"), question="second")))

    own = (await store.read(lambda tx: tx.reading.own(at("Ana"), chat)))[0]

    assert [tuple(row) for row in await store.read(lambda tx: tx.sql.all(WRITTEN))] == [
        ("better", False, 3),
        ("", True, 1),
    ]
    assert [(spoken.part.question, spoken.part.permission) for spoken in own.spoken if not spoken.part.withdrawn] == [
        ("second", Permission.STAY)
    ]


async def test_an_event_without_its_words_is_a_bug_and_keeps_nothing(store: OpenStore) -> None:
    """An answer is never filed empty because somebody forgot to hand the words over."""
    chat = await store.transact(begin)

    def forget_the_words(tx: Transaction) -> None:
        scene = scene_of(tx, chat, "Ana")
        assert scene.participant is not None
        event = on.Answered(
            at=NOON,
            said_at=NOON,
            part=uuid4(),
            participant=scene.participant.id,
            question="first",
            visibility=Visibility.TEAM,
            permission=Permission.THEMES,
            ref=None,
        )
        tx.chats.save(scene.chat, replace(scene.chat, version=3), [event], None)

    with pytest.raises(WordsMissing):
        await store.transact(forget_the_words)
    assert await count(store, "answers") == 0
    assert (await chat_of(store, chat)).version == 2


async def test_a_chat_that_changed_meanwhile_is_not_overwritten(store: OpenStore) -> None:
    """The version is the belt to the lock's braces."""
    chat = await store.transact(begin)
    stale = await chat_of(store, chat)
    await store.transact(doing(chat, "Ana", answer()))

    def save_the_stale(tx: Transaction) -> None:
        paused = on.Paused(at=NOON, person=uuid4())
        tx.chats.save(stale, replace(stale, version=stale.version + 1), [paused], None)

    with pytest.raises(StoreDown):
        await store.transact(save_the_stale)
    assert (await chat_of(store, chat)).version == 3


async def test_passing_sitting_out_and_check_backs_are_remembered(store: OpenStore) -> None:
    """What a person says about taking part is found with them the next time."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", do.Pass()))
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", do.Pass()))
    await store.transact(doing(chat, "Ana", answer("I will ring them.")))
    await store.transact(doing(chat, "Ana", do.SetCheckBack(weeks=2)))
    await store.transact(doing(chat, "Ben", do.SitOut()))

    ana = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
    assert ana is not None
    assert ana.passed == {"first", "second"}
    assert ana.check_back is not None
    assert ana.check_back.due_at is not None
    assert await store.read(lambda tx: tx.reading.passed(ana.id)) == ana.passed

    await store.transact(doing(chat, "Ana", do.SetCheckBack()))
    own = await store.read(lambda tx: tx.reading.own_of(ana.id))
    assert own is not None
    assert (own.check_back_at, own.progress) == (None, None)
    assert [tuple(row) for row in await store.read(lambda tx: tx.sql.all(STANDING))].count((0, False, True)) == 1


async def test_following_up_is_remembered(store: OpenStore) -> None:
    """How a step goes is the person's own to see."""
    chat = await closed(store)
    await store.transact(doing(chat, "Ana", do.SetCheckBack(weeks=2)))
    await store.transact(doing(chat, "Ana", do.FollowUp(Progress.DONE)))

    own = (await store.read(lambda tx: tx.reading.own(at("Ana"))))[0]

    assert own.progress is Progress.DONE
    assert own.check_back_at is not None


async def test_a_forwarded_response_counts_its_revisions(store: OpenStore) -> None:
    """The next revision is above the last, and a withdrawn response no longer stands."""
    chat = await closed(store)
    await store.transact(doing(chat, "Ana", do.Edit(do.LATEST, words="better")))

    async def ana() -> tuple[int, bool]:
        participant = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
        assert participant is not None
        return participant.revision, participant.standing

    assert await ana() == (2, True)
    due = await store.transact(doing(chat, "Ana", do.Withdraw(do.LATEST)))
    assert [event.sending for event in due if isinstance(event, on.ResponseDue)] == [Sending.WITHDRAWN]
    assert await ana() == (3, False)


async def test_a_second_reflection_takes_the_place_of_the_first(store: OpenStore) -> None:
    """The host may think again."""
    chat = await reviewing(store)
    await store.transact(doing(chat, "Hana", do.Reflect(words="First thought.")))
    await store.transact(doing(chat, "Hana", do.Reflect(words="Second thought.")))

    assert (await store.read(lambda tx: tx.reading.gathered(chat, words=True))).reflection == "Second thought."
    assert (await store.read(lambda tx: tx.reading.gathered(chat, words=False))).reflection is None


async def test_a_practice_leaves_no_words(store: OpenStore) -> None:
    """What was tried out is deleted in the transaction that ends it."""
    chat = await store.transact(lambda tx: begin(tx, practice=True))
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", answer()))
    await store.transact(doing(chat, "Ana", do.SetCheckBack(weeks=2)))
    await store.transact(doing(chat, "Hana", do.Finish()))
    await store.transact(doing(chat, "Hana", do.Reflect(words="Only practising.")))
    assert await count(store, "answers") == 1

    await store.transact(doing(chat, "Hana", do.Send(sure=True)))

    for table in ("answers", "reflections", "commitments"):
        assert await count(store, table) == 0


async def test_the_room_never_learns_of_private_answers(store: OpenStore) -> None:
    """Neither numbers nor words; only forwarding reads them, and their author."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer("Aloud.")))
    await store.transact(doing(chat, "Ana", answer("More.")))
    await store.transact(doing(chat, "Ben", PRIVATELY))
    ben = (await store.transact(lambda tx: scene_of(tx, chat, "Ben"))).participant
    assert ben is not None

    gathered = await store.read(lambda tx: tx.reading.gathered(chat, words=True))

    assert (gathered.answered, gathered.took_part) == ({"first": 1}, 1)
    assert [spoken.words for spoken in gathered.said] == ["Aloud.", "More."]
    assert [spoken.words for spoken in await store.read(lambda tx: tx.reading.response(chat, ben.id))] == [
        "Between us."
    ]


async def test_own_answers_are_the_authors_alone_the_latest_chat_first(store: OpenStore) -> None:
    """In every chat they took part in, and in no other."""
    first = await store.transact(lambda tx: begin(tx, "one"))
    await store.transact(doing(first, "Ana", answer("Mine.")))
    await store.transact(doing(first, "Ben", answer("His.")))
    later = await store.transact(lambda tx: begin(tx, "two"))
    await store.transact(doing(later, "Ana", answer("Mine too."), now=NOON + timedelta(days=1)))

    own = await store.read(lambda tx: tx.reading.own(at("Ana")))

    assert sorted(spoken.words for one in own for spoken in one.spoken) == ["Mine too.", "Mine."]
    assert await store.read(lambda tx: tx.reading.own(at("Ana", workspace="york"))) == []
    assert await store.read(lambda tx: tx.reading.own_of(uuid4())) is None


async def test_a_room_is_found_with_its_chats(store: OpenStore) -> None:
    """The open chat, else the last one."""
    first = await closed(store)
    assert await store.read(lambda tx: tx.chats.open_in(at("room"))) is None
    assert await store.read(lambda tx: tx.chats.latest_in(at("room"))) == first

    second = await store.transact(start)
    assert await store.read(lambda tx: tx.chats.open_in(at("room"))) == second
    assert await store.read(lambda tx: tx.chats.latest_in(at("room"))) == second
    assert await store.read(lambda tx: tx.chats.latest_in(at("nowhere"))) is None

    locked = await store.transact(lambda tx: tx.chats.lock(None, at("room"), at("Ana"), Needs.NOTHING, None))
    assert locked is not None
    assert (locked.chat.id, locked.room.address) == (second, "room")
    assert await store.transact(lambda tx: tx.chats.lock(None, at("nowhere"), at("Ana"), Needs.NOTHING, None)) is None
    assert await store.transact(lambda tx: tx.chats.lock(None, None, None, Needs.NOTHING, None)) is None

    room = (await chat_of(store, first)).room
    assert (await store.read(lambda tx: tx.reading.room(room))).address == "room"
    with pytest.raises(LookupError):
        await store.read(lambda tx: tx.reading.room(uuid4()))


async def test_a_person_who_wants_no_more_is_not_asked(store: OpenStore) -> None:
    """The address is still known, and that nothing may be asked there."""
    chat = await store.transact(begin)
    scene = await store.transact(lambda tx: scene_of(tx, chat, "Ana"))
    assert scene.person is not None
    assert scene.participant is not None
    person, participant = scene.person, scene.participant.id

    assert await store.read(lambda tx: tx.reading.address(participant=participant, person=None)) == (
        at("Ana"),
        NO_WISHES,
    )
    stopped = Wishes(stopped=True)
    await store.transact(lambda tx: tx.chats.wish(person, stopped, NOON))
    assert await store.read(lambda tx: tx.reading.address(participant=None, person=person)) == (at("Ana"), stopped)
    assert await store.read(lambda tx: tx.reading.address(participant=uuid4(), person=None)) is None
    assert await store.read(lambda tx: tx.reading.person(at("Ana"))) == person
    assert await store.read(lambda tx: tx.reading.person(at("Zoe"))) is None


async def test_chats_are_due_the_longest_first(store: OpenStore) -> None:
    """The clock finds what it has to do, and nothing that is over."""
    early = await store.transact(lambda tx: begin(tx, "early"))
    late = await store.transact(lambda tx: begin(tx, "late"))
    await store.transact(doing(late, "Ana", answer(), now=NOON + timedelta(hours=1)))
    over = await store.transact(lambda tx: begin(tx, "over"))
    await store.transact(doing(over, "Hana", do.Cancel(sure=True)))

    async def due(hours: int, most: int = 10) -> list[UUID]:
        found = await store.read(lambda tx: tx.chats.due(NOON + timedelta(hours=hours), most))
        return list(found)

    assert await due(0) == []
    assert await due(48) == [early, late]
    assert await due(48, most=1) == [early]


async def reviewing(store: OpenStore) -> UUID:
    """A chat whose host looks at what was said."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", answer("I will ring them.")))
    await store.transact(doing(chat, "Hana", do.Finish()))
    return chat


async def closed(store: OpenStore) -> UUID:
    """A chat that was sent, with one answer of Ana's."""
    chat = await reviewing(store)
    await store.transact(doing(chat, "Hana", do.Send(sure=True)))
    return chat
