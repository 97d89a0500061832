"""Every statement about chats and the people in them, made once.

1. Nothing here is built while somebody waits: parameters only.
2. Parts come in the order in which they were said (`answers.number`).
3. A query of words names the visibility it may see, or belongs to one author.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.schema import Table

from conversations.model import Progress, Stage, Visibility
from storage.sql import Statement, literal
from storage.tables import (
    answers,
    chats,
    commitments,
    events,
    inbox,
    participants,
    people,
    posts,
    references,
    reflections,
    reminders,
    rooms,
    workspaces,
)
from storage.types import ID


def _all_of(table: Table, *names: str) -> Insert:
    """An insert whose parameters are called like the columns."""
    return insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})


def _called(name: str) -> ColumnElement[Any]:
    return bindparam(name)


TEAM = answers.c.visibility == literal(Visibility.TEAM)
STANDING = answers.c.withdrawn.is_(false())
PART = (
    answers.c.id,
    answers.c.participant,
    answers.c.question,
    answers.c.visibility,
    answers.c.permission,
    answers.c.ref,
    answers.c.version,
    answers.c.withdrawn,
    answers.c.said_at,
)
ROOM = tuple(rooms.c)
WISHES = (people.c.stop_asking, people.c.back_on, people.c.zone, people.c.profile_zone)
PARTICIPANT = (
    participants.c.id,
    participants.c.response_key,
    participants.c.revision,
    participants.c.standing,
    participants.c.passed,
    commitments.c.due_at,
    commitments.c.progress,
    commitments.c.again,
    reminders.c.due_at,
    reminders.c.number,
    reminders.c.after_number,
    reminders.c.sent,
    *WISHES,
)
HERE = and_(
    rooms.c.channel == _called("channel"),
    rooms.c.workspace == _called("workspace"),
    rooms.c.address == _called("address"),
)
THEM = and_(
    people.c.channel == _called("channel"),
    people.c.workspace == _called("workspace"),
    people.c.address == _called("address"),
)

# --- what comes in -----------------------------------------------------------------------------------------------

ACCEPT = Statement(_all_of(inbox, "delivery", "at").on_conflict_do_nothing())
SEEN = Statement(select(inbox.c.at).where(inbox.c.delivery == _called("delivery")))

# --- locking and reading a chat ----------------------------------------------------------------------------------

_as_seen = chats.alias("as_seen")
_LOCKED = (
    select(
        chats.c.version,
        select(_as_seen.c.version).where(_as_seen.c.id == chats.c.id).scalar_subquery(),
        chats.c.snapshot,
        people.c.id,
        *ROOM,
        *PARTICIPANT,
        *PART,
    )
    .select_from(chats)
    .join(rooms, rooms.c.id == chats.c.room)
    .outerjoin(people, THEM)
    .outerjoin(participants, and_(participants.c.chat == chats.c.id, participants.c.person == people.c.id))
    .outerjoin(commitments, commitments.c.participant == participants.c.id)
    .outerjoin(reminders, reminders.c.participant == participants.c.id)
    .outerjoin(answers, and_(answers.c.chat == chats.c.id, answers.c.ref == _called("ref")))
    .with_for_update(key_share=True, of=chats)
)
_theirs = chats.alias("theirs")
_there = rooms.alias("there")
_LATEST = (
    select(_theirs.c.id)
    .join(_there, _there.c.id == _theirs.c.room)
    .where(
        _there.c.channel == _called("in_channel"),
        _there.c.workspace == _called("in_workspace"),
        _there.c.address == _called("in_room"),
    )
    .order_by(_theirs.c.over_at.is_not(None), _theirs.c.started_at.desc())
    .limit(1)
    .scalar_subquery()
)
LOCK_CHAT = Statement(_LOCKED.where(chats.c.id == _called("chat")))
LOCK_LATEST = Statement(_LOCKED.where(chats.c.id == _LATEST))
"""Both: the second version is the one of when the statement began: where it differs, somebody changed the chat while we
waited for the lock, and PostgreSQL has read the other tables as they were before. Then look again."""

PARTS_OF_CHAT = Statement(select(*PART).where(answers.c.chat == _called("chat")).order_by(answers.c.number))
PARTS_OF_PARTICIPANT = Statement(
    select(*PART)
    .where(answers.c.chat == _called("chat"), answers.c.participant == _called("participant"))
    .order_by(answers.c.number)
)
PARTICIPANTS = Statement(
    select(*PARTICIPANT)
    .select_from(participants)
    .outerjoin(people, people.c.id == participants.c.person)
    .outerjoin(commitments, commitments.c.participant == participants.c.id)
    .outerjoin(reminders, reminders.c.participant == participants.c.id)
    .where(participants.c.chat == _called("chat"))
)
ADD_PARTICIPANT = Statement(
    _all_of(participants, "id", "chat", "person", "response_key", "revision", "standing", "passed", "sat_out")
    .on_conflict_do_nothing(index_elements=["chat", "person"])
)  # fmt: skip
OPEN_IN = Statement(select(chats.c.id).join(rooms, rooms.c.id == chats.c.room).where(HERE, chats.c.over_at.is_(None)))
LATEST_IN = Statement(
    select(chats.c.id)
    .join(rooms, rooms.c.id == chats.c.room)
    .where(HERE)
    .order_by(chats.c.over_at.is_not(None), chats.c.started_at.desc())
    .limit(1)
)
DUE = Statement(
    select(chats.c.id)
    .where(chats.c.next_at.is_not(None), chats.c.next_at <= _called("now"))
    .order_by(chats.c.next_at)
    .limit(bindparam("most", type_=Integer))
)

# --- rooms and people --------------------------------------------------------------------------------------------

ADD_WORKSPACE = Statement(_all_of(workspaces, "channel", "workspace").on_conflict_do_nothing())
ADD_ROOM = Statement(
    _all_of(rooms, "id", "channel", "workspace", "address", "zone").on_conflict_do_nothing(
        index_elements=["channel", "workspace", "address"]
    )
)
LOCK_ROOM = Statement(select(*ROOM).where(HERE).with_for_update(key_share=True))
ROOM_AT = Statement(select(*ROOM).where(HERE))
LEADS_WITHIN = Statement(
    select(rooms.c.id)
    .where(
        rooms.c.channel == _called("channel"),
        rooms.c.workspace == _called("workspace"),
        or_(
            rooms.c.host == _called("person"),
            select(chats.c.id).where(chats.c.room == rooms.c.id, chats.c.host == _called("person")).exists(),
        ),
    )
    .limit(1)
)
ROOM_BY_ID = Statement(select(*ROOM).where(rooms.c.id == _called("room")))
DESCRIBE_ROOM = Statement(
    update(rooms).values(organisation=_called("new_organisation")).where(rooms.c.id == _called("room"))
)
ADD_PERSON = Statement(
    _all_of(people, "id", "channel", "workspace", "address", "stop_asking").on_conflict_do_nothing(
        index_elements=["channel", "workspace", "address"]
    )
)
PERSON_AT = Statement(select(people.c.id).where(THEM))
WISHES_AT = Statement(select(*WISHES).where(THEM))
_wished = ("stop_asking", "back_on", "zone", "wished_at")
WISH = Statement(
    update(people)
    .values({name: bindparam(f"new_{name}", type_=people.c[name].type) for name in _wished})
    .where(people.c.id == _called("person"))
)
IN_ZONE = Statement(
    update(people)
    .values(
        profile_zone=bindparam("new_zone", type_=people.c.profile_zone.type),
        profile_read_at=bindparam("new_read_at", type_=people.c.profile_read_at.type),
    )
    .where(THEM)
)
PROFILE_READ_AT = Statement(select(people.c.profile_read_at).where(THEM))
_REACHED = (people.c.channel, people.c.workspace, people.c.address, *WISHES)
ADDRESS_OF_PERSON = Statement(select(*_REACHED).where(people.c.id == _called("person")))
ADDRESS_OF_PARTICIPANT = Statement(
    select(*_REACHED)
    .join(participants, participants.c.person == people.c.id)
    .where(participants.c.id == _called("participant"))
)

JOIN_ROOM = Statement(
    update(rooms)
    .values(
        organisation=_called("new_organisation"),
        sector=_called("new_sector"),
        team=_called("new_team"),
        host=_called("new_host"),
        joined_at=_called("new_joined_at"),
    )
    .where(rooms.c.id == _called("room"))
)

# --- saving a chat -----------------------------------------------------------------------------------------------


_OF_ANY_EVENT = ("version", "next_at", "snapshot")
_OF_FEW = ("stage", "host", "over_at")
_AS_READ = and_(chats.c.id == _called("chat"), chats.c.version == _called("before"))


def _new(*names: str) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(name, type_=chats.c[name].type) for name in names}


ADD_CHAT = Statement(_all_of(chats, "id", "room", "started_at", *_OF_ANY_EVENT, *_OF_FEW))
SAVE_CHAT = Statement(update(chats).values(_new(*_OF_ANY_EVENT)).where(_AS_READ))
SAVE_WHOLE_CHAT = Statement(update(chats).values(_new(*_OF_ANY_EVENT, *_OF_FEW)).where(_AS_READ))
"""What few events change has indexes, which cost even when it stays the same."""
ADD_EVENT = Statement(_all_of(events, "chat", "number", "type", "data", "at"))
ADD_ANSWER = Statement(
    _all_of(
        answers,
        "id",
        "chat",
        "number",
        "participant",
        "question",
        "visibility",
        "permission",
        "ref",
        "version",
        "withdrawn",
        "text",
        "at",
        "said_at",
    )
)
EDIT_ANSWER = Statement(
    update(answers)
    .values(
        text=_called("words"),
        version=_called("new_version"),
        said_at=bindparam("new_said_at", type_=answers.c.said_at.type),
    )
    .where(answers.c.id == _called("part"))
)
MOVE_ANSWER = Statement(
    update(answers)
    .values(question=_called("new_question"), version=_called("new_version"))
    .where(answers.c.id == _called("part"))
)
WITHDRAW_ANSWER = Statement(
    update(answers).values(text=literal_column("''"), withdrawn=true()).where(answers.c.id == _called("part"))
)
PERMIT_ANSWER = Statement(
    update(answers).values(permission=_called("new_permission")).where(answers.c.id == _called("part"))
)
PASSED = Statement(select(participants.c.passed).where(participants.c.id == _called("participant")))
SET_PASSED = Statement(
    update(participants).values(passed=_called("new_passed")).where(participants.c.id == _called("participant"))
)
SIT_OUT = Statement(update(participants).values(sat_out=true()).where(participants.c.id == _called("participant")))
FORWARDED = Statement(
    update(participants)
    .values(revision=_called("new_revision"), standing=_called("new_standing"))
    .where(participants.c.id == _called("participant"))
)
_reflection = _all_of(reflections, "chat", "text", "at")
REFLECT = Statement(
    _reflection.on_conflict_do_update(
        index_elements=["chat"], set_={"text": _reflection.excluded.text, "at": _reflection.excluded.at}
    )
)
UNREFLECT = Statement(delete(reflections).where(reflections.c.chat == _called("chat")))
_step = _all_of(commitments, "participant", "question", "due_at", "again")
SET_CHECK_BACK = Statement(
    _step.on_conflict_do_update(
        index_elements=["participant"],
        set_={
            "question": _step.excluded.question,
            "due_at": _step.excluded.due_at,
            "again": _step.excluded.again,
        },
    )
)
FOLLOW_UP = Statement(
    update(commitments)
    .values(progress=_called("new_progress"))
    .where(commitments.c.participant == _called("participant"))
)

_asked_for = _all_of(reminders, "participant", "due_at", "number", "sent")
REMIND_AT = Statement(
    _asked_for.on_conflict_do_update(
        index_elements=["participant"],
        set_={"due_at": _asked_for.excluded.due_at, "number": _asked_for.excluded.number},
    )
)
_from_then = _all_of(reminders, "participant", "after_number", "sent")
REMIND_LATER = Statement(
    _from_then.on_conflict_do_update(
        index_elements=["participant"], set_={"after_number": _from_then.excluded.after_number}
    )
)
_count = _all_of(reminders, "participant", "sent")
REMINDED = Statement(
    _count.on_conflict_do_update(
        index_elements=["participant"], set_={"sent": _count.excluded.sent, "due_at": null(), "number": null()}
    )
)

_in_chat = select(participants.c.id).where(participants.c.chat == bindparam("chat", type_=ID))
FORGET_PRACTICE = (
    Statement(delete(commitments).where(commitments.c.participant.in_(_in_chat))),
    Statement(delete(answers).where(answers.c.chat == _called("chat"))),
    Statement(delete(reflections).where(reflections.c.chat == _called("chat"))),
)

# --- reading -----------------------------------------------------------------------------------------------------

CHAT = Statement(
    select(chats.c.snapshot, rooms.c.channel, rooms.c.workspace)
    .join(rooms, rooms.c.id == chats.c.room)
    .where(chats.c.id == _called("chat"))
)
CHAT_WITH_ROOM = Statement(
    select(chats.c.snapshot, *ROOM).join(rooms, rooms.c.id == chats.c.room).where(chats.c.id == _called("chat"))
)
WHO_ANSWERED = Statement(
    select(answers.c.question, answers.c.participant)
    .where(answers.c.chat == _called("chat"), TEAM, STANDING)
    .distinct()
)
SAID = Statement(
    select(*PART, answers.c.text).where(answers.c.chat == _called("chat"), TEAM, STANDING).order_by(answers.c.number)
)
GIVEN_NAMES = Statement(
    select(participants.c.id, references.c.body)
    .join(people, people.c.id == participants.c.person)
    .join(
        references,
        and_(
            references.c.channel == people.c.channel,
            references.c.workspace == people.c.workspace,
            references.c.address == people.c.address,
        ),
    )
    .where(participants.c.chat == _called("chat"))
)
REFLECTION = Statement(select(reflections.c.text).where(reflections.c.chat == _called("chat")))
RESPONSE = Statement(
    select(*PART, answers.c.text)
    .where(answers.c.chat == _called("chat"), answers.c.participant == _called("participant"), STANDING)
    .order_by(answers.c.number)
)
SPOKEN_BY = Statement(
    select(*PART, answers.c.text)
    .where(answers.c.chat == _called("chat"), answers.c.participant == _called("participant"))
    .order_by(answers.c.number)
)
_OWN = (
    select(
        participants.c.id,
        chats.c.snapshot,
        participants.c.passed,
        commitments.c.progress,
        commitments.c.due_at,
        reminders.c.due_at,
        func.coalesce(people.c.zone, people.c.profile_zone),
    )
    .select_from(participants)
    .join(chats, chats.c.id == participants.c.chat)
    .join(people, people.c.id == participants.c.person)
    .outerjoin(commitments, commitments.c.participant == participants.c.id)
    .outerjoin(reminders, reminders.c.participant == participants.c.id)
    .order_by(chats.c.started_at.desc(), chats.c.id)
)
OWN = Statement(_OWN.where(THEM))
OWN_IN = Statement(_OWN.where(THEM, chats.c.id == _called("chat")))
OWN_OF = Statement(_OWN.where(participants.c.id == _called("participant")))
POST = Statement(
    select(posts.c.slot, posts.c.remote_ref, posts.c.wanted, posts.c.sent).where(
        posts.c.chat == _called("chat"), posts.c.slot == _called("slot")
    )
)
CHAT_OF_POST = Statement(
    select(posts.c.chat)
    .join(chats, chats.c.id == posts.c.chat)
    .join(rooms, rooms.c.id == chats.c.room)
    .where(HERE, posts.c.remote_ref == _called("ref"))
)
WORKSPACE_OF_ROOM = Statement(
    select(rooms.c.workspace).where(rooms.c.channel == _called("channel"), rooms.c.address == _called("address"))
)
CLOSED_BEFORE = Statement(
    select(chats.c.snapshot)
    .where(
        chats.c.room == _called("room"),
        chats.c.stage == literal(Stage.CLOSED),
        chats.c.started_at < bindparam("started_at", type_=chats.c.started_at.type),
    )
    .order_by(chats.c.started_at.desc())
    .limit(bindparam("most", type_=Integer))
)
STEPS_DONE = Statement(
    select(func.count(commitments.c.participant.distinct()))
    .join(
        answers,
        and_(answers.c.participant == commitments.c.participant, answers.c.question == commitments.c.question),
    )
    .where(answers.c.chat == _called("chat"), TEAM, STANDING, commitments.c.progress == literal(Progress.DONE))
)
"""Of steps that were said in the room: of those that were said privately nothing shows in a number."""
CHATS_BY_STAGE = Statement(select(chats.c.stage, func.count()).group_by(chats.c.stage))
TOOK_PART = Statement(select(func.count(answers.c.participant.distinct())).where(TEAM, STANDING))
