"""Responses and reflections as a survey store receives them: rendered from what stands now, without names."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bot.outside import Item, SurveyEvent
from bot.ports import Reading, Spoken
from conversations import cadence
from conversations.events import Sending
from conversations.model import Chat, Guide, Permission, Question
from conversations.responses import forwardable

REFLECTION = "reflection"

CAREFUL = (Permission.THEMES, Permission.QUOTE)
"""From the most careful on: an answer of several messages may be quoted only if all of them may."""


def response_event(
    event_id: UUID,
    chat: Chat,
    guide: Guide,
    effect: Mapping[str, object],
    *,
    participant: UUID,
    reading: Reading,
    now: datetime,
) -> SurveyEvent:
    """One participant's response as it stands at `now` (UTC); a withdrawal when nothing of it may be forwarded."""
    spoken = reading.response(chat.id, participant)
    going = {part.id for part in forwardable(chat, (one.part for one in spoken))}
    passed = reading.passed(participant)
    items = tuple(_item(question, chat, spoken, going, passed) for question in guide.questions)
    withdrawn = not going or effect["sending"] == Sending.WITHDRAWN
    return _event(event_id, chat, effect, now, () if withdrawn else items, withdrawn=withdrawn)


def reflection_event(
    event_id: UUID, chat: Chat, effect: Mapping[str, object], reading: Reading, now: datetime
) -> SurveyEvent:
    """The host's reflection; a withdrawal when there is none any more."""
    words = reading.gathered(chat.id, words=True).reflection
    items = () if words is None else (Item(REFLECTION, words, None, Permission.THEMES),)
    return _event(event_id, chat, effect, now, items, withdrawn=words is None, is_reflection=True)


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


def _event(
    event_id: UUID,
    chat: Chat,
    effect: Mapping[str, object],
    now: datetime,
    items: tuple[Item, ...],
    *,
    withdrawn: bool,
    is_reflection: bool = False,
) -> SurveyEvent:
    return SurveyEvent(
        id=event_id,
        subject=UUID(str(effect["response"])),
        revision=int(str(effect["revision"])),
        sending=Sending.WITHDRAWN if withdrawn else Sending(str(effect["sending"])),
        is_reflection=is_reflection,
        time=now,
        guide=chat.guide,
        guide_version=chat.guide_version,
        chat_key=chat.id,
        pace=chat.pace,
        complete=all(item.verbatim is not None for item in items),
        organisation=chat.organisation,
        sector=chat.sector,
        team=chat.team,
        fieldwork_start=cadence.local_day(chat.started_at, chat.zone).isoformat(),
        fieldwork_end=cadence.local_day(chat.over_at or now, chat.zone).isoformat(),
        items=items,
    )
