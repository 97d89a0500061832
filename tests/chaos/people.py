"""What people say, and change while it is sent: whole chats by script, and stories, all through the real engine."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID, uuid4

from bot.conversation import Conversation, Incoming, Outcome
from bot.outside import Address
from bot.ports import StoreDown, Transaction
from bot.responses import REFLECTION
from bot.showing import Showing
from conversations.actions import Ask
from conversations.commands import Place
from conversations.engine import Needs
from conversations.stories import ChangeStory, Story, TellStory, WithdrawStory
from conversations.support import Directory
from storage.opening import OpenStore
from tests.chaos.fast import Fast
from tests.chaos.sender import CHANNEL, house
from tests.kill.deliveries import Delivery, incoming
from tests.kill.rooms import WORKSPACE
from tests.kill.scripts import PEOPLE, Script

Stands = Mapping[UUID, Mapping[str, str]]
"""By subject: the words that may be anywhere, by question; none at all of what was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Much:
    """How many chats are held, how many stories told, and in how many rounds people change what they said."""

    chats: int
    stories: int = 0
    changes: int = 4


@dataclass(slots=True)
class Told:
    """A story as it must stand. `words` None: it was taken back."""

    who: str
    words: str | None
    id: UUID | None = None
    revision: int = 1


class People:
    """Everybody who talks. `between`: what they wait for before they change what was sent."""

    def __init__(self, store: OpenStore, destinations: Sequence[str], clock: Fast, chance: Random, much: Much) -> None:
        self.scripts = [
            Script(CHANNEL, f"room{number}", Random(chance.random()), cancelled=False, changes=much.changes)
            for number in range(much.chats)
        ]
        for script in self.scripts:
            script.write()
        self.stories = [Told(f"teller{number}", f"<story {number}> as it was") for number in range(much.stories)]
        self._much = much
        self._store = store
        self._clock = clock
        self._chance = chance
        known = house(destinations)
        showing = Showing(store, known, Directory(()), clock)
        self._conversation = Conversation(store, known, showing, clock=clock, fresh=uuid4, stirred=lambda: None)

    async def talk(self, between: Callable[[], Awaitable[None]]) -> None:
        """Hold every chat and tell every story, and change them while they are sent."""
        async with asyncio.TaskGroup() as talking:
            for script in self.scripts:
                talking.create_task(self._hold(script, between))
            for told in self.stories:
                talking.create_task(self._tell(told, between))

    async def _hold(self, script: Script, between: Callable[[], Awaitable[None]]) -> None:
        is_sent = False
        for deliveries in script.rounds:
            if is_sent:
                await between()
            await asyncio.gather(*(self._bring(delivery) for delivery in deliveries))
            is_sent = is_sent or deliveries[0].does == "send"

    async def _bring(self, delivery: Delivery) -> None:
        await self._handle(incoming(delivery.line(self._clock())))

    async def _tell(self, told: Told, between: Callable[[], Awaitable[None]]) -> None:
        await self._says(told.who, TellStory(_story(told.words or "")))
        (own,) = await self._store.read(lambda tx: tx.stories.own(_address(told.who)))
        told.id = own.id
        for number in range(self._much.changes):
            await between()
            does = self._chance.choice(["nothing", "change", "change", "withdraw"])
            if does == "change":
                words = f"<story {told.who}> changed in {number}"
                await self._says(told.who, ChangeStory(own.id, told.revision, _story(words)))
                told.revision, told.words = told.revision + 1, words
            elif does == "withdraw":
                await self._says(told.who, WithdrawStory(own.id, sure=True))
                told.words = None
                return

    async def _says(self, who: str, ask: Ask) -> None:
        await self._handle(
            Incoming(
                delivery=f"{who} {uuid4()}",
                ask=ask,
                said_at=self._clock(),
                room=Address(CHANNEL, WORKSPACE, f"with {who}"),
                person=_address(who),
                place=Place.ALONE,
            )
        )

    async def _handle(self, delivery: Incoming) -> None:
        """Bring it until it is acknowledged, as platforms do."""
        outcome = None
        while outcome is None:
            try:
                reply = await self._conversation.handle(delivery)
            except StoreDown:
                continue
            outcome = reply.outcome
            assert outcome is not Outcome.REFUSED, f"{delivery.delivery}: {reply.refusal}"

    def stands(self, tx: Transaction) -> Stands:
        """What must stand in every survey store, by subject; nothing of what was taken back."""
        found: dict[UUID, Mapping[str, str]] = {}
        for script in self.scripts:
            chat = tx.chats.latest_in(Address(script.channel, WORKSPACE, script.room))
            assert chat is not None
            found[chat] = {REFLECTION: script.reflection}
            for who in PEOPLE:
                scene = tx.chats.lock(chat, None, _address(who), Needs.NOTHING, None)
                assert scene is not None
                assert scene.participant is not None
                found[scene.participant.response] = script.forwarded(who)
        for told in self.stories:
            assert told.id is not None
            found[told.id] = {} if told.words is None else _story(told.words).parts
        return found


def _story(words: str) -> Story:
    return Story(parts={"title": "What we did", "what_happened": words})


def _address(who: str) -> Address:
    return Address(CHANNEL, WORKSPACE, who)
