"""What each event changes in what people said: answers, participants, reflections, check-backs."""

from uuid import UUID

from conversations import events as on
from conversations.events import Event, Sending
from storage import statements as st
from storage.sql import Sql


class WordsMissing(ValueError):
    """An event says that words were written, and none came with it. A bug; nothing is kept."""


def record(sql: Sql, chat: UUID, number: int, event: Event, words: str | None) -> None:
    """Write what `event`, the chat's `number`th, says of people. `words` are the command's. Raises WordsMissing."""
    match event:
        case on.Answered():
            _answered(sql, chat, number, event, words)
        case on.AnswerEdited(part=part, version=version):
            sql.run(st.EDIT_ANSWER, part=part, new_version=version, words=_present(words))
        case on.AnswerMoved(part=part, question=question, version=version):
            sql.run(st.MOVE_ANSWER, part=part, new_version=version, new_question=question)
        case on.AnswerWithdrawn(part=part):
            sql.run(st.WITHDRAW_ANSWER, part=part)
        case on.PermissionSet(part=part, permission=permission):
            sql.run(st.PERMIT_ANSWER, part=part, new_permission=permission.value)
        case on.Reflected(at=at):
            sql.run(st.REFLECT, chat=chat, text=_present(words), at=at)
        case on.PassedOn() | on.SatOut() | on.ResponseDue() | on.CheckBackSet() | on.FollowedUp():
            _of_one_person(sql, event)
        case _:
            pass  # what happened to the chat itself is in its snapshot


def _of_one_person(sql: Sql, event: on.PassedOn | on.SatOut | on.ResponseDue | on.CheckBackSet | on.FollowedUp) -> None:
    who = event.participant
    match event:
        case on.PassedOn(question=question):
            before = sql.value(st.PASSED, participant=who) or ()
            sql.run(st.SET_PASSED, participant=who, new_passed=sorted({*before, question}))
        case on.SatOut():
            sql.run(st.SIT_OUT, participant=who)
        case on.ResponseDue(revision=revision, sending=sending):
            standing = sending is not Sending.WITHDRAWN
            sql.run(st.FORWARDED, participant=who, new_revision=revision, new_standing=standing)
        case on.CheckBackSet(question=question, due_at=due_at):
            sql.run(st.SET_CHECK_BACK, participant=who, question=question, due_at=due_at)
        case on.FollowedUp(progress=progress):
            sql.run(st.FOLLOW_UP, participant=who, new_progress=progress.value)


def _answered(sql: Sql, chat: UUID, number: int, event: on.Answered, words: str | None) -> None:
    sql.run(
        st.ADD_ANSWER,
        id=event.part,
        chat=chat,
        number=number,
        participant=event.participant,
        question=event.question,
        visibility=event.visibility.value,
        permission=event.permission.value,
        ref=event.ref,
        version=1,
        withdrawn=False,
        text=_present(words),
        at=event.at,
    )


def _present(words: str | None) -> str:
    if words is None:
        raise WordsMissing("an event needs words and has none")
    return words
