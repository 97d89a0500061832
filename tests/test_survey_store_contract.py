"""What every survey store promises: each response is there once, at its newest revision, or gone. Each has a rig."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.outside import Item, SurveyEvent, SurveyStore, Topic
from conversations.events import Sending
from conversations.model import Pace, Permission
from storage.opening import open_store
from storage.survey import EmbeddedSurvey

SUBJECT, CHAT = UUID(int=1), UUID(int=2)


def response(revision: int, *words: str | None, sending: Sending = Sending.SUBMITTED) -> SurveyEvent:
    """A response to as many questions as there are `words`; None is a skipped one."""
    return SurveyEvent(
        id=UUID(int=100 + revision),
        subject=SUBJECT,
        revision=revision,
        sending=sending,
        number=1,
        topic=Topic.RESPONSE,
        time=datetime(2026, 12, 7, 12, tzinfo=UTC),
        guide="two",
        guide_version=1,
        chat_key=CHAT,
        pace=Pace.LIVE,
        items=tuple(
            Item(
                link_id=f"q{number}",
                verbatim=verbatim,
                nonresponse="skipped" if verbatim is None else None,
                permission=None if verbatim is None else Permission.THEMES,
            )
            for number, verbatim in enumerate(words or ("Well.",), start=1)
        ),
    )


def withdrawn(revision: int) -> SurveyEvent:
    """A withdrawal carries ids only."""
    return replace(response(revision, sending=Sending.WITHDRAWN), items=())


Held = Mapping[UUID, tuple[int, bool, list[str | None]]]
"""By subject: the revision, whether it is withdrawn, and the words in order."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One survey store, and how to look into it from the outside."""

    store: SurveyStore
    held: Callable[[], AbstractAsyncContextManager[Held]]


@asynccontextmanager
async def embedded(place: Path | str) -> AsyncIterator[Rig]:
    """The built-in store, on either database."""
    store = await open_store(place, fresh=uuid4)
    survey = EmbeddedSurvey(store)

    @asynccontextmanager
    async def held() -> AsyncIterator[Held]:
        found: dict[UUID, tuple[int, bool, list[str | None]]] = {}
        async for row in survey.rows():
            if row.link_id is None:
                found[row.subject] = (row.revision, row.status is Sending.WITHDRAWN, [])
            else:
                found[row.subject][2].append(row.verbatim)
        yield found

    yield Rig(survey, held)
    await store.close()


@pytest.fixture(params=["embedded on sqlite", "embedded on postgres"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each survey store there is."""
    sqlite = request.param == "embedded on sqlite"
    place = (
        request.getfixturevalue("tmp_path") / "chats.db" if sqlite else request.getfixturevalue("migrated_postgres_url")
    )
    async with embedded(place) as made:
        yield made


async def holds(rig: Rig) -> Held:
    """What the store holds now."""
    async with rig.held() as held:
        return held


async def test_a_response_arrives_with_every_item(rig: Rig) -> None:
    """In order, with a place for what was skipped."""
    await rig.store.submit(response(1, "One.", None, "Three."))

    assert await holds(rig) == {SUBJECT: (1, False, ["One.", None, "Three."])}


async def test_the_same_event_again_changes_nothing(rig: Rig) -> None:
    """Delivery is at least once; the effect is once."""
    for _ in range(3):
        await rig.store.submit(response(1, "One."))

    assert await holds(rig) == {SUBJECT: (1, False, ["One."])}


async def test_a_revision_takes_the_place_of_the_one_before(rig: Rig) -> None:
    """Nothing of the older one stays, also when it had more."""
    await rig.store.submit(response(1, "One.", "Two.", "Three."))
    await rig.store.submit(response(2, "Better.", sending=Sending.REVISED))

    assert await holds(rig) == {SUBJECT: (2, False, ["Better."])}


async def test_an_older_revision_is_dropped(rig: Rig) -> None:
    """However late it comes."""
    await rig.store.submit(response(2, "Better.", sending=Sending.REVISED))
    await rig.store.submit(response(1, "One.", "Two."))

    assert await holds(rig) == {SUBJECT: (2, False, ["Better."])}


async def test_a_withdrawal_leaves_no_words(rig: Rig) -> None:
    """A tombstone with ids remains, so that nothing older comes back."""
    await rig.store.submit(response(1, "One."))
    await rig.store.submit(withdrawn(2))
    await rig.store.submit(response(1, "One."))
    await rig.store.submit(withdrawn(2))

    assert await holds(rig) == {SUBJECT: (2, True, [])}


async def test_what_was_withdrawn_can_be_given_again(rig: Rig) -> None:
    """By a revision above the withdrawal."""
    await rig.store.submit(withdrawn(2))
    await rig.store.submit(response(3, "On second thoughts.", sending=Sending.REVISED))

    assert await holds(rig) == {SUBJECT: (3, False, ["On second thoughts."])}


async def test_responses_do_not_touch_one_another(rig: Rig) -> None:
    """Each has its own key; there may be more than fit into one reading."""
    for number in range(1, 300):
        await rig.store.submit(replace(response(1, f"{number}", "more"), subject=UUID(int=number)))
    await rig.store.submit(replace(withdrawn(2), subject=UUID(int=7)))

    held = await holds(rig)
    assert len(held) == 299
    assert held[UUID(int=7)] == (2, True, [])
    assert held[UUID(int=299)] == (1, False, ["299", "more"])


async def test_long_words_arrive_whole(rig: Rig) -> None:
    """As long as an answer may be, in any script."""
    words = "Ē😀ב" * 5_333

    await rig.store.submit(response(1, words))

    assert await holds(rig) == {SUBJECT: (1, False, [words])}
