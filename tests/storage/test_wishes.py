"""What people wish, and of what they asked to be reminded: kept apart from words, and forgotten with the link."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from bot.ports import Retention
from conversations import commands as do
from conversations.engine import Needs
from conversations.model import NO_WISHES, CheckBack, Progress, Reminders, Wishes
from storage import statements as st
from storage.opening import OpenStore
from storage.transaction import Transaction
from tests.storage.talking import NOON, answer, at, begin, count, doing, scene_of

DAY = timedelta(days=1)
AWAY = Wishes(stopped=True, back_on=date(2027, 1, 4), zone="Asia/Kolkata")


async def wish(store: OpenStore, who: str, wishes: Wishes, now: datetime = NOON) -> UUID:
    """Have somebody wish something; their id."""

    def work(tx: Transaction) -> UUID:
        person = tx.chats.person(at(who))
        tx.chats.wish(person, wishes, now)
        return person

    return await store.transact(work)


async def purge(store: OpenStore, now: datetime) -> dict[str, int]:
    """What is deleted at `now`, by table."""
    purged = await store.transact(lambda tx: tx.upkeep.purge(now, Retention()))
    return {table: rows for table, rows in purged.items() if rows}


async def test_wishes_are_the_same_after_the_way_there_and_back(store: OpenStore) -> None:
    """Everything, or nothing at all of who is not known."""
    person = await wish(store, "Ana", AWAY)

    assert await store.read(lambda tx: tx.reading.wishes(at("Ana"))) == AWAY
    assert await store.read(lambda tx: tx.reading.wishes(at("Ben"))) == NO_WISHES
    assert await store.read(lambda tx: tx.reading.address(participant=None, person=person)) == (at("Ana"), AWAY)


async def test_the_zone_of_a_profile_is_kept_beside_what_somebody_chose(store: OpenStore) -> None:
    """With the moment it was read at; what they wish stays as it is, and nobody is made by it."""
    await wish(store, "Ana", AWAY)
    assert await store.read(lambda tx: tx.reading.profile_read_at(at("Ana"))) is None

    await store.transact(lambda tx: tx.chats.in_zone(at("Ana"), "Europe/Paris", NOON))
    await store.transact(lambda tx: tx.chats.in_zone(at("Ben"), "Europe/Paris", NOON))

    assert await store.read(lambda tx: tx.reading.wishes(at("Ana"))) == replace(AWAY, profile_zone="Europe/Paris")
    assert await store.read(lambda tx: tx.reading.profile_read_at(at("Ana"))) == NOON
    assert await store.read(lambda tx: tx.reading.person(at("Ben"))) is None


async def test_whoever_takes_part_brings_their_wishes(store: OpenStore) -> None:
    """Also with their first word in a chat, and where everybody is read at once."""
    await wish(store, "Ana", AWAY)
    chat = await store.transact(begin)

    first = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
    again = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
    everybody = (await store.transact(lambda tx: scene_of(tx, chat, None, Needs.ALL))).participants

    assert first is not None
    assert again == first
    assert first.wishes == AWAY
    assert everybody[first.id].wishes == AWAY


async def test_a_step_keeps_what_was_said_of_it_and_which_asking_it_is(store: OpenStore) -> None:
    """The engine decides by it whether there is one more."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", answer()))
    seen = []
    for command in (do.SetCheckBack(weeks=2), do.FollowUp(Progress.UNDER_WAY), do.SetCheckBack(weeks=6)):
        await store.transact(doing(chat, "Ana", command))
        ana = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
        assert ana is not None
        assert ana.check_back is not None
        seen.append((ana.check_back.progress, ana.check_back.again))

    assert seen == [(None, False), (Progress.UNDER_WAY, False), (Progress.UNDER_WAY, True)]
    await store.transact(doing(chat, "Ana", do.SetCheckBack()))
    never = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
    assert never is not None
    assert never.check_back == CheckBack(None, Progress.UNDER_WAY, again=True)


async def test_reminders_go_when_the_chat_is_over(store: OpenStore) -> None:
    """Who asked to be reminded, and how often they were, is nobody's business after that."""
    chat = await store.transact(lambda tx: begin(tx, "room"))
    await store.transact(lambda tx: scene_of(tx, chat, "Ana"))
    ana = (await store.transact(lambda tx: scene_of(tx, chat, "Ana"))).participant
    assert ana is not None
    assert ana.reminders == Reminders()
    await store.transact(lambda tx: tx.sql.run(st.REMINDED, participant=ana.id, sent=1))
    assert await purge(store, NOON + DAY) == {}

    await store.transact(doing(chat, "Hana", do.Cancel(sure=True)))

    assert await purge(store, NOON + DAY) == {"reminders": 1}
    assert await count(store, "reminders") == 0


async def test_wishes_go_with_the_link(store: OpenStore) -> None:
    """They are kept as long as anything is known of who wished it, and 90 days after they last changed something.

    That somebody wants no asking is kept for ever, and that alone.
    """
    await wish(store, "Ana", AWAY)
    await wish(store, "Ben", Wishes(zone="Europe/London"))
    await store.transact(lambda tx: tx.chats.in_zone(at("Ana"), "Europe/Paris", NOON))

    assert await purge(store, NOON + 89 * DAY) == {}
    assert await purge(store, NOON + 90 * DAY) == {"people": 1, "wishes": 1}

    assert await store.read(lambda tx: tx.reading.wishes(at("Ana"))) == Wishes(stopped=True)
    assert await store.read(lambda tx: tx.reading.person(at("Ben"))) is None
    assert await purge(store, NOON + 900 * DAY) == {}
