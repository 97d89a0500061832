"""What is kept no longer is deleted: the link first, then the words, then the traffic."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.outbox import Settlement, Status
from bot.ports import Retention
from conversations import commands as do
from conversations.model import Stage, Wishes
from storage.opening import OpenStore
from tests.adapters.survey.events import response
from tests.storage.talking import NOON, answer, at, begin, count, doing, scene_of

DAY = timedelta(days=1)


async def closed(store: OpenStore, room: str = "room") -> UUID:
    """A chat that was sent, with an answer of Ana's and a check-back."""
    chat = await store.transact(lambda tx: begin(tx, room))
    await store.transact(doing(chat, "Hana", do.MoveOn()))
    await store.transact(doing(chat, "Ana", answer("I will ring them.")))
    await store.transact(doing(chat, "Ana", do.SetCheckBack(weeks=2)))
    await store.transact(doing(chat, "Hana", do.Finish()))
    await store.transact(doing(chat, "Hana", do.Reflect(words="We did well.")))
    await store.transact(doing(chat, "Hana", do.Send(sure=True)))
    return chat


async def purge(store: OpenStore, now: datetime) -> dict[str, int]:
    """What is deleted at `now`, by table."""
    purged = await store.transact(lambda tx: tx.upkeep.purge(now, Retention()))
    return {table: rows for table, rows in purged.items() if rows}


async def deliver_all(store: OpenStore, now: datetime) -> None:
    """Send whatever is due."""
    while claims := await store.transact(lambda tx: tx.outbox.claim(now, DAY, 50, lambda _: None)):
        for one in claims:
            await store.transact(
                lambda tx, one=one: tx.outbox.settle(one, Settlement(status=Status.SENT), now)  # type: ignore[misc]
            )


async def test_the_link_goes_and_the_words_stay(store: OpenStore) -> None:
    """90 days after a chat nobody can tell whose answers they were; those of other chats are still known."""
    over = await closed(store, "over")
    still_open = await store.transact(lambda tx: begin(tx, "open"))
    await store.transact(doing(still_open, "Ana", answer()))
    ana = (await store.transact(lambda tx: scene_of(tx, over, "Ana"))).participant
    assert ana is not None

    assert await purge(store, NOON + 29 * DAY) == {}
    await purge(store, NOON + 90 * DAY)

    assert [own.chat.id for own in await store.read(lambda tx: tx.reading.own(at("Ana")))] == [still_open]
    assert await store.read(lambda tx: tx.reading.own_of(ana.id)) is None
    assert await store.read(lambda tx: tx.reading.address(participant=ana.id, person=None)) is None
    assert [spoken.words for spoken in await store.read(lambda tx: tx.reading.response(over, ana.id))] == [
        "I will ring them."
    ]


async def test_whoever_nothing_is_known_of_is_forgotten(store: OpenStore) -> None:
    """But not that somebody wants to be asked no more, nor the host of a chat that goes on."""
    over = await closed(store, "over")
    await store.transact(lambda tx: begin(tx, "open"))
    ben = (await store.transact(lambda tx: scene_of(tx, over, "Ben"))).person
    assert ben is not None
    await store.transact(lambda tx: tx.chats.wish(ben, Wishes(stopped=True), NOON))

    await purge(store, NOON + 90 * DAY)

    assert await store.read(lambda tx: tx.reading.person(at("Ana"))) is None
    assert await store.read(lambda tx: tx.reading.person(at("Ben"))) == ben
    assert await store.read(lambda tx: tx.reading.person(at("Hana"))) is not None


async def test_links_to_downloads_go_when_they_end(store: OpenStore) -> None:
    """And nobody is forgotten while they are still being handed what is kept about them."""
    over = await closed(store)
    ana = (await store.transact(lambda tx: scene_of(tx, over, "Ana"))).person
    assert ana is not None
    later = NOON + 90 * DAY
    await store.transact(lambda tx: tx.downloads.offer("f", ana, later + timedelta(minutes=10)))

    await purge(store, later)
    assert await store.read(lambda tx: tx.downloads.left("f", later)) != []
    assert await store.read(lambda tx: tx.reading.person(at("Ana"))) == ana
    purged = await purge(store, later + timedelta(minutes=10))

    assert purged["downloads"] == 2
    assert await store.read(lambda tx: tx.reading.person(at("Ana"))) is None


async def test_words_go_after_two_years(store: OpenStore) -> None:
    """Answers, reflections, steps and what the built-in survey store holds."""
    await closed(store)
    await store.transact(lambda tx: tx.survey.take(replace(response(1), time=NOON)))
    words = ("answers", "reflections", "commitments", "survey_responses")

    await purge(store, NOON + 729 * DAY)
    assert all([await count(store, table) for table in words])
    purged = await purge(store, NOON + 730 * DAY)

    assert [await count(store, table) for table in words] == [0, 0, 0, 0]
    assert purged["answers"] == 1
    assert await count(store, "chats") == 1
    assert await count(store, "events") > 0


async def test_traffic_goes_after_a_month_except_what_nobody_dealt_with(store: OpenStore) -> None:
    """What was delivered and what was sent; a dead letter waits for somebody."""
    await closed(store)
    await store.transact(lambda tx: tx.inbox.accept("one", NOON))
    await deliver_all(store, NOON)
    await store.transact(doing(await store.transact(lambda tx: begin(tx, "other")), "Ana", answer()))
    [dead, *_] = await store.transact(lambda tx: tx.outbox.claim(NOON, DAY, 1, lambda _: None))
    await store.transact(lambda tx: tx.outbox.settle(dead, Settlement(status=Status.DEAD), NOON))
    waiting = await store.read(lambda tx: tx.outbox.listed([Status.READY, Status.DEAD], 100))

    await purge(store, NOON + 30 * DAY)

    assert await count(store, "inbox") == 0
    assert await count(store, "outbox") == len(waiting)
    assert await store.transact(lambda tx: tx.inbox.accept("one", NOON)), "a delivery that old comes no more"


async def test_a_late_withdrawal_still_knows_that_something_was_sent(store: OpenStore) -> None:
    """When the rows are long gone the lane remembers, or a response would stay with the survey for ever."""
    await closed(store)
    lines = await store.read(lambda tx: tx.outbox.listed([Status.READY], 100))
    lane = next(line.key for line in lines if line.kind == "forward").rsplit(":", 2)[0]
    await deliver_all(store, NOON)

    await purge(store, NOON + 100 * DAY)
    assert not await store.transact(lambda tx: tx.outbox.supersede(lane))

    await purge(store, NOON + 800 * DAY)
    assert await store.transact(lambda tx: tx.outbox.supersede(lane))


async def test_the_audit_goes_after_a_year(store: OpenStore) -> None:
    """Who looked at what is nobody's business for ever either."""
    await store.transact(lambda tx: tx.upkeep.note("export", "all", "Hana", NOON))

    assert await purge(store, NOON + 364 * DAY) == {}
    assert await purge(store, NOON + 365 * DAY) == {"audit": 1}


async def test_numbers_for_organisers(store: OpenStore) -> None:
    """Chats by stage, and people who said something in the room."""
    await closed(store)
    await store.transact(lambda tx: begin(tx, "other"))

    counts = await store.read(lambda tx: tx.upkeep.counts(NOON))

    assert counts.chats == {Stage.CLOSED: 1, Stage.ASKING: 1}
    assert counts.took_part == 1
