"""What each event changes in what people said: answers, participants, reflections, check-backs."""

from typing import assert_never
from uuid import UUID

from conversations import events as on
from conversations.events import Event, Sending
from storage import statements as st
from storage.sql import Sql, Statement, Values


class WordsMissing(ValueError):
    """An event says that words were written, and none came with it. A bug; nothing is kept."""


def writes(sql: Sql, chat: UUID, number: int, event: Event, words: str | None) -> tuple[Statement, Values] | None:
    """What is to be written of `event`, the chat's `number`th. `words` are the command's. Raises WordsMissing."""
    match event:
        case on.Answered():
            return st.ADD_ANSWER, _answer(chat, number, event, words)
        case on.AnswerEdited(part=part, version=version, said_at=said_at):
            edited = {"part": part, "new_version": version, "new_said_at": said_at, "words": _present(words)}
            return st.EDIT_ANSWER, edited
        case on.AnswerMoved(part=part, question=question, version=version):
            return st.MOVE_ANSWER, {"part": part, "new_version": version, "new_question": question}
        case on.AnswerWithdrawn(part=part):
            return st.WITHDRAW_ANSWER, {"part": part}
        case on.PermissionSet(part=part, permission=permission):
            return st.PERMIT_ANSWER, {"part": part, "new_permission": permission.value}
        case on.Reflected(at=at):
            return st.REFLECT, {"chat": chat, "text": _present(words), "at": at}
        case on.ReflectionWithdrawn():
            return st.UNREFLECT, {"chat": chat}
        case on.PassedOn() | on.SatOut() | on.ResponseDue() | on.CheckBackSet() | on.FollowedUp():
            return _of_one_person(sql, event)
        case on.ReminderSet() | on.Reminded():
            return _reminder(event)
        case _:
            return None  # what happened to the chat itself is in its snapshot


def _of_one_person(
    sql: Sql, event: on.PassedOn | on.SatOut | on.ResponseDue | on.CheckBackSet | on.FollowedUp
) -> tuple[Statement, Values]:
    who = event.participant
    match event:
        case on.PassedOn(question=question):
            before = sql.value(st.PASSED, participant=who) or ()
            return st.SET_PASSED, {"participant": who, "new_passed": sorted({*before, question})}
        case on.SatOut():
            return st.SIT_OUT, {"participant": who}
        case on.ResponseDue(revision=revision, sending=sending):
            standing = sending is not Sending.WITHDRAWN
            return st.FORWARDED, {"participant": who, "new_revision": revision, "new_standing": standing}
        case on.CheckBackSet(question=question, due_at=due_at, again=again):
            return st.SET_CHECK_BACK, {"participant": who, "question": question, "due_at": due_at, "again": again}
        case on.FollowedUp(progress=progress):
            return st.FOLLOW_UP, {"participant": who, "new_progress": progress.value}
        case _:
            assert_never(event)


def _reminder(event: on.ReminderSet | on.Reminded) -> tuple[Statement, Values]:
    match event:
        case on.Reminded(participant=who, count=count):
            return st.REMINDED, {"participant": who, "sent": count}
        case on.ReminderSet(participant=who, number=number, due_at=None):
            return st.REMIND_LATER, {"participant": who, "after_number": number, "sent": 0}
        case on.ReminderSet(participant=who, number=number, due_at=due_at):
            return st.REMIND_AT, {"participant": who, "due_at": due_at, "number": number, "sent": 0}
        case _:
            assert_never(event)


def _answer(chat: UUID, number: int, event: on.Answered, words: str | None) -> Values:
    return {
        "id": event.part,
        "chat": chat,
        "number": number,
        "participant": event.participant,
        "question": event.question,
        "visibility": event.visibility.value,
        "permission": event.permission.value,
        "ref": event.ref,
        "version": 1,
        "withdrawn": False,
        "text": _present(words),
        "at": event.at,
        "said_at": event.said_at,
    }


def _present(words: str | None) -> str:
    if words is None:
        raise WordsMissing("an event needs words and has none")
    return words
