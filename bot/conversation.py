"""The one path that changes a chat: a delivery comes in, one transaction is done, a reply goes back after the commit.

1. The inbox row comes first: what was delivered before changes nothing again.
2. The chat's row is locked, then read; `decide` comes before the first write of what it decided.
3. State, words and outgoing rows are written in the same transaction, and there is no network in it.
4. A refusal keeps the inbox row and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID, uuid5

import structlog

from bot.downloads import Secret, offered, secret
from bot.house import House
from bot.looking import Looked, asked_first, looked_at, masked
from bot.nudging import Times, keep_wish
from bot.outgoing import about, identifying, send_off, taken_with_reply
from bot.outside import Address
from bot.planning import Planner
from bot.ports import Scene, Store, Transaction
from bot.roles import organises
from bot.showing import Showing
from bot.stories import Asking, Storytelling
from conversations import commands as do
from conversations import events as on
from conversations import leading
from conversations.actions import Ask
from conversations.commands import Command, Place
from conversations.effects import Effect, Whisper, effects_of
from conversations.engine import NEEDS, Needs, created, decide, evolve
from conversations.events import Event
from conversations.messages import Form, Message, Text
from conversations.model import Chat, Room, Turn
from conversations.panels import start_form
from conversations.planning import Agree, Drop, Join, Propose, Rest, RunNow, needs_room
from conversations.refusals import NotNow
from conversations.stories import AskContact, ChangeStory, TellStory, WithdrawContact, WithdrawStory
from conversations.words import fit

LONGEST_NAME = 200
"""Characters of an organisation's name."""

LEADING = (
    do.Begin
    | do.MoveOn
    | do.GoBack
    | do.Pause
    | do.Resume
    | do.TakeOver
    | do.Finish
    | do.Reflect
    | do.WithdrawReflection
    | do.Send
    | do.Cancel
    | do.Yes
    | do.PostAgain
)
"""What the host does, and an organiser in the host's place. Whoever asks for something else is not looked up."""

NOTHING_WAITS = frozenset({"no_chat", "nothing_to_confirm"})
"""Why nothing about a chat waits for a yes."""

IDENTIFIES = "identifies"
"""Why words that were written in a form are not kept yet."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One delivery. `delivery` is the platform's id for it; `said_at` the platform's time, UTC. No person: the clock.

    `chat` is None for "the one in the room". `voids` are deliveries that are not to be done when they come after all: a
    message that was deleted before it reached us. This one is not done when `unless` came before. A refusal is
    remembered, so that it is given once, unless it `may_come_again`: a form that was refused stays open, and is sent
    again as it is.
    """

    delivery: str
    ask: Ask
    said_at: datetime
    room: Address | None = None
    person: Address | None = None
    chat: UUID | None = None
    voids: tuple[str, ...] = ()
    unless: str | None = None
    may_come_again: bool = False
    place: Place = Place.ROOM
    takes_receipts: bool = False
    """Whoever brings it shows the receipts for it (`Reply.receipts`): they do not go through the outbox."""
    identifies: bool = False
    """Something in its words points at one person: found out here."""


class Outcome(StrEnum):
    """What became of a delivery."""

    ACCEPTED = "accepted"
    SEEN = "seen"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a delivery, for that person alone. `errors` are for the form that was sent, by field.

    A refusal that shows a form asks something first: it takes the place of the one that was sent, of which nothing is
    kept.
    """

    outcome: Outcome
    show: Message | Form | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    refusal: str | None = None
    chat: UUID | None = None
    receipts: Sequence[Mapping[str, object]] = ()
    """What `bot.receipts` reads them by."""


Note = Callable[[Transaction, Reply], None]
"""Writes down what became of something, in the transaction in which it was done."""

Due = Callable[[Transaction], tuple[Incoming, Note] | None]
"""What is due, if it is still wanted, and how what becomes of it is noted."""

STARTS = UUID("2c1b5a0e-7a52-5d0e-9e0c-0a3a1f6f4c11")
"""For the ids of chats that the clock starts: a delivery that comes again finds the chat that it started."""


class Conversation:
    """Everything that is asked of chats comes through here."""

    def __init__(
        self,
        store: Store,
        house: House,
        showing: Showing,
        *,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
        stirred: Callable[[], None],
        secret: Secret = secret,
    ) -> None:
        """`clock` gives UTC, `fresh` a new id, `secret` a new secret for a link.

        `stirred` is called when something may wait in the outbox.
        """
        self._store = store
        self._house = house
        self._showing = showing
        self._times = Times(store, house)
        self._planner = Planner(house, fresh)
        self._storytelling = Storytelling(house, fresh)
        self._clock = clock
        self._fresh = fresh
        self._stirred = stirred
        self._secret = secret
        self._log = log.bind()  # as logs are set up by now: to find that out anew costs more than a line that is off

    async def handle(self, incoming: Incoming) -> Reply:
        """Apply one delivery, once; answers after the commit. Raises StoreDown."""
        try:
            if isinstance(incoming.ask, do.Show):
                where = (incoming.room, incoming.person, incoming.chat)
                shown = await self._showing.show(incoming.ask, *where, place=incoming.place)
                return Reply(Outcome.ACCEPTED, shown)
            looked = looked_at(incoming.ask)
            if looked.form is not None:
                return await self._ask_first(looked, looked.form, incoming)
            incoming = replace(incoming, ask=looked.ask, identifies=bool(looked.seen))
            now = self._clock()
            if isinstance(incoming.ask, do.RemindMe | do.SetAway | Propose | Rest):
                where = (incoming.person, incoming.room, incoming.chat)
                incoming = replace(incoming, ask=await self._times.read(incoming.ask, *where, now))
            reply = await self._store.transact(partial(self._apply, incoming, now))
        except NotNow as refusal:
            return self._refused(refusal, incoming)
        asked = type(incoming.ask).__name__
        self._log.info("delivery_handled", ask=asked, outcome=reply.outcome, refusal=reply.refusal)
        self._stirred()
        return reply

    async def _ask_first(self, looked: Looked, form: do.Show, incoming: Incoming) -> Reply:
        """The form once more, with what was seen in it. Raises NotNow, StoreDown."""
        where = (incoming.room, incoming.person, incoming.chat)
        shown = await self._showing.show(form, *where, place=incoming.place)
        asked = asked_first(shown, looked, self._house.wording) if isinstance(shown, Form) else shown
        self._log.info("delivery_handled", ask=type(looked.ask).__name__, outcome=Outcome.REFUSED, refusal=IDENTIFIES)
        return Reply(Outcome.REFUSED, asked, refusal=IDENTIFIES, chat=incoming.chat)

    async def hold(self, due: Due) -> Reply | None:
        """Do what is due, once; None when it is not wanted any more. Answers after the commit. Raises StoreDown.

        It is delivery that asks for this, and looks at the outbox once it has settled it: nobody is stirred.
        """
        reply = await self._store.transact(partial(self._hold, due, self._clock()))
        if reply is not None:
            self._log.info("due_handled", outcome=reply.outcome, refusal=reply.refusal)
        return reply

    def _hold(self, due: Due, now: datetime, tx: Transaction) -> Reply | None:
        found = due(tx)
        if found is None:
            return None
        incoming, note = found
        reply = self._apply(incoming, now, tx)
        if reply.outcome is Outcome.SEEN:  # the reply stays the same, and was noted with what was done
            chat = _started_by(incoming)
            return replace(reply, chat=None if tx.reading.chat(chat) is None else chat)
        note(tx, reply)
        return reply

    def _apply(self, incoming: Incoming, now: datetime, tx: Transaction) -> Reply:
        if not tx.inbox.accept(incoming.delivery, now):
            return Reply(Outcome.SEEN)  # the platform delivered it again
        for delivery in incoming.voids:
            tx.inbox.accept(delivery, now)
        try:
            match incoming.ask:
                case do.Start():
                    return self._start(incoming.ask, incoming, now, tx)
                case do.StopAsking() | do.AskAgain() | do.SetAway() | do.SetZone():
                    return self._wish(incoming.ask, incoming, now, tx)
                case do.Download():
                    return Reply(Outcome.ACCEPTED, self._download(incoming, now, tx))
                case Join() | Propose() | Agree() | Rest() | Drop() | RunNow():
                    at = None if incoming.place is Place.ALONE and needs_room(incoming.ask) else incoming.room
                    done = self._planner.do(tx, incoming.ask, at, incoming.person, now)
                    return Reply(Outcome.ACCEPTED, done)
                case TellStory() | ChangeStory() | WithdrawStory() | AskContact() | WithdrawContact():
                    asking = Asking(_who(incoming), incoming.room, incoming.chat, now)
                    return Reply(Outcome.ACCEPTED, self._storytelling.do(tx, incoming.ask, asking))
                case do.Yes():
                    return self._yes(incoming.ask, incoming, now, tx)
                case do.Show():
                    raise LookupError("a panel is shown without a transaction")
                case command:
                    return self._command(command, incoming, now, tx)
        except NotNow as refusal:
            if incoming.may_come_again:
                raise
            return self._refused(refusal, incoming)

    def _start(self, command: do.Start, incoming: Incoming, now: datetime, tx: Transaction) -> Reply:
        guides = self._house.newest()
        key = command.guide or self._house.default_guide or (next(iter(guides)) if len(guides) == 1 else None)
        if key is None:
            return Reply(Outcome.ACCEPTED, start_form(guides, self._house.wording))
        if key not in guides:
            raise NotNow("no_such_guide", field="guide", guides=", ".join(guides))
        if incoming.room is None:
            raise NotNow("no_chat")
        organisation = _organisation(command)
        room = tx.chats.lock_room(incoming.room, self._house.zone)
        if tx.chats.open_in(incoming.room) is not None:
            raise NotNow("already_open")
        if organisation is not None and organisation != room.organisation:
            room = tx.chats.describe_room(room, organisation)
        host = tx.chats.person(incoming.person) if incoming.person else command.host
        turn = Turn(
            now=now,
            said_at=incoming.said_at,
            fresh=self._fresh() if incoming.person else _started_by(incoming),
            calendar=self._house.calendar(room.zone),
            person=host,
        )
        started = leading.start(command, guides[key], room, turn)
        chat = created(started)
        tx.chats.save(None, chat, (started,), None)
        self._send_off(effects_of(started, chat, guides[key]), chat, room, incoming, tx)
        return Reply(Outcome.ACCEPTED, chat=chat.id)

    def _wish(self, wish: do.Wish, incoming: Incoming, now: datetime, tx: Transaction) -> Reply:
        return Reply(Outcome.ACCEPTED, keep_wish(tx, wish, _who(incoming), self._house, now))

    def _download(self, incoming: Incoming, now: datetime, tx: Transaction) -> Message:
        if incoming.person is None:
            raise LookupError("a command of a person came without one")
        return offered(tx, self._house, tx.reading.person(incoming.person), now, self._secret)

    def _yes(self, yes: do.Yes, incoming: Incoming, now: datetime, tx: Transaction) -> Reply:
        """Do what waits for a yes: something about the chat, else a schedule that was shown. Raises NotNow."""
        try:
            return self._command(yes, incoming, now, tx)
        except NotNow as refusal:
            wanted = self._planner.awaits_yes(tx, incoming.room, incoming.person, now)
            if refusal.key not in NOTHING_WAITS or wanted is None:
                raise
        agreed = self._planner.do(tx, Agree(wanted), incoming.room, incoming.person, now)
        return Reply(Outcome.ACCEPTED, agreed)

    def _command(self, command: Command, incoming: Incoming, now: datetime, tx: Transaction) -> Reply:
        words = words_of(command)
        fitting = None if words is None else fit(words)
        scene = self._scene(command, incoming, tx)
        if incoming.unless is not None and tx.inbox.seen(incoming.unless):  # under the chat's lock: it may come now
            return Reply(Outcome.SEEN)
        chat = scene.chat
        guide = self._house.guide_of(chat)
        turn = self._turn(scene, incoming, now)
        for_host = self._in_place_of_host(command, scene, turn, incoming.person, tx)
        events = decide(chat, command, guide, replace(turn, organiser=True) if for_host else turn)
        fitting = masked(tx, events) if isinstance(command, do.Mask) else fitting
        effects: list[Effect] = []
        after = chat
        for event in events:
            after = evolve(after, event)
            effects += effects_of(event, after, guide)
        effects = identifying(effects) if incoming.identifies else effects
        receipts: Sequence[Whisper] = ()
        if events:
            tx.chats.save(chat, after, events, fitting)
            if for_host is not None:
                by = f"{for_host.channel}:{for_host.workspace}:{for_host.address}"
                tx.upkeep.note("chat_led", f"{chat.id} {type(command).__name__}", by, now)
            if incoming.takes_receipts:
                receipts, effects = taken_with_reply(effects)
            self._send_off(effects, after, scene.room, incoming, tx)
        shown = tuple(about(whisper, after) for whisper in receipts)
        return Reply(Outcome.ACCEPTED, self._reply_to(events, chat), chat=chat.id, receipts=shown)

    def _scene(self, command: Command, incoming: Incoming, tx: Transaction) -> Scene:
        needs = NEEDS.get(type(command), Needs.NOTHING)
        scene = tx.chats.lock(incoming.chat, incoming.room, incoming.person, needs, ref_of(command))
        if scene is None:
            raise NotNow("no_such_chat" if incoming.chat else "no_chat")
        return scene

    def _in_place_of_host(
        self, command: Command, scene: Scene, turn: Turn, who: Address | None, tx: Transaction
    ) -> Address | None:
        """Who leads a chat that is somebody else's, and may because they organise in its workspace."""
        if who is None or not isinstance(command, LEADING) or scene.chat.host in {None, scene.person}:
            return None
        if isinstance(command, do.Yes) and command.said is not None and not leading.awaits_yes(scene.chat, turn):
            return None  # an answer
        return who if organises(tx, self._house, who) else None

    def _turn(self, scene: Scene, incoming: Incoming, now: datetime) -> Turn:
        return Turn(
            now=now,
            said_at=incoming.said_at,
            fresh=self._fresh(),
            calendar=self._house.calendar(scene.chat.zone),
            person=scene.person,
            participant=scene.participant,
            parts=scene.parts,
            participants=scene.participants,
            link_days=self._house.terms.link_days,
        )

    def _send_off(self, effects: Sequence[Effect], chat: Chat, room: Room, incoming: Incoming, tx: Transaction) -> None:
        by_clock = incoming.person is None
        send_off(effects, chat, room, self._house, tx, by_clock=by_clock)

    def _reply_to(self, events: Sequence[Event], chat: Chat) -> Message | None:
        for event in events:
            match event:
                case on.SureAsked(what="send") if chat.practice:
                    return self._said("reply.sure_practice")
                case on.SureAsked(what=what):
                    return self._said(f"reply.sure_{what}")
                case on.HostTook():
                    return self._said("reply.took_over")
                case on.SatOut():
                    return self._said("reply.sat_out")
                case on.ReflectionWithdrawn():
                    return self._said("reply.reflection_withdrawn")
                case on.PostWanted():
                    return self._said("reply.posted_again")
                case _:
                    pass  # the receipt comes beside it, or by whisper
        return None

    def _said(self, key: str) -> Message:
        text = self._house.wording.say(key)
        return Message(text, (Text(text),))

    def _refused(self, refusal: NotNow, incoming: Incoming) -> Reply:
        elsewhere = refusal.key == "no_chat" and incoming.place is Place.ALONE
        key = "no_room_yet" if elsewhere else refusal.key
        text = self._house.wording.say(f"refused.{key}", **refusal.facts)
        errors = {refusal.field: text} if refusal.field else {}
        return Reply(Outcome.REFUSED, Message(text, (Text(text),)), errors, key)


def _who(incoming: Incoming) -> Address:
    """The person who asks."""
    if incoming.person is None:
        raise LookupError("a command of a person came without one")
    return incoming.person


def _organisation(command: do.Start) -> str | None:
    """The organisation that somebody names with *start*. Raises NotNow when nobody's name is that long."""
    named = " ".join((command.organisation or "").split())
    if len(named) > LONGEST_NAME:
        raise NotNow("too_long", field="organisation", length=f"{len(named):,}", most=LONGEST_NAME)
    return named or None


def _started_by(incoming: Incoming) -> UUID:
    """The id of the chat that a delivery of the clock starts."""
    return uuid5(STARTS, incoming.delivery)


def words_of(command: Command) -> str | None:
    """The words that a command carries, if it does."""
    match command:
        case do.Answer(words=words) | do.Edit(words=words) | do.Reflect(words=words):
            return words
        case do.Yes(said=do.Answer(words=words)):
            return words
        case _:
            return None


def ref_of(command: Command) -> str | None:
    """The platform's name for the message that a command carries, if it has one."""
    match command:
        case do.Answer(ref=ref) | do.Yes(said=do.Answer(ref=ref)):
            return ref
        case _:
            return None
