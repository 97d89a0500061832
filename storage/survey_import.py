"""Taking back into the built-in survey store what was exported from it, or from another.

1. It is told as the outbox would tell it: a revision counts only above the one that is held, and a withdrawal leaves
   nothing that an older file could bring back.
2. What the ledger knows better is passed over, whether or not the store holds it still: somebody changed their words
   since, or withdrew them.
3. What is taken is in the ledger from then on, so that both sides say the same.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from bot.exported import Imported
from bot.ledger import Asked
from bot.outbox import Told
from bot.outside import SurveyEvent
from conversations.events import Sending
from storage.ledger import SqlLedger
from storage.sql import Statement, one_of
from storage.survey import EmbeddedSurvey
from storage.tables import survey_ledger
from storage.transaction import Transaction
from storage.types import IDS

TOGETHER = 250
"""Lines that are taken in one transaction."""

KNOWN = Statement(
    select(survey_ledger.c.subject, survey_ledger.c.revision, survey_ledger.c.sending).where(
        one_of(survey_ledger.c.subject, bindparam("subjects", type_=IDS))
    )
)


def take_back(tx: Transaction, events: Sequence[SurveyEvent], now: datetime) -> Imported:
    """Hold `events`, no two about one subject, where nothing newer is known; says what became of them. `now` is UTC."""
    known = _known(tx, events)
    current = [event for event in events if (event.revision, _is_gone(event)) >= known.get(event.subject, (0, False))]
    taken = tx.survey.take_all(current)
    name = EmbeddedSurvey.name
    tx.ledger.ask([_asked(event, name, now) for event in taken])
    told = [Told(destination=name, subject=one.subject, revision=one.revision, sending=one.sending) for one in taken]
    SqlLedger(tx.sql).told_all(told, now)
    return Imported(taken=len(taken), held=len(current) - len(taken), overtaken=len(events) - len(current))


def _known(tx: Transaction, events: Sequence[SurveyEvent]) -> dict[UUID, tuple[int, bool]]:
    """The highest revision that was ever told of, or is to be, and whether it is a withdrawal."""
    known: dict[UUID, tuple[int, bool]] = {}
    for subject, revision, sending in tx.sql.all(KNOWN, subjects=[event.subject for event in events]):
        known[subject] = max(known.get(subject, (0, False)), (revision, sending == Sending.WITHDRAWN))
    return known


def _is_gone(event: SurveyEvent) -> bool:
    return event.sending is Sending.WITHDRAWN


def _asked(event: SurveyEvent, destination: str, now: datetime) -> Asked:
    return Asked(
        destination=destination,
        subject=event.subject,
        topic=event.topic,
        revision=event.revision,
        sending=event.sending,
        at=now,
    )
