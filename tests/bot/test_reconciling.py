"""Comparing a survey store with what it was told: differences are named, an undone withdrawal is asked again."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bot.ledger import Asked
from bot.outbox import Status, Told
from bot.outside import AtFault, Held, SurveyEvent, Topic
from bot.ports import Transaction
from bot.reconciling import compare, reconcile
from conversations.events import Sending
from storage.opening import OpenStore

NOON = datetime(2026, 12, 7, 12, tzinfo=UTC)


@dataclass(slots=True)
class Elsewhere:
    """A survey store that says what it is told to say."""

    name: str = "elsewhere"
    may_double: bool = False
    quiet: timedelta | None = None
    there: Sequence[Held] = ()
    away: Exception | None = None
    told: list[SurveyEvent] = field(default_factory=list)

    async def submit(self, event: SurveyEvent) -> Status:
        self.told.append(event)
        return Status.SENT

    async def held(self) -> AsyncIterator[Held]:
        for one in self.there:
            yield one
        if self.away is not None:
            raise self.away

    async def close(self) -> None:
        """Nothing is open."""


def asked(number: int, revision: int = 1, sending: Sending = Sending.SUBMITTED) -> Asked:
    """A response that the store is to be told of."""
    return Asked(
        destination="elsewhere",
        subject=UUID(int=number),
        topic=Topic.RESPONSE,
        revision=revision,
        sending=sending,
        at=NOON,
    )


async def known(store: OpenStore, *entries: Asked, but: Sequence[int] = ()) -> None:
    """Have the store told of these, all but those with the numbers `but`."""

    def work(tx: Transaction) -> None:
        tx.ledger.ask(entries)
        for one in entries:
            if one.subject.int not in but:
                told = Told(
                    destination=one.destination, subject=one.subject, revision=one.revision, sending=one.sending
                )
                tx.ledger.told(told, NOON)

    await store.transact(work)


def held(number: int, revision: int | None = 1, *, withdrawn: bool = False) -> Held:
    """What the store holds."""
    return Held(UUID(int=number), revision, withdrawn)


async def test_both_sides_may_say_the_same(store: OpenStore) -> None:
    """A store that can't tell the revision is believed, and what is withdrawn may be gone or marked."""
    withdrawn = [asked(number, 2, Sending.WITHDRAWN) for number in (3, 4)]
    await known(store, asked(1), asked(2), *withdrawn)

    compared = await compare(store, Elsewhere(there=[held(1), held(2, None), held(3, 2, withdrawn=True)]))

    assert compared is not None
    assert compared.is_clean
    assert (compared.agree, compared.waiting, compared.held) == (4, 0, 3)


async def test_what_differs_is_named(store: OpenStore) -> None:
    """Each kind by itself, and what still waits is no difference."""
    await known(store, asked(1), asked(2, 3, Sending.REVISED), asked(3, 2, Sending.WITHDRAWN), asked(4), but=[4])

    compared = await compare(store, Elsewhere(there=[held(2, 2), held(3), held(9)]))

    assert compared is not None
    assert not compared.is_clean
    assert compared.missing == [UUID(int=1)]
    assert compared.behind == [UUID(int=2)]
    assert [entry.subject for entry in compared.present] == [UUID(int=3)]
    assert compared.extra == [UUID(int=9)]
    assert compared.waiting == 1


async def test_what_is_emptied_there_by_somebody_is_missing(store: OpenStore) -> None:
    """Nobody here asked for it."""
    await known(store, asked(1))

    compared = await compare(store, Elsewhere(there=[held(1, 1, withdrawn=True)]))

    assert compared is not None
    assert compared.missing == [UUID(int=1)]


async def test_a_store_that_is_away_says_nothing_about_what_is_missing(store: OpenStore) -> None:
    """Half a list would name all the rest."""
    await known(store, asked(1), asked(2))

    compared = await compare(store, Elsewhere(there=[held(1)], away=AtFault("unauthorised")))

    assert compared is not None
    assert compared.away == "unauthorised"
    assert not compared.missing
    assert not compared.is_clean


async def test_a_withdrawal_that_is_undone_is_asked_for_again(store: OpenStore) -> None:
    """Once a day at most, whoever compares; nothing else is changed by comparing."""
    await known(store, asked(1), asked(3, 2, Sending.WITHDRAWN))
    elsewhere = Elsewhere(there=[held(3)])

    for _ in range(2):
        await reconcile(store, [elsewhere], NOON)

    (line,) = await store.read(lambda tx: tx.outbox.listed(list(Status), 10))
    assert line.destination == "elsewhere"
    assert str(UUID(int=3)) in line.key


async def test_what_was_never_told_and_is_withdrawn_is_settled(store: OpenStore) -> None:
    """Whoever takes words back before they left is not told that they wait."""
    await known(store, asked(1), but=[1])

    await store.transact(lambda tx: tx.ledger.forget(asked(1, 2, Sending.WITHDRAWN)))

    (entry,) = await store.read(lambda tx: tx.ledger.of(UUID(int=1)))
    assert entry.is_told
    assert entry.told_sending is Sending.WITHDRAWN


async def test_an_older_revision_changes_nothing_in_the_ledger(store: OpenStore) -> None:
    """Attempts end in whatever order they like."""
    await known(store, asked(1, 3, Sending.REVISED))
    await known(store, asked(1, 2, Sending.REVISED))

    (entry,) = await store.read(lambda tx: tx.ledger.of(UUID(int=1)))
    assert (entry.revision, entry.told_revision) == (3, 3)
