"""Comparing what a survey store holds with what it was told. Ids alone: nobody's words are looked at.

A withdrawal that is undone is asked for again; anything else that differs is for people to look at.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog

from bot.ledger import Compared, Entry
from bot.outbox import FORWARDING, Outgoing
from bot.outside import AtFault, Busy, Held, SurveyStore
from bot.ports import Store, Transaction
from conversations.events import Sending

log = structlog.get_logger()


async def compare(store: Store, survey_store: SurveyStore) -> Compared | None:
    """Compare one survey store with the ledger; None where it can't be asked what it holds. Raises StoreDown."""
    there = survey_store.held()
    if there is None:
        return None
    compared = Compared(destination=survey_store.name)
    # The ledger first: what is told meanwhile is then extra for a moment, never missing.
    entries = await store.read(lambda tx: {entry.subject: entry for entry in tx.ledger.every(survey_store.name)})
    try:
        held = await _all(there)
    except (AtFault, Busy) as away:
        compared.away = str(away)
        return compared
    newer = await store.read(lambda tx: _asked_meanwhile(tx, survey_store.name, held, entries))
    compared.held = len(held)
    for entry in entries.values():
        _compare(entry, held.get(entry.subject), compared)
    compared.extra = [subject for subject in held if subject not in entries and subject not in newer]
    return compared


async def _all(there: AsyncIterator[Held]) -> Mapping[UUID, Held]:
    return {one.subject: one async for one in there}


def _asked_meanwhile(
    tx: Transaction, destination: str, held: Mapping[UUID, Held], entries: Mapping[UUID, Entry]
) -> set[UUID]:
    unknown = [subject for subject in held if subject not in entries]
    return {subject for subject in unknown if any(entry.destination == destination for entry in tx.ledger.of(subject))}


def _compare(entry: Entry, held: Held | None, compared: Compared) -> None:
    if not entry.is_told:
        compared.waiting += 1
    elif entry.told_sending is Sending.WITHDRAWN:
        if held is None or held.withdrawn:
            compared.agree += 1
        else:
            compared.present.append(entry)
    elif held is None or held.withdrawn:
        compared.missing.append(entry.subject)
    elif held.revision is not None and held.revision < entry.revision:
        compared.behind.append(entry.subject)
    else:
        compared.agree += 1


async def withdraw_again(store: Store, compared: Compared, now: datetime) -> None:
    """Ask once more for what was withdrawn and is there (UTC); what waits already is not asked for twice."""
    rows = [_again(entry, now) for entry in compared.present]
    if rows:
        await store.transact(lambda tx: tx.outbox.add(rows))


def _again(entry: Entry, now: datetime) -> Outgoing:
    return Outgoing(
        key=f"{entry.destination}:{entry.subject}:{entry.revision}:again:{now:%Y-%m-%d}",
        lane=f"{entry.destination}:{entry.subject}",
        gate=entry.destination,
        effect={
            "do": "forward",
            "destination": entry.destination,
            "subject": str(entry.subject),
            "topic": str(entry.topic),
            "revision": entry.revision,
            "sending": str(Sending.WITHDRAWN),
            "look": True,
        },
        due_at=now,
        priority=FORWARDING,
    )


async def reconcile(store: Store, survey_stores: Sequence[SurveyStore], now: datetime) -> Sequence[Compared]:
    """Compare every survey store that can be asked, and ask again for what was withdrawn. Raises StoreDown."""
    done = []
    for survey_store in survey_stores:
        compared = await compare(store, survey_store)
        if compared is None:
            continue
        await withdraw_again(store, compared, now)
        counts = {name: len(getattr(compared, name)) for name in ("missing", "behind", "present", "extra")}
        say = log.info if compared.is_clean else log.warning
        say("survey_store_compared", destination=compared.destination, away=compared.away, held=compared.held, **counts)
        done.append(compared)
    return done
