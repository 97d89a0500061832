"""Where rooms and people are: remembered across restarts, written when something changed, forgotten with the link."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.ports import Retention
from bot.registers import Reference
from conversations import commands as do
from conversations.model import Wishes
from storage.opening import OpenStore
from tests.storage.talking import NOON, answer, at, begin, count, doing, start

DAY = timedelta(days=1)
ROOM = Reference(
    at=at("room"),
    service_url="https://smba.example/uk/leeds/",
    bot_id="28:bot",
    kind="channel",
    team_id="19:team@thread.tacv2",
    channel_id="19:room@thread.tacv2",
)
ANA = Reference(
    at=at("Ana"),
    service_url="https://smba.example/uk/leeds/",
    bot_id="28:bot",
    kind="personal",
    user_id="29:ana",
    given_name="Ana",
    conversation_id="a:ana",
)


async def keep(store: OpenStore, reference: Reference) -> bool:
    """Remember a reference; whether anything was written."""
    return await store.transact(lambda tx: tx.references.keep(reference))


async def of(store: OpenStore, name: str) -> Reference | None:
    """How somebody is reached."""
    return await store.read(lambda tx: tx.references.of(at(name)))


async def test_what_was_kept_is_found_after_a_restart(
    place: Path | str, opened: Callable[[Path | str], Awaitable[OpenStore]]
) -> None:
    """A post that was promised for Friday finds its room on Friday, whatever happened to the process."""
    first = await opened(place)
    await keep(first, ROOM)
    await keep(first, ANA)
    await first.close()

    again = await opened(place)

    assert [await of(again, "room"), await of(again, "Ana"), await of(again, "Ben")] == [ROOM, ANA, None]


async def test_an_address_is_one_of_a_channel_and_a_workspace(store: OpenStore) -> None:
    """The same id in another organisation is somebody else."""
    elsewhere = replace(ROOM, at=at("room", workspace="york"), service_url="https://smba.example/uk/york/")
    await keep(store, ROOM)
    await keep(store, elsewhere)

    assert await of(store, "room") == ROOM
    assert await store.read(lambda tx: tx.references.of(elsewhere.at)) == elsewhere


async def test_only_news_is_written(store: OpenStore) -> None:
    """A thirtieth answer in a row costs no write."""
    wrote = [await keep(store, one) for one in (ROOM, ROOM, replace(ROOM, service_url="https://smba.example/emea/"))]

    assert wrote == [True, False, True]
    assert await of(store, "room") == replace(ROOM, service_url="https://smba.example/emea/")
    assert await count(store, "references") == 1


async def test_what_a_delivery_does_not_say_stays_known(store: OpenStore) -> None:
    """A mention in a channel does not tell the person's own conversation: it is not lost by it."""
    await keep(store, ANA)

    assert not await keep(store, replace(ANA, given_name=None, conversation_id=None))
    assert await of(store, "Ana") == ANA


async def test_two_in_one_transaction(store: OpenStore) -> None:
    """A delivery says where the room is and where the person is; both are kept with what they did."""
    await store.transact(lambda tx: [tx.references.keep(one) for one in (ROOM, ANA)])

    assert [await of(store, "room"), await of(store, "Ana")] == [ROOM, ANA]


async def test_a_person_is_forgotten_with_the_last_link(store: OpenStore) -> None:
    """90 days after a chat the given name goes too, also of who wants to be asked no more; the room stays."""
    chat = await store.transact(begin)
    await store.transact(doing(chat, "Ana", answer()))
    await keep(store, ROOM)
    await keep(store, ANA)
    await keep(store, replace(ANA, at=at("Hana")))
    await store.transact(lambda tx: tx.chats.wish(tx.chats.person(at("Ana")), Wishes(stopped=True), NOON))
    await store.transact(doing(chat, "Hana", do.Finish()))
    await store.transact(doing(chat, "Hana", do.Send(sure=True)))

    await store.transact(lambda tx: tx.upkeep.purge(NOON + 89 * DAY, Retention()))
    assert [await of(store, "Ana"), await of(store, "room")] == [ANA, ROOM]
    purged = await store.transact(lambda tx: tx.upkeep.purge(NOON + 90 * DAY, Retention()))

    assert purged["references"] == 2
    assert [await of(store, "Ana"), await of(store, "Hana"), await of(store, "room")] == [None, None, ROOM]


async def test_who_only_looked_is_forgotten_soon(store: OpenStore) -> None:
    """Somebody who said hello and took part in nothing is not kept; the host of an open chat is."""
    await store.transact(start)
    await keep(store, ANA)
    await keep(store, replace(ANA, at=at("Hana")))

    await store.transact(lambda tx: tx.upkeep.purge(NOON + DAY, Retention()))

    assert await of(store, "Ana") is None
    assert await of(store, "Hana") is not None


def test_a_given_name_is_not_shown() -> None:
    """Whoever logs a reference by mistake logs ids."""
    assert "given_name" not in repr(ANA)
