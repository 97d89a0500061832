"""Teams as a place to talk: threads in channels, posts in group chats, and people in their own chats."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adapters.teams.channel import TeamsChannel
from adapters.teams.connector import Connector
from adapters.teams.whereabouts import Whereabouts, whereabouts
from adapters.teams.wire import session
from bot.outside import Address, Busy, RoomGone, Unseen
from conversations.actions import button
from conversations.messages import Buttons, Message, Quote, Text
from storage.opening import OpenStore, open_store
from tests.adapters.teams.microsoft import DAY, Clock, credentials_of
from tests.bot.composing import WORDING
from tests.peers.teams import TeamsPeer, teams_peer
from tests.peers.teams_faults import Held, RateLimited, ServerError

NAME = "teams"
CHAT = UUID(int=7)


@dataclass(frozen=True, slots=True)
class Here:
    """A channel on a stand-in Teams, with a store that remembers where people are."""

    peer: TeamsPeer
    channel: TeamsChannel
    store: OpenStore
    clock: Clock

    async def met(self, user: str, place: str) -> Whereabouts:
        """Have somebody speak to the bot, which remembers where."""
        said = await self.peer.say(user, place, "hello", mention=True)
        found = whereabouts(said.deliveries[0].activity, NAME)
        await self.store.transact(lambda tx: tx.references.keep(found.room))
        await self.store.transact(lambda tx: tx.references.keep(found.person))
        return found


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    """Stand in a team that the bot belongs to."""
    clock = Clock()
    store = await open_store(tmp_path / "chats.sqlite", fresh=uuid4)
    async with teams_peer(clock) as peer, session() as through:
        connector = Connector(through, credentials_of(peer, through, clock))
        yield Here(peer, TeamsChannel(NAME, connector, store, WORDING), store, clock)
    await store.close()


def message(text: str, *parts: Quote | Buttons) -> Message:
    """A message that notifies with a word of its own."""
    return Message("Something is new.", (Text(text), *parts))


async def test_a_chat_in_a_channel_is_a_thread(here: Here) -> None:
    """The opening begins it, the questions go under it, and each is changed in place."""
    room = (await here.met("Ana", "team")).room.at
    opening = await here.channel.post(message("The opening."), room, "say:1", None, None)
    first = await here.channel.post(message("Question 1."), room, "say:2", None, opening)
    again = await here.channel.post(message("The opening, changed."), room, "say:1", opening, None)
    await here.channel.post(message("Question 1, answered."), room, "say:2", first, opening)

    assert again == opening
    shown = [str(text) for text in here.peer.thread("team", opening)]
    assert len(shown) == 2
    assert "The opening, changed." in shown[0]
    assert "Question 1, answered." in shown[1]


async def test_a_chat_in_a_group_has_no_thread(here: Here) -> None:
    """Its posts stand one after the other."""
    room = (await here.met("Ana", "group")).room.at
    opening = await here.channel.post(message("The opening."), room, "say:1", None, None)
    await here.channel.post(message("Question 1."), room, "say:2", None, opening)

    assert len(here.peer.bot_posts("group")) == 2


async def test_long_words_take_several_posts_and_back_again(here: Here) -> None:
    """Nothing is cut, and what grew shorter leaves nothing behind."""
    room = (await here.met("Ana", "team")).room.at
    long = message("They said:", *(Quote(f"{number} " * 4_000) for number in range(8)))
    ref = await here.channel.post(long, room, "say:1", None, None)
    assert "+" in ref

    ref = await here.channel.post(message("Short."), room, "say:1", ref, None)

    assert "+" not in ref
    assert len([post for post in here.peer.bot_posts("team") if not post.is_deleted]) == 1


async def test_half_a_long_post_is_in_doubt(here: Here) -> None:
    """Whoever tries again is told that a part stands: to begin anew would put it there twice."""
    room = (await here.met("Ana", "team")).room.at
    long = message("They said:", *(Quote(f"{number} " * 4_000) for number in range(8)))
    here.peer.fail("post", RateLimited(7))

    with pytest.raises(Busy) as busy:
        await here.channel.post(long, room, "say:1", None, None)

    assert (busy.value.begun, busy.value.retry_after, busy.value.throttled) == (True, 7, True)
    assert len(here.peer.bot_posts("team")) == 1


async def test_half_a_long_post_is_in_doubt_when_the_app_is_refused(here: Here) -> None:
    """Also when the secret ran out between two parts."""
    room = (await here.met("Ana", "team")).room.at
    long = message("They said:", *(Quote(f"{number} " * 4_000) for number in range(8)))
    first = Held(asyncio.Event())
    here.peer.fail("create", first)
    posting = asyncio.create_task(here.channel.post(long, room, "say:1", None, None))
    await first.arrived.wait()
    here.clock.now += DAY
    here.peer.fail("token", ServerError(401, '{"error": "invalid_client"}'))
    first.gate.set()

    with pytest.raises(Unseen):
        await posting

    assert len(here.peer.bot_posts("team")) == 1


async def test_nothing_of_a_short_post_is_in_doubt(here: Here) -> None:
    """What Teams would not take yet may be begun anew."""
    room = (await here.met("Ana", "team")).room.at
    here.peer.fail("create", RateLimited(7))

    with pytest.raises(Busy) as busy:
        await here.channel.post(message("Hello."), room, "say:1", None, None)

    assert not busy.value.begun
    assert here.peer.bot_posts("team") == []


async def test_what_is_for_one_person_goes_to_their_own_chat(here: Here) -> None:
    """Also when they never wrote there; the room learns nothing, and the chat is remembered."""
    ben = (await here.met("Ben", "team")).person.at
    for _ in range(2):
        await here.channel.direct(message("You chose a step."), ben, "direct:1")

    assert [line.count("You chose a step.") for line in here.peer.alone("Ben")] == [1, 1]
    assert here.peer.bot_posts("team") == []
    assert here.peer.count("create") == 1


async def test_nobodys_words_are_in_a_private_chat(here: Here) -> None:
    """An employer may read it: a button opens the words instead, beside those that the message has of its own."""
    ana = await here.met("Ana", "team")
    offers = Buttons((button(WORDING, "reflect", CHAT),))
    await here.channel.whisper(
        message("What was said", Quote("we are so tired"), offers), ana.person.at, ana.room.at, None
    )

    assert "tired" not in "\n".join(here.peer.alone("Ana"))
    assert here.peer.buttons("Ana") == ["Read back", "Add a reflection"]


async def test_buttons_about_single_words_stay_with_them(here: Here) -> None:
    """Where the words are opened: beside none nobody could tell what they are for."""
    ana = (await here.met("Ana", "team")).person.at
    mine = [Buttons((button(WORDING, "withdraw", CHAT, UUID(int=number).hex),)) for number in (1, 2)]
    await here.channel.direct(
        message("Yours", Quote("so tired"), mine[0], Quote("and proud"), mine[1]), ana, "direct:1"
    )

    assert here.peer.buttons("Ana") == ["My answers"]


async def test_whom_the_bot_never_met_it_cannot_reach(here: Here) -> None:
    """A room or a person that nobody told us of is out of reach, and no error of ours."""
    with pytest.raises(RoomGone):
        await here.channel.post(message("Hello."), Address(NAME, "tenant", "19:none"), "say:1", None, None)
    with pytest.raises(Unseen):
        await here.channel.find("say:1", Address(NAME, "tenant", "19:none"), None)
