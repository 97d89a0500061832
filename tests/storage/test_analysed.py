"""What an analyst may read: of their workspaces, and never of a chat that they hosted."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest

from bot.analysts import Reach, as_read
from bot.kept_stories import KeptStory
from bot.outside import Address, SurveyEvent, Topic
from bot.registers import EVERYWHERE
from conversations import commands as do
from conversations.stories import Story
from storage.analysed import reach_of
from storage.opening import OpenStore
from storage.transaction import Transaction
from tests.adapters.survey.events import CONSENT, NOW, response, story, withdrawn
from tests.storage.talking import act, at, begin, start

HANA = at("Hana")


def chats(tx: Transaction) -> Mapping[str, UUID]:
    """Hold three chats in one workspace: Hana's, one that she led at first, and one of Dev's."""
    own, handed, other = begin(tx, "own"), begin(tx, "handed"), begin_of_devs(tx, "other")
    act(tx, handed, "Hana", do.StepDown())
    act(tx, handed, "Dev", do.TakeOver())
    return {"own": own, "handed": handed, "other": other}


def begin_of_devs(tx: Transaction, room: str) -> UUID:
    """Begin a chat of Dev's."""
    chat = start(tx, room, "Dev")
    act(tx, chat, "Dev", do.Begin())
    return chat


def of(chat: UUID) -> SurveyEvent:
    """Make a response of a chat."""
    return replace(response(1), subject=uuid4(), chat_key=chat, organisation="A hospice", sector="third", team="Ward 7")


def readable(reach: Reach, found: Mapping[str, UUID]) -> set[str]:
    """Name the chats whose responses may be read."""
    return {name for name, chat in found.items() if as_read(of(chat), reach) is not None}


@pytest.mark.parametrize(
    ("who", "scopes", "names"),
    [
        (HANA, {"leeds"}, {"other"}),
        (HANA, {EVERYWHERE}, {"other"}),
        (at("Dev"), {"leeds"}, {"own"}),
        (at("Cat"), {"leeds"}, {"own", "handed", "other"}),
        (at("Cat"), {"york"}, set()),
        (at("Hana", workspace="york"), {"leeds"}, {"other"}),
        (Address("console-two", "leeds", "Hana"), {EVERYWHERE}, {"other"}),
        (Address("slack", "leeds", "Hana"), {EVERYWHERE}, {"own", "handed", "other"}),
    ],
)
async def test_which_chats(store: OpenStore, who: Address, scopes: set[str], names: set[str]) -> None:
    """Whoever led a chat at any time, by whichever workspace or app of a platform they are known, does not read it."""
    found = await store.transact(chats)

    reach = await store.read(lambda tx: reach_of(tx.sql, who, scopes))

    assert readable(reach, found) == names


def told(tx: Transaction, chat: UUID | None) -> UUID:
    """Have a story told in `chat`."""
    kept = KeptStory(id=uuid4(), chat=chat, revision=1, story=Story(parts={"title": "T"}), on=CONSENT.on, at=NOW)
    tx.stories.keep(kept, tx.chats.person(at("Cat")))
    return kept.id


async def test_which_stories(store: OpenStore) -> None:
    """A story that was told in a chat goes with that chat, even where it does not say which; others need everywhere."""
    found = await store.transact(chats)
    keys = {name: await store.transact(partial(told, chat=chat)) for name, chat in {**found, "alone": None}.items()}

    within = await store.read(lambda tx: reach_of(tx.sql, HANA, {"leeds"}))
    everywhere = await store.read(lambda tx: reach_of(tx.sql, HANA, {EVERYWHERE}))

    def read(reach: Reach) -> set[str]:
        return {name for name, key in keys.items() if as_read(replace(story(), subject=key), reach) is not None}

    assert read(within) == {"other"}
    assert read(everywhere) == {"other", "alone"}


ALL = Reach(hosted=frozenset(), told_there=frozenset(), chats=None, stories=None)
NONE = Reach(hosted=frozenset(), told_there=frozenset(), chats=frozenset(), stories=frozenset())


def test_what_is_read_names_neither_person_team_nor_organisation() -> None:
    """The words stay as they are."""
    named = replace(story(), organisation="A hospice", team="Ward 7", consent=replace(CONSENT, credit="Ana, Ward 7"))

    read = as_read(named, ALL)

    assert read is not None
    assert (read.organisation, read.team, read.consent) == (None, None, CONSENT)
    assert read.items == named.items


def test_a_withdrawal_is_for_all_to_know() -> None:
    """Ids alone: whoever has an older file deletes what stands there; but not of a chat elsewhere."""
    gone = replace(withdrawn(response(1)), chat_key=None)

    assert as_read(gone, NONE) is not None
    assert as_read(withdrawn(response(1)), NONE) is None


def test_a_reflection_is_of_its_chat() -> None:
    """Its key is the chat's, also when it was withdrawn and says no more."""
    chat = uuid4()
    reach = replace(ALL, hosted=frozenset({chat}))
    reflection = replace(withdrawn(response(1)), topic=Topic.REFLECTION, subject=chat, chat_key=None)

    assert as_read(reflection, reach) is None
