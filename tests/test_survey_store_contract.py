"""What every survey store promises: each response is there once, at its newest revision, or gone. Each has a rig."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from bot.outbox import Status
from bot.outside import TAKES, SurveyEvent, Topic
from conversations.events import Sending
from tests.adapters.survey.events import SUBJECT, contact, response, story, withdrawn
from tests.survey_rigs import ASKED, KEEPING, RIGS, Kept, Rig

FIRST = {
    Topic.RESPONSE: response(1),
    Topic.REFLECTION: replace(response(1, "We heard a lot."), topic=Topic.REFLECTION),
    Topic.STORY: story(),
    Topic.CONTACT: contact(),
}
"""The first that a store hears of each topic."""


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each survey store there is."""
    async with RIGS[request.param](request) as made:
        yield made


keeping = pytest.mark.parametrize("rig", KEEPING, indirect=True)
asked = pytest.mark.parametrize("rig", ASKED, indirect=True)
telling_of_stories = pytest.mark.parametrize("rig", ["embedded on sqlite", "webhook", "email"], indirect=True)
telling_of_contacts = pytest.mark.parametrize("rig", ["webhook", "email"], indirect=True)


def revised(revision: int, *words: str | None) -> SurveyEvent:
    """A response again, as its author changed it."""
    return response(revision, *words, sending=Sending.REVISED)


def about(number: int, event: SurveyEvent) -> SurveyEvent:
    """`event`, about somebody else's response."""
    return replace(event, id=UUID(int=1_000 * number + event.revision), subject=UUID(int=number), number=number)


async def kept(rig: Rig) -> Kept:
    """What the store holds now; what nobody said at the end of it is left out."""
    assert rig.kept is not None
    found = await rig.kept()
    return {key: (revision, gone, _said(words)) for key, (revision, gone, words) in found.items()}


def _said(words: Sequence[str | None]) -> list[str | None]:
    last = max((place for place, one in enumerate(words, start=1) if one is not None), default=0)
    return list(words[:last])


async def tell(rig: Rig, *events: SurveyEvent) -> Sequence[Status]:
    """Tell it of one event after the other."""
    return [await rig.store.submit(event) for event in events]


def test_every_store_has_a_rig() -> None:
    """So that none is trusted unseen."""
    assert {name.partition(" ")[0] for name in RIGS} == set(TAKES)


# --- all of them ---


async def test_everything_ends_well(rig: Rig) -> None:
    """Whatever it takes, as often as it comes and in whatever order: sent, or handed over to people."""
    well = Status.HANDED_OVER if rig.store.name == "handoff" else Status.SENT
    for topic in sorted(rig.takes):
        first = FIRST[topic]
        gone = withdrawn(first)

        assert set(await tell(rig, first, first, gone, gone, first)) == {well}


async def test_what_was_never_told_can_be_withdrawn(rig: Rig) -> None:
    """An attempt whose end nobody saw may never have arrived."""
    for topic in sorted(rig.takes):
        await tell(rig, withdrawn(FIRST[topic]))

    assert "Well." not in rig.shown()


async def test_a_store_says_whether_it_can_be_asked(rig: Rig) -> None:
    """One that looks again after a withdrawal has to have something to look at."""
    held = rig.store.held()

    assert held is not None or rig.store.quiet is None


# --- those that keep it by its key ---


@keeping
async def test_a_response_arrives_with_every_item(rig: Rig) -> None:
    """In order, with a place for what was skipped."""
    await tell(rig, response(1, "One.", None, "Three."))

    assert await kept(rig) == {SUBJECT: (1, False, ["One.", None, "Three."])}


@keeping
async def test_the_same_event_again_changes_nothing(rig: Rig) -> None:
    """Delivery is at least once; the effect is once."""
    await tell(rig, *[response(1, "One.")] * 3)

    assert await kept(rig) == {SUBJECT: (1, False, ["One."])}


@keeping
async def test_a_revision_takes_the_place_of_the_one_before(rig: Rig) -> None:
    """Nothing of the older one stays, also when it had more."""
    await tell(rig, response(1, "One.", "Two.", "Three."), revised(2, "Better.", None, None))

    assert await kept(rig) == {SUBJECT: (2, False, ["Better."])}


@keeping
async def test_an_older_revision_is_dropped(rig: Rig) -> None:
    """However late it comes."""
    await tell(rig, revised(2, "Better."), response(1, "One."))

    assert await kept(rig) == {SUBJECT: (2, False, ["Better."])}


@keeping
async def test_a_withdrawal_leaves_no_words(rig: Rig) -> None:
    """A tombstone with ids remains, so that nothing older comes back."""
    first = response(1, "One.")
    await tell(rig, first, withdrawn(first), first, withdrawn(first))

    assert await kept(rig) == {SUBJECT: (2, True, [])}


@keeping
async def test_what_was_withdrawn_can_be_given_again(rig: Rig) -> None:
    """By a revision above the withdrawal."""
    await tell(rig, withdrawn(response(1)), revised(3, "On second thoughts."))

    assert await kept(rig) == {SUBJECT: (3, False, ["On second thoughts."])}


@keeping
async def test_responses_do_not_touch_one_another(rig: Rig) -> None:
    """Each has its own key; there may be more than fit into one reading."""
    for number in range(1, 300):
        await tell(rig, about(number, response(1, f"{number}", "more")))
    await tell(rig, about(7, withdrawn(response(1))))

    held = await kept(rig)
    assert len(held) == 299
    assert held[UUID(int=7)] == (2, True, [])
    assert held[UUID(int=299)] == (1, False, ["299", "more"])


@keeping
async def test_long_words_arrive_whole(rig: Rig) -> None:
    """As long as an answer may be, in any script."""
    words = "Ē😀ב" * 5_333

    await tell(rig, response(1, words))

    assert await kept(rig) == {SUBJECT: (1, False, [words])}


@asked
async def test_what_it_says_it_holds_is_what_it_holds(rig: Rig) -> None:
    """So that both sides can be compared."""
    await tell(rig, about(1, response(1)), about(2, revised(4, "Better.")), about(3, response(1)))
    await tell(rig, about(3, withdrawn(response(1))))

    asked = rig.store.held()
    assert asked is not None
    said = {held.subject: held async for held in asked}
    seen = await kept(rig)
    assert said.keys() == seen.keys()
    for subject, (revision, is_withdrawn, _) in seen.items():
        assert said[subject].withdrawn is is_withdrawn
        assert said[subject].revision in {revision, None}


# --- stories and contact requests ---


@telling_of_stories
async def test_a_story_arrives(rig: Rig) -> None:
    """Word for word."""
    await tell(rig, story(title="A shared rota", what_happened="Two teams wrote one."))

    words = "\n".join(rig.shown().split("\n")) if rig.kept is None else str(await kept(rig))
    assert "A shared rota" in words
    assert "Two teams wrote one." in words


@telling_of_stories
async def test_a_story_can_be_taken_back(rig: Rig) -> None:
    """It is gone; or, where it can't be called back, whoever has it is asked to delete it."""
    told = story(title="A shared rota")
    await tell(rig, told, withdrawn(told))

    if rig.kept is not None:
        assert await kept(rig) == {told.subject: (2, True, [])}
    else:
        assert "Please delete every e-mail with the reference below" in rig.shown()


@telling_of_contacts
async def test_a_contact_request_arrives(rig: Rig) -> None:
    """With how to reach whoever asked."""
    await tell(rig, contact("07700 900123, after 5pm"))

    assert "07700 900123, after 5pm" in rig.shown()
