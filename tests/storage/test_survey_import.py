"""What was exported is taken back: once, never over something newer, and never what somebody took back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from bot.exported import Imported
from bot.ledger import Asked
from bot.outside import SurveyEvent, Topic
from bot.reconciling import compare
from conversations.events import Sending
from storage.opening import OpenStore
from storage.survey import EmbeddedSurvey
from storage.survey_import import take_back
from tests.adapters.survey.events import NOW, SUBJECT, response, story, withdrawn


def about(number: int, event: SurveyEvent) -> SurveyEvent:
    """`event`, about another subject."""
    return replace(event, subject=UUID(int=1000 + number))


async def take(store: OpenStore, *events: SurveyEvent) -> Imported:
    """Take `events` back together."""
    return await store.transact(partial(take_back, events=events, now=NOW))


async def words(store: OpenStore) -> Sequence[str | None]:
    """Say every word that the store holds."""
    events = await store.read(lambda tx: list(tx.survey.events()))
    return [item.verbatim for event in events for item in event.items]


async def asked(store: OpenStore, revision: int, sending: Sending, destination: str = "webhook") -> None:
    """Have a destination that is to be told of the response."""
    one = Asked(
        destination=destination, subject=SUBJECT, topic=Topic.RESPONSE, revision=revision, sending=sending, at=NOW
    )
    await store.transact(lambda tx: tx.ledger.ask([one]))


async def test_what_is_taken_is_held(store: OpenStore) -> None:
    """As many as there are, stories too."""
    many = [about(number, response(1, f"{number}.")) for number in range(60)]

    assert await take(store, *many, story()) == Imported(taken=61)

    assert len(await words(store)) == 62


async def test_the_same_again_changes_nothing(store: OpenStore) -> None:
    """An import that broke off is begun again."""
    await take(store, response(1, "One."))

    assert await take(store, response(1, "One."), about(1, response(1, "Two."))) == Imported(taken=1, held=1)
    assert sorted(filter(None, await words(store))) == ["One.", "Two."]


async def test_a_higher_revision_wins(store: OpenStore) -> None:
    """Whichever of the two is older, the file or the store."""
    newer = response(2, "Better.", sending=Sending.REVISED)

    await take(store, response(1, "One."))
    assert await take(store, newer) == Imported(taken=1)
    assert (await take(store, response(1, "One."))).taken == 0
    assert await words(store) == ["Better."]


async def test_withdrawn_stays_withdrawn(store: OpenStore) -> None:
    """An old file never brings words back that the store was told to drop."""
    await take(store, withdrawn(response(1, "One.")))

    assert (await take(store, response(1, "One."))).taken == 0
    assert await words(store) == []


async def test_withdrawn_stays_withdrawn_where_the_store_is_empty(store: OpenStore) -> None:
    """The ledger remembers it, when the store's rows are long gone; also that it was to be withdrawn elsewhere."""
    await asked(store, 2, Sending.WITHDRAWN)

    assert await take(store, response(2, "One.")) == Imported(overtaken=1)
    assert await words(store) == []


async def test_what_was_changed_since_does_not_come_back(store: OpenStore) -> None:
    """Its author put other words in their place."""
    await asked(store, 3, Sending.REVISED)

    assert await take(store, response(2, "Old.")) == Imported(overtaken=1)
    assert await take(store, response(3, "New.", sending=Sending.REVISED)) == Imported(taken=1)


async def test_a_withdrawal_in_a_file_withdraws(store: OpenStore) -> None:
    """It came after the words, and counts."""
    await take(store, response(1, "One."))

    assert await take(store, withdrawn(response(1))) == Imported(taken=1)
    assert await words(store) == []


async def test_both_sides_say_the_same_afterwards(store: OpenStore) -> None:
    """What was taken is in the ledger: nothing of it is called extra, or missing."""
    await take(store, *(about(number, response(1)) for number in range(20)), withdrawn(story()))

    compared = await compare(store, EmbeddedSurvey(store))

    assert compared is not None
    assert (compared.is_clean, compared.agree, compared.waiting) == (True, 21, 0)


async def test_what_is_told_afterwards_counts(store: OpenStore) -> None:
    """A person who changes theirs is heard: the next revision is above the one from the file."""
    await take(store, response(1, "One."))
    later = replace(response(2, "Two.", sending=Sending.REVISED), time=NOW + timedelta(days=1))

    await EmbeddedSurvey(store).submit(later)

    assert await words(store) == ["Two."]
