"""What is read to be shown or sent. It changes nothing, and public and private words never share a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bot.outbox import Post
from bot.outside import Address
from bot.ports import Gathered, OwnAnswers, Spoken
from conversations.model import NO_WISHES, Chat, Progress, Room, Wishes
from storage import rows, snapshots
from storage import statements as st
from storage.sql import Row, Sql

LOOKED_BACK = 20
"""Chats of a room that are looked at to find the last one that was no practice."""


class SqlReading:
    """Reads inside one transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def chat(self, chat: UUID, within: Address | None = None) -> Chat | None:
        row = self._sql.one(st.CHAT, chat=chat)
        if row is None or (within is not None and (row[1], row[2]) != (within.channel, within.workspace)):
            return None
        return snapshots.read(row[0])

    def chat_with_room(self, chat: UUID) -> tuple[Chat, Room] | None:
        row = self._sql.one(st.CHAT_WITH_ROOM, chat=chat)
        return None if row is None else (snapshots.read(row[0]), rows.room(row[1:]))

    def person(self, who: Address) -> UUID | None:
        found: UUID | None = self._sql.value(
            st.PERSON_AT, channel=who.channel, workspace=who.workspace, address=who.address
        )
        return found

    def room(self, room: UUID) -> Room:
        row = self._sql.one(st.ROOM_BY_ID, room=room)
        if row is None:
            raise LookupError(f"there is no room {room}")
        return rows.room(row)

    def room_at(self, at: Address) -> Room | None:
        row = self._sql.one(st.ROOM_AT, channel=at.channel, workspace=at.workspace, address=at.address)
        return None if row is None else rows.room(row)

    def leads_within(self, who: Address) -> bool:
        person = self.person(who)
        if person is None:
            return False
        found = self._sql.one(st.LEADS_WITHIN, channel=who.channel, workspace=who.workspace, person=person)
        return found is not None

    def gathered(self, chat: UUID, *, words: bool) -> Gathered:
        answered: dict[str, int] = {}
        people = set()
        for question, participant in self._sql.all(st.WHO_ANSWERED, chat=chat):
            answered[question] = answered.get(question, 0) + 1
            people.add(participant)
        said = tuple(_spoken(row) for row in self._sql.all(st.SAID, chat=chat)) if words else ()
        reflection = self._sql.value(st.REFLECTION, chat=chat) if words else None
        return Gathered(answered, len(people), said, reflection)

    def given_names(self, chat: UUID) -> Mapping[UUID, str]:
        named = (
            (participant, body.get("given_name")) for participant, body in self._sql.all(st.GIVEN_NAMES, chat=chat)
        )
        return {participant: name for participant, name in named if name}

    def own(self, who: Address, chat: UUID | None = None) -> Sequence[OwnAnswers]:
        them = {"channel": who.channel, "workspace": who.workspace, "address": who.address}
        found = self._sql.all(st.OWN, **them) if chat is None else self._sql.all(st.OWN_IN, chat=chat, **them)
        return [self._own(row) for row in found]

    def own_of(self, participant: UUID) -> OwnAnswers | None:
        row = self._sql.one(st.OWN_OF, participant=participant)
        return None if row is None else self._own(row)

    def _own(self, row: Row) -> OwnAnswers:
        participant, snapshot, passed, progress, check_back_at, remind_at, zone = row
        chat = snapshots.read(snapshot)
        return OwnAnswers(
            chat=chat,
            participant=participant,
            spoken=tuple(_spoken(part) for part in self._sql.all(st.SPOKEN_BY, chat=chat.id, participant=participant)),
            passed=frozenset(passed),
            progress=None if progress is None else Progress(progress),
            check_back_at=check_back_at,
            remind_at=remind_at,
            zone=zone,
        )

    def wishes(self, who: Address) -> Wishes:
        row = self._sql.one(st.WISHES_AT, channel=who.channel, workspace=who.workspace, address=who.address)
        return NO_WISHES if row is None else rows.wishes(row)

    def profile_read_at(self, who: Address) -> datetime | None:
        them = {"channel": who.channel, "workspace": who.workspace, "address": who.address}
        read_at: datetime | None = self._sql.value(st.PROFILE_READ_AT, **them)
        return read_at

    def steps_done_before(self, chat: Chat) -> int:
        closed = self._sql.all(st.CLOSED_BEFORE, room=chat.room, started_at=chat.started_at, most=LOOKED_BACK)
        held = (snapshots.read(row[0]) for row in closed)
        last = next((earlier for earlier in held if not earlier.practice), None)
        done: int = 0 if last is None else self._sql.value(st.STEPS_DONE, chat=last.id)
        return done

    def address(self, *, participant: UUID | None, person: UUID | None) -> tuple[Address, Wishes] | None:
        if participant is not None:
            row = self._sql.one(st.ADDRESS_OF_PARTICIPANT, participant=participant)
        else:
            row = self._sql.one(st.ADDRESS_OF_PERSON, person=person)
        return None if row is None else (Address(row[0], row[1], row[2]), rows.wishes(row[3:]))

    def response(self, chat: UUID, participant: UUID) -> Sequence[Spoken]:
        return [_spoken(row) for row in self._sql.all(st.RESPONSE, chat=chat, participant=participant)]

    def passed(self, participant: UUID) -> frozenset[str]:
        return frozenset(self._sql.value(st.PASSED, participant=participant) or ())

    def post(self, chat: UUID, slot: str) -> Post | None:
        row = self._sql.one(st.POST, chat=chat, slot=slot)
        return None if row is None else Post(slot=row[0], ref=row[1], wanted=row[2], sent=row[3])

    def chat_of(self, room: Address, post: str) -> UUID | None:
        here = {"channel": room.channel, "workspace": room.workspace, "address": room.address}
        chat: UUID | None = self._sql.value(st.CHAT_OF_POST, ref=post, **here)
        return chat

    def workspace_of(self, channel: str, room: str) -> str | None:
        workspace: str | None = self._sql.value(st.WORKSPACE_OF_ROOM, channel=channel, address=room)
        return workspace


def _spoken(row: Row) -> Spoken:
    return Spoken(rows.part(row[: rows.PART]), row[rows.PART])
