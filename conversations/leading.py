"""What the host does with a chat, and what time does in the host's place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from conversations import cadence, reminding
from conversations import commands as do
from conversations import events as on
from conversations.model import Ask, Chat, Guide, Pace, Room, Stage, Turn, Visibility
from conversations.quiet import nudges_between
from conversations.refusals import NotNow
from conversations.responses import first_responses

UNTOUCHED = timedelta(hours=24)
"""After this a live chat that nobody touches is finished, and a finished one that nobody sends is sent."""

UNHOSTED = timedelta(minutes=15)
"""After this a planned chat that nobody hosts is closed."""

PAUSE_LIMIT = timedelta(days=7)
"""After this a paused open chat that nobody resumes is finished, so that no answer is kept for ever."""

HOST_ABSENT_DAYS = 2
HOST_ABSENT = {Pace.LIVE: timedelta(minutes=10), Pace.OPEN: timedelta(days=HOST_ABSENT_DAYS)}
"""Without the host acting for so long somebody else may take over; in an open chat only working days count."""

SURE_FOR = timedelta(minutes=10)
"""How long a typed *send* or *cancel* waits for its `yes`."""


def start(command: do.Start, guide: Guide, room: Room, turn: Turn) -> on.Started:
    """Open a chat. That the room has no other open one is the caller's to check, under a lock."""
    return on.Started(
        at=turn.now,
        chat=turn.fresh,
        room=room.id,
        guide=guide.key,
        guide_version=guide.version,
        pace=command.pace,
        practice=command.practice,
        zone=room.zone,
        host=turn.person,
        organisation=room.organisation,
        sector=room.sector,
        team=room.team,
    )


def begin(chat: Chat, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Ask the first question. In a chat without a host whoever begins becomes host."""
    taken = _host_taken(turn) if chat.host is None else ()
    if chat.host is not None:
        lead(chat, turn)
    return (*taken, _ask(chat, guide.questions[0].key, guide, turn))


def move_on(chat: Chat, command: do.MoveOn, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Ask the next question; after the last one, finish. A press on an earlier question's button does nothing."""
    lead(chat, turn)
    asking = _asking(chat)
    if (command.question or chat.asked_at(turn.said_at)) != asking:
        return ()  # somebody else moved the room on first
    if chat.paused:
        raise NotNow("paused")
    following = guide.following(asking)
    return finish(chat, turn) if following is None else (_ask(chat, following.key, guide, turn),)


def go_back(chat: Chat, command: do.GoBack, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Ask the previous question again in its own post; while the host reviews, the last one."""
    lead(chat, turn)
    asking = _asking(chat)
    if (command.question or chat.asked_at(turn.said_at)) != asking:
        return ()
    if chat.paused:
        raise NotNow("paused")
    if chat.stage is Stage.REVIEWING:
        return (_ask(chat, asking, guide, turn),)
    previous = guide.preceding(asking)
    if previous is None:
        raise NotNow("first_question")
    return (_ask(chat, previous.key, guide, turn),)


def pause(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Ask nothing for now."""
    return () if chat.paused else (on.Paused(at=turn.now, person=lead(chat, turn)),)


def resume(chat: Chat, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Go on. An open chat gives the question that stands its days anew."""
    lead(chat, turn)
    if not chat.paused:
        return ()
    until = _until(chat, guide, turn)
    return (on.Resumed(at=turn.now, until=until, nudges_at=_nudges_at(chat.asks[:-1], until, turn)),)


def take_over(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Become the host when there is none, when the host has not acted for a while, or as an organiser."""
    if chat.host == turn.person:
        return ()
    if not (turn.organiser or host_is_absent(chat, turn)):
        raise NotNow("host_is_here")
    return _host_taken(turn)


def host_is_absent(chat: Chat, turn: Turn) -> bool:
    """Whether there is no host, or none who acted for 10 minutes (live) or 2 working days (open)."""
    if chat.host is None:
        return True
    return turn.now >= _away_from(chat, turn)


def _away_from(chat: Chat, turn: Turn) -> datetime:
    if chat.pace is Pace.LIVE:
        return chat.hosted_at + HOST_ABSENT[Pace.LIVE]
    return cadence.after_working_days(chat.hosted_at, HOST_ABSENT_DAYS, turn.calendar)


def reflect(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Keep the host's reflection, in place of an earlier one."""
    lead(chat, turn)
    return (on.Reflected(at=turn.now),)


def withdraw_reflection(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Take the host's reflection back; the survey stores hear of it once it was sent. Twice does nothing more."""
    lead(chat, turn)
    if not chat.reflected:
        return ()
    sent = chat.stage is Stage.CLOSED and not chat.practice
    due = on.ReflectionDue(at=turn.now, chat=chat.id, revision=2, sending=on.Sending.WITHDRAWN)
    return (on.ReflectionWithdrawn(at=turn.now), *((due,) if sent else ()))


def step_down(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Leave the chat without a host. Whoever does not host it leaves nothing."""
    return (on.HostLeft(at=turn.now),) if turn.person is not None and chat.host == turn.person else ()


def finish(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """End the questions. With nothing said in the room there is nothing to read back, and the chat closes at once.

    Only what was said in the room decides, or the host would learn of private answers.
    """
    person = None if turn.person is None else lead(chat, turn)
    finished = on.Finished(at=turn.now, person=person)
    said = any(part.visibility is Visibility.TEAM and not part.withdrawn for part in turn.parts)
    return (finished,) if said else (finished, *close(chat, turn))


def send(chat: Chat, command: do.Send, turn: Turn) -> tuple[on.Event, ...]:
    """Close the chat and let the responses go, once the host is sure."""
    person = lead(chat, turn)
    if not command.sure:
        return (on.SureAsked(at=turn.now, what="send", person=person),)
    return close(chat, turn)


def cancel(chat: Chat, command: do.Cancel, turn: Turn) -> tuple[on.Event, ...]:
    """End the chat and forward nothing, once the host is sure. Authors of private answers are asked about theirs."""
    person = lead(chat, turn)
    if not command.sure:
        return (on.SureAsked(at=turn.now, what="cancel", person=person),)
    private = dict.fromkeys(
        part.participant
        for part in turn.parts
        if part.visibility is Visibility.PROGRAMME and not part.withdrawn and not chat.practice
    )
    return (on.Cancelled(at=turn.now, person=person, private=tuple(private)),)


def awaits_yes(chat: Chat, turn: Turn) -> bool:
    """Whether the same person typed *send* or *cancel* a moment ago and was asked back about it."""
    waiting = chat.unconfirmed
    return waiting is not None and waiting.person == turn.person and turn.now - waiting.at <= SURE_FOR


def confirm(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Do what the same person typed before and was asked back about."""
    if chat.unconfirmed is None or not awaits_yes(chat, turn):
        raise NotNow("nothing_to_confirm")
    if chat.unconfirmed.what == "send":
        return send(chat, do.Send(sure=True), turn)
    return cancel(chat, do.Cancel(sure=True), turn)


def tick(chat: Chat, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Do what time alone makes happen, if it is time."""
    if chat.due_at is None or turn.now < chat.due_at:
        return (*_miss_host(chat, turn), *reminding.due(chat, turn))
    if chat.stage is Stage.GATHERING or chat.stage is Stage.REVIEWING:
        return close(chat, turn)
    following = guide.following(_asking(chat))
    if chat.pace is Pace.OPEN and not chat.paused and following is not None:
        return (_ask(chat, following.key, guide, turn),)
    return finish(chat, turn)


def _miss_host(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    if chat.away_at is None or turn.now < chat.away_at:
        return ()
    if host_is_absent(chat, turn):
        return (on.HostMissed(at=turn.now),)
    return (on.HostWaitedFor(at=turn.now, until=_away_from(chat, turn)),)


def close(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """End the chat; every response that may go is due, and the reflection with them. A practice sends nothing."""
    responses = first_responses(chat, turn.parts, turn)
    reflected = chat.reflected and not chat.practice
    reflection = (on.ReflectionDue(at=turn.now, chat=chat.id, revision=1),) if reflected else ()
    return (on.Closed(at=turn.now, person=turn.person), *responses, *reflection)


def lead(chat: Chat, turn: Turn) -> UUID:
    """Who leads now, and may: the host, or an organiser of the workspace. Raises NotNow."""
    if turn.person is None:
        raise LookupError("a command of a person came without one")
    if turn.person != chat.host and not turn.organiser:
        raise NotNow("not_host" if chat.host else "no_host")
    return turn.person


def _host_taken(turn: Turn) -> tuple[on.HostTook, ...]:
    if turn.person is None:
        raise LookupError("a command of a person came without one")
    return (on.HostTook(at=turn.now, person=turn.person),)


def _asking(chat: Chat) -> str:
    if chat.asking is None:
        raise LookupError("a chat is being asked about and has no question")
    return chat.asking


def _ask(chat: Chat, question: str, guide: Guide, turn: Turn) -> on.QuestionAsked:
    until = _until(chat, guide, turn)
    return on.QuestionAsked(
        at=turn.now,
        question=question,
        number=len(chat.asks) + 1,
        until=until,
        by_host=turn.person is not None,
        nudges_at=_nudges_at(chat.asks, until, turn),
    )


def _nudges_at(before: Sequence[Ask], until: datetime | None, turn: Turn) -> tuple[datetime, ...]:
    """When to look whom to remind of a question. Of the first nobody: who took part `before` is reminded later on."""
    return () if until is None or not before else nudges_between(turn.now, until, turn.calendar)


def _until(chat: Chat, guide: Guide, turn: Turn) -> datetime | None:
    return cadence.open_until(turn.now, guide.open_days, turn.calendar) if chat.pace is Pace.OPEN else None
