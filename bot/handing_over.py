"""All that is kept about one person, for them to take along: one reading, two files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.downloads import File
from bot.handed_json import as_json
from bot.handed_text import as_text
from bot.house import House
from bot.keeping import Kept
from bot.outside import Address
from bot.own_chats import own_chat
from bot.ports import Transaction
from bot.stories import beside
from conversations import cadence
from conversations.messages import Part
from conversations.mine import Around, OwnChat, to_keep


@dataclass(frozen=True, slots=True)
class Handed:
    """All that is kept about a person, and each chat of theirs as they are shown it."""

    kept: Kept
    chats: Sequence[OwnChat]
    beside: Sequence[Part] = ()


def handed(tx: Transaction, house: House, who: Address) -> Handed | None:
    """All that is kept about a person; None, if they were never seen."""
    kept = tx.keeping.whole(who)
    if kept is None:
        return None
    return Handed(kept, [own_chat(tx, house, chat) for chat in kept.chats], beside(tx, house, who))


def files(whole: Handed, house: House, now: datetime) -> Mapping[File, str]:
    """The two files, made at `now` (UTC)."""
    today = cadence.local_day(now, house.zone)
    around = Around(now=now, contact=house.terms.contact)
    return {
        File.JSON: as_json(whole.kept, whole.chats, today),
        File.TEXT: as_text(whole.kept, to_keep(whole.chats, around, house.wording, whole.beside), house.wording, today),
    }
