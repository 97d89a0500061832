"""The state machine of a chat: what may happen when, what a command makes happen, and what that leaves behind.

1. It decides nothing from a clock, a platform or a database: everything it may know is in the chat and the turn.
2. An untimely command raises NotNow and changes nothing. An unknown one is a bug.
3. A command says what it is about, so doing it twice does it once.
4. Nothing that the room or the host can see depends on private answers: neither stages, nor times, nor numbers.
5. Events carry ids. Words pass by the engine and are stored under the id that the event names.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import TypedDict, assert_never
from uuid import UUID

from conversations import answering, leading, reminding
from conversations import commands as do
from conversations import events as on
from conversations.commands import Command
from conversations.events import Event
from conversations.model import Ask, Chat, Guide, Pace, Stage, Turn, Unconfirmed, Visibility
from conversations.refusals import NotNow

OWN = frozenset({do.Edit, do.Mask, do.Move, do.Withdraw, do.NotAnAnswer, do.SetPermission})
"""What an author may do with answers that stand, however long ago the chat ended."""

ALLOWED: Mapping[Stage, frozenset[type[Command]]] = {
    Stage.GATHERING: frozenset(
        {do.Begin, do.SitOut, do.TakeOver, do.StepDown, do.Cancel, do.Yes, do.PostAgain, do.Tick}
    ),
    Stage.ASKING: OWN
    | {
        do.SitOut,
        do.Answer,
        do.Pass,
        do.MoveOn,
        do.GoBack,
        do.Pause,
        do.Resume,
        do.TakeOver,
        do.StepDown,
        do.WithdrawReflection,
        do.Finish,
        do.Cancel,
        do.Yes,
        do.SetCheckBack,
        do.FollowUp,
        do.RemindMe,
        do.PostAgain,
        do.Tick,
    },
    Stage.REVIEWING: OWN
    | {
        do.Answer,
        do.Pass,
        do.GoBack,
        do.TakeOver,
        do.StepDown,
        do.Reflect,
        do.WithdrawReflection,
        do.Send,
        do.Cancel,
        do.Yes,
        do.SetCheckBack,
        do.FollowUp,
        do.PostAgain,
        do.Tick,
    },
    Stage.CLOSED: OWN | {do.WithdrawReflection, do.SetCheckBack, do.FollowUp, do.PostAgain},
    Stage.CANCELLED: OWN | {do.WithdrawReflection, do.SendMine, do.SetCheckBack, do.FollowUp, do.PostAgain},
}

UNTIMELY: Mapping[Stage, str] = {
    Stage.GATHERING: "not_begun",
    Stage.ASKING: "still_asking",
    Stage.REVIEWING: "already_finished",
    Stage.CLOSED: "over",
    Stage.CANCELLED: "over",
}
"""Why a command is untimely, by stage; `ALREADY` knows better for some commands."""

ALREADY: Mapping[type[Command], str] = {do.Begin: "already_begun", do.Start: "already_open"}


class Needs(Enum):
    """Which parts a command is about, so that no more are read than it takes."""

    NOTHING = "nothing"
    SAME = "the part with the same reference"
    MINE = "the author's own"
    ALL = "everyone's"


NEEDS: Mapping[type[Command], Needs] = {
    do.Answer: Needs.SAME,
    **dict.fromkeys((*OWN, do.SendMine, do.SetCheckBack, do.RemindMe), Needs.MINE),
    **dict.fromkeys((do.MoveOn, do.Finish, do.Send, do.Cancel, do.Yes, do.Tick), Needs.ALL),
}
"""Commands that are not named here need none."""


def decide(chat: Chat, command: Command, guide: Guide, turn: Turn) -> tuple[Event, ...]:
    """Work out what `command` makes happen. Changes nothing. Raises NotNow."""
    if type(command) not in ALLOWED[chat.stage]:
        raise NotNow(ALREADY.get(type(command), UNTIMELY[chat.stage]))
    match command:
        case do.Begin() | do.MoveOn() | do.GoBack() | do.Pause() | do.Resume() | do.TakeOver() | do.StepDown():
            return _lead_on(chat, command, guide, turn)
        case do.Reflect() | do.WithdrawReflection() | do.Finish() | do.Send() | do.Cancel() | do.Yes() | do.Tick():
            return _bring_to_an_end(chat, command, guide, turn)
        case do.Answer() | do.Edit() | do.Mask() | do.Move() | do.Pass():
            return _speak(chat, command, guide, turn)
        case do.Withdraw() | do.NotAnAnswer() | do.SetPermission():
            return _speak(chat, command, guide, turn)
        case do.SitOut():
            return (on.SatOut(at=turn.now, participant=answering.author(turn).id),)
        case do.SendMine():
            return answering.send_mine(chat, turn)
        case do.SetCheckBack():
            return answering.set_check_back(chat, command, guide, turn)
        case do.FollowUp():
            return answering.follow_up(command, turn)
        case do.RemindMe():
            return reminding.remind_me(chat, command, guide, turn)
        case do.PostAgain(slot=slot):
            leading.lead(chat, turn)
            return (on.PostWanted(at=turn.now, slot=slot),)
        case do.Start():
            raise NotNow(ALREADY[do.Start])
        case _:
            assert_never(command)


def _lead_on(
    chat: Chat,
    command: do.Begin | do.MoveOn | do.GoBack | do.Pause | do.Resume | do.TakeOver | do.StepDown,
    guide: Guide,
    turn: Turn,
) -> tuple[Event, ...]:
    match command:
        case do.Begin():
            return leading.begin(chat, guide, turn)
        case do.MoveOn():
            return leading.move_on(chat, command, guide, turn)
        case do.GoBack():
            return leading.go_back(chat, command, guide, turn)
        case do.Pause():
            return leading.pause(chat, turn)
        case do.Resume():
            return leading.resume(chat, guide, turn)
        case do.TakeOver():
            return leading.take_over(chat, turn)
        case do.StepDown():
            return leading.step_down(chat, turn)
        case _:
            assert_never(command)


def _bring_to_an_end(
    chat: Chat,
    command: do.Reflect | do.WithdrawReflection | do.Finish | do.Send | do.Cancel | do.Yes | do.Tick,
    guide: Guide,
    turn: Turn,
) -> tuple[Event, ...]:
    match command:
        case do.Reflect():
            return leading.reflect(chat, turn)
        case do.WithdrawReflection():
            return leading.withdraw_reflection(chat, turn)
        case do.Finish():
            return leading.finish(chat, turn)
        case do.Send():
            return leading.send(chat, command, turn)
        case do.Cancel():
            return leading.cancel(chat, command, turn)
        case do.Yes(said=said):
            if said is None or leading.awaits_yes(chat, turn):
                return leading.confirm(chat, turn)
            return decide(chat, said, guide, turn)
        case do.Tick():
            return leading.tick(chat, guide, turn)
        case _:
            assert_never(command)


def _speak(
    chat: Chat,
    command: do.Answer | do.Edit | do.Mask | do.Move | do.Withdraw | do.NotAnAnswer | do.SetPermission | do.Pass,
    guide: Guide,
    turn: Turn,
) -> tuple[Event, ...]:
    match command:
        case do.Answer():
            return answering.answer(chat, command, guide, turn)
        case do.Edit():
            return answering.edit(chat, command, guide, turn)
        case do.Mask():
            return answering.mask(chat, command, turn)
        case do.Move():
            return answering.move(chat, command, guide, turn)
        case do.Withdraw() | do.NotAnAnswer():
            return answering.withdraw(chat, command, turn)
        case do.SetPermission():
            return answering.set_permission(chat, command, turn)
        case do.Pass():
            return answering.pass_on(chat, command, guide, turn)
        case _:
            assert_never(command)


def created(event: on.Started) -> Chat:
    """The chat that `event` opened."""
    return Chat(
        id=event.chat,
        room=event.room,
        guide=event.guide,
        guide_version=event.guide_version,
        pace=event.pace,
        zone=event.zone,
        practice=event.practice,
        stage=Stage.GATHERING,
        version=1,
        host=event.host,
        organisation=event.organisation,
        sector=event.sector,
        team=event.team,
        started_at=event.at,
        touched_at=event.at,
        hosted_at=event.at,
        due_at=event.at + (leading.UNHOSTED if event.host is None else leading.UNTOUCHED),
        away_at=None if event.host is None else event.at + leading.HOST_ABSENT[event.pace],
    )


class Changes(TypedDict, total=False):
    """What an event changes in a chat, beside the count of events. All of it is written at once: a copy is dear."""

    stage: Stage
    host: UUID | None
    touched_at: datetime
    hosted_at: datetime
    asks: tuple[Ask, ...]
    paused_at: datetime | None
    unconfirmed: Unconfirmed | None
    reflected: bool
    finished_at: datetime | None
    over_at: datetime
    due_at: datetime | None
    away_at: datetime | None
    host_away: bool
    nudges_at: tuple[datetime, ...]
    remind_at: datetime | None


def evolve(chat: Chat, event: Event) -> Chat:
    """The chat after `event`. Decides nothing and refuses nothing."""
    return replace(chat, version=chat.version + 1, **_changes(chat, event))


def _changes(chat: Chat, event: Event) -> Changes:
    match event:
        case on.Answered(visibility=Visibility.TEAM) | on.AnswerEdited(visibility=Visibility.TEAM):
            return _touched(chat, chat.stage, event.at)
        case on.HostTook(person=person):
            waits: Changes = {"due_at": event.at + leading.UNTOUCHED} if chat.stage is Stage.GATHERING else {}
            return {"host": person, **waits, **_led(chat, chat.stage, event.at)}
        case on.HostMissed():
            return {"host_away": True, "away_at": None}
        case on.HostLeft():
            return {"host": None, "host_away": True, "away_at": None, "unconfirmed": None}
        case on.HostWaitedFor(until=until):
            return {"away_at": until}
        case on.QuestionAsked():
            return _asked(chat, event)
        case on.Paused(at=at):
            waits_longer: Changes = {} if chat.pace is Pace.LIVE else {"due_at": at + leading.PAUSE_LIMIT}
            return {"paused_at": at, "nudges_at": (), **waits_longer, **_led(chat, chat.stage, at)}
        case on.Resumed(at=at, until=until, nudges_at=nudges_at):
            goes_on: Changes = {"paused_at": None, "due_at": until or chat.due_at, "nudges_at": nudges_at}
            return {**goes_on, **_led(chat, chat.stage, at)}
        case on.SureAsked(at=at, what=what, person=person):
            return {"unconfirmed": Unconfirmed(what, person, at), **_led(chat, chat.stage, at)}
        case on.Reflected(at=at):
            return {"reflected": True, **_led(chat, chat.stage, at)}
        case on.ReflectionWithdrawn():
            return {"reflected": False}
        case on.Finished() | on.Closed() | on.Cancelled():
            over: Changes = {"paused_at": None, "unconfirmed": None, "nudges_at": (), "remind_at": None}
            return {**over, **_ended(chat, event)}
        case on.ReminderSet(due_at=datetime() as due_at):
            return {"remind_at": due_at if chat.remind_at is None else min(chat.remind_at, due_at)}
        case on.RemindersLookedAt(nudges_at=nudges_at, remind_at=remind_at):
            return {"nudges_at": nudges_at, "remind_at": remind_at}
        case _:
            return {}  # what happened to one person's answers or deliveries leaves the chat itself as it was


def _asked(chat: Chat, event: on.QuestionAsked) -> Changes:
    touched = _led if event.by_host else _touched
    return {
        "stage": Stage.ASKING,
        "asks": (*chat.asks, Ask(event.question, event.number, event.at)),
        "paused_at": None,
        "finished_at": None,
        "unconfirmed": None,
        "due_at": event.until or event.at + leading.UNTOUCHED,
        "nudges_at": event.nudges_at,
        "remind_at": None,
        **touched(chat, Stage.ASKING, event.at),
    }


def _ended(chat: Chat, event: on.Finished | on.Closed | on.Cancelled) -> Changes:
    match event:
        case on.Finished(at=at, person=person):
            led: Changes = {} if person is None else _led(chat, Stage.REVIEWING, at)
            return {"stage": Stage.REVIEWING, "finished_at": at, "due_at": at + leading.UNTOUCHED, **led}
        case on.Closed(at=at):
            return {"stage": Stage.CLOSED, "over_at": at, "due_at": None, "away_at": None}
        case on.Cancelled(at=at):
            return {"stage": Stage.CANCELLED, "over_at": at, "due_at": None, "away_at": None}
        case _:
            assert_never(event)


def _led(chat: Chat, stage: Stage, at: datetime) -> Changes:
    away_at = at + leading.HOST_ABSENT[chat.pace]
    return {"hosted_at": at, "away_at": away_at, "host_away": False, **_touched(chat, stage, at)}


def _touched(chat: Chat, stage: Stage, at: datetime) -> Changes:
    """The room saw something happen. A live chat that is in `stage` now is finished when nothing does for a while."""
    if chat.pace is Pace.LIVE and stage is Stage.ASKING:
        return {"touched_at": at, "due_at": at + leading.UNTOUCHED}
    return {"touched_at": at}
