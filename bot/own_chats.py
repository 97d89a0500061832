"""What a person said in their chats, with what the survey stores know of it, as they are shown it themselves."""

from collections.abc import Iterable

from bot.house import House
from bot.keeping import KeptChat
from bot.ledger import Entry
from bot.ports import Transaction
from conversations.events import Sending
from conversations.mine import OwnChat, Survey
from conversations.model import Stage

REMOVES = frozenset({"embedded", "limesurvey"})
"""Survey stores in which we remove words ourselves. Of others we know only that they heard us."""
OUT_OF_REACH = frozenset({"handoff"})
"""Survey stores that people fill in by themselves: nothing that stands there was sent by us."""
WORST_FIRST = (Survey.FAILED, Survey.ASKED, Survey.DONE)


def own_chat(tx: Transaction, house: House, kept: KeptChat) -> OwnChat:
    """One chat of a person's, as it stands now."""
    chat, sent = kept.chat, kept.revision > 0
    entries = tx.ledger.of(kept.response) if sent else ()
    gone = tuple(own.part for own in kept.parts if own.part.id in kept.gone) if sent else ()
    links = sent and house.own_survey is not None and chat.stage is Stage.CLOSED
    return OwnChat(
        chat=chat,
        guide=house.guide_of(chat),
        parts=tuple(own for own in kept.parts if not own.part.withdrawn),
        gone=gone,
        reflection=kept.reflection,
        check_back=kept.check_back,
        removal=removal(tx, entries, kept.revision),
        change=change(tx, entries, kept.revision) if kept.revision > 1 else None,
        sent=sent or (kept.reflection is not None and chat.stage is Stage.CLOSED and not chat.practice),
        link=house.own_survey(kept.response) if links and house.own_survey is not None else None,
    )


def removal(tx: Transaction, entries: Iterable[Entry], revision: int | None = None) -> Survey | None:
    """Whether the survey stores removed what was taken back; None where none was ever to know of it.

    `revision`: the newest of what is to be told, where something of it may stand; None: all of it was taken back.
    """
    return _worst(_removed(tx, entry, revision) for entry in entries)


def change(tx: Transaction, entries: Iterable[Entry], revision: int) -> Survey | None:
    """Whether the survey stores know what stands now; None where none was ever to know of it."""
    return _worst(_told(tx, entry, revision) for entry in entries if entry.destination not in OUT_OF_REACH)


def _worst(found: Iterable[Survey]) -> Survey | None:
    return min(found, key=WORST_FIRST.index, default=None)


def _removed(tx: Transaction, entry: Entry, revision: int | None) -> Survey:
    told = _told(tx, entry, revision)
    if told is not Survey.DONE or entry.told_revision is None:
        return told
    if entry.destination in OUT_OF_REACH:
        return Survey.FAILED
    return Survey.DONE if entry.destination in REMOVES else Survey.ASKED


def _told(tx: Transaction, entry: Entry, revision: int | None) -> Survey:
    """Whether a survey store was told of the newest. One that is none of ours any more hears of nothing newer."""
    newest = entry.sending is Sending.WITHDRAWN if revision is None else entry.revision >= revision
    if newest and entry.is_told:
        return Survey.DONE
    if tx.keeping.waits(entry.destination, entry.subject):
        return Survey.ASKED
    never_knew = entry.told_revision is None and not newest  # it was taken back before anything was sent
    return Survey.DONE if never_knew else Survey.FAILED
