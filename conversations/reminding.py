"""Private reminders of an open chat's question: who asked for one, who gets one, and never more than two.

1. Who is reminded is decided under the chat's lock when it is due, and counted then: no more than `MOST` in one chat.
2. Of a question that somebody answered or passed on they are not reminded.
3. Nothing that the room or the host can see changes with any of it.
"""

from collections.abc import Iterator
from datetime import datetime

from conversations import commands as do
from conversations import events as on
from conversations.answering import author, mine
from conversations.model import Ask, Chat, Guide, Pace, Participant, Stage, Turn
from conversations.quiet import calendar_of, may_send_at
from conversations.refusals import NotNow
from conversations.wording import clock_at, local_day

MOST = 2
"""Reminders that one person gets in one chat, of every kind."""


def can_remind(chat: Chat) -> bool:
    """Whether *Remind me* does anything in this chat now."""
    return chat.pace is Pace.OPEN and chat.stage is Stage.ASKING and not chat.paused


def remind_me(chat: Chat, command: do.RemindMe, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Remember when a person wants to be reminded. A later choice takes the place of an earlier one. Raises NotNow."""
    person, ask = author(turn), chat.asks[-1]
    _refuse_what_cannot_be(chat, command, person)
    if command.when is do.RemindWhen.LATER:
        if guide.following(ask.question) is None:
            raise NotNow("remind_last")
        return (on.ReminderSet(at=turn.now, participant=person.id, number=ask.number, due_at=None),)
    if any(part.question == ask.question and not part.withdrawn for part in mine(turn)):
        raise NotNow("remind_answered")
    due_at = _due(chat, command, person, turn)
    return (on.ReminderSet(at=turn.now, participant=person.id, number=ask.number, due_at=due_at),)


def _refuse_what_cannot_be(chat: Chat, command: do.RemindMe, person: Participant) -> None:
    if chat.pace is Pace.LIVE:
        raise NotNow("remind_live")
    if chat.paused:
        raise NotNow("paused")
    if command.question not in {None, chat.asking}:
        raise NotNow("remind_moved_on")
    if person.wishes.stopped:
        raise NotNow("stopped")
    if person.reminders.sent >= MOST:
        raise NotNow("remind_enough")


def _due(chat: Chat, command: do.RemindMe, person: Participant, turn: Turn) -> datetime:
    if command.at is None:
        raise LookupError("a time was to be read and was not")
    due_at = may_send_at(max(command.at, turn.now), person.wishes, turn.calendar)
    if due_at is None or (chat.due_at is not None and due_at >= chat.due_at):
        zone = calendar_of(person.wishes, turn.calendar).zone
        closes = chat.due_at or turn.now
        raise NotNow("remind_too_late", field="when", day=local_day(closes, zone), time=clock_at(closes, zone))
    return due_at


def due(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Who is to be reminded of the question that stands, if it is time to look."""
    nudged = bool(chat.nudges_at) and turn.now >= chat.nudges_at[0]
    asked_for = chat.remind_at is not None and turn.now >= chat.remind_at
    if not can_remind(chat) or not (nudged or asked_for):
        return ()
    ask = chat.asks[-1]
    people = sorted(turn.participants.values(), key=lambda person: person.id)
    later = [person.reminders.at for person in people if _chose(person, ask)]
    looked_at = on.RemindersLookedAt(
        at=turn.now,
        nudges_at=tuple(at for at in chat.nudges_at if at > turn.now),
        remind_at=min((at for at in later if at is not None and at > turn.now), default=None),
    )
    return (*_reminded(chat, ask, people, turn, nudged=nudged), looked_at)


def _reminded(chat: Chat, ask: Ask, people: list[Participant], turn: Turn, *, nudged: bool) -> Iterator[on.Reminded]:
    standing = [part for part in turn.parts if not part.withdrawn]
    answered = {part.participant for part in standing if part.question == ask.question}
    took_part = {part.participant for part in standing if part.question != ask.question}
    for person in people:
        if person.reminders.sent >= MOST or person.id in answered or ask.question in person.passed:
            continue
        later = person.reminders.after is not None and ask.number > person.reminders.after
        wanted = nudged and (later or person.id in took_part)
        if _chose(person, ask):
            wanted = person.reminders.at is not None and person.reminders.at <= turn.now
        at = may_send_at(turn.now, person.wishes, turn.calendar) if wanted else None
        if at is not None and at < _until(chat, turn):
            count = person.reminders.sent + 1
            yield on.Reminded(at=turn.now, participant=person.id, number=ask.number, count=count, due_at=at)


def _until(chat: Chat, turn: Turn) -> datetime:
    """Before when a reminder has to go: then we look again, or the question closes. Nobody gets two at once."""
    return next((at for at in (*chat.nudges_at, chat.due_at) if at is not None and at > turn.now), turn.now)


def _chose(person: Participant, ask: Ask) -> bool:
    """Whether somebody chose a time of their own to be reminded of this post: then no other time is theirs."""
    return person.reminders.at is not None and person.reminders.number == ask.number
