"""Responses and reflections as a survey store receives them: rendered from what stands now, without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.outside import Item, SurveyEvent, Topic
from bot.ports import Reading, Spoken
from conversations import cadence
from conversations.events import Sending
from conversations.model import Chat, Guide, Permission, Question
from conversations.responses import forwardable

REFLECTION = "reflection"

CAREFUL = (Permission.THEMES, Permission.QUOTE)
"""From the most careful on: an answer of several messages may be quoted only if all of them may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What an outbox row asks a survey store to be told, as it stands at `now` (UTC)."""

    event: UUID
    subject: UUID
    number: int
    revision: int
    sending: Sending
    now: datetime


def response_event(due: Due, chat: Chat, guide: Guide, participant: UUID, reading: Reading) -> SurveyEvent:
    """One participant's response; a withdrawal when nothing of it may be forwarded."""
    spoken = reading.response(chat.id, participant)
    going = {part.id for part in forwardable(chat, (one.part for one in spoken))}
    passed = reading.passed(participant)
    items = tuple(_item(question, chat, spoken, going, passed) for question in guide.questions)
    withdrawn = not going or due.sending is Sending.WITHDRAWN
    return _event(due, chat, Topic.RESPONSE, () if withdrawn else items)


def reflection_event(due: Due, chat: Chat, reading: Reading) -> SurveyEvent:
    """The host's reflection; a withdrawal when there is none any more."""
    words = reading.gathered(chat.id, words=True).reflection
    withdrawn = words is None or due.sending is Sending.WITHDRAWN
    items = () if withdrawn else (Item(REFLECTION, words, None, Permission.THEMES),)
    return _event(due, chat, Topic.REFLECTION, items)


def withdrawal(due: Due, topic: Topic) -> SurveyEvent:
    """A withdrawal by ids alone: it needs no chat, which may be deleted by now."""
    return SurveyEvent(
        id=due.event,
        subject=due.subject,
        number=due.number,
        revision=due.revision,
        sending=Sending.WITHDRAWN,
        topic=topic,
        time=due.now,
    )


def _item(question: Question, chat: Chat, spoken: Sequence[Spoken], going: set[UUID], passed: frozenset[str]) -> Item:
    said = [one for one in spoken if one.part.question == question.key]
    sent = [one for one in said if one.part.id in going]
    if sent:
        permission = next(careful for careful in CAREFUL if any(one.part.permission is careful for one in sent))
        return Item(question.key, "\n".join(one.words for one in sent), None, permission)
    if said:
        return Item(question.key, None, "withheld", None)
    asked = chat.asked(question.key) is not None or question.key in passed
    return Item(question.key, None, "skipped" if asked else "not_asked", None)


def _event(due: Due, chat: Chat, topic: Topic, items: tuple[Item, ...]) -> SurveyEvent:
    """Without items: a withdrawal."""
    return SurveyEvent(
        id=due.event,
        subject=due.subject,
        number=due.number,
        revision=due.revision,
        sending=due.sending if items else Sending.WITHDRAWN,
        topic=topic,
        time=due.now,
        guide=chat.guide,
        guide_version=chat.guide_version,
        chat_key=chat.id,
        pace=chat.pace,
        complete=all(item.verbatim is not None for item in items),
        organisation=chat.organisation,
        sector=chat.sector,
        team=chat.team,
        fieldwork_start=cadence.local_day(chat.started_at, chat.zone).isoformat(),
        fieldwork_end=cadence.local_day(chat.over_at or due.now, chat.zone).isoformat(),
        items=items,
    )
