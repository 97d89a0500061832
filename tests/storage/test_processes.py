"""Several processes on one PostgreSQL: everything arrives once, and nothing leaves twice."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bot.outbox import Claim, Outgoing, Rate, Settlement, Status
from conversations import commands as do
from conversations.engine import Needs
from storage.opening import OpenStore
from storage.transaction import Transaction
from tests.storage.talking import NOON, act, answer, begin, chat_of, count, doing, scene_of

LEASE = timedelta(seconds=30)
SENT = Settlement(status=Status.SENT)


@pytest.fixture
async def processes(
    migrated_postgres_url: str, opened: Callable[[Path | str], Awaitable[OpenStore]]
) -> Sequence[OpenStore]:
    """Two processes' stores on one database."""
    return [await opened(migrated_postgres_url) for _ in range(2)]


def delivered(delivery: str, chat: UUID, who: str, words: str) -> Callable[[Transaction], bool]:
    """One delivery of an answer, as the platform hands it in; whether it was new."""

    def work(tx: Transaction) -> bool:
        if not tx.inbox.accept(delivery, NOON):
            return False
        act(tx, chat, who, answer(words))
        return True

    return work


async def test_twenty_people_at_once_each_delivered_twice(processes: Sequence[OpenStore]) -> None:
    """Everybody's answer is kept, once, whichever process got it and how often."""
    chat = await processes[0].transact(begin)
    deliveries = [
        processes[(person + copy) % 2].transact(delivered(f"delivery {person}", chat, f"p{person}", f"words {person}"))
        for copy in range(2)
        for person in range(20)
    ]

    new = await asyncio.gather(*deliveries)

    assert Counter(new) == {True: 20, False: 20}
    said = (await processes[0].read(lambda tx: tx.reading.gathered(chat, words=True))).said
    assert sorted(spoken.words for spoken in said) == sorted(f"words {person}" for person in range(20))
    assert (await chat_of(processes[1], chat)).version == 22
    assert await count(processes[0], "participants") == 21


async def test_the_same_person_at_once_is_one_participant(processes: Sequence[OpenStore]) -> None:
    """Their first words, said in two places at the same moment, do not make two of them."""
    chat = await processes[0].transact(begin)

    await asyncio.gather(*(processes[n % 2].transact(doing(chat, "Ana", answer(f"{n}"))) for n in range(12)))

    ana = await participant(processes[0], chat)
    own = await processes[0].read(lambda tx: tx.reading.own_of(ana))
    assert own is not None
    assert len(own.spoken) == 12
    assert await count(processes[0], "participants") == 2


async def participant(store: OpenStore, chat: UUID) -> UUID:
    """Ana's id in a chat."""
    scene = await store.transact(lambda tx: scene_of(tx, chat, "Ana"))
    assert scene.participant is not None
    return scene.participant.id


async def test_who_waited_for_a_chat_reads_everything_anew(processes: Sequence[OpenStore]) -> None:
    """What another did meanwhile to one's own answers is seen: without that, two revisions had one number."""
    chat = await processes[0].transact(begin)
    await processes[0].transact(doing(chat, "Hana", do.MoveOn()))
    await processes[0].transact(doing(chat, "Ana", answer()))
    await processes[0].transact(doing(chat, "Hana", do.Finish()))
    await processes[0].transact(doing(chat, "Hana", do.Send(sure=True)))

    await asyncio.gather(
        *(processes[n % 2].transact(doing(chat, "Ana", do.Edit(do.LATEST, words=f"{n}"))) for n in range(10))
    )

    scene = await processes[0].transact(lambda tx: scene_of(tx, chat, "Ana", Needs.MINE))
    assert scene.participant is not None
    assert scene.participant.revision == 11
    assert scene.parts[0].version == 11


async def test_passing_on_two_questions_at_once_forgets_neither(processes: Sequence[OpenStore]) -> None:
    """A list that is read and written grows by both."""
    chat = await processes[0].transact(begin)
    await processes[0].transact(doing(chat, "Hana", do.MoveOn()))

    await asyncio.gather(
        processes[0].transact(doing(chat, "Ana", do.Pass(question="first"))),
        processes[1].transact(doing(chat, "Ana", do.Pass(question="second"))),
    )

    ana = await participant(processes[0], chat)
    assert await processes[0].read(lambda tx: tx.reading.passed(ana)) == {"first", "second"}


async def waiting(store: OpenStore, lanes: int, *, gate: str = "") -> None:
    """Three messages in each of so many lanes."""
    rows = [
        Outgoing(
            key=f"{lane} {number}",
            lane=f"lane {lane}",
            gate=gate,
            effect={"do": "whisper"},
            due_at=NOON,
            priority=0,
        )
        for lane in range(lanes)
        for number in range(3)
    ]
    await store.transact(lambda tx: tx.outbox.add(rows))


async def claim(store: OpenStore, most: int, rate: Rate | None = None) -> Sequence[Claim]:
    """Take what is due."""
    return await store.transact(lambda tx: tx.outbox.claim(NOON, LEASE, most, lambda _: rate))


async def test_processes_claim_different_lanes(processes: Sequence[OpenStore]) -> None:
    """At the same moment, without waiting for one another."""
    await waiting(processes[0], 40)

    claimed = await asyncio.gather(*(claim(processes[n % 2], 10) for n in range(4)))

    lanes = Counter(one.lane for claims in claimed for one in claims)
    assert set(lanes.values()) == {1}
    assert len(lanes) >= 10


async def test_everything_is_sent_once_and_in_order(processes: Sequence[OpenStore]) -> None:
    """However many processes send, and while more is being said."""
    await waiting(processes[0], 30)
    sent: list[str] = []

    async def deliver(store: OpenStore) -> None:
        idle = 0
        while idle < 3:
            claims = await claim(store, 4)
            idle = 0 if claims else idle + 1
            for one in claims:
                sent.append(one.key)
                assert await store.transact(lambda tx, one=one: tx.outbox.settle(one, SENT, NOON))  # type: ignore[misc]

    await asyncio.gather(*(deliver(processes[n % 2]) for n in range(6)))

    assert len(sent) == len(set(sent)) == 90
    for lane in range(30):
        assert [key for key in sent if key.split()[0] == str(lane)] == [f"{lane} {number}" for number in range(3)]


async def test_a_gate_is_one_for_all_processes(processes: Sequence[OpenStore]) -> None:
    """The platform counts our messages, not our processes."""
    await waiting(processes[0], 30, gate="slack:leeds")
    rate = Rate(per_second=1, burst=5)

    claimed = await asyncio.gather(*(claim(processes[n % 2], 4, rate) for n in range(12)))

    assert sum(len(claims) for claims in claimed) == 5


async def test_answering_and_delivering_at_once_lose_no_wake_up(processes: Sequence[OpenStore]) -> None:
    """Whatever is said while a lane is settled is sent in the end, as it stands then."""
    chat = await processes[0].transact(begin)
    shown: dict[str, int] = {}

    async def deliver(store: OpenStore) -> None:
        for one in await claim(store, 10):
            slot = one.effect.get("slot")
            post = await store.read(lambda tx, slot=slot: tx.reading.post(chat, str(slot)))  # type: ignore[misc]
            how = SENT if post is None else Settlement(status=Status.SENT, slot=(chat, post.slot, post.wanted))
            if await store.transact(lambda tx, one=one, how=how: tx.outbox.settle(one, how, NOON)) and post:  # type: ignore[misc]
                shown[post.slot] = post.wanted

    async def talk(number: int) -> None:
        for n in range(10):
            await processes[number % 2].transact(doing(chat, f"p{number}", answer(f"{n}")))
            await deliver(processes[n % 2])

    await asyncio.gather(*(talk(number) for number in range(6)))
    while await processes[0].read(lambda tx: tx.outbox.next_wake()) is not None:
        await deliver(processes[0])

    assert shown["question:1"] == 61
    assert set((await processes[0].read(lambda tx: tx.upkeep.counts(NOON))).chats.values()) == {1}
    lines = await processes[0].read(lambda tx: tx.outbox.listed([Status.READY, Status.ATTEMPTED], 10))
    assert lines == []
