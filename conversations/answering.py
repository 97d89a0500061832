"""What people do with their own answers: give, edit, move, withdraw, permit, pass. Each acts on the author's alone."""

from dataclasses import replace
from datetime import datetime, timedelta

from conversations import cadence
from conversations import commands as do
from conversations import events as on
from conversations.model import (
    Chat,
    CheckBack,
    Guide,
    Kind,
    Part,
    Participant,
    Permission,
    Progress,
    Stage,
    Turn,
    Visibility,
)
from conversations.quiet import may_send_at
from conversations.refusals import NotNow
from conversations.responses import changed_response, first_responses

FURTHEST_CHECK_BACK = 365
"""Days ahead that a check-back may be: after a year nobody knows what was meant.

It is never later than we know whose step it was.
"""


TAKES_ANSWERS = frozenset({Stage.ASKING, Stage.REVIEWING})


def answer(
    chat: Chat, command: do.Answer, guide: Guide, turn: Turn, first_said_at: datetime | None = None
) -> tuple[on.Event, ...]:
    """File words under the question they were meant for. A message seen before is not filed again.

    `first_said_at`: when they were said, if they were changed since.
    """
    meant = turn if first_said_at is None else replace(turn, said_at=first_said_at)
    if command.ref is not None and any(part.ref == command.ref for part in turn.parts):
        return ()  # a platform may deliver one message as two deliveries
    return (
        on.Answered(
            at=turn.now,
            said_at=turn.said_at,
            part=turn.fresh,
            participant=author(turn).id,
            question=question_meant(chat, command.question, guide, meant),
            visibility=command.visibility,
            permission=Permission.THEMES,
            ref=command.ref,
        ),
    )


def edit(chat: Chat, command: do.Edit, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Give a message other words. A form that shows an older version than ours is refused: nothing is overwritten.

    A platform may deliver changes out of order: an older one changes nothing, and one of a message that is yet to come
    is that message.
    """
    ref = command.which.ref
    if ref is not None and all(part.ref != ref for part in turn.parts):
        if command.said is None or chat.stage not in TAKES_ANSWERS:
            raise NotNow("no_such_answer")
        return answer(chat, command.said, guide, turn, command.first_said_at)
    part = own(command.which, turn)
    if ref is not None and part.said_at is not None and turn.said_at < part.said_at:
        return ()
    if command.version is not None and command.version != part.version:
        raise NotNow("changed_since", field="words")
    edited = on.AnswerEdited(
        at=turn.now,
        said_at=turn.said_at,
        part=part.id,
        participant=part.participant,
        question=part.question,
        visibility=part.visibility,
        version=part.version + 1,
    )
    return (edited, *_told(chat, (replace(part, version=part.version + 1),), turn))


def mask(chat: Chat, command: do.Mask, turn: Turn) -> tuple[on.Event, ...]:
    """Give a message the words that are left of it. They are as old as what they are made from.

    So what its author changed meanwhile, and what a platform brings later than this, still counts.
    """
    part = own(command.which, turn)
    masked = on.AnswerEdited(
        at=turn.now,
        said_at=part.said_at or turn.said_at,
        part=part.id,
        participant=part.participant,
        question=part.question,
        visibility=part.visibility,
        version=part.version + 1,
        masked=True,
    )
    return (masked, *_told(chat, (replace(part, version=part.version + 1),), turn))


def move(chat: Chat, command: do.Move, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """File a message under another question that has been asked."""
    part = own(command.which, turn)
    question = question_meant(chat, command.question, guide, turn)
    if question == part.question:
        return ()
    moved = on.AnswerMoved(
        at=turn.now,
        part=part.id,
        participant=part.participant,
        before=part.question,
        question=question,
        visibility=part.visibility,
        version=part.version + 1,
    )
    return (moved, *_told(chat, (replace(part, question=question),), turn))


def withdraw(chat: Chat, command: do.Withdraw | do.NotAnAnswer, turn: Turn) -> tuple[on.Event, ...]:
    """Take a message back. Doing it twice does nothing more."""
    part = own(command.which, turn, taken_back_too=True)
    if part.withdrawn:
        return ()
    withdrawn = on.AnswerWithdrawn(
        at=turn.now,
        part=part.id,
        participant=part.participant,
        question=part.question,
        visibility=part.visibility,
        chatter=isinstance(command, do.NotAnAnswer),
        gone=isinstance(command, do.Withdraw) and command.gone,
    )
    return (withdrawn, *_told(chat, (replace(part, withdrawn=True),), turn))


def set_permission(chat: Chat, command: do.SetPermission, turn: Turn) -> tuple[on.Event, ...]:
    """Say what the programme may do with one message, or with all. A private answer can't stay in the team."""
    parts = _permitted(command, turn)
    changed = tuple(
        replace(part, permission=command.permission) for part in parts if part.permission is not command.permission
    )
    if not changed:
        return ()
    set_ = (
        on.PermissionSet(at=turn.now, part=part.id, participant=part.participant, permission=part.permission)
        for part in changed
    )
    return (*set_, *_told(chat, changed, turn))


def _permitted(command: do.SetPermission, turn: Turn) -> list[Part]:
    meant = [own(command.which, turn)] if command.which else [part for part in mine(turn) if not part.withdrawn]
    if not meant:
        raise NotNow("no_answer_yet")
    if command.permission is Permission.STAY:
        meant = [part for part in meant if part.visibility is Visibility.TEAM]
    if not meant:
        raise NotNow("private_stay")
    return meant


def pass_on(chat: Chat, command: do.Pass, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Remember that this person passes. Passing twice does nothing more."""
    person = author(turn)
    question = question_meant(chat, command.question, guide, turn)
    if question in person.passed:
        return ()
    return (on.PassedOn(at=turn.now, participant=person.id, question=question),)


def send_mine(chat: Chat, turn: Turn) -> tuple[on.Event, ...]:
    """Send this person's private answers of a cancelled chat. Pressing it twice sends once."""
    if author(turn).revision:
        return ()
    due = first_responses(chat, mine(turn), turn)
    if not due:
        raise NotNow("no_private_answer")
    return due


def set_check_back(chat: Chat, command: do.SetCheckBack, guide: Guide, turn: Turn) -> tuple[on.Event, ...]:
    """Choose when to be asked about one's step: only somebody who named one can, and a second time at most.

    The day may change until it has come. Who then says that the step is under way may choose one more.
    """
    steps = {question.key for question in guide.questions if question.kind is Kind.COMMITMENT}
    step = next((part for part in reversed(mine(turn)) if part.question in steps and not part.withdrawn), None)
    if step is None:
        raise NotNow("no_step_yet")
    before = author(turn).check_back
    never = command.weeks is None and command.on is None
    again = before is not None and (before.again if never else _asked_again(before, turn))
    return (
        on.CheckBackSet(
            at=turn.now,
            participant=step.participant,
            question=step.question,
            due_at=None if never else _due(chat, command, turn),
            again=again,
        ),
    )


def _asked_again(before: CheckBack, turn: Turn) -> bool:
    """Whether a day that is chosen now is for the second asking. Raises NotNow where there is no more asking."""
    if before.progress is Progress.UNDER_WAY and not before.again:
        return True
    if before.progress not in {None, Progress.UNDER_WAY}:
        raise NotNow("check_back_over")
    if before.due_at is not None and before.due_at <= turn.now:
        raise NotNow("check_back_over" if before.again else "check_back_asked")
    return before.again


def _due(chat: Chat, command: do.SetCheckBack, turn: Turn) -> datetime:
    today = cadence.local_day(turn.now, turn.calendar.zone)
    day = today + timedelta(weeks=command.weeks) if command.weeks else command.on or today
    if day <= today:
        raise NotNow("date_past", field="on")
    known_until = (chat.over_at or turn.now) + timedelta(days=turn.link_days - 1)
    furthest = min((cadence.local_day(known_until, turn.calendar.zone) - today).days, FURTHEST_CHECK_BACK)
    if day > today + timedelta(days=furthest):
        raise NotNow("date_too_far", field="on", days=furthest)
    due_at = may_send_at(cadence.check_back_at(day, turn.calendar), author(turn).wishes, turn.calendar)
    if due_at is None:
        raise NotNow("stopped")
    return due_at


def follow_up(command: do.FollowUp, turn: Turn) -> tuple[on.Event, ...]:
    """Say how a step is going: only somebody who asked to be asked can."""
    person = author(turn)
    before = person.check_back
    if before is None or (before.due_at is None and before.progress is None):
        raise NotNow("no_check_back")
    once_more = command.progress is Progress.UNDER_WAY and not (before.again or person.wishes.stopped)
    return (
        on.FollowedUp(
            at=turn.now,
            participant=person.id,
            progress=command.progress,
            again=before.again,
            once_more=once_more,
        ),
    )


def author(turn: Turn) -> Participant:
    """The participant who speaks. Raises LookupError when nobody does: the clock has no answers."""
    if turn.participant is None:
        raise LookupError("a command of a person came without one")
    return turn.participant


def own(which: do.Which, turn: Turn, *, taken_back_too: bool = False) -> Part:
    """The one of the author's parts that is meant, the latest first. Raises NotNow."""
    meant = [part for part in reversed(mine(turn)) if _meant(which, part)]
    found = next((part for part in meant if not part.withdrawn), None)
    if found is None and taken_back_too and (which.part or which.ref):
        found = next(iter(meant), None)
    if found is None:
        raise NotNow("no_such_answer")
    return found


def _meant(which: do.Which, part: Part) -> bool:
    return (
        (which.part is None or which.part == part.id)
        and (which.ref is None or which.ref == part.ref)
        and (which.question is None or which.question == part.question)
    )


def mine(turn: Turn) -> list[Part]:
    """The speaker's own parts, withdrawn ones too, oldest first."""
    return [part for part in turn.parts if part.participant == author(turn).id]


def _told(chat: Chat, changed: tuple[Part, ...], turn: Turn) -> tuple[on.ResponseDue, ...]:
    """What the survey stores are to be told of `changed` parts, once the chat was sent."""
    now = {part.id: part for part in changed}
    after = [now.get(part.id, part) for part in mine(turn)]
    return changed_response(chat, author(turn), after, turn)


def question_meant(chat: Chat, key: str | None, guide: Guide, turn: Turn) -> str:
    """The question that is meant: the one named, or the one that stood when this was said. Raises NotNow."""
    meant = key or chat.asked_at(turn.said_at)
    if meant is None:
        raise NotNow("not_begun")
    if guide.find(meant) is None:
        raise NotNow("no_such_question", field="question", questions=len(guide.questions))
    if chat.asked(meant) is None:
        raise NotNow("not_asked_yet", field="question", number=guide.number(meant))
    return meant
