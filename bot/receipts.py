"""Receipts: what one person is shown, alone, for what they did. Read at the moment of showing, fleeting, never retried.

A channel that can answer a person at once takes theirs with the reply (`Incoming.takes_receipts`); for others they are
rows of the outbox like everything else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bot.house import House
from bot.identifiers import kinds_in
from bot.outside import Address, Channel
from bot.ports import OwnAnswers, Store, Transaction
from conversations.effects import OPENING, Receipt
from conversations.identifying import Identifier
from conversations.messages import Message
from conversations.model import Chat, Part, Permission, Stage, Visibility
from conversations.receipts import PersonView, Said, preview, read_back, receipt

FITTING: Mapping[str, frozenset[Stage]] = {
    Receipt.PREVIEW: frozenset({Stage.GATHERING}),
    Receipt.READ_BACK: frozenset({Stage.REVIEWING}),
}
"""Receipts with buttons that fit one stage: a chat in which nothing was said is over before anybody looks back."""

COUNTS = frozenset({Receipt.HEARD_BY_TEAM, Receipt.STEP_HEARD})
COUNTS_NO_MORE = frozenset({Receipt.WITHDRAWN, Receipt.NOT_COUNTED})
"""Receipts that can be shown on the person's own message, where a platform can."""

Ids = Mapping[str, object]
"""What a receipt is about, as an outbox row holds it."""

Elsewhere = Callable[[Message], Awaitable[bool]]
"""Shows a receipt's words in a place of its own; False when that can't be done any more."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a receipt shows on a person's own message. `enough`: they have read before what the receipt would say."""

    ref: str
    counts: bool
    enough: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """A receipt that is ready to be shown, and where. `under`: the opening post of its thread, if that stands."""

    message: Message
    to: Address
    room: Address
    under: str | None
    mark: Mark | None


class Receipts:
    """Reads receipts as they stand now."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house

    async def read(self, about: Ids) -> Ready | None:
        """The receipt, unless what it is about is gone. Raises StoreDown."""
        words = await self._store.read(lambda tx: _words(tx, about)) if "identifies" in about else ""
        seen = kinds_in(words)
        return await self._store.read(lambda tx: self._read(tx, about, seen))

    def _read(self, tx: Transaction, about: Ids, seen: Sequence[Identifier]) -> Ready | None:
        found = tx.reading.chat_with_room(UUID(str(about["chat"])))
        reached = tx.reading.address(participant=_id(about, "participant"), person=_id(about, "person"))
        if found is None or reached is None:
            return None
        chat, room = found
        if chat.stage not in FITTING.get(str(about["receipt"]), {chat.stage}):
            return None
        own = _own(tx, about)
        message = self._message(tx, about, chat, own, seen)
        if message is None:
            return None
        opening = tx.reading.post(chat.id, OPENING) if chat.asks else None  # before that nobody looks at the thread
        return Ready(
            message=message,
            to=reached[0],
            room=Address(room.channel, room.workspace, room.address),
            under=None if opening is None else opening.ref,
            mark=_mark(about, own, seen),
        )

    def _message(
        self, tx: Transaction, about: Ids, chat: Chat, own: OwnAnswers | None, seen: Sequence[Identifier]
    ) -> Message | None:
        wording, guide = self._house.wording, self._house.guide_of(chat)
        match Receipt(str(about["receipt"])):
            case Receipt.PREVIEW:
                return preview(chat, guide, wording)
            case Receipt.READ_BACK:
                gathered = tx.reading.gathered(chat.id, words=True)
                said = [
                    Said(spoken.part.question, spoken.words, spoken.part.permission is Permission.STAY)
                    for spoken in gathered.said
                ]
                return read_back(chat, guide, said, wording)
            case kind:
                view = PersonView() if own is None else _view(about, own)
                off = kind is Receipt.CHECK_BACK_SET and view.check_back_at is None
                gone = "part" in about and view.part is None
                return None if off or gone else receipt(kind, chat, guide, replace(view, seen=seen), wording)


async def show(ready: Ready, channel: Channel, elsewhere: Elsewhere | None = None) -> None:
    """Show a receipt: on the person's own message, and in words unless they have read those before.

    The words go where `elsewhere` puts them, if it can. Raises RoomGone, Busy, Unseen, Poison, AtFault.
    """
    mark = ready.mark
    marked = mark is not None and await channel.mark(mark.ref, ready.room, counts=mark.counts)
    if elsewhere is not None and await elsewhere(ready.message):
        return
    if not (mark is not None and marked and mark.enough):
        await channel.whisper(ready.message, ready.to, ready.room, ready.under)


def _own(tx: Transaction, about: Ids) -> OwnAnswers | None:
    participant = _id(about, "participant")
    return tx.reading.own_of(participant) if participant is not None else None


def _view(about: Ids, own: OwnAnswers) -> PersonView:
    return PersonView(_part(about, own), own.check_back_at, own.remind_at, own.zone)


def _part(about: Ids, own: OwnAnswers) -> Part | None:
    part_id = _id(about, "part")
    return next((spoken.part for spoken in own.spoken if spoken.part.id == part_id), None)


def _words(tx: Transaction, about: Ids) -> str:
    """The words that the receipt is for, as they stand."""
    own, part_id = _own(tx, about), _id(about, "part")
    return next((spoken.words for spoken in own.spoken if spoken.part.id == part_id), "") if own else ""


def _mark(about: Ids, own: OwnAnswers | None, seen: Sequence[Identifier]) -> Mark | None:
    """What to show on the message that the receipt is about, if the receipt is about one in the room."""
    kind = Receipt(str(about["receipt"]))
    part = None if own is None else _part(about, own)
    if own is None or part is None or part.ref is None or kind not in COUNTS | COUNTS_NO_MORE:
        return None
    alike = [spoken.part for spoken in own.spoken if spoken.part.visibility is Visibility.TEAM]
    if kind is Receipt.STEP_HEARD:
        alike = [other for other in alike if other.question == part.question]
    return Mark(part.ref, kind in COUNTS, kind in COUNTS and alike[0].id != part.id and not seen)


def _id(about: Ids, name: str) -> UUID | None:
    return UUID(str(about[name])) if name in about else None
