"""What is kept about one person: read for them alone, and forgotten when they ask for it.

1. Whoever is forgotten leaves rows without words and without a link: the survey stores are told by them.
2. What nobody can be found by any more (a random id in an old chat) stays as it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, bindparam, delete, null, or_, select, update

from bot.keeping import Kept, KeptChat
from bot.outside import Address
from bot.registers import Holder, Role
from conversations.model import NO_REMINDERS, Chat, CheckBack, Progress, Reminders
from conversations.panels import OwnPart
from conversations.scheduling import Standing
from storage import rows, snapshots
from storage import statements as st
from storage.references import SqlReferences
from storage.schedules import SqlSchedules
from storage.sql import Row, Sql, Statement, literal
from storage.stories import SqlStories
from storage.tables import (
    ACTIVE,
    chats,
    commitments,
    contacts,
    events,
    outbox,
    participants,
    people,
    references,
    reflections,
    reminders,
    roles,
    rooms,
    schedules,
    stories,
)
from storage.types import ID, UtcTime

_PERSON = bindparam("whose", type_=ID)
_theirs = select(participants.c.id).where(participants.c.person == _PERSON)

CHATS = Statement(
    select(
        chats.c.snapshot,
        participants.c.id,
        participants.c.response_key,
        participants.c.revision,
        participants.c.passed,
        participants.c.sat_out,
        commitments.c.due_at,
        commitments.c.progress,
        commitments.c.again,
        reminders.c.due_at,
        reminders.c.number,
        reminders.c.after_number,
        reminders.c.sent,
        reflections.c.text,
    )
    .select_from(participants)
    .join(people, people.c.id == participants.c.person)
    .join(chats, chats.c.id == participants.c.chat)
    .outerjoin(commitments, commitments.c.participant == participants.c.id)
    .outerjoin(reminders, reminders.c.participant == participants.c.id)
    .outerjoin(reflections, and_(reflections.c.chat == chats.c.id, chats.c.host == people.c.id))
    .where(st.THEM)
    .order_by(chats.c.started_at.desc(), chats.c.id)
)
GONE = Statement(
    select(events.c.data).where(
        events.c.chat == bindparam("of_chat", type_=ID),
        events.c.type == literal("AnswerWithdrawn"),
        events.c.at >= bindparam("since", type_=UtcTime()),
    )
)
HOSTED = Statement(
    select(chats.c.id).where(chats.c.host == _PERSON, chats.c.over_at.is_(None)).order_by(chats.c.started_at)
)
ROOMS_HOSTED = Statement(select(*st.ROOM).where(rooms.c.host == _PERSON).order_by(rooms.c.id))
PLANNED = Statement(
    select(schedules.c.id)
    .where(or_(schedules.c.owner == _PERSON, schedules.c.host == _PERSON))
    .order_by(schedules.c.made_at, schedules.c.id)
)
PERSON = Statement(select(people.c.id, *st.WISHES).where(st.THEM))
ROLES = Statement(
    select(roles.c.role, roles.c.scope)
    .where(
        *(
            roles.c[name] == bindparam(f"of_{name}", type_=roles.c[name].type)
            for name in ("channel", "workspace", "address")
        )
    )
    .order_by(roles.c.role, roles.c.scope)
)
WAITS = Statement(select(outbox.c.id).where(ACTIVE, outbox.c.lane == bindparam("of_lane", type_=Text())).limit(1))

FORGET: Mapping[str, Statement] = {
    "reminders": Statement(delete(reminders).where(reminders.c.participant.in_(_theirs))),
    "commitments": Statement(delete(commitments).where(commitments.c.participant.in_(_theirs))),
    "participants": Statement(update(participants).values(person=null()).where(participants.c.person == _PERSON)),
    "stories": Statement(update(stories).values(person=null()).where(stories.c.person == _PERSON)),
    "contacts": Statement(update(contacts).values(person=null()).where(contacts.c.person == _PERSON)),
    "proposals": Statement(
        delete(schedules).where(schedules.c.owner == _PERSON, schedules.c.standing == literal(Standing.PROPOSED))
    ),
    "schedules_made": Statement(update(schedules).values(owner=null()).where(schedules.c.owner == _PERSON)),
    "schedules_hosted": Statement(update(schedules).values(host=null()).where(schedules.c.host == _PERSON)),
    "rooms_hosted": Statement(update(rooms).values(host=null()).where(rooms.c.host == _PERSON)),
    "people": Statement(delete(people).where(people.c.id == _PERSON)),
}
"""In this order: what points at a person goes before the person."""
ELSEWHERE = Statement(
    select(people.c.channel, people.c.workspace, people.c.address)
    .where(
        *(people.c[name] == bindparam(f"of_{name}", type_=Text()) for name in ("channel", "address")),
        people.c.workspace != bindparam("of_workspace", type_=Text()),
    )
    .order_by(people.c.workspace)
)
FORGET_REFERENCE = Statement(
    delete(references).where(
        *(
            references.c[name] == bindparam(f"of_{name}", type_=references.c[name].type)
            for name in ("channel", "workspace", "address")
        )
    )
)


class SqlKeeping:
    """What is kept about one person, inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def chats(self, who: Address) -> Sequence[KeptChat]:
        return [self._chat(row) for row in self._sql.all(CHATS, **_at(who, ""))]

    def _chat(self, row: Row) -> KeptChat:
        snapshot, participant, response, revision, passed, sat_out, *chosen, reflection = row
        chat = snapshots.read(snapshot)
        said = self._sql.all(st.SPOKEN_BY, chat=chat.id, participant=participant)
        parts = tuple(OwnPart(rows.part(one[: rows.PART]), one[rows.PART]) for one in said)
        return KeptChat(
            chat=chat,
            participant=participant,
            response=response,
            revision=revision,
            parts=parts,
            gone=self._gone(chat) & {own.part.id for own in parts if own.part.withdrawn},
            passed=frozenset(passed),
            sat_out=bool(sat_out),
            check_back=_check_back(*chosen[:3]),
            reminders=NO_REMINDERS if chosen[6] is None else Reminders(*chosen[3:]),
            reflection=reflection,
        )

    def _gone(self, chat: Chat) -> frozenset[UUID]:
        """What was withdrawn since the chat is over, by whomever."""
        if chat.over_at is None:
            return frozenset()
        found = self._sql.all(GONE, of_chat=chat.id, since=chat.over_at)
        return frozenset(UUID(data["part"]) for (data,) in found)

    def whole(self, who: Address) -> Kept | None:
        row = self._sql.one(PERSON, **_at(who, ""))
        if row is None:
            return None
        person: UUID = row[0]
        schedules_ = SqlSchedules(self._sql)
        planned = (schedules_.of(found) for (found,) in self._sql.all(PLANNED, whose=person))
        return Kept(
            person=person,
            at=who,
            wishes=rows.wishes(row[1:]),
            reference=SqlReferences(self._sql).of(who),
            roles=[Holder(who, Role(role), scope) for role, scope in self._sql.all(ROLES, **_at(who, "of_"))],
            chats=self.chats(who),
            planned=[one for one in planned if one is not None],
            stories=SqlStories(self._sql).own(who),
            requests=SqlStories(self._sql).own_requests(who),
            hosted_rooms=[rows.room(room) for room in self._sql.all(ROOMS_HOSTED, whose=person)],
        )

    def hosted(self, person: UUID) -> Sequence[UUID]:
        return [row[0] for row in self._sql.all(HOSTED, whose=person)]

    def waits(self, destination: str, subject: UUID) -> bool:
        return self._sql.one(WAITS, of_lane=f"{destination}:{subject}") is not None

    def forget(self, person: UUID | None, at: Address) -> Mapping[str, int]:
        known = {} if person is None else FORGET
        forgot = {name: self._sql.run(statement, whose=person) for name, statement in known.items()}
        return forgot | {"references": self._sql.run(FORGET_REFERENCE, **_at(at, "of_"))}

    def elsewhere(self, who: Address) -> Sequence[Address]:
        return [Address(*row) for row in self._sql.all(ELSEWHERE, **_at(who, "of_"))]


def _at(who: Address, before: str) -> Mapping[str, str]:
    values = {"channel": who.channel, "workspace": who.workspace, "address": who.address}
    return {f"{before}{name}": value for name, value in values.items()}


def _check_back(due_at: datetime | None, progress: str | None, again: bool | None) -> CheckBack | None:  # noqa: FBT001 -- a row's column
    if due_at is None and progress is None:
        return None
    return CheckBack(due_at, None if progress is None else Progress(progress), bool(again))
