"""A whole bot on a real store: a clock and chance of ours, rooms and a survey store that do as they are told."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

from bot.conversation import Conversation, Due, Incoming, Outcome, Reply
from bot.delivery import LEASE, Delivery
from bot.house import House
from bot.outbox import OutboxLine, Rate, Status
from bot.outside import Address, Channel, InDoubt, SurveyEvent, SurveyStore, Unseen
from bot.performing import Performer
from bot.ports import Retention, Store
from bot.receipts import Receipts
from bot.schedules import Schedules
from bot.showing import Showing
from conversations import commands as do
from conversations.actions import Ask
from conversations.effects import question_slot
from conversations.messages import Message
from conversations.model import Calendar, Chat, Guide, Pace, Visibility
from conversations.support import Directory
from storage.opening import OpenStore
from storage.postgres import PostgresStore
from storage.sql import Row, Statement
from storage.sqlite import SqliteStore
from storage.tables import metadata
from storage.transaction import Transaction
from storage.wording import load_wording
from tests.conversations.chats import GUIDE

WORDING = load_wording(Path(__file__).parents[2] / "conversations" / "wording" / "en.yaml")
MONDAY = datetime(2026, 12, 7, 10, tzinfo=UTC)
BLINK = timedelta(milliseconds=10)
"""How long it takes a platform to bring us what somebody said."""

EVERY_ROW = {name: Statement(select(*table.c)) for name, table in metadata.tables.items()}


class Clock:
    """A clock that goes on when it is told to. UTC."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    async def pause(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.wait(seconds=seconds)


@dataclass(slots=True)
class Posted:
    """One post as it stands in a room."""

    key: str
    room: str
    message: Message
    edits: int = 0
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A whisper, or a private message, to one person."""

    to: str
    message: Message
    key: str | None = None
    under: str | None = None


class Dropped(Exception):
    """The request is done, and nobody learns of it."""


@dataclass(slots=True)
class RigChannel:
    """A platform that outlives the bot."""

    name: str = "rig"
    in_doubt: InDoubt = InDoubt.LOOK
    gap: timedelta = timedelta(0)
    troubles: list[Exception | None] = field(default_factory=list)
    """What becomes of the next requests: an error in their place, `Dropped`, or None, and they are done."""
    refused: dict[str, Exception] = field(default_factory=dict)
    """What is raised at every request for these rooms or people."""
    hangs: dict[str, asyncio.Event] = field(default_factory=dict)
    """What the next request for these rooms waits for before anything is done."""
    asked: int = 0
    """Requests so far, done or not."""
    posts: list[Posted] = field(default_factory=list)
    whispers: list[Sent] = field(default_factory=list)
    letters: list[Sent] = field(default_factory=list)
    marks: list[tuple[str, bool]] = field(default_factory=list)
    """People's own messages that were marked, and whether as one that counts."""
    can_mark: bool = False
    can_tell: bool = True
    """Whether it knows, when it is asked, if a post of ours arrived."""
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at each request."""

    async def post(self, message: Message, to: Address, key: str, replacing: str | None, under: str | None) -> str:
        dropped = await self._request(to.address)
        ref = replacing or f"post-{len(self.posts) + 1}"
        if replacing is None:
            self.posts.append(Posted(key, to.address, message, under=under))
        else:
            posted = self.posts[int(ref.removeprefix("post-")) - 1]
            posted.message = message
            posted.edits += 1
        if dropped:
            raise Unseen
        return ref

    async def find(self, key: str, to: Address, under: str | None) -> str | None:
        if not self.can_tell:
            raise Unseen
        for number, posted in enumerate(self.posts, start=1):
            if (posted.key, posted.room) == (key, to.address):
                return f"post-{number}"
        return None

    async def whisper(self, message: Message, to: Address, room: Address, under: str | None) -> None:
        dropped = await self._request(room.address)
        self.whispers.append(Sent(to.address, message, under=under))
        if dropped:
            raise Unseen

    async def mark(self, ref: str, room: Address, *, counts: bool) -> bool:
        if self.can_mark:
            await self._request(room.address)
            self.marks.append((ref, counts))
        return self.can_mark

    async def direct(self, message: Message, to: Address, key: str) -> None:
        dropped = await self._request(to.address)
        self.letters.append(Sent(to.address, message, key))
        if dropped:
            raise Unseen

    def slots(self) -> list[str]:
        """The places that are taken in all rooms, the first post first."""
        return [posted.key.split(":", 2)[2] for posted in self.posts]

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait for requests until it is enough, ten seconds at most."""
        async with asyncio.timeout(10):
            while not enough():
                self.stirred.clear()
                await self.stirred.wait()

    async def _request(self, address: str) -> bool:
        """Let a request come in; whether nobody is to learn that it was done."""
        self.asked += 1
        self.stirred.set()
        if address in self.hangs:
            await self.hangs.pop(address).wait()
        trouble = self.troubles.pop(0) if self.troubles else self.refused.get(address)
        if trouble is not None and not isinstance(trouble, Dropped):
            raise trouble
        return trouble is not None


@dataclass(slots=True)
class RigSurvey:
    """A survey store that remembers all it was told. What is in `refusals` is raised at the next requests."""

    name: str = "programme"
    refusals: list[Exception] = field(default_factory=list)
    refused: dict[UUID, Exception] = field(default_factory=dict)
    """What is raised whenever these responses come."""
    asked: int = 0
    told: list[SurveyEvent] = field(default_factory=list)
    may_double: bool = False
    quiet: timedelta | None = None

    async def submit(self, event: SurveyEvent) -> Status:
        self.asked += 1
        if self.refusals:
            raise self.refusals.pop(0)
        if event.subject in self.refused:
            raise self.refused[event.subject]
        self.told.append(event)
        return Status.SENT

    def held(self) -> None:
        return None

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Bot:
    """One process: the real engine, delivery and clock jobs on a real store."""

    store: OpenStore
    clock: Clock
    house: House
    room: RigChannel
    survey: RigSurvey
    conversation: Conversation
    receipts: Receipts
    delivery: Delivery
    schedules: Schedules
    chance: list[float]
    """What chance gives next; the last one for ever."""

    async def say(
        self,
        who: str,
        ask: Ask,
        *,
        room: str = "room",
        chat: UUID | None = None,
        workspace: str = "leeds",
    ) -> Reply:
        """Bring one delivery that was never brought before, and give the reply."""
        incoming = said(self.clock, who, ask, room=room, chat=chat, workspace=workspace)
        return await self.conversation.handle(incoming)

    async def accepted(self, who: str, ask: Ask, *, room: str = "room") -> UUID:
        """Bring one delivery that is to be accepted; returns the chat."""
        reply = await self.say(who, ask, room=room)
        assert (reply.outcome, reply.refusal) == (Outcome.ACCEPTED, None)
        assert reply.chat is not None
        return reply.chat

    async def begun(self, *, room: str = "room", pace: Pace = Pace.LIVE, practice: bool = False) -> UUID:
        """A chat that Hana hosts, on its first question."""
        chat = await self.accepted("hana", do.Start(GUIDE.key, pace, practice), room=room)
        await self.accepted("hana", do.Begin(), room=room)
        return chat

    async def sent(self, *, room: str = "room") -> UUID:
        """End the chat in `room`, and send it."""
        await self.accepted("hana", do.Finish(), room=room)
        return await self.accepted("hana", do.Send(sure=True), room=room)

    async def deliver(self) -> None:
        """Deliver all that is due."""
        await self.delivery.drain()

    async def deliver_next(self) -> bool:
        """Let time pass until something waits to be delivered, and deliver it; False when nothing does."""
        wakes = await self.store.read(lambda tx: tx.outbox.next_wake())
        if wakes is None:
            return False
        self.clock.now = max(self.clock.now, wakes)
        await self.deliver()
        return True

    async def chat(self, chat: UUID) -> Chat:
        """A chat as it stands."""
        found = await self.store.read(lambda tx: tx.reading.chat(chat))
        assert found is not None
        return found

    async def words(self, who: str, *, workspace: str = "leeds") -> list[str]:
        """A person's own standing words, in the order in which they were said."""
        owned = await self.store.read(lambda tx: tx.reading.own(person(who, workspace)))
        return [spoken.words for own in owned for spoken in own.spoken if not spoken.part.withdrawn]

    async def outbox(self, *statuses: Status) -> list[OutboxLine]:
        """Outbox rows by status, oldest first; of every status when none is named."""
        return list(await self.store.read(lambda tx: tx.outbox.listed(statuses or Status, 1000)))

    async def everything(self) -> Mapping[str, Sequence[Row]]:
        """Every row of every table."""
        return await self.store.read(_everything)


def said(
    clock: Clock,
    who: str | None,
    ask: Ask,
    *,
    room: str = "room",
    chat: UUID | None = None,
    workspace: str = "leeds",
) -> Incoming:
    """A delivery that was never brought before. People say something a blink before we hear of it."""
    before = clock.now
    clock.now += BLINK
    return Incoming(
        delivery=f"delivery-{uuid4()}",
        ask=ask,
        said_at=before,
        room=Address("rig", workspace, room),
        person=None if who is None else person(who, workspace),
        chat=chat,
    )


def person(who: str, workspace: str = "leeds") -> Address:
    """Where somebody is reached."""
    return Address("rig", workspace, who)


def answer(words: str, question: str | None = None) -> do.Answer:
    """Words for the room."""
    return do.Answer(words, Visibility.TEAM, question)


def privately(words: str, question: str | None = None) -> do.Answer:
    """Words for the programme alone."""
    return do.Answer(words, Visibility.PROGRAMME, question)


def slots(count: int, *others: str) -> list[str]:
    """The places of the opening, of the first `count` questions, and `others`."""
    return ["opening", *(question_slot(number) for number in range(1, count + 1)), *others]


def rates(**per_second: float) -> Callable[[str], Rate | None]:
    """Gates by the last part of their key: so many messages a second, one at once."""
    named = {name: Rate(rate, 1) for name, rate in per_second.items()}
    return lambda gate: named.get(gate.rpartition(":")[2])


def composed(
    store: OpenStore,
    *,
    clock: Clock | None = None,
    room: RigChannel | None = None,
    survey: SurveyStore | None = None,
    guides: Iterable[Guide] = (GUIDE,),
    default_guide: str | None = None,
    for_delivery: Store | None = None,
    for_conversation: Store | None = None,
    rate_of: Callable[[str], Rate | None] = lambda _: None,
    lease: timedelta = LEASE,
    others: Iterable[Channel] = (),
    organisers: frozenset[Address] = frozenset(),
    calendar: Callable[[str], Calendar] = Calendar,
    public_url: str | None = "https://chats.leeds.example",
    own_survey: Callable[[UUID], str] | None = None,
) -> Bot:
    """A bot on `store`, in `room` and `others`.

    Its delivery sees `for_delivery` in its place, if there is one, and what comes in `for_conversation`.
    """
    clock = clock or Clock()
    room = room or RigChannel()
    rig = survey if isinstance(survey, RigSurvey) else RigSurvey()
    destination: SurveyStore = survey or rig
    chance = [0.5]
    house = House(
        guides={(guide.key, guide.version): guide for guide in guides},
        default_guide=default_guide,
        wording=WORDING,
        calendar=calendar,
        destinations=(destination.name,),
        organisers=organisers,
        downloads=public_url is not None,
        public_url=public_url,
        own_survey=own_survey,
    )
    channels: Mapping[str, Channel] = {channel.name: channel for channel in (room, *others)}

    async def hold(due: Due) -> Reply | None:
        return await conversation.hold(due)

    performer = Performer(
        for_delivery or store,
        house,
        channels,
        {destination.name: destination},
        clock=clock,
        chance=lambda: chance.pop(0) if len(chance) > 1 else chance[0],
        hold=hold,
    )
    delivery = Delivery(for_delivery or store, performer, clock, rate_of, lease=lease)
    incoming = for_conversation or store
    showing = Showing(incoming, house, Directory(()), clock)
    conversation = Conversation(incoming, house, showing, clock=clock, fresh=uuid4, stirred=delivery.stir)
    schedules = Schedules(store, conversation, house, clock, Retention())
    return Bot(store, clock, house, room, rig, conversation, Receipts(store, house), delivery, schedules, chance)


def opened(place: str | Path) -> OpenStore:
    """The store at `place`, whose tables are there already."""
    return SqliteStore(place, uuid4) if isinstance(place, Path) else PostgresStore(place, uuid4)


def _everything(tx: Transaction) -> Mapping[str, Sequence[Row]]:
    return {name: sorted(tx.sql.all(statement), key=repr) for name, statement in EVERY_ROW.items()}
