"""Stories and contact requests as they are kept: whose they are, and that what was told comes back to the letter."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from bot.kept_stories import KeptRequest, KeptStory
from bot.outside import Address
from conversations.stories import PARTS, Request, Story, Use
from storage.opening import OpenStore
from storage.transaction import Transaction
from tests.storage.talking import NOON, at

WORDS = 'Quotes " and lines\nand 💪 and \N{RIGHT-TO-LEFT OVERRIDE} signs: é, %s, \\u0000'
STORY = Story(
    parts=dict.fromkeys(PARTS, WORDS), uses=frozenset({Use.SOCIAL_MEDIA}), credit="Ana", contact="ana@leeds.example"
)
ELSEWHERE = Address(at("Ana").channel, "elsewhere", at("Ana").address)


def story(**more: object) -> KeptStory:
    """A story as it is told."""
    kept = KeptStory(id=uuid4(), chat=None, revision=1, story=STORY, on=NOON.date(), at=NOON)
    return replace(kept, **more)  # type: ignore[arg-type]


def request() -> KeptRequest:
    """A contact request as it is made."""
    return KeptRequest(id=uuid4(), revision=1, request=Request(reach="07700 900123", about=WORDS), at=NOON)


async def keep(store: OpenStore, who: str, *kept: KeptStory | KeptRequest) -> None:
    """Keep what somebody told or asked."""

    def work(tx: Transaction) -> None:
        author = tx.chats.person(at(who))
        for one in kept:
            if isinstance(one, KeptStory):
                tx.stories.keep(one, author)
            else:
                tx.stories.keep_request(one, author)

    await store.transact(work)


async def test_a_story_comes_back_to_the_letter(store: OpenStore) -> None:
    """With its credit, what may be done with it, and how its author is reached."""
    told = story()
    await keep(store, "Ana", told)

    assert await store.read(lambda tx: tx.stories.of(told.id)) == told
    assert await store.read(lambda tx: tx.stories.own(at("Ana"))) == [told]
    assert await store.read(lambda tx: tx.stories.of(UUID(int=1))) is None


async def test_a_story_is_its_authors_alone(store: OpenStore) -> None:
    """Of another person, and of one in another workspace whose address is the same, it is none."""
    told = story()
    await keep(store, "Ana", told)
    await keep(store, "Ben", story())

    assert await store.transact(lambda tx: tx.stories.lock(at("Ana"), told.id)) == told
    for stranger in (at("Ben"), ELSEWHERE, at("Nobody")):
        found = await store.transact(lambda tx, who=stranger: tx.stories.lock(who, told.id))  # type: ignore[misc]
        assert found is None
    assert await store.read(lambda tx: tx.stories.own(ELSEWHERE)) == []


async def test_the_latest_is_meant_when_none_is_named(store: OpenStore) -> None:
    """Of those that stand."""
    first, second = story(), story(at=NOON + timedelta(hours=1))
    await keep(store, "Ana", first, second)
    assert await store.transact(lambda tx: tx.stories.lock(at("Ana"), None)) == second
    assert await store.read(lambda tx: tx.stories.own(at("Ana"))) == [second, first]

    await keep(store, "Ana", replace(second, withdrawn=True, revision=2, story=Story(parts={})))
    assert await store.transact(lambda tx: tx.stories.lock(at("Ana"), None)) == first


async def test_what_changes_keeps_its_author_and_its_day(store: OpenStore) -> None:
    """Whoever writes a story anew does not make it younger: it is deleted when it would have been."""
    told = story()
    await keep(store, "Ana", told)
    changed = replace(told, revision=2, story=replace(STORY, uses=frozenset(), credit="", contact=""))
    await keep(store, "Ana", replace(changed, at=NOON + timedelta(days=9)))

    assert await store.read(lambda tx: tx.stories.of(told.id)) == changed


async def test_a_withdrawn_story_has_no_words(store: OpenStore) -> None:
    """Its id stays, so that what is told of it can be withdrawn."""
    told = story()
    await keep(store, "Ana", told)
    await keep(store, "Ana", replace(told, revision=2, withdrawn=True))
    left = await store.read(lambda tx: tx.stories.of(told.id))

    assert left is not None
    assert (left.revision, left.withdrawn) == (2, True)
    assert (left.story.parts, left.story.credit, left.story.contact) == ({}, "", "")


async def test_a_contact_request_comes_back_and_is_nobody_elses(store: OpenStore) -> None:
    """And how a story's author is reached is none."""
    asked, told = request(), story()
    await keep(store, "Ana", asked, told)

    assert await store.read(lambda tx: tx.stories.request(asked.id)) == asked
    assert await store.read(lambda tx: tx.stories.request(told.id)) is None
    assert await store.read(lambda tx: tx.stories.own_requests(at("Ana"))) == [asked]
    assert await store.transact(lambda tx: tx.stories.lock_request(at("Ana"), None)) == asked
    assert await store.transact(lambda tx: tx.stories.lock_request(at("Ben"), asked.id)) is None
    assert await store.transact(lambda tx: tx.stories.lock_request(ELSEWHERE, asked.id)) is None


async def test_a_withdrawn_request_has_no_words(store: OpenStore) -> None:
    """Nor is it found as one's own."""
    asked = request()
    await keep(store, "Ana", asked)
    await keep(store, "Ana", replace(asked, revision=2, withdrawn=True))
    left = await store.read(lambda tx: tx.stories.request(asked.id))

    assert left is not None
    assert (left.request, left.withdrawn) == (Request(reach=""), True)
    assert await store.read(lambda tx: tx.stories.own_requests(at("Ana"))) == []
