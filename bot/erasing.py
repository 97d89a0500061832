"""Erasing a person: their words are withdrawn as they would do it themselves, then nothing says who they were.

1. Words go through the engine, so that rooms and survey stores hear of it, also of chats that are long over.
2. Only then is the link to them cut, in one transaction that finds nothing of theirs standing.
3. What we hold for the survey ourselves is emptied at once; the others are told by the outbox.
4. Whatever breaks off may be asked for again: what was done is not done twice.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from bot.conversation import Incoming, Outcome, Reply
from bot.erased import Erased, Stands, Withdrawn
from bot.forwarding import OUTCOME_NAMESPACE
from bot.keeping import Kept, KeptChat
from bot.ledger import Asked, Entry
from bot.outbox import Told
from bot.outside import Address, SurveyEvent, SurveyStore
from bot.own_chats import removal
from bot.ports import Store, Transaction
from bot.standing import address_of
from conversations import commands as do
from conversations.actions import Ask
from conversations.commands import Which
from conversations.engine import Needs
from conversations.events import Sending
from conversations.mine import Survey
from conversations.model import OVER, Chat
from conversations.stories import WithdrawContact, WithdrawStory

ROUNDS = 5
"""How often to look for words that came while others were withdrawn."""


class StillTalking(Exception):
    """Somebody says new things faster than they can be withdrawn: ask again."""


class Erasing:
    """Erases people, and looks what came of it."""

    def __init__(
        self,
        store: Store,
        handle: Callable[[Incoming], Awaitable[Reply]],
        own_survey_store: SurveyStore | None,
        *,
        clock: Callable[[], datetime],
        fresh: Callable[[], UUID],
    ) -> None:
        """`handle` changes chats; `own_survey_store` is in our own tables; `clock` gives UTC and `fresh` a new id."""
        self._store = store
        self._handle = handle
        self._own = own_survey_store
        self._clock = clock
        self._fresh = fresh

    async def erase(self, who: Address, by: str) -> Erased | None:
        """Erase a person; None, if nothing is kept about them. Raises StillTalking, StoreDown."""
        kept = await self._store.read(lambda tx: tx.keeping.whole(who))
        withdrawn = Withdrawn()
        if kept is None:
            reached = await self._store.transact(lambda tx: tx.keeping.forget(None, who))
            return Erased(withdrawn=withdrawn, forgot=reached) if any(reached.values()) else None
        forgot = await self._forget(kept, by, withdrawn)
        await self._empty(withdrawn.keys)
        return Erased(
            withdrawn=withdrawn,
            forgot=forgot,
            roles=kept.roles,
            stands=await self.look(withdrawn.keys),
            elsewhere=await self._store.read(lambda tx: tx.keeping.elsewhere(who)),
        )

    async def look(self, keys: Iterable[UUID]) -> Stands:
        """What the survey stores did so far about what they knew under these keys. Raises StoreDown."""
        wanted = list(keys)
        return await self._store.read(lambda tx: {key: found for key in wanted if (found := _stands(tx, key))})

    # --- words ---

    async def _forget(self, kept: Kept, by: str, withdrawn: Withdrawn) -> Mapping[str, int]:
        """Withdraw all that stands, then cut the link, unless something new stands by then."""
        begun, who = self._clock(), kept.at
        await self._store.transact(lambda tx: tx.upkeep.note("person_erasing", str(kept.person), by, begun))
        for _ in range(ROUNDS):
            await self._withdraw(kept, withdrawn)
            found = await self._store.transact(partial(_cut, who=who, by=by, now=self._clock()))
            if not isinstance(found, Kept):
                return found
            kept = found
        raise StillTalking

    async def _withdraw(self, kept: Kept, withdrawn: Withdrawn) -> None:
        for own in kept.chats:
            withdrawn.keys |= dict.fromkeys(_keys(own), own.chat)
            for part in own.parts:
                if not part.part.withdrawn:
                    withdrawn.answers += await self._do(kept, own.chat.id, do.Withdraw(Which(part=part.part.id)))
            if own.reflection is not None:
                withdrawn.reflections += await self._do(kept, own.chat.id, do.WithdrawReflection())
        for hosted in await self._store.read(lambda tx: tx.keeping.hosted(kept.person)):
            withdrawn.left += await self._do(kept, hosted, do.StepDown())
        withdrawn.keys |= {one.id: None for one in kept.stories} | {one.id: None for one in kept.requests}
        for story in kept.stories:
            withdrawn.stories += await self._do(kept, None, WithdrawStory(story.id, sure=True))
        for request in kept.requests:
            withdrawn.requests += await self._do(kept, None, WithdrawContact(request.id))

    async def _do(self, kept: Kept, chat: UUID | None, ask: Ask) -> bool:
        """Have the person do something, in a chat or in none; whether it was done. Nobody is shown a receipt."""
        room = None if chat is None else await self._store.read(lambda tx: _room_of(tx, chat))
        now = self._clock()
        reply = await self._handle(
            Incoming(
                delivery=f"erase:{self._fresh()}",
                ask=ask,
                said_at=now,
                room=room,
                person=kept.at,
                chat=chat,
                takes_receipts=True,
            )
        )
        return reply.outcome is Outcome.ACCEPTED

    # --- survey stores ---

    async def _empty(self, keys: Mapping[UUID, Chat | None]) -> None:
        """Empty what we hold for the survey ourselves. The outbox tells it once more, which changes nothing."""
        own = self._own
        if own is None:
            return
        for key, chat in keys.items():
            for entry in await self._store.read(partial(_entries, key=key)):
                if entry.destination == own.name and _holds(entry):
                    now, revision = self._clock(), entry.revision + (entry.sending is not Sending.WITHDRAWN)
                    await own.submit(_withdrawal(entry, revision, chat, now))
                    await self._store.transact(partial(_note, entry=entry, revision=revision, now=now))


def _holds(entry: Entry) -> bool:
    """Whether our own tables hold something for the survey, also where they are no destination any more."""
    if entry.sending is Sending.WITHDRAWN:
        return not entry.is_told
    return entry.told_revision is not None


def _entries(tx: Transaction, *, key: UUID) -> Sequence[Entry]:
    return tx.ledger.of(key)


def _note(tx: Transaction, *, entry: Entry, revision: int, now: datetime) -> None:
    gone = Sending.WITHDRAWN
    asked = Asked(
        destination=entry.destination, subject=entry.subject, topic=entry.topic, revision=revision, sending=gone, at=now
    )
    tx.ledger.ask([asked])
    tx.ledger.told(Told(destination=entry.destination, subject=entry.subject, revision=revision, sending=gone), now)


def _cut(tx: Transaction, *, who: Address, by: str, now: datetime) -> Mapping[str, int] | Kept:
    """Delete all that says who somebody is; or, and nothing is deleted, all that is kept where something stands."""
    kept = tx.keeping.whole(who)
    if kept is None:
        return {}
    for own in sorted(kept.chats, key=lambda one: one.chat.id):
        if own.chat.stage not in OVER:  # nobody answers in it while it is cut
            tx.chats.lock(own.chat.id, None, None, Needs.NOTHING, None)
    kept = tx.keeping.whole(who) or kept
    standing = any(not part.part.withdrawn for own in kept.chats for part in own.parts)
    reflected = any(own.reflection is not None for own in kept.chats)
    if standing or reflected or kept.stories or kept.requests or tx.keeping.hosted(kept.person):
        return kept
    links = tx.downloads.forget(person=kept.person)
    forgot = {**tx.keeping.forget(kept.person, who), "downloads": links}
    tx.upkeep.note("person_erased", str(kept.person), by, now)
    return forgot


def _keys(own: KeptChat) -> Iterable[UUID]:
    if own.revision:
        yield own.response
    if own.reflection is not None:
        yield own.chat.id


def _room_of(tx: Transaction, chat: UUID) -> Address:
    found = tx.reading.chat(chat)
    if found is None:
        raise LookupError(f"there is no chat {chat}")
    return address_of(tx.reading.room(found.room))


def _stands(tx: Transaction, key: UUID) -> Mapping[str, Survey]:
    found = {entry.destination: removal(tx, [entry]) for entry in tx.ledger.of(key)}
    return {destination: did for destination, did in found.items() if did is not None}


def _withdrawal(entry: Entry, revision: int, chat: Chat | None, now: datetime) -> SurveyEvent:
    return SurveyEvent(
        id=uuid5(OUTCOME_NAMESPACE, f"{entry.subject}:{revision}:{Sending.WITHDRAWN}"),
        subject=entry.subject,
        number=entry.number,
        revision=revision,
        sending=Sending.WITHDRAWN,
        topic=entry.topic,
        time=now,
        guide=None if chat is None else chat.guide,
        guide_version=None if chat is None else chat.guide_version,
        chat_key=None if chat is None else chat.id,
    )
